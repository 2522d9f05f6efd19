"""Filing, disinfection and declared stock in a real database: rows come back, and stock is read as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from schema.clock import CHINA
from service.goods.disinfection import ACCEPT_DISINFECTION, DISINFECTION, RECORD_DISINFECTION
from service.goods.movements import STORE
from service.goods.stock import DECLARE_STOCK, STOCK_DECLARATION
from service.goods.stock.nearness import near_days
from service.ledger import Ledger, Projection, audit, store
from service.parties import FACILITY, ORGANISATION, REGISTER_VEHICLE, VEHICLE
from service.parties.filing.changes import CHANGE_FACILITY, CLOSE_FACILITY, SUSPEND_FACILITY
from service.parties.filing.vehicles import CHANGE_VEHICLE, RETIRE_VEHICLE
from service.parties.filing.zones import REPARTITION_ZONES
from service.parties.organisations import CHANGE_ORGANISATION
from service.storage import query
from tests.history import History
from tests.quay import OUT, Quay
from tests.retold import retold
from tests.settlement import SEALED

CARTON = 27_000
STATES = [FACILITY, VEHICLE, ORGANISATION, DISINFECTION, STOCK_DECLARATION]


class Eventful:
    """A quay where everything of this room happened: released goods in zone 2, which was then divided."""

    def __init__(self) -> None:
        self.quay = quay = Quay(History(DISINFECTION, STOCK_DECLARATION))
        say, station = quay.history.say, quay.station
        # The real ledger judges by its own clock: what is told today must be in time there as well.
        quay.history.now(datetime.now(UTC))
        today = str(datetime.now(CHINA).date())
        self.regulator = quay.town.party("regulator", region="370000")
        self.goods = quay.lot(100, 100 * CARTON)
        quay.papers(self.goods)
        self.unit = quay.release(self.goods)
        say(STORE, {"unit": self.unit, "zone": 2, "happened_at": OUT}, station.staff)
        self.waiting = quay.lot(50, 50 * CARTON, best_before="2020-09-10")
        place = {"facility": quay.place}
        new = [{"name": name, "kind": "imported", "from": [2]} for name in ("进口一", "进口二")]
        say(REPARTITION_ZONES, {**place, "happened_at": today, "zones": new}, station.manager)
        say(CHANGE_FACILITY, {**place, "changed_on": today, "filing": "备 9"}, station.manager)
        say(SUSPEND_FACILITY, {**place, "reason": "order"}, self.regulator.manager)
        say(CLOSE_FACILITY, {"facility": quay.counter, "reason": "moved"}, quay.shop.manager)
        self._vehicles()
        self._said()

    def _vehicles(self) -> None:
        say, manager = self.quay.history.say, self.quay.station.manager
        van = say(REGISTER_VEHICLE, {"kind": "van", "plate": SEALED}, manager).outcome["vehicle"]
        say(CHANGE_VEHICLE, {"vehicle": van, "kind": "truck"}, manager)
        say(RETIRE_VEHICLE, {"vehicle": van}, manager)
        renamed = {"organisation": self.quay.shop.organisation, "uscc": self.quay.shop.uscc, "name": "新超市"}
        say(CHANGE_ORGANISATION, renamed, self.quay.town.platform.manager)

    def _said(self) -> None:
        say, staff = self.quay.history.say, self.quay.station.staff
        with_ = {"happened_at": OUT, "agent": "chlorine", "contact_minutes": 30}
        for subject in ({"facility": self.quay.place, "bay": "D1"}, {"unit": self.unit, "pieces": 90}):
            key = say(RECORD_DISINFECTION, {**subject, **with_}, staff).outcome["disinfection"]
        accepted = {"disinfection": key, "grounds": "laboratory_tested"}
        say(ACCEPT_DISINFECTION, accepted, self.regulator.staff)
        lines = [
            {"lot": self.goods.lot, "pieces": 60, "grams": 60 * CARTON},
            {"lot": self.goods.lot, "pieces": 39, "grams": 39 * CARTON},
            {"lot": 777, "grams": 5},
            {"code": "1B370200ABCDEF23456X", "grams": 8},
        ]
        counted = {"facility": self.quay.place, "as_of": "2020-08-19", "lines": lines}
        self.declaration = say(DECLARE_STOCK, counted, staff).outcome["declaration"]


@pytest.fixture
async def told(database: str) -> AsyncIterator[tuple[Eventful, Ledger]]:
    eventful = Eventful()
    async with retold(database, eventful.quay.history) as ledger:
        yield eventful, ledger


async def stored(ledger: Ledger, projection: Projection[Any]) -> list[Any]:
    async with ledger.pool.acquire() as conn, conn.transaction():
        return [row async for row in store.rows(conn, projection)]


async def test_rows_come_back_as_they_were_made(told: tuple[Eventful, Ledger]) -> None:
    eventful, ledger = told
    for projection in STATES:
        made = sorted(eventful.quay.history.rows(projection), key=projection.key)
        assert made
        assert await stored(ledger, projection) == made
    async with ledger.pool.acquire() as conn:
        assert (await audit.verify(conn, ledger.registry, None, rules=True)).findings == []
        assert (await audit.check_rows(conn, ledger.registry)).findings == []


async def read(ledger: Ledger, name: str, *arguments: object) -> list[dict[str, Any]]:
    return [dict(row) for row in await ledger.pool.fetch(query(f"goods/read_{name}"), *arguments)]


async def stock(ledger: Ledger, sight: tuple[Any, ...], *, limit: int = 50, **asked: Any) -> list[Any]:
    after = asked.get("after", (None,) * 5)
    filters = [asked.get(name) for name in ("facility", "zone", "owner", "lot", "state")]
    return await read(ledger, "stock.page", *sight, *after, limit, *filters, asked.get("to_be_moved", False))


async def test_stock_is_told_by_place_and_goods_in_a_closed_zone_are_to_be_moved(
    told: tuple[Eventful, Ledger],
) -> None:
    eventful, ledger = told
    station = ("organisation", eventful.quay.station.organisation, "3702")
    rows = await stock(ledger, station)
    assert [(row["lot"], row["zone"], row["state"], row["grams"], row["to_be_moved"]) for row in rows] == [
        (eventful.goods.lot, 2, "released", 100 * CARTON, True),
        (eventful.waiting.lot, 1, "quarantined", 50 * CARTON, False),
    ]
    assert [row["zone_name"] for row in rows] == ["2 区", "1 区"]
    moved = await stock(ledger, station, to_be_moved=True)
    assert [row["lot"] for row in moved] == [eventful.goods.lot]
    last = tuple(rows[0][name] for name in ("facility", "lot", "zone", "owner", "state"))
    assert [row["lot"] for row in await stock(ledger, station, after=last)] == [eventful.waiting.lot]


@pytest.mark.parametrize("by", ["facility", "zone", "owner", "lot"])
async def test_totals_add_up(told: tuple[Eventful, Ledger], by: str) -> None:
    eventful, ledger = told
    for sight, sees in (
        (("organisation", eventful.quay.station.organisation, "3702"), True),
        (("regulator", 1, "37"), True),
        (("regulator", 1, "42"), False),
        (("organisation", eventful.quay.shop.organisation, "42"), False),
        (("platform", 1, ""), False),
        (("auditor", 1, ""), True),
    ):
        rows = await read(ledger, "stock.totals", *sight, by, None, None, 50)
        assert sum(row["grams"] for row in rows) == (150 * CARTON if sees else 0)
        assert sum(row["quarantined_grams"] for row in rows) == (50 * CARTON if sees else 0)


async def test_what_nears_its_end_is_listed_by_day(told: tuple[Eventful, Ledger]) -> None:
    eventful, ledger = told
    sight = ("auditor", 1, "")
    for day, lots in (("2020-09-09", []), ("2020-09-10", [eventful.waiting.lot])):
        rows = await read(ledger, "stock.expiring", *sight, day, *[None] * 4, 50, None)
        assert [row["lot_id"] for row in rows] == lots
    assert await near_days(ledger.pool, "3702", datetime.now(UTC)) == 30


async def test_coverage_tells_who_reports_who_is_silent_and_who_never_did(
    told: tuple[Eventful, Ledger],
) -> None:
    eventful, ledger = told
    await ledger.pool.execute("SELECT 1")
    for since, state in (("1970", "reporting"), ("9999", "silent")):
        # The first station is suspended, so that only the places in service are told of.
        rows = await read(ledger, "stock.coverage", "auditor", 1, "", None, 50, since, None, None)
        assert eventful.quay.place not in {row["id"] for row in rows}
        regions = await read(ledger, "stock.coverage_regions", "auditor", 1, "", since)
        assert sum(row["filed"] for row in regions) == len(rows)
        assert all(row["state"] in (state, "never") for row in rows)


async def test_differences_are_told_both_ways(told: tuple[Eventful, Ledger]) -> None:
    eventful, ledger = told
    sight = ("organisation", eventful.quay.station.organisation, "3702")

    async def differences(*after: object, everything: bool = False) -> list[dict[str, Any]]:
        wanted = eventful.declaration, *(after or (None, None)), 50, everything
        return await read(ledger, "declarations.differences", *sight, *wanted)

    rows = await differences()
    assert [(row["key"], row["code"], row["finding"], row["difference_grams"]) for row in rows] == [
        (0, "1B370200ABCDEF23456X", "only_declared", 8),
        (777, "", "only_declared", 5),
        (eventful.goods.lot, "", "differs", -CARTON),
        (eventful.waiting.lot, "", "only_ledger", -50 * CARTON),
    ]
    assert [row["difference_pieces"] for row in rows] == [None, None, -1, None]
    assert [row["lot"] is None for row in rows] == [True, True, False, False]
    assert not any(row["moved"] for row in rows)
    assert [row["key"] for row in await differences(777, "")] == [eventful.goods.lot, eventful.waiting.lot]
