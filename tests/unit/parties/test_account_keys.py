"""What the keys of accounts hold apart, and what a device cookie proves."""

from __future__ import annotations

import pytest

from schema.problems import Problem
from service.parties.credentials.devices import LIFETIME_SECONDS, MOST, Devices
from service.parties.credentials.keys import ROOT_BYTES, AccountKeys

KEYS = AccountKeys.from_root(b"\1" * ROOT_BYTES)


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = (KEYS.sealing, KEYS.devices, KEYS.steps, KEYS.counters)
    assert len(set(keys)) == len(keys)
    assert AccountKeys.from_root(b"\1" * ROOT_BYTES) == KEYS
    assert AccountKeys.fresh() != AccountKeys.fresh()


def test_what_is_sealed_is_bound_to_its_user_and_key() -> None:
    sealed = KEYS.seal(7, b"a key")
    assert b"a key" not in sealed
    assert sealed != KEYS.seal(7, b"a key")
    assert KEYS.unseal(7, sealed) == b"a key"
    for keys, user, text in (
        (KEYS, 8, sealed),
        (AccountKeys.fresh(), 7, sealed),
        (KEYS, 7, sealed[:-1] + bytes([sealed[-1] ^ 1])),
    ):
        with pytest.raises(Problem) as caught:
            keys.unseal(user, text)
        assert caught.value.code == "second-factor.unreadable"


def test_a_root_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="31 bytes"):
        AccountKeys.from_root(b"\1" * (ROOT_BYTES - 1))


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_device_is_known_for_whom_it_was_remembered_and_for_nobody_else() -> None:
    devices = Devices(KEYS, Clock())
    cookie = devices.remember("", "Wang.Li")
    assert devices.known(cookie, " wang.li") is not None
    assert devices.known(cookie, "zhang.san") is None
    assert Devices(AccountKeys.fresh(), Clock()).known(cookie, "wang.li") is None
    assert "wang" not in cookie.lower()


@pytest.mark.parametrize("cookie", ["", "~", "...", "a.b.c", "a.99999999999.", "é.1.é", "x" * 5000])
def test_a_cookie_that_was_made_up_is_no_device(cookie: str) -> None:
    assert Devices(KEYS, Clock()).known(cookie, "wang.li") is None


def test_a_device_is_forgotten_in_time_and_cannot_prolong_itself() -> None:
    clock = Clock()
    devices = Devices(KEYS, clock)
    cookie = devices.remember("", "wang.li")
    device, expires, signature = cookie.split(".")
    assert devices.known(f"{device}.{int(expires) + 1}.{signature}", "wang.li") is None
    clock.now += LIFETIME_SECONDS
    assert devices.known(cookie, "wang.li") is None


def test_a_shared_browser_knows_its_last_people() -> None:
    devices = Devices(KEYS, Clock())
    cookie = ""
    for number in range(MOST + 2):
        cookie = devices.remember(cookie, f"person-{number}")
    known = [number for number in range(MOST + 2) if devices.known(cookie, f"person-{number}")]
    assert known == [*range(2, MOST + 2)]
    again = devices.remember(cookie, f"person-{MOST}")
    assert len(again.split("~")) == MOST
