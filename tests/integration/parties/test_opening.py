"""A ledger is opened once, however often and by however many it is opened."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from schema.problems import Problem
from service.founding import demand_known_opening
from service.ledger import PLATFORM, Acknowledgement, Idempotency, Ledger, Proposal, Statement, audit
from service.parties import OPEN_LEDGER, ORGANISATION, POLICY, USER, shipped_policies
from service.parties.credentials import Credentials
from service.parties.opening import Opening, Operator, open_ledger
from service.parties.persons.vault import Vault
from tests.integration.parties.test_rows import stored
from tests.retold import SIGNER, ledger_on
from tests.settlement import REGISTER, uscc
from tests.tampering import disarm

OPERATOR = Operator(uscc(1), "示例平台运营有限公司", "210100", name_en="Sample platform")


async def opened(ledger: Ledger, operator: Operator = OPERATOR, password: str | None = None) -> Opening:
    with TemporaryDirectory() as folder, closing(Vault(Path(folder, "keys"))) as vault:
        credentials = Credentials(ledger.pool)
        return await open_ledger(ledger, credentials, vault, "vkey", operator, REGISTER, password=password)


async def entering(ledger: Ledger, password: str) -> int | None:
    entrant = await Credentials(ledger.pool).logins.authenticate("platform", password)
    return None if entrant is None else entrant.user


async def size(ledger: Ledger) -> int:
    return int(await ledger.pool.fetchval("SELECT size FROM ledger.head"))


async def test_an_empty_ledger_is_opened(database: str) -> None:
    async with ledger_on(database) as ledger:
        opening = await opened(ledger)
        assert opening.password is not None
        user = await entering(ledger, opening.password)
        assert user == opening.user
        (platform,) = await stored(ledger, ORGANISATION)
        assert (platform.id, platform.roles, platform.name) == (
            opening.organisation,
            ["platform"],
            OPERATOR.name,
        )
        (manager,) = await stored(ledger, USER)
        assert (manager.organisation, manager.role) == (opening.organisation, "manager")
        (policy,) = await stored(ledger, POLICY)
        (edition,) = policy.editions
        assert (policy.region, edition["ends"]) == ("", None)
        assert shipped_policies()[""].items() <= edition["document"].items()
        first = Statement.decode((await ledger.record(0)).statement)
        assert (first.kind, first.actor) == ("ledger-opened", PLATFORM)
        assert first.data == {"origin": SIGNER.name, "vkey": "vkey"}


async def test_a_sole_trader_may_run_a_platform(database: str) -> None:
    code = uscc(1, prefix="92")
    async with ledger_on(database) as ledger:
        opening = await opened(ledger, Operator(code, "某平台", "210100"))
        (platform,) = await stored(ledger, ORGANISATION)
        assert (platform.id, platform.uscc, platform.name) == (opening.organisation, REGISTER.of(code), "")
        statement = Statement.decode((await ledger.record(2)).statement)
        assert statement.data["uscc_code"].keys() == {"sha256"}
        assert code not in str(statement)


async def test_an_open_ledger_stays_as_it_is(database: str) -> None:
    async with ledger_on(database) as ledger:
        first = await opened(ledger, password="a password of my own")
        assert first.password == "a password of my own"
        before = await size(ledger)
        again = await opened(ledger, Operator(uscc(2), "另一家公司", "420100"))
        assert again == Opening(first.organisation, first.user, None)
        assert await size(ledger) == before == 4
        assert await entering(ledger, "a password of my own") == first.user


class CutOff(Ledger):
    """A ledger whose process dies when it has said ``left`` statements."""

    left = 0

    async def append(self, proposal: Proposal) -> Acknowledgement:
        if not self.left:
            raise ConnectionError("the process is gone")
        self.left -= 1
        return await super().append(proposal)


@pytest.mark.parametrize("said", [1, 2, 3])
async def test_an_opening_that_was_cut_off_is_completed(database: str, said: int) -> None:
    async with ledger_on(database) as ledger:
        dying = CutOff(ledger.pool, ledger.registry, SIGNER)
        dying.left = said
        with pytest.raises(ConnectionError):
            await opened(dying)
        await dying.close()
        assert await size(ledger) == said
        opening = await opened(ledger)
        assert await size(ledger) == 4
        assert opening.password is not None
        assert await entering(ledger, opening.password) == opening.user


async def test_two_starters_open_it_once(database: str) -> None:
    async with ledger_on(database) as one, ledger_on(database) as other:
        first, second = await asyncio.gather(opened(one), opened(other))
        assert (first.organisation, first.user) == (second.organisation, second.user)
        assert await size(one) == 4
        passwords = [each.password for each in (first, second) if each.password is not None]
        assert len(passwords) == 1
        assert await entering(one, passwords[0]) == first.user


async def test_a_ledger_is_opened_at_its_beginning_only(database: str) -> None:
    async with ledger_on(database) as ledger:
        await opened(ledger)
        late = Proposal(OPEN_LEDGER, PLATFORM, {"origin": "x", "vkey": "y"}, Idempotency("1" * 64, "1" * 64))
        with pytest.raises(Problem) as caught:
            await ledger.append(late)
        assert caught.value.code == "opening.already"


async def test_a_ledger_of_a_development_version_is_not_gone_on_with(database: str) -> None:
    async with ledger_on(database) as ledger:
        await opened(ledger)
        async with ledger.pool.acquire() as conn:
            await demand_known_opening(conn)
            await conn.execute("SET ROLE NONE")
            opening = await conn.fetchval("SELECT statement FROM ledger.entry WHERE position = 0")
            older = opening.replace(b'"decider":2', b'"decider":1')
            await disarm(conn)
            await conn.execute("UPDATE ledger.entry SET statement = $1 WHERE position = 0", older)
            with pytest.raises(Problem) as caught:
                await demand_known_opening(conn)
            assert caught.value.code == "ledger.of-a-development-version"
            report = await audit.verify(conn, ledger.registry, None)
            assert "no judgement ledger-opened/1 is known here" in str(report.findings[-1])
            await conn.execute("SET ROLE coldledger_writer")
