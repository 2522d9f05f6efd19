"""Every row that a movement writes goes into the database and comes back as the rules made it."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from schema.identifiers import Level, TraceCode
from service.codes.state import CASE_COUNT
from service.goods.movements import (
    ADMIT,
    COUNT,
    DESTROY,
    FIND,
    ISSUE_CASES,
    MERGE,
    OFFER,
    PROCESS,
    PROJECTIONS,
    RECEIVE,
    REJECT,
    REPACK,
    SAMPLE,
    SELL,
    SHIP,
    SPLIT,
    STORE,
    SURRENDER,
    TRANSFER,
)
from service.goods.state import EDGE, SHIPMENT, UNIT
from service.ledger import Ledger, Projection, audit, store
from service.registry import make_registry
from tests.history import History
from tests.quay import OUT, Quay
from tests.retold import retold
from tests.settlement import SEALED

CARTON = 27_000
SHIPPED, RECEIVED = "2020-08-16", "2020-08-17"


def eventful() -> Quay:
    """A history of every movement, with losses, opened packs and a shipment that is still on the road."""
    quay = Quay(History())
    say, station, shop = quay.history.say, quay.station, quay.shop
    processor = quay.town.party("processor", region="370200")
    plant = quay.town.facility(processor, "processing_plant")
    goods = quay.lot(100, 100 * CARTON)
    quay.papers(goods)
    released = quay.release(goods)
    for count in (3, 2):
        codes = [TraceCode.new(Level.CASE, "370200", quay.random).text for _ in range(count)]
        say(ISSUE_CASES, {"lot": goods.lot, "codes": codes}, station.staff)
    say(STORE, {"unit": released, "zone": 2, "happened_at": OUT}, station.staff)
    parts = [{"pieces": 40, "grams": 40 * CARTON}]
    part = say(SPLIT, {"unit": released, "parts": parts, "happened_at": OUT}, station.staff).outcome["units"][
        0
    ]
    received = []
    for place, holder in ((plant, processor), (quay.counter, shop)):
        item = {"unit": part, "pieces": 10, "grams": 10 * CARTON}
        road = {"facility": quay.place, "destination": place, "departed_at": SHIPPED, "items": [item]}
        waybill = {"number": "W1", "driver_name": SEALED, "seals": ["S1", "S2"]}
        shipped = say(SHIP, {**road, "waybill": waybill}, station.staff).outcome
        arrived = {"unit": shipped["units"][0], "pieces": 9, "grams": 9 * CARTON, "reason": "damaged"}
        receipt = {"shipment": shipped["shipment"], "happened_at": RECEIVED, "items": [arrived]}
        received += say(RECEIVE, receipt, holder.staff).outcome["units"]
    say(SHIP, {**road, "waybill": waybill}, station.staff)
    sold = {"unit": received[1], "pieces": 1, "grams": CARTON, "happened_at": RECEIVED}
    say(SELL, sold, shop.staff)
    output = {
        "code": TraceCode.new(Level.BATCH, "370200", quay.random).text,
        "product": "冻牛肉块",
        "category": "livestock",
        "specification": "散装",
        "hs": "0202300090",
        "temperature_class": "frozen",
        "production_batch": "K1",
        "produced_on": RECEIVED,
        "best_before": "2021-06-01",
        "grams": CARTON - 500,
    }
    cubes = {
        "facility": plant,
        "inputs": [{"unit": received[0], "pieces": 1, "grams": CARTON}],
        "outputs": [output],
        "loss_grams": 500,
        "loss_reason": "trimming",
        "happened_at": RECEIVED,
    }
    say(PROCESS, cubes, processor.staff)
    _happenings(quay, received[1])
    return quay


def _happenings(quay: Quay, on_counter: int) -> None:
    """What else happens: at the shop, at a market's gate, and to a pallet that nobody knew of."""
    say, shop, town = quay.history.say, quay.shop, quay.town
    watch = town.party("regulator", region="420100").organisation
    market = town.facility(shop, "market")
    at = {"happened_at": RECEIVED, "handling": {"bay": "D3", "equipment": "FL-2"}}
    one = {"unit": on_counter, "pieces": 1, "grams": CARTON, **at}
    say(OFFER, {"unit": on_counter, "zone": 2, **at}, shop.staff)
    parts = {"unit": on_counter, "parts": [{"pieces": 1, "grams": CARTON}] * 2, **at}
    units = say(SPLIT, parts, shop.staff).outcome["units"]
    say(MERGE, {"units": units, **at}, shop.staff)
    bags = [{"pack": "bag", "pieces": 54, "grams": CARTON - 500}, {"pack": "bag", "grams": 400}]
    say(REPACK, {**one, "into": bags, "loss_grams": 100, "loss_reason": "drip"}, shop.staff)
    say(
        SAMPLE,
        {**one, "purpose": "quality", "by": "own", "samples": ["S1"], "pieces": 0, "grams": 250},
        shop.staff,
    )
    shown = {"evidence": ["0" * 64, "1" * 64], "witness": SEALED}
    say(DESTROY, {**one, "method": "burial", **shown}, shop.staff)
    say(SURRENDER, {**one, "authority": watch, "document": "2020-17"}, shop.staff)
    counted = {"unit": on_counter, "pieces": 9, "grams": 9 * CARTON, "reason": "miscounted"}
    say(COUNT, {"facility": quay.counter, "items": [counted], **at}, shop.staff)
    document = {"kind": "contract", "number": "HT-1"}
    say(
        TRANSFER,
        {"unit": on_counter, "to": quay.station.organisation, "document": document, **at},
        shop.staff,
    )
    road = {"facility": quay.counter, "destination": market, "departed_at": RECEIVED, "purpose": "return"}
    item = {"unit": on_counter, "pieces": 2, "grams": 2 * CARTON}
    shipped = say(SHIP, {**road, "items": [item]}, shop.staff).outcome
    say(ADMIT, {"shipment": shipped["shipment"], **at}, shop.staff)
    away = {"unit": shipped["units"][0], "pieces": 1, "grams": CARTON, "reason": "temperature"}
    say(REJECT, {"shipment": shipped["shipment"], "items": [away], **at}, shop.staff)
    pallet = {
        "facility": quay.counter,
        "zone": 1,
        "how": "unlabelled",
        "circumstances": "in_store",
        "product": "不明冻肉",
        "category": "livestock",
        "temperature_class": "frozen",
        "grams": 240_000,
        "code": TraceCode.new(Level.BATCH, "420100", quay.random).text,
    }
    say(FIND, {**pallet, **at}, shop.staff)


