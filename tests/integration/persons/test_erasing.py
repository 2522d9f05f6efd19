"""Nothing of a person without the person's key, and nothing at all after an erasure, whatever is put back;
every
proof and every row is the same before and after."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from schema.problems import Problem
from service.commands import access
from service.founding import found
from service.http.disclosing import ERASED
from service.ledger import Proposal, audit, chain, store
from service.ledger.merkle import RightEdge
from service.parties.persons.erasure import ERASE_PERSON
from service.parties.persons.forgetting import forget_again
from service.parties.persons.personal import unbox
from service.parties.persons.staff_routes import today
from service.registry import make_registry
from tests.integration.persons.conftest import CODE, PLATE, SECRETS, TRADER, WORKER, Office


async def everything(url: str) -> str:
    """Every row of every table, as a dump writes it."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch(
            "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        lines = []
        for table in tables:
            rows = await connection.fetch(f"SELECT t::text AS line FROM {table['name']} t")
            lines += [row["line"] for row in rows]
        return "\n".join(lines)
    finally:
        await connection.close()


def tells(text: str, secret: str) -> bool:
    """Whether a text holds a secret, plainly or as bytes in hex."""
    return secret in text or secret.encode().hex() in text.lower()


async def opened(office: Office) -> set[str]:
    """All that who has database and keys can read."""
    rows = await office.pool.fetch("SELECT sha256, person, box FROM private.personal")
    values = (unbox(office.vault, row["person"], row["sha256"], row["box"]) for row in rows)
    return {value for value in values if value is not None}


async def proven(office: Office) -> tuple[Any, ...]:
    """The tree, the judgement of every statement, and every row that follows from them."""
    registry = make_registry()
    async with office.pool.acquire() as conn:
        head = await store.head(conn)
        leaves = [record.leaf async for record in store.records(conn)]
        verified = await audit.verify(conn, registry, None, rules=True)
        compared = await audit.check_rows(conn, registry)
    assert verified.findings == compared.findings == []
    assert RightEdge().extend(leaves).root() == head.edge.root()
    return head.size, leaves, chain.GENESIS


async def erase(office: Office, kind: str, subject: int, who: str = "station") -> None:
    await office.said(who, "/api/v1/erasures", {"kind": kind, "subject": subject, "reason": "court_order"})


async def worker_left(office: Office) -> int:
    worker = office.ids["worker"]
    await office.said("station", f"/api/v1/staff/{worker}/leaving", {"left_on": today().isoformat()})
    return worker


