"""Guessing, as who wants in, or wants somebody else to stay out, would do it."""

from __future__ import annotations

import asyncio

import pytest

from schema.problems import Problem
from service.parties.credentials import Attempt
from service.parties.credentials.passwords import Hashing
from service.parties.credentials.throttle import KNOWN, LOGIN, PAIR
from tests.integration.parties.doorway import (
    ELSEWHERE,
    HOME,
    LOGIN_NAME,
    PASSWORD,
    SLOW,
    WRONG,
    QuickHashing,
    door,
)


async def test_who_guesses_is_slowed_more_and_more(database: str) -> None:
    async with door(database) as it:
        for _ in range(PAIR.free):
            assert await it.told("guess") == WRONG
        waits = []
        for _ in range(4):
            assert await it.told("guess") == WRONG
            with pytest.raises(Problem) as caught:
                await it.tries("guess")
            waits.append(caught.value.facts["seconds"])
            await it.later(float(waits[-1]))
        assert waits == [1, 2, 4, 8]


async def test_the_right_password_does_not_help_before_the_delay_ends(database: str) -> None:
    """Otherwise guesses would go on at full speed, and only the wait of the wrong ones would be told."""
    async with door(database) as it:
        for _ in range(PAIR.free + 1):
            await it.told("guess")
        assert await it.told(PASSWORD) == SLOW
        await it.later(1)
        assert await it.told(PASSWORD) == ""
        assert [await it.told("guess") for _ in range(PAIR.free)] == [WRONG] * PAIR.free


async def test_a_thousand_guesses_at_once_are_counted_one_by_one(database: str) -> None:
    async with door(database) as it:
        processes = [it.process() for _ in range(4)]
        attempts = (
            each.signing_in.enter(Attempt(LOGIN_NAME, f"guess {number}", HOME))
            for number in range(15)
            for each in processes
        )
        answers = await asyncio.gather(*attempts, return_exceptions=True)
        looked_at = [each for each in answers if isinstance(each, Problem) and each.code == WRONG]
        assert len(looked_at) == PAIR.free + 1


async def test_no_delay_is_longer_than_a_quarter_of_an_hour(database: str) -> None:
    async with door(database) as it:
        await it.told("guess")
        await it.ledger.pool.execute("UPDATE private.throttle SET failures = 1000000")
        assert await it.told("guess") == WRONG
        with pytest.raises(Problem) as caught:
            await it.tries("guess")
        assert int(caught.value.facts["seconds"] or 0) <= PAIR.slowest


async def test_who_wants_to_lock_somebody_out_slows_only_himself(database: str) -> None:
    async with door(database) as it:
        for _ in range(LOGIN.free - 1):
            await it.told("guess", ELSEWHERE)
        assert await it.told("guess", ELSEWHERE) == SLOW
        assert await it.told(PASSWORD, HOME) == ""


async def test_many_who_guess_together_are_slowed_and_the_owners_browser_is_not(database: str) -> None:
    async with door(database) as it:
        devices = it.credentials.devices.remember("", LOGIN_NAME)
        for number in range(LOGIN.free + 8):
            await it.told("guess", f"198.51.100.{number}")
        assert await it.told("guess", "198.51.100.200") == SLOW
        assert await it.told(PASSWORD, HOME) == SLOW, "a new browser waits, though not for long"
        for _ in range(3):
            assert await it.told(PASSWORD, HOME, devices) == ""
        assert await it.told(PASSWORD, "198.51.100.1", devices) == "", "also from the attackers' network"
        await it.later(LOGIN.slowest)
        assert await it.told(PASSWORD, HOME) == ""


async def test_a_success_does_not_clear_what_others_did_at_the_login(database: str) -> None:
    async with door(database) as it:
        for number in range(LOGIN.free):
            assert await it.told("guess", f"198.51.100.{number}") == WRONG
        assert await it.told(PASSWORD, HOME) == ""
        assert await it.told("guess", "198.51.100.200") == WRONG
        assert await it.told("guess", "198.51.100.201") == SLOW


async def test_a_stolen_device_cookie_guesses_slowly_and_opens_nothing(database: str) -> None:
    async with door(database) as it:
        devices = it.credentials.devices.remember("", LOGIN_NAME)
        said = [await it.told("guess", ELSEWHERE, devices) for _ in range(KNOWN.free + 2)]
        assert said == [WRONG] * (KNOWN.free + 1) + [SLOW]
        mine = it.credentials.devices.remember("", LOGIN_NAME)
        assert await it.told(PASSWORD, HOME, mine) == ""


async def test_somebody_elses_device_cookie_is_of_no_use(database: str) -> None:
    async with door(database) as it:
        devices = it.credentials.devices.remember("", "attacker")
        said = [await it.told("guess", ELSEWHERE, devices) for _ in range(PAIR.free + 2)]
        assert said[-1] == SLOW


async def test_unknown_logins_are_told_and_slowed_like_known_ones(database: str) -> None:
    async with door(database) as it:
        tries = range(PAIR.free + 2)
        known = [await it.told("guess", login=LOGIN_NAME) for _ in tries]
        unknown = [await it.told("guess", login="nobody.at-all") for _ in tries]
        no_login = [await it.told("guess", login="no login\0 at all") for _ in tries]
        assert known == unknown == no_login


async def test_an_unknown_login_takes_the_work_of_a_known_one(database: str) -> None:
    async with door(database) as it:
        worked: list[str | None] = []

        class Watched(QuickHashing):
            async def verify(self, stored: str | None, password: str, *, in_haste: bool = False) -> bool:
                worked.append(stored)
                return False

        it.credentials.logins.hashing = Watched()
        for login in (LOGIN_NAME, "nobody.at-all", "no login\0"):
            await it.told("guess", login=login)
        assert [each is None for each in worked] == [False, True, True]


async def test_whatever_is_tried_the_counters_stay_few(database: str) -> None:
    async with door(database) as it:
        throttle = it.credentials.throttle
        buckets = {throttle._bucket(PAIR, f"login-{number}", HOME) for number in range(5000)}
        assert max(buckets) < 1 << 20
        assert min(throttle._bucket(LOGIN, f"login-{number}") for number in range(100)) >= 1 << 20
        for number in range(3):
            await it.told("guess", login=f"login-{number}")
        rows = await it.ledger.pool.fetch("SELECT * FROM private.throttle")
        assert len(rows) == 6
        assert "login" not in str(rows), "no login stands in it"
        await it.later(25 * 3600)
        throttle._attempts = 99
        await it.told("guess")
        assert await it.ledger.pool.fetchval("SELECT count(*) FROM private.throttle") == 2


async def test_a_flood_of_strangers_is_told_so_and_the_familiar_pass_by() -> None:
    """Before any hashing: a full line is answered at once and takes no memory."""
    hashing = Hashing()
    stored = await hashing.hash("x" * 20)
    strangers = [asyncio.create_task(hashing.verify(stored, "guess")) for _ in range(90)]
    familiar = asyncio.create_task(hashing.verify(stored, "x" * 20, in_haste=True))
    assert await familiar
    assert not all(each.done() for each in strangers), "it did not wait for the line"
    for each in strangers:
        each.cancel()
    answers = await asyncio.gather(*strangers, return_exceptions=True)
    busy = [each for each in answers if isinstance(each, Problem)]
    assert len(busy) == 90 - 64
    assert {each.code for each in busy} == {"sign-in.busy"}