async def stored(ledger: Ledger, projection: Projection[Any]) -> list[Any]:
    async with ledger.pool.acquire() as conn, conn.transaction():
        return [row async for row in store.rows(conn, projection)]


async def test_rows_come_back_as_they_were_made_and_are_found_by_key(database: str) -> None:
    history = eventful().history
    async with retold(database, history) as ledger:
        for projection in PROJECTIONS:
            made = sorted(history.rows(projection), key=projection.key)
            assert len(made) > (projection is not CASE_COUNT)
            assert await stored(ledger, projection) == made
            if projection.log:
                continue
            async with ledger.pool.acquire() as conn:
                world = ledger.registry.world()
                keys = [projection.key(row) for row in made]
                assert await store.load(conn, world, [(projection, key) for key in [*keys, 7]])
            assert [world.get(projection, key) for key in keys] == made
            assert world.get(projection, 7) is None


async def test_the_ledger_verifies_and_a_changed_account_is_found(database: str) -> None:
    quay = eventful()
    async with retold(database, quay.history) as ledger, ledger.pool.acquire() as conn:
        assert (await audit.verify(conn, ledger.registry, None, rules=True)).findings == []
        assert (await audit.check_rows(conn, ledger.registry)).findings == []
    changed = (
        "UPDATE goods.unit SET grams = grams - 1, loss_grams = loss_grams + 1 WHERE id = $1",
        "UPDATE goods.edge SET parent = parent + 1 WHERE id = $1",
        "UPDATE goods.shipment SET received_at = NULL WHERE id = $1",
    )
    owner = await asyncpg.connect(database)
    try:
        for projection, statement in zip((UNIT, EDGE, SHIPMENT), changed, strict=True):
            row = next(r for r in quay.history.rows(projection) if getattr(r, "grams", 1))
            await assert_found(owner, statement, row.id)
    finally:
        await owner.close()


async def assert_found(owner: asyncpg.Connection, statement: str, key: int) -> None:
    """A change that keeps every check of the database is still found when the rows are made again."""
    transaction = owner.transaction(isolation="repeatable_read")  # the audit's own
    await transaction.start()
    try:
        assert await owner.execute(statement, key) == "UPDATE 1"
        assert (await audit.check_rows(owner, make_registry())).findings != []
    finally:
        await transaction.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE goods.unit SET grams = grams - 1",
        "UPDATE goods.unit SET out_grams = out_grams + 1",
        "UPDATE goods.unit SET loss_pieces = loss_pieces + 1 WHERE pieces IS NOT NULL",
        "UPDATE goods.unit SET pieces = pieces + 1 WHERE pieces IS NOT NULL",
    ],
)
async def test_the_database_itself_refuses_an_account_that_does_not_balance(
    database: str, statement: str
) -> None:
    async with retold(database, eventful().history) as ledger:
        with pytest.raises(asyncpg.CheckViolationError):
            await ledger.pool.execute(statement)
