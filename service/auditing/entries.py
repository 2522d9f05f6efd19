"""Public entries: that each is one, and is not recorded before the one before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from service.auditing.alarms import Alarm, AlarmError

_ENTRY: Final = re.compile(
    rb'\{"at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)","commit":"[0-9a-f]{64}","v":1\}'
)


def recorded_time(position: int, entry: bytes) -> str:
    """The time that an entry tells. Raises the alarm ENTRY for what is no entry of format 1."""
    match = _ENTRY.fullmatch(entry)
    if match is None:
        raise _alarm(position, entry, "it is not an entry of format 1")
    return match[1].decode()


@dataclass(slots=True)
class Times:
    """The recorded times of consecutive entries; ``last`` is empty before the first."""

    last: str = ""

    def take(self, position: int, entry: bytes) -> None:
        """Raises the alarm ENTRY where the time goes back."""
        at = recorded_time(position, entry)
        if at < self.last:
            raise _alarm(position, entry, f"it was recorded at {at}, the one before it at {self.last}")
        self.last = at


def _alarm(position: int, entry: bytes, cause: str) -> AlarmError:
    return AlarmError(Alarm.ENTRY, {"entry": entry}, position=position, cause=cause)
