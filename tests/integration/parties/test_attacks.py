"""Ways in as somebody sees them who wants in, or wants somebody else to stay out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import pyotp
import pytest

from schema.problems import Problem
from service.ledger import Actor, Ledger, Proposal
from service.parties import DISABLE_USER, INVITE_USER, REGISTER_USER
from service.parties.credentials import AccountKeys, Attempt, Credentials
from service.parties.credentials.factors import STEP_SECONDS
from service.parties.credentials.invitations import new_invitation
from service.parties.credentials.logins import Entrant
from service.parties.credentials.throttle import KNOWN, LOGIN, PAIR
from service.parties.passwords import Hashing
from tests.history import History
from tests.retold import retold
from tests.settlement import SEALED, Settlement

LOGIN_NAME, PASSWORD = "wang.li", "seven boxes of squid"
HOME, ELSEWHERE = "203.0.113.7", "198.51.100.9"
KEYS = AccountKeys.fresh()


class QuickHashing(Hashing):
    """Takes no time: these tests are about what is counted, and Argon2 is slow by intent."""

    async def hash(self, password: str) -> str:
        return f"plain {password}"

    async def verify(self, stored: str | None, password: str, *, in_haste: bool = False) -> bool:
        await asyncio.sleep(0)
        return stored == f"plain {password}"


@dataclass
class Door:
    """A user of a shop, and one process at whose door everybody tries. ``now`` is seconds since 1970."""

    ledger: Ledger
    manager: Actor
    credentials: Credentials
    user: int = 0
    now: float = 1_600_000_000.0

    def process(self) -> Credentials:
        """Another process on the same database."""
        made = Credentials(self.ledger.pool, KEYS, now=lambda: self.now)
        made.logins.hashing = QuickHashing()
        return made

    async def tries(
        self, password: str, network: str = HOME, devices: str = "", code: str | None = None, login: str = ""
    ) -> Entrant:
        attempt = Attempt(login or LOGIN_NAME, password, network, devices, code)
        return await self.credentials.signing_in.enter(attempt)

    async def told(self, password: str, network: str = HOME, devices: str = "", **more: str) -> str:
        """The code of what an attempt is told; empty where it is let in."""
        try:
            await self.tries(password, network, devices, **more)
        except Problem as problem:
            return problem.code
        return ""

    async def later(self, seconds: float) -> None:
        """So many seconds pass, on the database's clock as well."""
        self.now += seconds
        await self.ledger.pool.execute(
            "UPDATE private.throttle SET blocked_until = blocked_until - $1 * interval '1 second', "
            "updated_at = updated_at - $1 * interval '1 second'",
            seconds,
        )

    async def enrolled(self) -> pyotp.TOTP:
        """The user gets a second factor; the authenticator."""
        begun = await self.credentials.factors.begin(self.user, LOGIN_NAME)
        phone = pyotp.TOTP(begun.key)
        self.codes = await self.credentials.factors.confirm(self.user, phone.at(int(self.now)))
        self.now += STEP_SECONDS
        return phone


@asynccontextmanager
async def door(database: str) -> AsyncIterator[Door]:
    town = Settlement(History())
    shop = town.party("retailer", region="420100")
    async with retold(database, town.history) as ledger:
        it = Door(ledger, shop.manager, Credentials(ledger.pool))
        it.credentials = it.process()
        asides, _ = await it.credentials.logins.enrol(LOGIN_NAME, PASSWORD)
        data = {"organisation": shop.organisation, "role": "staff", "name": SEALED}
        said = await ledger.append(Proposal(REGISTER_USER, shop.manager, data, asides=asides))
        it.user = said.statement.outcome["user"]
        yield it


WRONG, SLOW = "session.credentials-wrong", "sign-in.too-many-attempts"


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


async def invited(it: Door) -> str:
    """An invitation of the user, as its manager's statement keeps it."""
    aside, secret = new_invitation()
    await it.ledger.append(Proposal(INVITE_USER, it.manager, {"user": it.user}, asides=aside))
    return secret


async def unknown(it: Door, secret: str) -> None:
    for ask in (
        it.credentials.invitations.find(secret),
        it.credentials.invitations.take_up(secret, "nine crates of prawns"),
    ):
        with pytest.raises(Problem) as caught:
            await ask
        assert caught.value.code == "invitation.unknown"


async def test_an_invitation_is_used_once_and_ends_sessions(database: str) -> None:
    async with door(database) as it:
        session = await it.credentials.sessions.open(it.user)
        secret = await invited(it)
        assert await it.told(PASSWORD) == "", "until it is used the old password holds"
        with pytest.raises(Problem) as caught:
            await it.credentials.invitations.take_up(secret, "password1234")
        assert caught.value.code == "password.too-common"
        both = (it.credentials.invitations.take_up(secret, f"nine crates of prawns {n}") for n in (1, 2))
        answers = await asyncio.gather(*both, return_exceptions=True)
        assert sorted(type(each).__name__ for each in answers) == ["Problem", "int"]
        assert await it.told(PASSWORD) == WRONG
        assert await it.credentials.sessions.find(session.secret) is None
        await unknown(it, secret)


async def test_a_later_invitation_replaces_an_earlier_one_also_in_one_batch(database: str) -> None:
    async with door(database) as it:
        first = await invited(it)
        second, third = await asyncio.gather(invited(it), invited(it))
        await unknown(it, first)
        holding = []
        for secret in (second, third):
            try:
                await it.credentials.invitations.find(secret)
                holding.append(secret)
            except Problem:
                pass
        assert len(holding) == 1


async def test_an_invitation_ends_with_its_week_and_with_its_user(database: str) -> None:
    async with door(database) as it:
        secret = await invited(it)
        await it.ledger.pool.execute("UPDATE private.invitation SET expires_at = now()")
        await unknown(it, secret)
        secret = await invited(it)
        await it.ledger.append(Proposal(DISABLE_USER, it.manager, {"user": it.user}))
        await unknown(it, secret)
        await unknown(it, "")
        rows = str(await it.ledger.pool.fetch("SELECT * FROM private.invitation"))
        assert secret not in rows


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
