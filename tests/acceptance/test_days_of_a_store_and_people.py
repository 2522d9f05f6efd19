"""Days of a store and those it deals with: four owners, a trader who is erased, a policy that begins."""

from __future__ import annotations

import asyncio
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from service.storage import EmbeddedPostgres
from service.storage.binaries import wheel_binaries
from tests.acceptance.days import (
    CARTON,
    IMPORTED,
    Goods,
    ago,
    came_from,
    certified,
    delivered,
    hold,
    registered,
    release_of,
    released,
    sale_of,
    settle,
    shipment_of,
    the_books_are_sound,
    told_grams,
)
from tests.acceptance.running import Service
from tests.acceptance.trading import POLICY, Business, Trade, trade

TRADER, STALL, ADDRESS = "示例钱七海鲜行", "钱七九号档口", "示例市场七排九号"
SECRETS = (TRADER, STALL, ADDRESS)


async def test_a_store_keeps_the_goods_of_four_owners(service: Service) -> None:
    async with trade(service.url, *service.first_manager) as register:
        town = await settle(register)
        owners = [await register.join(f"Owner {letter}", "440113", "wholesaler") for letter in "ABCD"]
        goods = await delivered(await released(town.station, 40), 40, town.store)
        units = await in_parts(goods, 4)
        for owner, unit in zip(owners, units, strict=True):
            contract = {"kind": "contract", "number": f"HT-{owner.organisation}"}
            sold = {"to_uscc": owner.uscc, "document": contract, "happened_at": "2021-03-05T10:00+08:00"}
            await town.station.say(f"/api/v1/units/{unit}/transfers", **sold)
        first, second, third, fourth = owners

        shown = await first.ask(f"/api/v1/units/{units[0]}")
        assert shown["owner"]["id"] == first.organisation
        assert (shown["custodian"]["id"], shown["grams"]) == (town.store.organisation, 10 * CARTON)
        assert await first.missing(f"/api/v1/units/{units[1]}"), "what is another's nobody is told"
        assert [unit["id"] for unit in (await first.ask("/api/v1/units"))["items"]] == [units[0]]
        totals = (await town.store.ask("/api/v1/stock/totals", by="owner"))["items"]
        assert {each["owner"]["id"]: each["grams"] for each in totals} == {
            owner.organisation: 10 * CARTON for owner in owners
        }

        invoice = {"kind": "invoice", "number": "FP-21"}
        passed = {"to_uscc": second.uscc, "document": invoice, "happened_at": "2021-03-06"}
        await first.say(f"/api/v1/units/{units[0]}/transfers", **passed)
        assert (await second.ask(f"/api/v1/units/{units[0]}"))["facility"]["id"] == town.store.places["here"]
        order = await hold(town.regulator, "papers_false", units=[units[2]])
        assert [each["id"] for each in (await third.ask("/api/v1/holds"))["items"]] == [order["hold"]]
        assert (await fourth.ask("/api/v1/holds"))["items"] == []
        stays = Goods(town.store, units[2], goods.lot, goods.code, 10)
        refused = await town.store.post("/api/v1/shipments", shipment_of(stays, 1, town.shop, ago(minutes=2)))
        assert refused.codes == {"unit.held"}
        goes = Goods(town.store, units[3], goods.lot, goods.code, 10)
        shelf = await delivered(goes, 4, town.shop, "2021-03-07")
        await town.shop.say(f"/api/v1/units/{shelf.unit}/sales", **sale_of(1, "2021-03-08T10:00+08:00"))

        assert await told_grams(town.regulator, goods.lot) == {
            "entered": 40 * CARTON, "released": 39 * CARTON, "sold": CARTON,
        }  # fmt: skip
        assert await came_from(town.regulator, shelf.unit) == [goods.lot]


async def in_parts(goods: Goods, parts: int) -> list[int]:
    """Units of as many cartons each; the last one is what stays of the whole."""
    each = goods.cartons // parts
    portions = [{"pieces": each, "grams": each * CARTON}] * (parts - 1)
    split = await goods.keeper.say(
        f"/api/v1/units/{goods.unit}/splits", parts=portions, happened_at="2021-03-05T08:00+08:00"
    )
    return [*split["units"], goods.unit]


async def test_a_sole_trader_is_erased(service: Service, tmp_path: Path) -> None:
    async with trade(service.url, *service.first_manager) as register:
        town = await settle(register)
        trader = await a_trader_joins(register)
        goods = await delivered(await released(town.station, 10), 10, town.shop)
        stall = await delivered(goods, 3, trader, "2021-03-05")
        path = f"/api/v1/organisations/{trader.organisation}"
        known = await town.shop.ask(path)
        assert (known["name"], known["uscc"]) == (TRADER, trader.uscc), "who deals with the trader knows both"
        backup = tmp_path / "backup.dump"
        dumped = dump(service, backup)
        assert not readable(dumped, trader.uscc), "a dump tells neither name nor code even before"
        sold = await trader.record(f"/api/v1/units/{stall.unit}/sales", **sale_of(1, ago(hours=1)))
        before = await leaf(town.regulator, sold["position"])

        await register.platform.say(f"{path}/suspension", reason="注销")
        erased = {"kind": "organisation", "subject": trader.organisation, "reason": "court_order"}
        await register.platform.say("/api/v1/erasures", **erased)
        await nobody_knows_the_name(register, town.shop, town.regulator, trader)
        assert await leaf(town.regulator, sold["position"]) == before, "its proofs begin as before"
        the_books_are_sound(service)

        left = sealed_values(service)
        put_back(service, backup)
        assert sealed_values(service) > left, "the rows are back, the key is not"
        await nobody_knows_the_name(register, town.shop, town.regulator, trader)
        again = service.run("erase", "--again")
        assert (again.returncode, again.stdout[:5]) == (0, "good ")
        assert not readable(dump(service, tmp_path / "after.dump"), trader.uscc)
        log = service.data.with_name(f"{service.data.name}.log")
        assert not readable(log.read_bytes(), trader.uscc)

        assert await told_grams(town.regulator, goods.lot) == {
            "entered": 10 * CARTON, "released": 9 * CARTON, "sold": CARTON,
        }  # fmt: skip
        assert await came_from(town.regulator, stall.unit) == [goods.lot]


