"""Exposure over the interface: counted, listed, one way at a time, as a stream; who is told what of it."""

from __future__ import annotations

import csv
import io
from typing import Any

import orjson
import pytest

from service.tracing.exposure import counting, telling
from tests.integration.reading.conftest import Served

WINDOW = "from=2020-08-01&tiers=0,2,3,4"
"""The bazaar's story."""


def asks(served: Served, what: str = "lots", name: str = "lot", more: str = "") -> str:
    return f"?{what}={served.story.ids[name]}&{WINDOW}{more}"


async def test_it_counts_before_it_lists(served: Served) -> None:
    told = await served.told("hubei", "/api/v1/exposure" + asks(served))
    assert told["hits"]["units"] == sum(row["units"] for row in told["tiers"])
    assert told["hits"]["units"] == sum(row["units"] for row in told["hops"])
    assert told["hits"]["units"] == sum(row["units"] for row in told["states"])
    assert told["question"]["lots"] == [served.story.ids["lot"]]
    assert told["question"]["tiers"] == ["0", "2", "3", "4"]
    again = await served.told("hubei", "/api/v1/exposure" + asks(served, more=f"&as_of={told['position']}"))
    assert again["digest"] == told["digest"]
    assert again["as_of"]["position"] == told["position"]


async def listed(served: Served, who: str, path: str) -> list[dict[str, Any]]:
    """All pages of a list, two entries at a time."""
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        told = await served.told(who, f"{path}&limit=2{cursor}")
        rows += told["items"]
        if told["next"] is None:
            return rows
        cursor = f"&cursor={told['next']}"


async def test_every_hit_is_listed_once_with_its_last_step(served: Served) -> None:
    preview = await served.told("auditor", "/api/v1/exposure" + asks(served))
    rows = await listed(served, "auditor", "/api/v1/exposure/hits" + asks(served))
    keys = [row["unit"]["id"] for row in rows]
    assert keys == sorted(set(keys))
    assert len(keys) == preview["hits"]["units"]
    assert {row["step"]["unit"] for row in rows} == set(keys)
    seeds = [row for row in rows if row["step"]["relation"] == "seed"]
    assert {row["unit"]["lot"]["id"] for row in seeds} == {served.story.ids["lot"]}
    neighbours = [row for row in rows if row["hop"] == 1 and row["step"]["relation"] == "zone"]
    assert neighbours
    assert all(row["step"]["overlap_minutes"] > 0 for row in neighbours)
    assert all(row["step"]["facility"]["id"] for row in neighbours)


async def test_the_whole_way_leads_from_the_first_goods(served: Served) -> None:
    rows = await listed(served, "auditor", "/api/v1/exposure/hits" + asks(served))
    for row in rows:
        key = row["unit"]["id"]
        told = await served.told("auditor", f"/api/v1/exposure/hits/{key}/path" + asks(served))
        assert told["steps"][-1]["unit"] == key
        assert told["steps"][0]["relation"] == "seed"
        hops = [step["hop"] for step in told["steps"]]
        assert hops == sorted(hops)
        assert hops[-1] == row["hop"]


async def test_all_of_it_comes_as_lines_of_json_or_of_a_table(served: Served) -> None:
    rows = await listed(served, "hubei", "/api/v1/exposure/hits" + asks(served))
    answer = await served.get("hubei", "/api/v1/exposure/full" + asks(served))
    assert answer.content_type == "application/x-ndjson"
    assert [orjson.loads(line) for line in (await answer.read()).splitlines()] == rows
    table = await served.get("hubei", "/api/v1/exposure/full" + asks(served, more="&format=csv"))
    lines = list(csv.DictReader(io.StringIO((await table.read()).decode("utf-8-sig"))))
    assert [int(line["unit"]) for line in lines] == [row["unit"]["id"] for row in rows]


@pytest.mark.parametrize("who", ["station", "wholesaler", "importer", "platform"])
async def test_businesses_are_told_that_there_is_no_such_thing(served: Served, who: str) -> None:
    for path in ("", "/hits", "/full", f"/hits/{served.story.ids['unit']}/path"):
        answer = await served.get(who, f"/api/v1/exposure{path}" + asks(served))
        assert answer.status == 404


