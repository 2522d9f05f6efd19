"""Second factors as users have them and as attackers meet them: replayed, stolen, guessed, dumped."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pyotp
import pytest

from schema.problems import Problem
from service.commands.access import new_password
from service.parties.credentials import AccountKeys, Attempt, Credentials
from service.parties.credentials.factors import STEP_SECONDS
from service.parties.credentials.logins import Entrant
from service.parties.credentials.throttle import PAIR
from service.settings import Settings
from tests.integration.parties.doorway import (
    ELSEWHERE,
    HOME,
    LOGIN_NAME,
    PASSWORD,
    SLOW,
    WRONG,
    Door,
    door,
)


async def test_a_code_is_asked_only_of_who_knows_the_password(database: str) -> None:
    async with door(database) as it:
        await it.enrolled()
        assert await it.told("guess") == WRONG
        assert await it.told("guess", code="123456") == WRONG
        assert await it.told(PASSWORD) == "sign-in.second-factor-needed"


async def test_a_code_that_was_used_is_used_up_at_every_process(database: str) -> None:
    async with door(database) as it:
        phone = await it.enrolled()
        code = phone.at(int(it.now))
        processes = [it.process() for _ in range(6)]
        attempt = Attempt(LOGIN_NAME, PASSWORD, HOME, code=code)
        answers = await asyncio.gather(
            *(each.signing_in.enter(attempt) for each in processes), return_exceptions=True
        )
        assert len([each for each in answers if isinstance(each, Entrant)]) == 1
        assert await it.told(PASSWORD, ELSEWHERE, code=code) == "second-factor.code-wrong"


@pytest.mark.parametrize(("steps", "told"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_clock_may_be_half_a_minute_off(database: str, steps: int, told: bool) -> None:
    async with door(database) as it:
        phone = await it.enrolled()
        it.now += 10 * STEP_SECONDS
        code = phone.at(int(it.now) + steps * STEP_SECONDS)
        assert (await it.told(PASSWORD, code=code) == "") is told


async def test_an_earlier_step_is_used_up_by_a_later_one(database: str) -> None:
    async with door(database) as it:
        phone = await it.enrolled()
        earlier, later = phone.at(int(it.now)), phone.at(int(it.now) + STEP_SECONDS)
        assert await it.told(PASSWORD, code=later) == ""
        assert await it.told(PASSWORD, code=earlier) == "second-factor.code-wrong"


async def test_who_knows_the_password_cannot_guess_the_code(database: str) -> None:
    """Showing the password again does not give fresh tries."""
    async with door(database) as it:
        await it.enrolled()
        said = []
        for _ in range(PAIR.free + 2):
            said.append(await it.told(PASSWORD, code="000000"))
            await it.told(PASSWORD)
        assert said.count("second-factor.code-wrong") <= PAIR.free + 1
        assert said[-1] == SLOW


async def test_a_recovery_code_stands_in_once_and_for_its_owner_alone(database: str) -> None:
    async with door(database) as it:
        await it.enrolled()
        stolen = it.codes[0]
        assert await it.told("guess", ELSEWHERE, code=stolen) == WRONG, "without the password it is nothing"
        assert not await it.credentials.factors.accepts(it.user + 1000, stolen)
        assert await it.told(PASSWORD, code=stolen.lower().replace("-", " ")) == ""
        assert await it.told(PASSWORD, code=stolen) == "second-factor.code-wrong"
        assert (await it.credentials.factors.state(it.user)).recovery_codes == 9
        fresh = await it.credentials.factors.new_recovery_codes(it.user)
        assert await it.told(PASSWORD, code=it.codes[1]) == "second-factor.code-wrong"
        assert await it.told(PASSWORD, code=fresh[1]) == ""


async def test_a_dump_of_the_database_gives_no_second_factor(database: str) -> None:
    async with door(database) as it:
        begun = await it.credentials.factors.begin(it.user, LOGIN_NAME)
        phone = pyotp.TOTP(begun.key)
        codes = await it.credentials.factors.confirm(it.user, phone.at(int(it.now)))
        rows = str(await it.ledger.pool.fetch("SELECT * FROM private.second_factor, private.recovery_code"))
        assert phone.byte_secret() not in (await sealed(it.ledger.pool))
        assert not [code for code in codes if code in rows]
        stranger = Credentials(it.ledger.pool, AccountKeys.fresh())
        with pytest.raises(Problem) as caught:
            await stranger.factors.accepts(it.user, "123456")
        assert caught.value.code == "second-factor.unreadable"
        assert await stranger.factors.accepts(it.user, codes[0]), "a lost key file leaves the recovery codes"


async def sealed(pool: asyncpg.Pool[asyncpg.Record]) -> bytes:
    return bytes(await pool.fetchval("SELECT secret FROM private.second_factor"))


async def test_a_key_counts_only_after_its_first_code(database: str) -> None:
    async with door(database) as it:
        factors = it.credentials.factors
        with pytest.raises(Problem) as caught:
            await factors.confirm(it.user, "123456")
        assert caught.value.code == "second-factor.not-begun"
        begun = await factors.begin(it.user, LOGIN_NAME)
        assert await it.told(PASSWORD) == ""
        with pytest.raises(Problem) as caught:
            await factors.confirm(it.user, "no code")
        assert caught.value.code == "second-factor.code-wrong"
        waiting = await factors.pending(it.user, LOGIN_NAME)
        assert waiting == begun
        assert "issuer=ColdLedger" in begun.uri
        await factors.confirm(it.user, pyotp.TOTP(begun.key).at(int(it.now)))
        assert await factors.pending(it.user, LOGIN_NAME) is None
        assert await it.told(PASSWORD) == "sign-in.second-factor-needed"
        await factors.remove(it.user)
        assert await it.told(PASSWORD) == ""


async def test_a_ticket_holds_ten_minutes_for_one_password(database: str) -> None:
    async with door(database) as it:
        await it.enrolled()
        signing_in = it.credentials.signing_in
        entrant, more = await signing_in.show_password(Attempt(LOGIN_NAME, PASSWORD, HOME))
        assert more
        ticket = signing_in.ticket(entrant)
        assert (await signing_in.holder(ticket)).user == it.user
        user, expires, signature = ticket.split(".")
        others = (
            "",
            "1.2.3",
            f"{user}.{int(expires) + 1}.{signature}",
            f"{it.manager.user}.{expires}.{signature}",
        )
        for forged in others:
            await lost(it, forged)
        it.now += 601
        await lost(it, ticket)
        it.now -= 601
        await it.credentials.logins.set_password(it.user, "nine crates of prawns")
        await lost(it, ticket)


async def lost(it: Door, ticket: str) -> None:
    with pytest.raises(Problem) as caught:
        await it.credentials.signing_in.holder(ticket)
    assert caught.value.code == "sign-in.step-lost"


async def test_who_runs_the_service_helps_the_last_manager(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with door(database) as it:
        await it.enrolled()
        settings = Settings(data=tmp_path / "data", trust=tmp_path / "trust", database=database)
        assert await new_password(settings, LOGIN_NAME) == 0
        assert (await it.credentials.factors.state(it.user)).confirmed_at
        assert await new_password(settings, LOGIN_NAME, reset_factor=True) == 0
        assert (await it.credentials.factors.state(it.user)).confirmed_at is None
    assert capsys.readouterr().out.count(f"login {LOGIN_NAME}  password ") == 2
