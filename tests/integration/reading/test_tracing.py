"""Traces of the bazaar over HTTP: all of it for an authority, one step either way for a business."""

from __future__ import annotations

from typing import Any

from tests.integration.reading.bazaar import CARTON
from tests.integration.reading.conftest import Served

PARTS = ("quarantined", "released", "in_transit", "sold", "lost", "processed", "delivered")


def adds_up(account: dict[str, Any]) -> bool:
    return all(
        account["entered"][unit] is None
        or sum(account[part][unit] for part in PARTS) == account["entered"][unit]
        for unit in ("pieces", "grams")
    )


def pieces(account: dict[str, Any]) -> dict[str, int]:
    return {part: account[part]["pieces"] for part in ("entered", *PARTS) if account[part]["pieces"]}


async def test_an_authority_finds_every_holder_and_all_of_it(served: Served) -> None:
    path = f"/api/v1/lots/{served.story.ids['lot']}/trace/downstream"
    told = await served.told("hubei", path)
    assert told["complete"] is True
    assert pieces(told["account"]) == {
        "entered": 100,
        "released": 40 + 23 + 15 + 5,
        "in_transit": 6,
        "sold": 5,
        "lost": 1,
        "processed": 5,
    }
    assert adds_up(told["account"])
    assert told["account"]["entered"]["grams"] == 100 * CARTON
    held = {(row["organisation"]["name"], row["derived"]): row["pieces"] for row in told["holders"]}
    assert held == {
        ("示例首站冷库", False): 40,
        ("示例wholesaler", False): 23,
        ("示例超市", False): 15,
        ("示例plant", False): 5,
        ("示例plant", True): None,
        ("示例restaurant", True): None,
    }
    assert [(row["consignee"]["name"], row["pieces"]) for row in told["in_transit"]] == [("示例超市", 6)]
    assert [(row["organisation"]["name"], row["pieces"]) for row in told["sold"]] == [("示例超市", 5)]
    assert [(row["reason"], row["pieces"]) for row in told["losses"]] == [("damaged", 1)]
    assert told["delivered"] == []


async def test_processing_tells_its_yield_and_the_derived_lot_adds_up(served: Served) -> None:
    told = await served.told("hubei", f"/api/v1/lots/{served.story.ids['lot']}/trace/downstream")
    assert [
        (row["taken_grams"], row["others_grams"], row["made_grams"], row["lost_grams"])
        for row in told["processing"]
    ] == [(5 * CARTON, 0, 5 * CARTON - 500, 500)]
    assert told["derived"]["lots"] == 1
    assert adds_up(told["derived"]["account"])
    assert told["derived"]["account"]["entered"]["grams"] == 5 * CARTON - 500


async def test_a_business_sees_one_step_either_way_and_its_account_adds_up(served: Served) -> None:
    path = f"/api/v1/lots/{served.story.ids['lot']}/trace"
    down = await served.told("wholesaler", f"{path}/downstream")
    assert down["complete"] is False
    assert pieces(down["account"]) == {
        "entered": 60, "released": 23, "in_transit": 6, "lost": 1, "delivered": 30,
    }  # fmt: skip
    assert adds_up(down["account"])
    assert [(row["consignee"]["name"], row["pieces"]) for row in down["delivered"]] == [
        ("示例超市", 20),
        ("示例plant", 10),
    ]
    assert {row["organisation"]["name"] for row in down["holders"]} == {"示例wholesaler"}
    assert (down["sold"], down["processing"], down["derived"]["lots"]) == ([], [], 0)
    up = await served.told("wholesaler", f"{path}/upstream")
    assert [(row["consignor"]["name"], row["pieces"]) for row in up["suppliers"]] == [("示例首站冷库", 60)]


async def test_nothing_beyond_one_step_is_named_anywhere(served: Served) -> None:
    path = f"/api/v1/lots/{served.story.ids['lot']}/trace/downstream"
    for part in ("", "/flows", "/units", "/lots"):
        text = await (await served.get("station", path + part)).text()
        assert "示例wholesaler" in text or part in ("/units", "/lots")
        for beyond in ("示例超市", "示例plant", "示例restaurant", "冻牛肉块"):
            assert beyond not in text, (part, beyond)


async def test_the_cubes_lead_back_to_container_port_and_papers(served: Served) -> None:
    path = f"/api/v1/lots/{served.story.ids['cubes']}/trace/upstream"
    told = await served.told("auditor", path)
    [origin] = told["origins"]
    assert (origin["container"], origin["port"], origin["voyage"]) == ("MSKU9070323", "青岛港", "025W")
    assert (origin["establishment"], origin["processed_grams"]) == ("SIF385", 5 * CARTON)
    kinds = {paper["kind"] for paper in origin["certificates"]}
    assert kinds == {"quarantine", "nucleic_acid", "disinfection", "customs_declaration"}
    flows = [(flow["kind"], flow["pieces"]) for flow in told["flows"]["items"]]
    assert flows[:2] == [("release", 100), ("ship", 60)]
    restaurant = await served.told("restaurant", path)
    assert [(origin["lot"], origin["container"]) for origin in restaurant["origins"]] == [
        (served.story.ids["cubes"], None)
    ]
    assert [row["consignor"]["name"] for row in restaurant["suppliers"]] == ["示例plant"]


async def test_a_trace_from_a_unit_accounts_for_that_unit(served: Served) -> None:
    told = await served.told("auditor", f"/api/v1/units/{served.story.ids['shop_unit']}/trace/downstream")
    assert pieces(told["account"]) == {"entered": 20, "released": 15, "sold": 5}
    assert told["unit"] == served.story.ids["shop_unit"]


async def test_pages_of_flows_join_to_what_the_summary_begins(served: Served) -> None:
    path = f"/api/v1/codes/{served.story.ids['case']}/trace/downstream"
    whole = [flow["id"] for flow in (await served.told("auditor", path))["flows"]["items"]]
    pages, cursor = [], ""
    while True:
        page = await served.told("auditor", f"{path}/flows?limit=4{cursor}")
        pages += [flow["id"] for flow in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert pages == whole
    lots = await served.told("auditor", f"{path}/lots?limit=1")
    assert lots["items"][0]["lot"]["id"] == served.story.ids["lot"]
    assert lots["next"] is not None
