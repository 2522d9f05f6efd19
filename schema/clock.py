"""China's one time zone, and how a time is put before a person.

Statements keep a time as it was said, with its offset or in UTC; people read it on their own clock.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "+08:00")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})")


def as_read(said: str) -> str:
    """A time with its offset on China's clock, as precise as it was said; any other text as it is."""
    match = _TIME.fullmatch(said)
    if match is None:
        return said
    try:
        local = datetime.fromisoformat(said).astimezone(CHINA)
    except (ValueError, OverflowError):
        return said
    return f"{local:%Y-%m-%d %H:%M:%S}" if match[1] else f"{local:%Y-%m-%d %H:%M}"