async def test_no_value_stands_anywhere_without_its_persons_key(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await office.told("station", f"/api/v1/shipments/{office.ids['to trader']}")
    await office.read("station", office.ids["worker at"])
    dump = await everything(office.url)
    assert len(dump) > 10_000
    for secret in SECRETS:
        assert not tells(dump, secret), secret
        assert not tells(caplog.text, secret), secret
        assert not tells(office.settings.vault_file.read_bytes().hex(), secret), secret
    assert await opened(office) >= {*SECRETS}


async def test_erased_is_gone_and_nothing_else_has_changed(office: Office) -> None:
    worker, shipment = await worker_left(office), office.ids["to shop"]
    size, before, _ = await proven(office)
    await erase(office, "staff", worker)
    await erase(office, "statement", shipment // 1000)
    left = await opened(office)
    assert WORKER not in left
    assert {PLATE, TRADER} <= left, "the plate of the other shipment, and others"
    after = (await proven(office))[1]
    assert after[:size] == before
    told = await office.told("station", f"/api/v1/staff/{worker}")
    assert (told["name"], told["erased"]) == (None, True)
    waybill = (await office.told("station", f"/api/v1/shipments/{shipment}"))["waybill"]
    assert waybill["driver_name"]["erased"]
    assert await office.read("station", office.ids["worker at"]) == (
        200,
        {"/name": None, "/phone": None, "/id_number": None},
    )


async def test_a_sole_trader_erased(office: Office) -> None:
    trader, stall = office.ids["trader"], office.ids["stall"]
    said = {"reason": "注销"}
    await office.said("platform", f"/api/v1/organisations/{trader}/suspension", said)
    before = await proven(office)
    await erase(office, "organisation", trader, "platform")
    assert (await proven(office))[1][: before[0]] == before[1]
    for path in (f"/api/v1/organisations/{trader}", f"/api/v1/facilities/{stall}"):
        told = await office.told("station", path)
        assert told["name"] == ERASED
        assert not told.get("address")
    shipment = await office.told("station", f"/api/v1/shipments/{office.ids['to trader']}")
    assert (shipment["consignee"]["name"], shipment["destination"]["name"]) == (ERASED, ERASED)
    assert not {TRADER, "赵六三号摊位", "示例市场三排七号", CODE} & await opened(office)


async def test_a_user_erased_signs_in_no_more(office: Office) -> None:
    clerk = office.ids["clerk"]
    await office.said("station", f"/api/v1/users/{clerk}/disabling", {})
    await erase(office, "user", clerk)
    assert "孙七文员" not in await opened(office)
    for table in ("credential", "session", "invitation", "second_factor", "recovery_code"):
        count = f"SELECT count(*) FROM private.{table} WHERE user_id = $1"
        assert await office.pool.fetchval(count, clerk) == 0, table


async def test_a_backup_of_the_database_brings_nothing_back(office: Office) -> None:
    worker = await worker_left(office)
    backup = await office.pool.fetch("SELECT sha256, position, pointer, person, box FROM private.personal")
    await erase(office, "staff", worker)
    await restore(office, backup)
    assert WORKER not in await opened(office), "the rows are back, the key is not"
    await forget_again(office.pool, office.vault)
    kept = await office.pool.fetch("SELECT position FROM private.personal")
    assert office.ids["worker at"] not in {row["position"] for row in kept}


async def restore(office: Office, backup: list[Any]) -> None:
    await office.pool.execute("DELETE FROM private.personal")
    await office.pool.executemany(
        "INSERT INTO private.personal (sha256, position, pointer, person, box) VALUES ($1, $2, $3, $4, $5)",
        [tuple(row) for row in backup],
    )


@pytest.mark.parametrize("how", ["start", "command"])
async def test_an_old_vault_that_is_put_back_is_emptied_again(
    office: Office, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    worker = await worker_left(office)
    file = office.settings.vault_file
    old = file.read_bytes()
    backup = await office.pool.fetch("SELECT sha256, position, pointer, person, box FROM private.personal")
    await erase(office, "staff", worker)
    await restore(office, backup)
    file.write_bytes(old)
    assert WORKER in await opened(office), "with rows and key back it can be read until"
    if how == "start":
        await found(office.settings, office.url)
    else:
        settings = replace(office.settings, database=office.url)
        assert await access.erase_again(settings) == 0
        assert "1 keys had come back" in capsys.readouterr().out
    assert WORKER not in await opened(office)
    assert old != file.read_bytes()


async def test_a_crash_after_the_statement_is_healed_at_the_next_start(office: Office) -> None:
    worker = await worker_left(office)
    data = {"kind": "staff", "subject": worker, "reason": "court_order"}
    # The statement alone, as if the process had died before it destroyed the key.
    await office.ledger.append(Proposal(ERASE_PERSON, office.parties["station"].manager, data))
    assert WORKER in await opened(office)
    await found(office.settings, office.url)
    assert WORKER not in await opened(office)
    await found(office.settings, office.url)


async def test_what_is_said_after_an_erasure_is_not_of_it(office: Office) -> None:
    trader = office.ids["trader"]
    await office.said("platform", f"/api/v1/organisations/{trader}/suspension", {"reason": "注销"})
    await erase(office, "organisation", trader, "platform")
    await office.said("platform", f"/api/v1/organisations/{trader}/reinstatement", {"reason": "恢复"})
    stall = {"kind": "shop", "name": "新摊位九号", "region": "370200", "address": "新址", "filing": "备-10"}
    place = (await office.said("trader", "/api/v1/facilities", stall))["outcome"]["facility"]
    await found(office.settings, office.url)
    assert (await office.told("trader", f"/api/v1/facilities/{place}"))["name"] == "新摊位九号"
    assert (await office.told("trader", f"/api/v1/organisations/{trader}"))["name"] == ERASED


async def test_without_its_keys_the_service_does_not_start(office: Office) -> None:
    office.settings.vault_file.unlink()
    with pytest.raises(Problem) as caught:
        await found(office.settings, office.url)
    assert caught.value.code == "vault.missing"


async def test_what_stood_in_clear_is_sealed_at_the_next_start(office: Office) -> None:
    rows = await office.pool.fetch("SELECT sha256, position, pointer, person, box FROM private.personal")
    for row in rows:
        opened_box = office.vault.open(row["person"], row["box"], row["sha256"].encode())
        assert opened_box is not None
        await office.pool.execute(
            "UPDATE private.personal SET person = NULL, box = NULL, salt = $2, value = $3 WHERE sha256 = $1",
            *(row["sha256"], opened_box[:32], opened_box[32:].decode()),
        )
    owner = await asyncpg.connect(office.url)
    await owner.execute("DELETE FROM private.person")
    await owner.close()
    assert tells(await everything(office.url), TRADER)
    await found(office.settings, office.url)
    dump = await everything(office.url)
    assert not any(tells(dump, secret) for secret in SECRETS)
    assert await opened(office) >= {*SECRETS}
    subjects = await office.pool.fetch("SELECT kind, subject FROM private.person")
    found_kinds = {(row["kind"], row["subject"]) for row in subjects}
    assert {("organisation", office.ids["trader"]), ("user", office.ids["clerk"])} <= found_kinds
    assert (await office.told("station", f"/api/v1/facilities/{office.ids['stall']}"))[
        "name"
    ] == "赵六三号摊位"
