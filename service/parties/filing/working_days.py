"""China's working days: Monday to Friday but for public holidays, and the weekends worked in their place.

The days off are announced each November for the next year. A judgement must come out the same whenever it is
made again, so the calendar counts only for the years named here and every other year is Monday to Friday; a
year that is added changes judgements and needs new decider numbers (docs/decisions/0010).
"""

from __future__ import annotations

from datetime import date, timedelta

from chinese_calendar import is_workday

FIRST_KNOWN, LAST_KNOWN = date(2004, 1, 1), date(2026, 12, 31)
_FRIDAY = 4
_DAY = timedelta(days=1)


def works(day: date) -> bool:
    """Whether ``day`` is a working day."""
    if FIRST_KNOWN <= day <= LAST_KNOWN:
        return bool(is_workday(day))
    return day.weekday() <= _FRIDAY


def last_day(start: date, count: int) -> date:
    """The last day of a term of ``count`` working days; the day on which it starts is not counted."""
    day = start
    for _ in range(count):
        day += _DAY
        while not works(day):
            day += _DAY
    return day
