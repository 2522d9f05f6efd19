"""Every row of the parties goes into the database and comes back as the rules made it."""

from __future__ import annotations

from typing import Any

from schema.clock import CHINA
from service.ledger import Ledger, Projection, audit, store
from service.parties import (
    DISABLE_USER,
    ISSUE_TOKEN,
    ORGANISATION,
    PROJECTIONS,
    REGISTER_VEHICLE,
    REVOKE_TOKEN,
    SUSPEND_ORGANISATION,
)
from service.parties.device_keys import REVOKE_DEVICE_KEY
from service.parties.persons.erasure import ERASE_PERSON
from service.parties.persons.staff import ASSIGN_SHIFT, REGISTER_STAFF, STAFF_LEFT, TEST_STAFF
from tests.handset import Handset
from tests.history import History
from tests.retold import retold
from tests.settlement import SEALED, Settlement


def eventful() -> History:
    """A history that writes every projection, some rows twice."""
    town = Settlement(History())
    say = town.history.say
    store_ = town.party("first_station", "cold_store", region="370200")
    place = town.facility(store_, "first_station")
    town.facility(town.party("retailer"), "shop")
    say(REGISTER_VEHICLE, {"kind": "truck", "plate": SEALED}, store_.manager)
    token = say(ISSUE_TOKEN, {"scopes": ["goods:write", "goods:read"]}, store_.manager).outcome["token"]
    say(ISSUE_TOKEN, {"scopes": ["goods:read"]}, store_.manager)
    say(REVOKE_TOKEN, {"token": token}, store_.manager)
    device = Handset.given(town.history, store_.manager)
    van = {"kind": "van", "plate": SEALED}
    signed = device.signs(town.history, REGISTER_VEHICLE, van)
    say(REGISTER_VEHICLE, van, device.actor, *signed)
    say(REVOKE_DEVICE_KEY, {"device_key": device.device.id}, store_.manager)
    say(DISABLE_USER, {"user": store_.staff.user}, store_.manager)
    worker = say(REGISTER_STAFF, {"role": "other", "name": SEALED}, store_.manager).outcome["staff"]
    day = f"{town.history.at.astimezone(CHINA):%Y-%m-%d}"
    test = {"staff": worker, "test": "antigen", "sampled_on": day, "clears": True}
    say(TEST_STAFF, test, store_.manager)
    shift = {"facility": place, "crew": [worker], "begins_at": day, "ends_at": day}
    say(ASSIGN_SHIFT, shift, store_.manager)
    say(STAFF_LEFT, {"staff": worker, "left_on": day}, store_.manager)
    say(ERASE_PERSON, {"kind": "staff", "subject": worker, "reason": "court_order"}, store_.manager)
    gone = town.party("carrier")
    say(SUSPEND_ORGANISATION, {"organisation": gone.organisation, "reason": SEALED}, town.platform.manager)
    town.policy("21", enhanced=[{"country": "ECU"}], issuers={"quarantine": ["大连海关"]})
    town.policy("21", back_dating_days=7)
    return town.history


async def stored(ledger: Ledger, projection: Projection[Any]) -> list[Any]:
    async with ledger.pool.acquire() as conn, conn.transaction():
        return [row async for row in store.rows(conn, projection)]


async def test_rows_come_back_as_they_were_made(database: str) -> None:
    history = eventful()
    async with retold(database, history) as ledger:
        for projection in PROJECTIONS:
            made = sorted(history.rows(projection), key=projection.key)
            assert made, f"the history writes no {projection.name}"
            assert await stored(ledger, projection) == made


async def test_rows_are_loaded_by_key_and_absent_ones_are_known_to_be(database: str) -> None:
    history = eventful()
    async with retold(database, history) as ledger, ledger.pool.acquire() as conn:
        for projection in PROJECTIONS:
            row = history.rows(projection)[0]
            key = projection.key(row)
            absent = "00" if isinstance(key, str) else key + 1
            world = ledger.registry.world()
            assert await store.load(conn, world, [(projection, key), (projection, absent)])
            assert world.get(projection, key) == row
            assert world.get(projection, absent) is None


async def test_the_ledger_verifies_and_its_rows_are_made_again(database: str) -> None:
    async with retold(database, eventful()) as ledger, ledger.pool.acquire() as conn:
        assert (await audit.verify(conn, ledger.registry, None, rules=True)).findings == []
        assert (await audit.check_rows(conn, ledger.registry)).findings == []
        gone = (await stored(ledger, ORGANISATION))[-1]
        await conn.execute("UPDATE parties.organisation SET active = true WHERE id = $1", gone.id)
        assert (await audit.check_rows(conn, ledger.registry)).findings != []
