"""Known when, over HTTP: a day's answer is given again after corrections; who may see what is today's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from schema.clock import CHINA
from service.app import API
from service.goods.state import UNIT
from service.http.reads import Read
from service.ledger.statement import instant
from tests.integration.reading.bazaar import CARTON
from tests.integration.reading.conftest import Served
from tests.integration.reading.test_known_when import plain


def past(path: str, as_of: object) -> str:
    """The address that asks it as of then."""
    return f"{path}?{urlencode({'as_of': str(as_of)})}"


async def known(served: Served, who: str, path: str, as_of: object) -> dict[str, Any]:
    """What somebody is told of that time."""
    return await served.told(who, past(path, as_of))


async def refusal(served: Served, path: str, as_of: object) -> str:
    """Status and code of what is refused to an authority."""
    answer = await served.get("hubei", past(path, as_of))
    body = await answer.json()
    return f"{answer.status} {body['errors'][0]['code'] if 'errors' in body else body['code']}"


async def sold(served: Served) -> int:
    """The shop sells four cartons more, today; where the ledger ends then."""
    path = f"/api/v1/units/{served.story.ids['shop_unit']}/sales"
    sale = {"pieces": 4, "grams": 4 * CARTON, "happened_at": datetime.now(CHINA).date().isoformat()}
    status, answer = await served.post("shop", path, sale)
    assert status == 201, answer
    return int(answer["position"]) + 1


async def corrected(served: Served, position: int) -> None:
    """It was one, the shop says later."""
    body = {"reason": "counting", "changes": {"pieces": 1, "grams": CARTON}}
    status, answer = await served.post("shop", f"/api/v1/statements/{position}/corrections", body)
    assert status == 201, answer


async def test_the_answer_of_a_day_is_given_again_after_a_correction(served: Served) -> None:
    path = f"/api/v1/lots/{served.story.ids['lot']}/trace/downstream"
    size = await sold(served)
    answered = await served.told("hubei", path)
    assert answered["account"]["sold"]["pieces"] == 5 + 4
    await corrected(served, size - 1)
    now, then = await served.told("hubei", path), await known(served, "hubei", path, size)
    assert now["account"]["sold"]["pieces"] == 5 + 1
    assert then.pop("as_of")["position"] == size
    assert then == answered
    why = f"/api/v1/statements/{size - 1}"
    version = (await served.told("shop", why))["versions"][-1]
    assert (version["position"], version["reason"]) == (size, "counting")
    assert len((await known(served, "shop", why, size))["versions"]) == 1


async def test_a_time_means_what_was_recorded_by_then(served: Served) -> None:
    path = f"/api/v1/units/{served.story.ids['shop_unit']}"
    told, last = len(served.story.history.statements), served.story.history.statements[-1].at
    await sold(served)
    moment = datetime.fromisoformat(last).astimezone(CHINA)
    whole_minute = moment.isoformat(timespec="minutes")
    for said in (last, whole_minute, whole_minute.removesuffix("+08:00"), whole_minute[:10]):
        then = await known(served, "shop", path, said)
        assert then["as_of"] == {"position": told, "recorded_at": last}, said
        assert then["grams"] == 15 * CARTON
    before = instant(moment - timedelta(microseconds=1))
    assert (await known(served, "shop", path, before))["as_of"]["position"] == told - 1
    today = datetime.now(CHINA).date().isoformat()
    assert (await known(served, "shop", path, today))["grams"] == 11 * CARTON


async def test_every_position_has_the_time_of_its_last_statement(served: Served) -> None:
    path, said = "/api/v1/lots", served.story.history.statements
    for position in range(0, len(said) + 1, 7):
        told = await known(served, "auditor", path, position)
        at = said[position - 1].at if position else None
        assert told["as_of"] == {"position": position, "recorded_at": at}
        if at is not None:
            assert (await known(served, "auditor", path, at))["as_of"]["position"] == position


async def test_what_was_not_there_yet_is_not_found(served: Served) -> None:
    lot, unit = served.story.ids["lot"], served.story.ids["shop_unit"]
    assert (await known(served, "auditor", "/api/v1/lots", lot // 1000))["items"] == []
    for path in (
        f"/api/v1/lots/{lot}",
        f"/api/v1/lots/{lot}/events",
        f"/api/v1/lots/{lot}/trace/upstream",
        f"/api/v1/units/{unit}",
        f"/api/v1/units/{unit}/trace/downstream/flows",
        f"/api/v1/codes/{served.story.ids['code']}/trace/downstream",
    ):
        assert await refusal(served, path, lot // 1000) == "404 request.not-found"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("999999", "400 as-of.beyond"),
        ("2999-01-01", "400 as-of.to-come"),
        ("yesterday", "400 as-of.format"),
        ("2020-13-01", "400 as-of.format"),
        ("-1", "400 as-of.format"),
        ("1" * 41, "422 message.length"),
    ],
)
async def test_what_cannot_be_meant_is_refused(served: Served, said: str, expected: str) -> None:
    assert await refusal(served, "/api/v1/lots", said) == expected


async def test_the_end_of_the_ledger_is_the_present(served: Served) -> None:
    size = served.story.history.position
    told = await known(served, "auditor", "/api/v1/lots", size)
    assert plain(told) == await served.told("auditor", "/api/v1/lots")
    assert await refusal(served, "/api/v1/lots", size + 1) == "400 as-of.beyond"


async def test_the_next_part_of_a_list_is_as_of_the_same_position(served: Served) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    answer = await served.get("auditor", past("/api/v1/units", now) + "&limit=2")
    (following,) = answer.links.getall("next")
    assert following["url"].query["as_of"] == str(served.story.history.position)


async def test_a_business_is_told_of_the_past_of_what_it_may_see_today_and_nothing_else(
    served: Served,
) -> None:
    """The importer's goods at the wholesaler's become somebody else's, who is told of no earlier owner."""
    unit = served.story.ids["wholesaler_unit"]
    size = served.story.history.position
    to = served.story.parties["outsider"].uscc
    row = served.story.history.row(UNIT, unit)
    owner = next(name for name, party in served.story.parties.items() if party.organisation == row.owner)
    path = f"/api/v1/units/{unit}"
    before = await served.told(owner, path)
    status, answer = await served.post(
        owner,
        f"{path}/transfers",
        {
            "to_uscc": to,
            "happened_at": datetime.now(CHINA).date().isoformat(),
            "document": {"kind": "contract", "number": "HT-1"},
        },
    )
    assert status == 201, answer
    told = await known(served, "outsider", path, size)
    assert told["owner"] is None
    assert told["grams"] == before["grams"]
    custodian = row.custodian == row.owner
    assert (await served.get(owner, path)).status == (200 if custodian else 404)
    trace = await known(served, "outsider", f"{path}/trace/downstream", size)
    assert {each["id"] for each in trace["units"]["items"]} == {unit}


async def test_what_can_be_asked_so_is_documented(served: Served) -> None:
    document = await served.told("public", "/openapi.json")
    for read in API:
        if not isinstance(read, Read):
            continue
        operation = document["paths"][read.parsed.documented]["get"]
        names = [each["name"] for each in operation["parameters"]]
        assert ("as_of" in names) == read.past, read.name
        shown = operation["responses"]["200"]["content"].get("application/json", {}).get("schema", {})
        view = document["components"]["schemas"].get(shown.get("$ref", "").rpartition("/")[2], shown)
        told = read.past and read.response is not None
        assert ("as_of" in view.get("properties", {})) == told, read.name
