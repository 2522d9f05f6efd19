"""Personal values beside a real ledger: sealed with their statement, under the key of whom they are about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from schema.messages.accounts import UserRegistration
from schema.messages.parties import FacilityFiling, VehicleRegistration
from schema.messages.staff import StaffRegistration, StaffTesting
from service.ledger import Actor, Data, Kind, Ledger, Proposal
from service.parties import FILE_FACILITY, REGISTER_USER, REGISTER_VEHICLE
from service.parties.persons.keeping import Keeper, Speaker
from service.parties.persons.personal import seal, together, unbox
from service.parties.persons.staff import REGISTER_STAFF, TEST_STAFF
from service.parties.persons.vault import Vault
from tests.history import History
from tests.retold import retold
from tests.settlement import Party, Settlement, uscc


class Desk:
    """A store that says things of people."""

    def __init__(self, ledger: Ledger, vault: Vault, store: Party) -> None:
        self.ledger = ledger
        self.vault = vault
        self.store = store

    async def say(self, kind: Kind, schema: Any, data: Data, code: str = "", by: Actor | None = None) -> Any:
        sealed, values = seal(schema, schema.load(data, partial=True), code)
        speaker = Speaker(self.store.organisation, code)
        asides = await Keeper(self.ledger.pool, self.vault).keep(values, speaker, sealed)
        proposal = Proposal(kind, by or self.store.manager, sealed, asides=together(*asides))
        return await self.ledger.append(proposal)

    async def kept(self) -> dict[tuple[str, int], dict[str, str | None]]:
        """Values by pointer, by whom they are about."""
        rows = await self.ledger.pool.fetch(
            "SELECT p.kind, p.subject, v.* FROM private.personal v JOIN private.person p USING (person)"
        )
        found: dict[tuple[str, int], dict[str, str | None]] = {}
        for row in rows:
            value = unbox(self.vault, row["person"], row["sha256"], row["box"])
            found.setdefault((row["kind"], row["subject"]), {})[row["pointer"]] = value
        return found


@pytest.fixture
async def desk(database: str, tmp_path: Path) -> AsyncIterator[Desk]:
    town = Settlement(History())
    store = town.party("cold_store", "first_station", "retailer")
    async with retold(database, town.history) as ledger:
        with closing(Vault(tmp_path / "keys")) as vault:
            yield Desk(ledger, vault, store)


async def test_who_is_registered_has_a_key_and_so_has_whoever_is_not(desk: Desk) -> None:
    user = {"organisation": desk.store.organisation, "role": "staff", "name": "王力"}
    said = await desk.say(REGISTER_USER, UserRegistration(), user)
    plate = await desk.say(REGISTER_VEHICLE, VehicleRegistration(), {"kind": "truck", "plate": "鲁B12345"})
    assert await desk.kept() == {
        ("user", said.statement.outcome["user"]): {"/name": "王力"},
        ("statement", plate.position): {"/plate": "鲁B12345"},
    }
    statement = await desk.ledger.record(plate.position)
    assert "鲁B12345".encode() not in statement.statement


async def test_what_is_said_of_staff_later_is_under_their_key(desk: Desk) -> None:
    worker = {"role": "handler", "name": "李强", "phone": "13800000001"}
    staff = (await desk.say(REGISTER_STAFF, StaffRegistration(), worker)).statement.outcome["staff"]
    day = (await desk.ledger.acknowledgement(staff // 1000)).statement.at[:10]
    test = {"staff": staff, "test": "antigen", "sampled_on": day, "clears": True, "result": "阴性"}
    await desk.say(TEST_STAFF, StaffTesting(), test)
    assert await desk.kept() == {
        ("staff", staff): {"/name": "李强", "/phone": "13800000001", "/result": "阴性"}
    }
    keys = await desk.ledger.pool.fetchval("SELECT count(*) FROM private.person")
    assert keys == 1


async def test_a_sole_traders_places_are_under_the_sole_traders_key(desk: Desk) -> None:
    code = uscc(1, prefix="92")
    for name in ("一号摊", "二号摊"):
        stall = {"kind": "shop", "name": name, "region": "210100", "address": "某路 1 号", "filing": "备 1"}
        await desk.say(FILE_FACILITY, FacilityFiling(), stall, code)
    persons = await desk.ledger.pool.fetch("SELECT DISTINCT kind, subject, person FROM private.person")
    assert [(row["kind"], row["subject"]) for row in persons] == [("organisation", desk.store.organisation)]


async def test_a_vault_that_was_lost_does_not_stop_what_is_new(desk: Desk, tmp_path: Path) -> None:
    worker = {"role": "handler", "name": "李强"}
    staff = (await desk.say(REGISTER_STAFF, StaffRegistration(), worker)).statement.outcome["staff"]
    day = (await desk.ledger.acknowledgement(staff // 1000)).statement.at[:10]
    with closing(Vault(tmp_path / "new keys")) as other:
        desk.vault = other
        test = {"staff": staff, "test": "antigen", "sampled_on": day, "clears": True, "result": "阴性"}
        await desk.say(TEST_STAFF, StaffTesting(), test)
        assert await desk.kept() == {("staff", staff): {"/name": None, "/result": "阴性"}}
