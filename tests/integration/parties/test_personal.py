"""Personal values beside a real ledger: found by their commitments, and gone without a trace when erased."""

from __future__ import annotations

from schema.messages.accounts import UserRegistration
from schema.messages.parties import VehicleRegistration
from service.ledger import Proposal, audit
from service.parties import REGISTER_USER, REGISTER_VEHICLE, VEHICLE
from service.parties.personal import reveal, reveal_at, seal
from tests.history import History
from tests.integration.parties.test_rows import stored
from tests.retold import retold
from tests.settlement import Settlement


async def test_values_are_kept_with_their_statement(database: str) -> None:
    town = Settlement(History())
    carrier = town.party("carrier")
    async with retold(database, town.history) as ledger:
        schema = VehicleRegistration()
        data, (asides,) = seal(schema, schema.load({"kind": "truck", "plate": "鲁B12345"}))
        said = await ledger.append(Proposal(REGISTER_VEHICLE, carrier.manager, data, asides=asides))
        (vehicle,) = await stored(ledger, VEHICLE)
        commitment = vehicle.plate["sha256"]
        async with ledger.pool.acquire() as conn:
            assert await reveal(conn, [commitment, "0" * 64]) == {commitment: "鲁B12345"}
            assert await reveal_at(conn, [said.position]) == {(said.position, "/plate"): "鲁B12345"}
            assert "鲁B12345".encode() not in await conn.fetchval(
                "SELECT statement FROM ledger.entry WHERE position = $1", said.position
            )


async def test_a_users_name_is_found_by_the_users_id(database: str) -> None:
    town = Settlement(History())
    shop = town.party("retailer")
    async with retold(database, town.history) as ledger:
        schema = UserRegistration()
        loaded = schema.load({"organisation": shop.organisation, "role": "staff", "name": "王力"})
        data, (asides,) = seal(schema, loaded)
        said = await ledger.append(Proposal(REGISTER_USER, shop.manager, data, asides=asides))
        position = said.statement.outcome["user"] // 1000
        async with ledger.pool.acquire() as conn:
            assert await reveal_at(conn, [position]) == {(position, "/name"): "王力"}


async def test_after_an_erasure_everything_still_verifies(database: str) -> None:
    town = Settlement(History())
    carrier = town.party("carrier")
    async with retold(database, town.history) as ledger:
        schema = VehicleRegistration()
        data, (asides,) = seal(schema, schema.load({"kind": "truck", "plate": "鲁B12345"}))
        await ledger.append(Proposal(REGISTER_VEHICLE, carrier.manager, data, asides=asides))
        async with ledger.pool.acquire() as conn:
            await conn.execute("DELETE FROM private.personal")
            assert await reveal(conn, [data["plate"]["sha256"]]) == {}
            assert (await audit.verify(conn, ledger.registry, None, rules=True)).findings == []
            assert (await audit.check_rows(conn, ledger.registry)).findings == []