async def test_an_authority_begins_from_what_it_sees(served: Served) -> None:
    told = [
        (await served.get(who, "/api/v1/exposure" + asks(served))).status
        for who in ("hubei", "qingdao", "guangzhou", "beijing")
    ]
    assert told == [200, 200, 200, 404]
    place = served.story.places["station"]
    ask = f"/api/v1/exposure?facility={place}&zone=1&from=2020-08-01"
    assert [(await served.get(who, ask)).status for who in ("qingdao", "auditor", "hubei")] == [200, 200, 404]


async def test_of_goods_elsewhere_the_city_alone_is_told(served: Served) -> None:
    """The other lot of the station stood beside the first one and never came to Hubei; what a plant in
    Guangzhou made of the goods never did, either."""
    waiting = served.story.ids["waiting"]
    mine = await listed(served, "qingdao", "/api/v1/exposure/hits" + asks(served))
    assert waiting in {row["unit"]["lot"]["id"] for row in mine}
    theirs = await listed(served, "hubei", "/api/v1/exposure/hits" + asks(served))
    assert waiting not in {row["unit"]["lot"]["id"] for row in theirs}
    preview = await served.told("hubei", "/api/v1/exposure" + asks(served))
    assert {row["region"] for row in preview["elsewhere"]} == {"370200", "440100"}
    hidden = next(row["unit"]["id"] for row in mine if row["unit"]["lot"]["id"] == waiting)
    answer = await served.get("hubei", f"/api/v1/exposure/hits/{hidden}/path" + asks(served))
    assert answer.status == 404


async def test_a_question_of_ages_ago_has_an_answer(served: Served) -> None:
    lot = f"?lots={served.story.ids['lot']}"
    for said in ("&from=0001-01-01", "&sampled_at=0001-01-01&look_back_days=365"):
        answer = await served.told("auditor", "/api/v1/exposure" + lot + said)
        assert answer["question"]["from"].startswith("1900-01-01"), said
    answer = await served.get("auditor", f"/api/v1/exposure{lot}&from=0001-01-01&to=0001-01-01")
    assert (answer.status, (await answer.json())["code"]) == (422, "exposure.window")


async def test_a_question_is_told_what_is_wrong_with_it(served: Served) -> None:
    for said, code in (
        ("", "exposure.beginning"),
        (asks(served) + f"&units={served.story.ids['unit']}", "exposure.beginning"),
        (asks(served).replace("from=2020-08-01", "from=2999-01-01"), "exposure.window"),
        (asks(served, more="&known_before=999999"), "exposure.known-before"),
        (asks(served).replace("tiers=0,2,3,4", "tiers=9"), "message.invalid"),
        ("?units=a,b", "message.invalid"),
    ):
        answer = await served.get("auditor", "/api/v1/exposure" + said)
        assert (answer.status in (400, 422), (await answer.json())["code"]) == (True, code)


async def test_where_such_goods_were_and_who_worked_there(served: Served) -> None:
    """The lot beside the first one waits at the station to this day, and somebody works there."""
    places = await listed(served, "qingdao", "/api/v1/exposure/places" + asks(served))
    station = served.story.places["station"]
    assert {row["facility"]["id"] for row in places if row["facility"] is not None} == {station}
    assert all(row["since"] < row["until"] and row["units"] > 0 for row in places)
    everywhere = await listed(served, "auditor", "/api/v1/exposure/places" + asks(served))
    assert len(everywhere) > len(places)
    people = await listed(served, "qingdao", "/api/v1/exposure/people" + asks(served))
    assert [(row["staff"], row["contact"]) for row in people] == [(served.story.ids["worker"], "indirect")]
    assert "name" not in people[0]
    assert await listed(served, "hubei", "/api/v1/exposure/people" + asks(served)) == []


async def test_many_hits_are_counted_and_listed_as_few_are(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("auditor", "hubei"):
        ask = (
            asks(served) + f"&as_of={(await served.told(who, '/api/v1/exposure' + asks(served)))['position']}"
        )
        few = await served.told(who, "/api/v1/exposure" + ask)
        rows = await listed(served, who, "/api/v1/exposure/hits" + ask)
        with monkeypatch.context() as many:
            many.setattr(counting, "FEW", 0)
            many.setattr(counting, "PART", 2)
            many.setattr(telling, "WINDOW", 1)
            counts = await served.told(who, "/api/v1/exposure" + ask)
            assert counts | {"milliseconds": 0} == few | {"milliseconds": 0}
            assert await listed(served, who, "/api/v1/exposure/hits" + ask) == rows
