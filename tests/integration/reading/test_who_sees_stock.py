"""Stock, coverage and declarations: each is told of what it keeps, owns or supervises, and nothing else."""

from __future__ import annotations

from typing import Any

from service.goods.state import UNIT
from tests.integration.reading.bazaar import Bazaar
from tests.integration.reading.cared import cared_for
from tests.integration.reading.conftest import Served

EVERYONE = ("station", "importer", "wholesaler", "shop", "plant", "restaurant", "outsider")
OFFICES = {"qingdao": "3702", "hubei": "42", "guangzhou": "4401", "beijing": "11", "auditor": ""}


def lying(story: Bazaar, who: str) -> dict[tuple[int, int], int]:
    """Grams by place and lot that somebody is told of: what it keeps, owns or oversees, by a naive model."""
    found: dict[tuple[int, int], int] = {}
    mine = story.parties[who].organisation
    for unit in story.history.rows(UNIT):
        told = (
            unit.region.startswith(OFFICES[who]) if who in OFFICES else mine in (unit.owner, unit.custodian)
        )
        if told and unit.facility and unit.grams and unit.state in ("quarantined", "released"):
            key = unit.facility, unit.lot
            found[key] = found.get(key, 0) + unit.grams
    return found


def added(rows: list[Any]) -> dict[tuple[int, int], int]:
    """Grams by place and lot, as told."""
    found: dict[tuple[int, int], int] = {}
    for row in rows:
        key = row["facility"]["id"], row["lot"]["id"]
        found[key] = found.get(key, 0) + row["grams"]
    return found


async def test_stock_is_told_to_who_keeps_it_owns_it_or_supervises_it(served: Served) -> None:
    for who in (*EVERYONE, *OFFICES):
        expected = lying(served.story, who)
        assert added((await served.told(who, "/api/v1/stock"))["items"]) == expected, who
        near = (await served.told(who, "/api/v1/stock/expiring?days=3650"))["items"]
        assert added(near) == expected, who
        for by in ("facility", "zone", "owner", "lot"):
            totals = (await served.told(who, f"/api/v1/stock/totals?by={by}"))["items"]
            assert sum(each["grams"] for each in totals) == sum(expected.values()), (who, by)
    assert lying(served.story, "importer"), "somebody owns what another keeps"
    assert (await served.told("platform", "/api/v1/stock"))["items"] == []


async def test_pages_of_stock_join_without_gap_or_repetition(served: Served) -> None:
    for path in ("/api/v1/stock?", "/api/v1/stock/totals?by=zone&", "/api/v1/stock/expiring?days=3650&"):
        whole = (await served.told("auditor", path + "limit=200"))["items"]
        parts, cursor = [], ""
        while True:
            page = await served.told("auditor", f"{path}limit=2{cursor}")
            parts += page["items"]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert parts == whole
        assert len(whole) > 2


async def test_coverage_is_told_of_ones_own_places_and_of_a_region(served: Served) -> None:
    for who, seen in (
        ("wholesaler", {"wholesaler"}),
        ("hubei", {"wholesaler", "shop", "outsider"}),
        ("beijing", set()),
        ("platform", set()),
    ):
        rows = (await served.told(who, "/api/v1/coverage"))["items"]
        assert {row["id"] for row in rows} == {served.story.places[name] for name in seen}, who
        regions = (await served.told(who, "/api/v1/coverage/regions"))["regions"]
        assert sum(each["filed"] for each in regions) == len(rows)
    rows = (await served.told("hubei", "/api/v1/coverage?state=never"))["items"]
    assert [row["id"] for row in rows] == [served.story.places["outsider"]]


async def test_a_declaration_tells_nothing_of_a_lot_that_it_merely_names(served: Served) -> None:
    counted = (await cared_for(served))["counted"]
    rows = (await served.told("wholesaler", f"/api/v1/stock/declarations/{counted}/differences"))["items"]
    by_finding = {row["finding"]: row for row in rows}
    assert by_finding["only_declared"]["lot"] is None
    assert by_finding["differs"]["lot"]["id"] == served.story.ids["lot"]
