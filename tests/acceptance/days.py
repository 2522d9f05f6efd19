"""What all days of a store have in common: goods that came in, went on, are traced and balance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from tests.acceptance.running import Service
from tests.acceptance.trading import Business, Trade

CARTON = 20_000
"""Grams in each carton of these days."""
QUARANTINE, IMPORTED = {"name": "待检区", "kind": "quarantine"}, {"name": "进口区", "kind": "imported"}
_PAPERS = count(1)


@dataclass
class Goods:
    """Cartons of one lot in one unit, in the hands of ``keeper``."""

    keeper: Business
    unit: int
    lot: int
    code: str
    cartons: int

    @property
    def grams(self) -> int:
        return self.cartons * CARTON


@dataclass
class Town:
    """Who takes part in most days: a first station, a cold store, a shop, and who watches them."""

    station: Business
    store: Business
    shop: Business
    regulator: Business


def ago(**duration: float) -> str:
    """A moment of today, to the second."""
    return f"{datetime.now(UTC) - timedelta(**duration):%Y-%m-%dT%H:%M:%SZ}"


async def settle(trade: Trade) -> Town:
    """Everybody is registered and has a place."""
    town = Town(
        station=await trade.join("Zhuhai station", "440402", "first_station"),
        store=await trade.join("Guangzhou store", "440112", "cold_store"),
        shop=await trade.join("Guangzhou shop", "440106", "retailer", "wholesaler"),
        regulator=await trade.join("Guangdong regulator", "440000", "regulator"),
    )
    await open_place(town.station, "first_station", "440402", QUARANTINE, IMPORTED)
    await open_place(town.store, "third_party_store", "440112", IMPORTED)
    await open_place(town.shop, "shop", "440106", IMPORTED)
    return town


async def open_place(business: Business, kind: str, region: str, *zones: dict[str, str]) -> int:
    """The business files its place."""
    filed = await business.say(
        "/api/v1/facilities",
        kind=kind,
        name=f"示例{kind}",
        region=region,
        address="示例路1号",
        filing="示例备案1号",
        zones=list(zones),
    )
    business.places["here"] = filed["facility"]
    return business.places["here"]


async def registered(station: Business, cartons: int, day: str = "2021-03-01") -> Goods:
    """A load from another province is registered at the first station."""
    here = station.places["here"]
    arrival = await station.say(
        "/api/v1/arrivals",
        facility=here, source="other_province", importer=station.uscc, port="示例市", entry_on=day,
        expected_at=f"{day}T08:00+08:00",
    )  # fmt: skip
    lot = await station.say(
        "/api/v1/lots",
        arrival=arrival["arrival"], facility=here, zone=1, received_at=f"{day}T09:00+08:00",
        product="冷冻去骨牛肉", category="livestock", specification="20千克/箱", hs="0202300090",
        pieces=cartons, grams=cartons * CARTON, temperature_class="frozen", country="BRA",
        establishment="SIF1234", produced_on="2021-01-10", production_batch="B20210110",
        best_before="2029-01-09",
    )  # fmt: skip
    return Goods(station, lot["unit"], lot["lot"], lot["code"], cartons)


async def certified(goods: Goods, kind: str, day: str = "2021-03-02", **more: Any) -> int:
    """A paper of the lot is recorded."""
    paper = await goods.keeper.say(
        "/api/v1/certificates",
        kind=kind, issuer="示例机构", number=f"2021{next(_PAPERS):012}", issued_on=day, lots=[goods.lot],
        **more,
    )  # fmt: skip
    certificate: int = paper["certificate"]
    return certificate


async def with_papers(goods: Goods) -> Goods:
    """The three certificates."""
    at = "2021-03-02T14:00+08:00"
    await certified(goods, "quarantine", grams=goods.grams)
    await certified(goods, "nucleic_acid", happened_at=at, result="negative", sampled_where="store")
    await certified(goods, "disinfection", happened_at=at, pieces=goods.cartons)
    return goods


def release_of(goods: Goods, at: str = "2021-03-03T08:00+08:00") -> dict[str, Any]:
    """The statement that all of it is to go."""
    return {"unit": goods.unit, "pieces": goods.cartons, "grams": goods.grams, "happened_at": at}


async def released(station: Business, cartons: int) -> Goods:
    """Goods that the gate let go."""
    goods = await with_papers(await registered(station, cartons))
    made = await station.say(f"/api/v1/lots/{goods.lot}/releases", **release_of(goods))
    return Goods(station, made["unit"], goods.lot, goods.code, cartons)


def shipment_of(goods: Goods, cartons: int, to: Business, at: str) -> dict[str, Any]:
    """The statement that so many cartons leave."""
    return {
        "facility": goods.keeper.places["here"],
        "destination": to.places["here"],
        "items": [{"unit": goods.unit, "pieces": cartons, "grams": cartons * CARTON}],
        "departed_at": at,
    }


async def delivered(goods: Goods, cartons: int, to: Business, day: str = "2021-03-04") -> Goods:
    """So many cartons go to another place and all arrive."""
    sent = await goods.keeper.say(
        "/api/v1/shipments", **shipment_of(goods, cartons, to, f"{day}T10:00+08:00")
    )
    goods.cartons -= cartons
    item = {"unit": sent["units"][0], "pieces": cartons, "grams": cartons * CARTON}
    got = await to.say(
        f"/api/v1/shipments/{sent['shipment']}/receipt",
        happened_at=f"{day}T16:00+08:00", zone=1, items=[item],
    )  # fmt: skip
    return Goods(to, got["units"][0], goods.lot, goods.code, cartons)


def sale_of(cartons: int, at: str) -> dict[str, Any]:
    """The statement that so many cartons went over the counter."""
    return {"pieces": cartons, "grams": cartons * CARTON, "happened_at": at}


async def told_grams(regulator: Business, lot: int) -> dict[str, int]:
    """What the regulator's trace says became of every gram: it must be all that there ever was."""
    trace = await regulator.ask(f"/api/v1/lots/{lot}/trace/downstream")
    assert trace["complete"] is True
    account = {name: amount["grams"] for name, amount in trace["account"].items() if amount["grams"]}
    entered = account.pop("entered")
    account.pop("surplus", None)
    assert sum(account.values()) == entered, account
    return {"entered": entered, **account}


async def came_from(regulator: Business, unit: int) -> list[int]:
    """Upstream: the lots of which it came in from outside."""
    trace = await regulator.ask(f"/api/v1/units/{unit}/trace/upstream")
    return [origin["lot"] for origin in trace["origins"]]


async def findings(business: Business, **query: str) -> list[dict[str, Any]]:
    """What somebody has to answer."""
    found: list[dict[str, Any]] = (await business.ask("/api/v1/findings", **query))["items"]
    return found


async def hold(regulator: Business, reason: str, **question: list[int]) -> dict[str, Any]:
    """The regulator asks what a hold would cover, and places it as it was shown."""
    ((kind, keys),) = question.items()
    shown = await regulator.ask("/api/v1/hold-proposals", **{kind: ",".join(map(str, keys))})
    return await regulator.say(
        "/api/v1/holds",
        question=question, asked_at=shown["asked_at"], digest=shown["digest"], reason=reason,
        case_number="粤卫查2021-3",
    )  # fmt: skip


def the_books_are_sound(service: Service) -> None:
    """The auditor's two commands, beside the running service."""
    for words in (("verify", "--rules"), ("rebuild", "--check")):
        done = service.run(*words)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert done.stdout.startswith("good "), done.stdout
