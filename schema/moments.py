"""When something happened: text as said, with the precision that was said, widened outwards.

A moment is a day (``2020-08-17``, taken in China's one time zone) or a minute or second with its offset
(``2020-08-17T09:30+08:00``). As an interval it is half-open: [earliest, latest).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from schema.clock import CHINA
from schema.problems import Problem

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})")


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant known to its precision: it lies in [earliest, latest)."""

    text: str
    earliest: datetime
    latest: datetime

    def certainly_before(self, other: Moment) -> bool:
        """True where no reading of both texts puts this one at or after ``other``."""
        return self.latest <= other.earliest

    @property
    def day(self) -> date:
        """The calendar day in China on which it began."""
        return self.earliest.astimezone(CHINA).date()


@lru_cache(maxsize=4096)
def parse(text: str) -> Moment:
    """Read a day or a time with offset. Raises Problem ``moment.format`` or ``moment.no-such-day``."""
    try:
        if _DAY.fullmatch(text):
            start = datetime.combine(date.fromisoformat(text), datetime.min.time(), CHINA)
            return Moment(text, start, start + timedelta(days=1))
        if match := _TIME.fullmatch(text):
            start = datetime.fromisoformat(text)
            end = start + (timedelta(seconds=1) if match[1] else timedelta(minutes=1))
            # Whoever shows it in China's zone must not find that it falls out of the calendar there.
            for bound in (start, end):
                bound.astimezone(CHINA)
            return Moment(text, start, end)
    except (ValueError, OverflowError):
        raise Problem("moment.no-such-day", value=text) from None
    raise Problem("moment.format", value=text)


def parse_day(text: str) -> date:
    """Read a calendar day. Raises Problem ``moment.format`` or ``moment.no-such-day``."""
    if not _DAY.fullmatch(text):
        raise Problem("moment.day-format", value=text)
    return parse(text).day


def first_second(text: str) -> int:
    """The second (UTC, since 1970) in which what happened then may have begun. Raises as ``parse`` does."""
    return (parse(text).earliest - _EPOCH) // _SECOND


def last_second(text: str) -> int:
    """The second (UTC, since 1970) by which what happened then was over. Raises as ``parse`` does."""
    return -((_EPOCH - parse(text).latest) // _SECOND)
