"""What a code tells: its scanner which unit it may be, the public a white list, a printer its labels."""

from __future__ import annotations

from schema.identifiers import TraceCode
from tests.integration.reading.conftest import Served

ALLOWED = {
    *("code", "level", "serial", "batch", "product", "product_en", "category", "specification"),
    *("temperature_class", "country", "establishment", "production_batch", "produced_on", "best_before"),
    *("port", "entry_on", "state", "certificates", "route", "recall"),
}


async def test_a_scan_offers_what_is_arriving_before_what_is_on_hand(served: Served) -> None:
    told = await served.told("shop", f"/api/v1/codes/{served.story.ids['case']}")
    fits = [(fit["role"], fit["pieces"]) for fit in told["fits"]]
    assert fits == [("arriving", 6), ("held", 15)]
    assert told["fits"][0]["consignor"]["name"] == "示例wholesaler"
    assert told["fits"][0]["shipment"] == served.story.ids["wholesaler-shop"]


async def test_a_code_is_read_however_it_was_typed(served: Served) -> None:
    grouped = TraceCode.parse(served.story.ids["code"]).grouped.lower()
    told = await served.told("station", f"/api/v1/codes/{grouped}")
    assert told["code"] == served.story.ids["code"]


async def test_the_public_sees_a_white_list_and_no_name(served: Served) -> None:
    told = await served.told("public", f"/t/{served.story.ids['case']}")
    assert set(told) == ALLOWED
    assert told["state"] == "released"
    assert [(place["region"], place["kind"]) for place in told["route"]] == [
        ("370200", "first_station"),
        ("420100", "third_party_store"),
        ("420100", "shop"),
        ("440100", "processing_plant"),
    ]
    assert {paper["kind"] for paper in told["certificates"]} == {
        "quarantine", "nucleic_acid", "disinfection",
    }  # fmt: skip
    number = served.story.ids["number"]
    assert told["certificates"][0]["number"] == "•" * (len(number) - 4) + number[-4:]
    text = await (await served.get("public", f"/t/{served.story.ids['case']}")).text()
    names = [party["name"] for party in (await served.told("auditor", "/api/v1/organisations"))["items"]]
    assert len(names) > 5
    for secret in (*names, "MSKU9070323", "SECRET", number):
        assert secret not in text


async def test_what_was_processed_shows_the_whole_way(served: Served) -> None:
    told = await served.told("public", f"/t/{served.story.ids['cubes_code']}")
    assert [place["kind"] for place in told["route"]] == [
        "first_station", "third_party_store", "processing_plant", "restaurant",
    ]  # fmt: skip


ADDRESSES = {
    "/01/06950123456786/10/{code}": 200,
    "/01/06950123456786/10/{code}?17=220519": 200,
    "/01/06950123456786/10/{code}/21/{case}": 200,
    "/01/06950123456786/10/{code}/21/{cubes_code}": 422,
    "/01/06950123456786/10/{cubes_code}/21/{case}": 404,
    "/01/09506000134352/10/{code}": 404,
    "/01/06950123456786/10/{cubes_code}": 404,
    "/t/1B370200ABCDEF23456A": 422,
}


async def test_a_digital_link_answers_where_its_parts_belong_together(served: Served) -> None:
    found = {
        address: (await served.get("public", address.format(**served.story.ids))).status
        for address in ADDRESSES
    }
    assert found == ADDRESSES


async def test_an_exit_certificate_is_checked_without_an_account(served: Served) -> None:
    told = await served.told("public", f"/api/v1/releases/{served.story.ids['release']}")
    assert (told["pieces"], told["organisation"], told["lot"]) == (
        100, "示例首站冷库", served.story.ids["code"],
    )  # fmt: skip
    assert len(told["leaf"]) == 64
    assert (await served.get("public", "/api/v1/releases/NOSUCHCODE")).status == 404


LABELS = (
    ("", "image/png", b"\x89PNG"),
    ("?size=50x30&format=svg", "image/svg+xml", b"<"),
    ("?format=pdf", "application/pdf", b"%PDF"),
    ("?codes=cases", "application/pdf", b"%PDF"),
    ("?sheet=true", "application/pdf", b"%PDF"),
    ("?codes={case}", "image/png", b"\x89PNG"),
)
FAULTS = {
    "?codes=cases&format=png": "label.sheet-is-pdf",
    "?codes={cubes_code}": "label.no-such-code",
    "?size=1x1": "message.invalid",
}


async def test_labels_come_in_every_format(served: Served) -> None:
    path = f"/api/v1/lots/{served.story.ids['lot']}/labels"
    for asked, media, magic in LABELS:
        answer = await served.get("station", path + asked.format(**served.story.ids))
        body = await answer.read()
        assert answer.content_type == media, (asked, body)
        assert body.startswith(magic), asked


async def test_a_label_names_the_country_of_origin(served: Served) -> None:
    path = f"/api/v1/lots/{served.story.ids['lot']}/labels?format=svg"
    answer = await served.get("station", path)
    assert "原产地 巴西 Brazil;" in await answer.text()


async def test_labels_that_cannot_be_say_why(served: Served) -> None:
    path = f"/api/v1/lots/{served.story.ids['lot']}/labels"
    for asked, code in FAULTS.items():
        answer = await served.get("station", path + asked.format(**served.story.ids))
        assert (await answer.json())["code"] == code, asked
