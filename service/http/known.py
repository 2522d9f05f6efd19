"""As of when a read is asked: ``?as_of=`` made into a position of the ledger.

A time stands for all that was recorded by its end: of a day or a minute the whole of it, on China's clock
where no offset is said. Recorded times never decrease, so it is found by halving.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from schema import moments
from schema.clock import CHINA
from schema.problems import Problem
from service.ledger.statement import instant, parse_instant
from service.storage import query

PARAMETER = "as_of"
_POSITION = re.compile(r"[0-9]{1,15}")
_EXACT = re.compile(r".*:\d{2}\.\d+(Z|[+-]\d{2}:\d{2})")
_WITHOUT_OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?")


@dataclass(frozen=True, slots=True)
class AsOf:
    """Statements before ``position`` are known; ``moment`` is the time at which the question stands."""

    position: int
    recorded_at: str | None
    moment: datetime

    @property
    def on_clock(self) -> str:
        """The last minute that it knows of on China's clock, as a form's field has it."""
        return (self.moment - timedelta(microseconds=1)).astimezone(CHINA).strftime("%Y-%m-%dT%H:%M")

    def shown(self) -> dict[str, int | str | None]:
        """As answers tell it."""
        return {"position": self.position, "recorded_at": self.recorded_at}


async def as_of(pool: asyncpg.Pool[asyncpg.Record], said: str | None) -> AsOf | None:
    """What ``said`` means; None where nothing is said. Raises Problem ``as-of.…``."""
    if not said:
        return None
    if _POSITION.fullmatch(said):
        return await _at(pool, int(said))
    until = _end_of(said)
    position = await pool.fetchval(query("ledger/known.recorded_before"), instant(until))
    found = await _at(pool, position)
    return AsOf(found.position, found.recorded_at, min(until, datetime.now(UTC)))


async def _at(pool: asyncpg.Pool[asyncpg.Record], position: int) -> AsOf:
    row = await pool.fetchrow(query("ledger/known.last_before"), position)
    assert row is not None  # noqa: S101  (the head has one row)
    if position > row["size"]:
        raise Problem("as-of.beyond", field=f"/{PARAMETER}", position=position, size=row["size"])
    recorded_at = row["recorded_at"]
    moment = datetime.fromtimestamp(0, UTC) if recorded_at is None else parse_instant(recorded_at)
    return AsOf(position, recorded_at, moment)


def _end_of(said: str) -> datetime:
    """The first instant that is no part of a time as it was said. Raises Problem ``as-of.…``."""
    # An address that was put together by hand has a space where "+" stood.
    text = said.replace(" ", "+")
    if _WITHOUT_OFFSET.fullmatch(text):
        text += "+08:00"
    try:
        moment = moments.parse(text)
    except Problem:
        raise Problem("as-of.format", field=f"/{PARAMETER}", value=said) from None
    if moment.earliest > datetime.now(UTC):
        raise Problem("as-of.to-come", field=f"/{PARAMETER}", value=said)
    if _EXACT.fullmatch(text):
        return (moment.earliest + timedelta(microseconds=1)).astimezone(UTC)
    return moment.latest.astimezone(UTC)
