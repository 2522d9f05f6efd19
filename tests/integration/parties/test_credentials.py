"""Signing in, sessions and tokens against a real database; what was taken back is taken back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from schema.problems import Problem, explain
from service.ledger import Actor, Ledger, Proposal
from service.parties import (
    DISABLE_USER,
    FILE_FACILITY,
    ISSUE_TOKEN,
    REGISTER_USER,
    REGISTER_VEHICLE,
    REVOKE_TOKEN,
    SUSPEND_ORGANISATION,
)
from service.parties.credentials import Credentials, new_token
from tests.history import History
from tests.retold import retold
from tests.settlement import SEALED, Party, Settlement

PASSWORD = "seven boxes of squid"


@dataclass
class Desk:
    """A shop on a real ledger, with its credentials; ``now`` is the seconds on their clock."""

    ledger: Ledger
    town: Settlement
    shop: Party
    credentials: Credentials
    now: float = 0.0

    async def enrol(self, login: str, password: str | None = PASSWORD) -> tuple[int, dict[str, str]]:
        asides, once = await self.credentials.logins.enrol(login, password, "某超市")
        data = {"organisation": self.shop.organisation, "role": "staff", "name": SEALED}
        said = await self.ledger.append(Proposal(REGISTER_USER, self.shop.manager, data, asides=asides))
        return said.statement.outcome["user"], once

    async def authenticate(self, login: str, password: str) -> int | None:
        entrant = await self.credentials.logins.authenticate(login, password)
        return None if entrant is None else entrant.user

    async def issue(self, *scopes: str) -> tuple[int, str]:
        asides, once = new_token()
        proposal = Proposal(ISSUE_TOKEN, self.shop.manager, {"scopes": [*scopes]}, asides=asides)
        said = await self.ledger.append(proposal)
        return said.statement.outcome["token"], once["secret"]


@asynccontextmanager
async def desk(database: str) -> AsyncIterator[Desk]:
    town = Settlement(History())
    shop = town.party("retailer", region="420100")
    async with retold(database, town.history) as ledger:
        it = Desk(ledger, town, shop, Credentials(ledger.pool))
        it.credentials = Credentials(ledger.pool, clock=lambda: it.now)
        yield it


async def test_a_login_and_its_password_name_the_user(database: str) -> None:
    async with desk(database) as it:
        user, once = await it.enrol("Wang.Li")
        assert once == {}
        assert await it.authenticate(" wang.LI ", PASSWORD) == user
        assert await it.authenticate("wang.li", PASSWORD + " ") is None
        assert await it.authenticate("wang.lo", PASSWORD) is None
        assert await it.authenticate("wang.li\0", PASSWORD) is None
        assert await it.credentials.logins.of([user, 1]) == {user: "wang.li"}


async def test_a_password_is_made_where_none_was_chosen(database: str) -> None:
    async with desk(database) as it:
        user, once = await it.enrol("wang.li", None)
        assert await it.authenticate("wang.li", once["password"]) == user


async def test_nothing_of_login_or_password_is_in_the_ledger(database: str) -> None:
    async with desk(database) as it:
        await it.enrol("wang.li")
        rows = await it.ledger.pool.fetch("SELECT statement FROM ledger.entry")
        assert rows
        assert not [row for row in rows if b"wang.li" in row["statement"] or b"squid" in row["statement"]]
        stored = await it.ledger.pool.fetchval("SELECT password FROM private.credential")
        assert stored.startswith("$argon2id$")


async def test_a_login_is_taken_once(database: str) -> None:
    async with desk(database) as it:
        await it.enrol("wang.li")
        with pytest.raises(Problem) as caught:
            await it.credentials.logins.enrol("Wang.Li", PASSWORD)
        assert caught.value.code == "user.login-taken"


async def test_of_two_that_race_for_a_login_one_is_told_before_anything_is_said(database: str) -> None:
    async with desk(database) as it:
        answers = await asyncio.gather(
            *(it.credentials.logins.enrol("wang.li", PASSWORD + str(n)) for n in range(4)),
            return_exceptions=True,
        )
        refused = [each.code for each in answers if isinstance(each, Problem)]
        assert refused == ["user.login-taken"] * 3


async def test_a_login_that_was_claimed_is_free_again_where_its_registration_was_refused(
    database: str,
) -> None:
    async with desk(database) as it:
        logins = it.credentials.logins
        await logins.claim("wang.li", "one")
        await logins.claim("wang.li", "one")
        with pytest.raises(Problem) as caught:
            await logins.claim("Wang.Li", "another")
        assert caught.value.code == "user.login-taken"
        await logins.give_up("wang.li", "another")
        with pytest.raises(Problem):
            await logins.claim("wang.li", "another")
        await logins.give_up("wang.li", "one")
        await logins.claim("wang.li", "another")


async def test_a_claim_that_nobody_gave_up_ends_by_itself(database: str) -> None:
    async with desk(database) as it:
        await it.credentials.logins.claim("wang.li", "a process that died")
        await it.ledger.pool.execute(
            "UPDATE private.login_claim SET expires_at = now() - interval '1 second'"
        )
        await it.credentials.logins.claim("wang.li", "another")


async def test_no_login_stays_among_the_claims(database: str) -> None:
    async with desk(database) as it:
        await it.enrol("wang.li")
        await it.ledger.pool.execute("UPDATE private.login_claim SET expires_at = now() - interval '2 hours'")
        await it.enrol("zhang.san")
        assert [*await it.ledger.pool.fetch("SELECT login FROM private.login_claim")] == [("zhang.san",)]


async def test_a_weak_password_is_not_taken(database: str) -> None:
    async with desk(database) as it:
        for password, code in (("某超市", "password.too-short"), ("administrator", "password.too-common")):
            with pytest.raises(Problem) as caught:
                await it.credentials.logins.enrol("wang.li", password, "某超市")
            assert caught.value.code == code


async def test_a_session_tells_who_is_signed_in(database: str) -> None:
    async with desk(database) as it:
        user, _ = await it.enrol("wang.li")
        opened = await it.credentials.sessions.open(user)
        found = await it.credentials.sessions.find(opened.secret)
        assert found is not None
        assert found.actor == Actor(it.shop.organisation, user=user)
        assert (found.role, found.roles, found.region) == ("staff", ("retailer",), "420100")
        assert (found.csrf, found.expires_at) == (opened.csrf, opened.expires_at)
        assert await it.credentials.sessions.find(opened.secret + "x") is None


async def test_only_the_digest_of_a_session_is_stored(database: str) -> None:
    async with desk(database) as it:
        user, _ = await it.enrol("wang.li")
        opened = await it.credentials.sessions.open(user)
        row = await it.ledger.pool.fetchrow("SELECT * FROM private.session")
        assert row is not None
        assert opened.secret not in str(row)
        assert len(row["sha256"]) == 32


async def test_sessions_end_one_by_one_and_all_at_once(database: str) -> None:
    async with desk(database) as it:
        user, _ = await it.enrol("wang.li")
        first, second, third = [await it.credentials.sessions.open(user) for _ in range(3)]
        assert len(await it.credentials.sessions.of(user)) == 3
        await it.credentials.sessions.end(first.secret)
        assert await it.credentials.sessions.find(first.secret) is None
        assert await it.credentials.sessions.find(second.secret) is not None
        await it.credentials.sessions.end_all(user)
        assert await it.credentials.sessions.find(third.secret) is None
        assert await it.credentials.sessions.of(user) == []


async def test_a_session_expires_and_is_swept(database: str) -> None:
    async with desk(database) as it:
        user, _ = await it.enrol("wang.li")
        opened = await it.credentials.sessions.open(user, timedelta(0))
        assert await it.credentials.sessions.find(opened.secret) is None
        await it.credentials.sessions.open(user)
        assert await it.ledger.pool.fetchval("SELECT count(*) FROM private.session") == 1


async def test_a_disabled_user_is_signed_out_at_once(database: str) -> None:
    async with desk(database) as it:
        user, _ = await it.enrol("wang.li")
        opened = await it.credentials.sessions.open(user)
        await it.ledger.append(Proposal(DISABLE_USER, it.shop.manager, {"user": user}))
        assert await it.credentials.sessions.find(opened.secret) is None
        assert await it.authenticate("wang.li", PASSWORD) is None


async def test_a_changed_password_signs_out_everywhere(database: str) -> None:
    async with desk(database) as it:
        user, _ = await it.enrol("wang.li")
        opened = await it.credentials.sessions.open(user)
        assert not await it.credentials.logins.change_password(user, "wrong", "nine crates of prawns")
        assert await it.credentials.sessions.find(opened.secret) is not None
        assert await it.credentials.logins.change_password(user, PASSWORD, "nine crates of prawns")
        assert await it.credentials.sessions.find(opened.secret) is None
        assert await it.authenticate("wang.li", PASSWORD) is None
        assert await it.authenticate("wang.li", "nine crates of prawns") == user
        with pytest.raises(Problem):
            await it.credentials.logins.change_password(user, "nine crates of prawns", "short")


async def test_a_token_tells_who_calls(database: str) -> None:
    async with desk(database) as it:
        token, text = await it.issue("goods:write", "goods:read")
        assert text.startswith(f"cl_{token}_")
        found = await it.credentials.tokens.find(text)
        assert found is not None
        assert found.actor == Actor(it.shop.organisation, token=token)
        assert (found.scopes, found.roles, found.region) == (
            ("goods:write", "goods:read"),
            ("retailer",),
            "420100",
        )
        row = await it.ledger.pool.fetchrow("SELECT * FROM private.token_secret")
        assert text[-43:] not in str(row)


async def test_texts_that_are_no_tokens(database: str) -> None:
    async with desk(database) as it:
        token, text = await it.issue("goods:read")
        other, _ = await it.issue("goods:read")
        secret = text.removeprefix(f"cl_{token}_")
        for wrong in (
            "",
            text[:-1],
            text + "x",
            f"cl_{other}_{secret}",
            f"cl_{token}_{secret[::-1]}",
            secret,
        ):
            assert await it.credentials.tokens.find(wrong) is None
        assert await it.credentials.tokens.find(f"cl_{10**16 - 1}_{secret}") is None


async def test_a_revoked_token_lives_on_at_the_door_for_a_second_and_says_nothing(database: str) -> None:
    async with desk(database) as it:
        token, text = await it.issue("parties:write")
        holder = await it.credentials.tokens.find(text)
        assert holder is not None
        await it.ledger.append(Proposal(REVOKE_TOKEN, it.shop.manager, {"token": token}))
        it.now = 0.99
        assert await it.credentials.tokens.find(text) == holder
        with pytest.raises(Problem) as caught:
            await it.ledger.append(Proposal(REGISTER_VEHICLE, holder.actor, {"kind": "van", "plate": SEALED}))
        assert caught.value.code == "actor.revoked"
        it.now = 1.01
        assert await it.credentials.tokens.find(text) is None


async def test_a_suspension_in_the_same_batch_counts(database: str) -> None:
    """Judged under the head row: what stands behind a suspension in its batch is refused already."""
    async with desk(database) as it:
        suspended = {"organisation": it.shop.organisation, "reason": SEALED}
        place = {"kind": "shop", "name": "某店", "region": "420100", "address": "某路 1 号"}
        answers = await asyncio.gather(
            it.ledger.append(Proposal(FILE_FACILITY, it.shop.manager, place)),
            it.ledger.append(Proposal(SUSPEND_ORGANISATION, it.town.platform.manager, suspended)),
            it.ledger.append(Proposal(FILE_FACILITY, it.shop.manager, place)),
            return_exceptions=True,
        )
        assert [getattr(answer, "code", None) for answer in answers] == [None, None, "party.suspended"]


async def test_who_runs_the_service_can_replace_a_lost_password(database: str) -> None:
    async with desk(database) as it:
        user, _ = await it.enrol("wang.li")
        opened = await it.credentials.sessions.open(user)
        password = await it.credentials.logins.reset_password("Wang.Li ")
        assert await it.authenticate("wang.li", password) == user
        assert await it.authenticate("wang.li", PASSWORD) is None
        assert await it.credentials.sessions.find(opened.secret) is None


async def test_a_password_of_nobody_cannot_be_replaced(database: str) -> None:
    async with desk(database) as it:
        with pytest.raises(Problem) as caught:
            await it.credentials.logins.reset_password("nobody.here")
        assert caught.value.code == "user.login-unknown"
        assert all("nobody.here" in explain(caught.value, language).detail for language in ("en", "zh"))
