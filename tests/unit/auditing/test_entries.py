"""What is under a signed root may still be no entry, or be recorded before the one before it."""

from __future__ import annotations

import pytest

from service.auditing.alarms import Alarm, AlarmError
from service.auditing.entries import Times
from service.ledger.chain import entry

EARLY, LATE = "2020-08-01T00:00:00.000000Z", "2020-08-01T00:00:00.000001Z"
GOOD = entry(EARLY, bytes(32))


def test_times_may_stand_still_and_go_on() -> None:
    times = Times()
    for position, at in enumerate((EARLY, EARLY, LATE)):
        times.take(position, entry(at, bytes(32)))
    assert times.last == LATE


def test_a_time_that_goes_back_is_an_alarm() -> None:
    times = Times()
    times.take(6, entry(LATE, bytes(32)))
    with pytest.raises(AlarmError) as raised:
        times.take(7, GOOD)
    assert (raised.value.alarm, raised.value.problem.facts["position"]) == (Alarm.ENTRY, 7)
    assert raised.value.evidence == {"entry": GOOD}


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"{}",
        GOOD + b"\n",
        GOOD.replace(b'"v":1', b'"v":2'),
        GOOD.replace(b":", b": ", 1),
        GOOD.replace(b"00", b"AA", 1),
        GOOD.replace(b".000000Z", b"Z"),
        GOOD.replace(b"Z", b"+"),
        GOOD.replace(b'"v":1', b'"v":1,"w":1'),
    ],
)
def test_what_is_no_entry_is_an_alarm(wrong: bytes) -> None:
    assert wrong != GOOD
    with pytest.raises(AlarmError) as raised:
        Times().take(0, wrong)
    assert raised.value.alarm is Alarm.ENTRY