async def a_trader_joins(register: Trade) -> Business:
    trader = await register.join("Trader", "440106", "retailer", kind="92", called=TRADER)
    filed = await trader.say(
        "/api/v1/facilities",
        kind="shop", name=STALL, region="440106", address=ADDRESS, filing="示例备案2号", zones=[IMPORTED],
    )  # fmt: skip
    trader.places["here"] = filed["facility"]
    return trader


async def leaf(business: Business, position: int) -> str:
    """The leaf of a statement in the public tree: what every proof of it begins with."""
    entry = await business.ask(f"/api/v1/entries/{position}")
    return str(entry["leaf"])


async def nobody_knows_the_name(
    register: Trade, shop: Business, regulator: Business, trader: Business
) -> None:
    for asking in (register.platform, shop, regulator):
        told = await asking.ask(f"/api/v1/organisations/{trader.organisation}")
        assert not readable(str(told).encode(), trader.uscc), told
    for path in ("/api/v1/shipments", f"/api/v1/facilities/{trader.places['here']}"):
        assert not readable(str(await shop.ask(path)).encode()), path


def readable(content: bytes, *more: str) -> list[str]:
    """The secrets that stand in it, plainly or as bytes in hex."""
    text = content.decode("utf-8", "replace")
    return [secret for secret in (*SECRETS, *more) if secret in text or secret.encode().hex() in text.lower()]


def postgres(service: Service, program: str, *words: str) -> bytes:
    """One of PostgreSQL's own programs on the service's database."""
    url = EmbeddedPostgres.running(service.data)
    assert url is not None
    command = [str(wheel_binaries().postgres.with_name(program)), *words, f"--dbname={url}"]
    return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout


def dump(service: Service, backup: Path) -> bytes:
    """Keep a backup of the whole database; its text."""
    backup.write_bytes(postgres(service, "pg_dump", "--format=custom"))
    return postgres(service, "pg_dump", "--inserts")


def put_back(service: Service, backup: Path) -> None:
    """The sealed values of the backup are put back over those of today."""
    postgres(service, "psql", "--quiet", "--command=DELETE FROM private.personal")
    words = ("--data-only", "--schema=private", "--table=personal", str(backup))
    postgres(service, "pg_restore", *words)


def sealed_values(service: Service) -> int:
    """How many personal values there are in the database."""
    count = "--command=SELECT count(*) FROM private.personal"
    return int(postgres(service, "psql", "--tuples-only", count))


async def test_a_policy_is_put_in_force_at_an_instant(service: Service) -> None:
    """The clock of a running service is not moved, so here a policy begins a few seconds from now.

    That a day begins at its midnight in China is seen in the instant that is recorded for it; the
    microseconds on both sides of it are judged in tests/unit/goods/test_regimes.py.
    """
    async with trade(service.url, *service.first_manager) as register:
        town = await settle(register)
        goods = await registered(town.station, 5)
        await certified(goods, "quarantine", grams=goods.grams)
        await certified(goods, "disinfection", happened_at="2021-03-02T14:00+08:00", pieces=goods.cartons)
        authority = await register.sign_in_as(town.regulator)
        document = {**POLICY, "required": ["quarantine", "disinfection"]}
        midnight = await authority.say(
            "/api/v1/policies", region="4404", document=document, valid_from="2036-01-01"
        )
        assert midnight["begins"] == "2035-12-31T16:00:00.000000Z", "midnight in China"

        instant = (datetime.now(UTC) + timedelta(seconds=6)).replace(microsecond=0)
        begins = f"{instant + timedelta(hours=8):%Y-%m-%dT%H:%M:%S}+08:00"
        enacted = await authority.record(
            "/api/v1/policies", region="4404", document=document, valid_from=begins
        )
        releases = f"/api/v1/lots/{goods.lot}/releases"
        refused = await town.station.post(releases, release_of(goods))
        assert refused.codes == {"gate.nucleic-acid-missing"}, "until then the old policy judges"
        await asyncio.sleep((instant - datetime.now(UTC)).total_seconds() + 0.1)
        made = await town.station.record(releases, **release_of(goods))
        assert (made["breach"], made["recorded_at"] >= enacted["outcome"]["begins"]) == ([], True)

        assert await judging(town.station, "440402") == enacted["position"]
        assert await judging(town.station, "440600") != enacted["position"], "another city's is not changed"
        (attempt,) = (
            await town.regulator.ask("/api/v1/refused-intents", organisation=str(town.station.organisation))
        )["items"]
        assert attempt["rules"][0]["code"] == "gate.nucleic-acid-missing"
        assert await told_grams(town.regulator, goods.lot) == {
            "entered": 5 * CARTON, "released": 5 * CARTON,
        }  # fmt: skip
        assert await came_from(town.regulator, made["outcome"]["unit"]) == [goods.lot]


async def judging(business: Business, region: str) -> int:
    """Position of the policy that judges in a region now."""
    policy: dict[str, Any] = await business.ask("/api/v1/policy-judging", region=region)
    return int(policy["position"])


def test_at_night_the_books_are_audited(service: Service) -> None:
    the_books_are_sound(service)
