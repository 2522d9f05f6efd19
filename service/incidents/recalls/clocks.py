"""The clocks of a recall: begun within hours, finished within working days, by its level. Pure.

Hours count from the recorded order. Working days are China's (service/parties/filing/working_days.py), the
day of the order not counted; where the last one lies beyond the years whose holidays are announced, the
answer says until when the calendar is known, because the day may still move.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schema.clock import CHINA
from schema.problems import Refusal
from service.ledger.statement import instant
from service.parties import Policy
from service.parties.filing.working_days import LAST_KNOWN, last_day


@dataclass(frozen=True, slots=True)
class Clocks:
    """Until when a recall is begun (a recorded time) and finished (the last day, in China)."""

    start_by: str
    finish_on: str
    calendar_until: str | None


def clocks_of(level: int, ordered: datetime, policy: Policy) -> Clocks:
    """The clocks under ``policy``. Raises Refusal ``recall.level-unknown``."""
    for each in policy.document["recall_levels"]:
        if each["level"] == level:
            ends = last_day(ordered.astimezone(CHINA).date(), each["finish_working_days"])
            return Clocks(
                instant(ordered + timedelta(hours=each["start_hours"])), ends.isoformat(), beyond(ends)
            )
    raise Refusal("recall.level-unknown", field="/level", level=level, region=policy.region or None)


def prolonged(finish_on: str, days: int) -> tuple[str, str | None]:
    """The last day with so many working days more, and until when the calendar is known if it ends before."""
    ends = last_day(date.fromisoformat(finish_on), days)
    return ends.isoformat(), beyond(ends)


def beyond(day: date) -> str | None:
    """The last day of the known calendar, where ``day`` lies beyond it."""
    return LAST_KNOWN.isoformat() if day > LAST_KNOWN else None
