"""Corrections in the database and over the interface: rows come back as made, the ledger verifies, and who
may see a statement sees both versions."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from service.app import make_app
from service.goods.corrections import CORRECT, EXCLUDE
from service.goods.movements import RECEIVE, SELL, SHIP
from service.goods.papers import RECORD
from service.goods.release import RELEASE_LOT
from service.goods.state import (
    ARRIVAL,
    CERTIFICATE,
    CORRECTION,
    EDGE,
    LOT,
    RELEASE,
    RELIANCE,
    SHIPMENT,
    UNIT,
)
from service.http.authentication import COOKIE
from service.http.keys import DATABASE
from service.incidents.state import FINDING, HELD_LOT, HOLD
from service.ledger import Projection, audit, store
from service.parties.credentials import Credentials
from service.settings import Settings
from service.trust import open_signer
from tests.history import History
from tests.quay import Quay
from tests.retold import retold
from tests.settlement import SEALED, Party
from tests.unit.goods.corrections.told import correction

CARTON = 27_000
_INSTANCE = re.compile(r"#[0-9a-f]{16}")
ROWS: tuple[Projection[Any], ...] = (
    *(ARRIVAL, LOT, UNIT, EDGE, CERTIFICATE, RELEASE, RELIANCE, SHIPMENT, CORRECTION),
    *(FINDING, HOLD, HELD_LOT),
)


@dataclass
class Story:
    """Ten cartons from the quay to a shop's counter, half of them sold; positions by name."""

    quay: Quay
    watch: Party
    other: Party
    at: dict[str, int]

    def correct(self, name: str, changes: dict[str, Any] | None, by: Party | None = None) -> int:
        """Correct what was said there by that name; the correction's position."""
        history = self.quay.history
        position = self.at[name]
        said = history.statements[position]
        data = said.data if said.kind != CORRECT.name else said.data["replacement"]
        replacement = None if changes is None else {**data, **changes}
        actor = said.actor if by is None else by.manager
        history.say(CORRECT, correction(position, replacement), actor)
        self.at[name] = history.position - 1
        return self.at[name]


def story() -> Story:
    quay = Quay(History(), correction_days=36_500)
    at: dict[str, int] = {}
    say, station, shop = quay.history.say, quay.station, quay.shop
    watch = quay.town.party("regulator", region="420000", name="湖北监管")
    other = quay.town.party("cold_store", region="370200")
    at["registered"] = quay.history.position
    goods = quay.lot(100, 100 * CARTON)
    at["paper"] = quay.history.position
    quay.papers(goods)
    at["released"] = quay.history.position
    free = quay.release_of(goods, 50, 50 * CARTON)
    unit = say(RELEASE_LOT, free, station.staff).outcome["unit"]
    item = {"unit": unit, "pieces": 10, "grams": 10 * CARTON}
    road = {"facility": quay.place, "destination": quay.counter, "departed_at": "2020-08-16", "items": [item]}
    at["shipped"] = quay.history.position
    waybill = {"number": "W1", "driver_name": SEALED}
    sent = say(SHIP, {**road, "waybill": waybill}, station.staff).outcome
    item = {"unit": sent["units"][0], "pieces": 10, "grams": 10 * CARTON, "remark": SEALED}
    receipt = {"shipment": sent["shipment"], "happened_at": "2020-08-17", "items": [item]}
    at["received"] = quay.history.position
    got = say(RECEIVE, receipt, shop.staff).outcome["units"][0]
    at["sold"] = quay.history.position
    sale = {"unit": got, "pieces": 5, "grams": 5 * CARTON, "happened_at": "2020-08-18"}
    say(SELL, sale, shop.staff)
    return Story(quay, watch, other, at)


def lighter(story: Story, grams: int = 10 * CARTON - 700) -> dict[str, Any]:
    """The receipt's items with another weight."""
    (item,) = story.quay.history.statements[story.at["received"]].data["items"]
    return {"items": [{**item, "grams": grams, "reason": "drying"}]}


def corrected() -> Story:
    """A receipt, a paper under a new number and again, a sale withdrawn and excluded, and a lot corrected."""
    told = story()
    told.correct("received", lighter(told))
    told.correct("paper", {"number": "440000000000099"})
    told.correct("paper", {"number": "440000000000099", "grams": 40 * CARTON})
    sale = told.at["sold"]
    told.correct("sold", None)
    told.quay.history.say(EXCLUDE, {"position": sale, "grounds": "never_happened"}, told.watch.manager)
    told.correct("registered", {"product": "冻牛腱", "grams": 100 * CARTON - 500})
    return told


async def test_rows_come_back_as_they_were_made_and_the_ledger_verifies(database: str) -> None:
    history = corrected().quay.history
    async with retold(database, history) as ledger, ledger.pool.acquire() as conn:
        for projection in ROWS:
            made = sorted(history.rows(projection), key=projection.key)
            async with conn.transaction():
                stored = [row async for row in store.rows(conn, projection)]
            assert made and stored == made, projection
        assert (await audit.verify(conn, ledger.registry, None, rules=True)).findings == []
        assert (await audit.check_rows(conn, ledger.registry)).findings == []


async def test_a_freed_number_is_recorded_for_its_rightful_lot(database: str) -> None:
    told = story()
    quay = told.quay
    key = quay.history.statements[told.at["paper"]].outcome["key"]
    paper = dict(quay.history.statements[told.at["paper"]].data)
    told.correct("paper", {"number": "440000000000098"})
    other = quay.lot(1, CARTON)
    quay.history.say(RECORD, {**paper, "lots": [other.lot], "grams": CARTON}, quay.station.staff)
    async with retold(database, quay.history) as ledger, ledger.pool.acquire() as conn:
        assert (await audit.check_rows(conn, ledger.registry)).findings == []
    assert quay.history.row(CERTIFICATE, key).lots == [other.lot]


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found: list[str] = re.findall(rf'name="{name}" value="([^"]*)"', page)
    return found[-1]


@dataclass(frozen=True)
class Served:
    """The story, served; everybody asks with a session of their own."""

    story: Story
    client: TestClient[Any, Any]
    cookies: dict[str, tuple[str, str]]

    async def get(self, who: str, path: str, **headers: str) -> ClientResponse:
        return await self.client.get(path, headers=self._headers(who) | headers)

    async def post(self, who: str, path: str, body: dict[str, Any], **headers: str) -> ClientResponse:
        return await self.client.post(path, json=body, headers=self._headers(who) | headers)

    async def page(self, who: str, path: str, spoken: str = "en") -> str:
        """A page that must be there."""
        answer = await self.get(who, path, Accept="text/html", **{"Accept-Language": spoken})
        text = await answer.text()
        assert answer.status == 200, text
        return text

    async def fill_in(self, who: str, path: str, fields: dict[str, str]) -> ClientResponse:
        """Open a form, and send it as filled in."""
        page = await self.page(who, path)
        given = {name: hidden(page, name) for name in ("csrf", "submission")}
        origin = {"Accept": "text/html", "Origin": str(self.client.make_url("/").origin())}
        headers = self._headers(who) | origin
        return await self.client.post(path, data={**given, **fields}, headers=headers, allow_redirects=False)

    def _headers(self, who: str) -> dict[str, str]:
        secret, csrf = self.cookies[who]
        given = {"Accept": "application/json", "Accept-Language": "en", "X-Request-ID": "same"}
        return given | {"Cookie": f"{COOKIE}={secret}", "X-CSRF-Token": csrf}


@pytest.fixture
async def served(database: str, tmp_path: Path) -> AsyncIterator[Served]:
    told = story()
    async with retold(database, told.quay.history):
        pass
    settings = Settings(data=tmp_path / "data", trust=tmp_path / "trust", sample_data=True)
    app = await make_app(settings, database, open_signer(settings, "test.invalid/ledger"))
    credentials = Credentials(app[DATABASE].writer)
    parties = {"station": told.quay.station, "shop": told.quay.shop, "watch": told.watch, "other": told.other}
    cookies = {}
    for name, party in parties.items():
        assert party.manager.user is not None
        session = await credentials.sessions.open(party.manager.user)
        cookies[name] = (session.secret, session.csrf)
    async with TestClient(TestServer(app)) as client:
        yield Served(told, client, cookies)


async def test_a_wrong_weight_is_previewed_corrected_and_told(served: Served) -> None:
    position = served.story.at["received"]
    path = f"/api/v1/statements/{position}"
    body: dict[str, Any] = {"reason": "weighing", "note": "李四看错了秤", "changes": lighter(served.story)}
    del body["changes"]["items"][0]["remark"]
    preview = await served.post("shop", f"{path}/correction-preview", body)
    told = await preview.json()
    assert preview.status == 200, told
    grams = [each for each in told["consequences"] if (each["thing"], each["member"]) == ("unit", "grams")]
    assert [(each["before"], each["after"]) for each in grams] == [(5 * CARTON, 5 * CARTON - 700)]
    before = await (await served.get("shop", path)).json()
    assert (before["position"], before["correctable"], len(before["versions"])) == (position, True, 1)
    done = await served.post("shop", f"{path}/corrections", body, **{"Idempotency-Key": "k1"})
    answer = await done.json()
    assert done.status == 201, answer
    again = await served.post("shop", f"{path}/corrections", body, **{"Idempotency-Key": "k1"})
    assert await again.json() == answer
    after = await (await served.get("watch", path)).json()
    assert (after["position"], after["root"], len(after["versions"])) == (answer["position"], position, 2)
    assert [each["data"]["items"][0]["grams"] for each in after["versions"]] == [
        10 * CARTON,
        10 * CARTON - 700,
    ]
    listed = await (await served.get("shop", f"{path}/corrections")).json()
    assert [(each["correction"], each["reason"]) for each in listed["items"]] == [
        (answer["position"], "weighing")
    ]
    entry = await (await served.get("shop", f"/api/v1/entries/{answer['position']}")).text()
    assert "李四" not in entry


async def test_other_words_under_the_same_key_are_a_conflict(served: Served) -> None:
    path, key = f"/api/v1/statements/{served.story.at['sold']}/corrections", {"Idempotency-Key": "k2"}
    body: dict[str, Any] = {"reason": "other_time", "changes": {"happened_at": "2020-08-20"}}
    done = await served.post("shop", path, body, **key)
    assert done.status == 201, await done.text()
    other = await served.post("shop", path, body | {"changes": {"happened_at": "2020-08-19"}}, **key)
    assert (other.status, (await other.json())["code"]) == (409, "ledger.idempotency-conflict")


async def test_what_stands_in_the_way_is_named_before_and_when_it_is_tried(served: Served) -> None:
    path = f"/api/v1/statements/{served.story.at['received']}"
    for where in ("correction-preview", "corrections"):
        answer = await served.post("shop", f"{path}/{where}", {"reason": "typing", "withdraw": True})
        told = await answer.json()
        assert (answer.status, told["code"]) == (409, "correction.goods-moved-on")
        assert str(served.story.at["sold"]) in told["detail"]
        assert [each["code"] for each in told["errors"]] == ["correction.later-movement"]


@pytest.mark.parametrize("who", ["station", "other"])
async def test_what_is_not_ones_own_is_as_what_is_not_there(served: Served, who: str) -> None:
    sold, nowhere = served.story.at["sold"], 100_000
    body = {"reason": "typing", "changes": {"grams": 1}}
    for tail in ("corrections", "correction-preview"):
        answers = [
            await served.post(who, f"/api/v1/statements/{position}/{tail}", body)
            for position in (sold, nowhere)
        ]
        texts = [
            _INSTANCE.sub("", await each.text()).replace(str(position), "N")
            for each, position in zip(answers, (sold, nowhere), strict=True)
        ]
        assert [each.status for each in answers] == [404, 404]
        assert texts[0] == texts[1]
    reads = [await served.get(who, f"/api/v1/statements/{position}") for position in (sold, nowhere)]
    assert [each.status for each in reads] == [404, 404]
    texts = [
        _INSTANCE.sub("", await each.text()).replace(str(position), "N")
        for each, position in zip(reads, (sold, nowhere), strict=True)
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"reason": "typing"}, "correction.nothing-said", "/changes"),
        (
            {"reason": "typing", "withdraw": True, "changes": {"grams": 1}},
            "correction.nothing-said",
            "/changes",
        ),
        ({"reason": "typing", "changes": {"grams": "x"}}, "message.integer", "/changes/grams"),
        ({"reason": "typing", "changes": {"unit": 1}}, "correction.not-of-the-statement", "/changes/unit"),
    ],
)
async def test_what_cannot_be_read_blames_its_member(
    served: Served, body: dict[str, Any], code: str, field: str
) -> None:
    answer = await served.post("shop", f"/api/v1/statements/{served.story.at['sold']}/corrections", body)
    told = await answer.json()
    assert (code, field) in [(each["code"], each["pointer"]) for each in told["errors"]], told


async def test_a_withdrawn_sale_stays_in_the_trace_until_it_is_excluded(served: Served) -> None:
    story = served.story
    lot = story.quay.history.rows(LOT)[0].id
    sold = story.at["sold"]
    body = {"reason": "never_happened", "withdraw": True}
    done = await served.post("shop", f"/api/v1/statements/{sold}/corrections", body)
    assert done.status == 201, await done.text()
    flows = (await (await served.get("watch", f"/api/v1/lots/{lot}/trace/downstream")).json())["flows"][
        "items"
    ]
    marked = [(flow["position"], flow["corrected_by"]) for flow in flows if flow["kind"] == "sell"]
    assert marked == [(sold, (await done.json())["position"])]
    assert [flow for flow in flows if flow["kind"] != "sell" and flow["corrected_by"]] == []
    excluded = await served.post(
        "watch", f"/api/v1/statements/{sold}/exclusion", {"grounds": "never_happened"}
    )
    assert excluded.status == 201, await excluded.text()
    down = await (await served.get("watch", f"/api/v1/lots/{lot}/trace/downstream")).json()
    assert [flow for flow in down["flows"]["items"] if flow["kind"] == "sell"] == []
    account = down["account"]
    assert account["sold"]["grams"] == 0
    parts = [each["grams"] for name, each in account.items() if name != "entered"]
    assert account["entered"]["grams"] == sum(parts)


async def test_the_trace_of_a_corrected_weight_adds_up(served: Served) -> None:
    body: dict[str, Any] = {"reason": "weighing", "changes": lighter(served.story)}
    del body["changes"]["items"][0]["remark"]
    path = f"/api/v1/statements/{served.story.at['received']}/corrections"
    assert (await served.post("shop", path, body)).status == 201
    lot = served.story.quay.history.rows(LOT)[0].id
    down = await (await served.get("watch", f"/api/v1/lots/{lot}/trace/downstream")).json()
    account = down["account"]
    assert account["lost"]["grams"] == 700
    assert [each["reason"] for each in down["losses"]] == ["drying"]
    parts = [each["grams"] for name, each in account.items() if name != "entered"]
    assert account["entered"]["grams"] == sum(parts)


@pytest.mark.parametrize("spoken", ["en", "zh"])
async def test_a_person_corrects_a_weight_on_a_form_without_script(served: Served, spoken: str) -> None:
    position = served.story.at["received"]
    path = f"/statements/{position}"
    assert f"{path}/correct" in await served.page("shop", path, spoken)
    form = await served.page("shop", f"{path}/correct", spoken)
    assert 'name="happened_at"' in form and 'value="2020-08-17"' in form
    assert "items.0.grams" not in form, "an item with a sealed remark stays as it was"
    assert f"{path}/correct" not in await served.page("watch", "/lots", spoken)


async def test_a_person_sees_what_would_follow_before_it_is_recorded(served: Served) -> None:
    sold = served.story.at["sold"]
    path = f"/statements/{sold}/correct"
    typed = {"pieces": "4", "grams": "108", "happened_at": "2020-08-18", "unit": "1", "reason": "counting"}
    shown = await served.fill_in("shop", path, {**typed, "step": "preview"})
    page = await shown.text()
    assert shown.status == 200 and "What would follow" in page, page
    assert "135 kg" in page and "162 kg" in page and 'value="record"' in page
    done = await served.fill_in("shop", path, {**typed, "step": "record"})
    assert done.status == 303, await done.text()
    told = await served.page("shop", done.headers["Location"])
    assert "As it was said before" in told and "Counted wrong" in told and "108 kg" in told


async def test_the_form_names_what_stands_in_the_way(served: Served) -> None:
    path = f"/statements/{served.story.at['received']}/withdraw"
    for step in ("preview", "record"):
        shown = await served.fill_in("shop", path, {"reason": "said_twice", "step": step})
        page = await shown.text()
        assert (shown.status, "The goods moved on" in page) == (409, True)
        assert f"Position {served.story.at['sold']}, Sale recorded" in page


@pytest.mark.parametrize(
    ("typed", "fault"), [({"grams": "much"}, "f-grams-fault"), ({"grams": "108"}, "f-reason-fault")]
)
async def test_what_is_typed_wrong_is_said_beside_the_field(
    served: Served, typed: dict[str, str], fault: str
) -> None:
    path = f"/statements/{served.story.at['sold']}/correct"
    shown = await served.fill_in("shop", path, {"pieces": "4", **typed, "step": "preview"})
    assert (shown.status, f'id="{fault}"' in await shown.text()) == (422, True)


async def test_every_statement_of_the_story_has_its_page_and_form(served: Served) -> None:
    for name, who in (
        *(("registered", "station"), ("paper", "station"), ("released", "station"), ("shipped", "station")),
        *(("received", "shop"), ("sold", "shop")),
    ):
        for spoken in ("en", "zh"):
            position = served.story.at[name]
            await served.page(who, f"/statements/{position}", spoken)
            await served.page(who, f"/statements/{position}/correct", spoken)


async def test_an_authority_excludes_on_a_page(served: Served) -> None:
    sold = served.story.at["sold"]
    await served.fill_in(
        "shop", f"/statements/{sold}/withdraw", {"reason": "never_happened", "step": "record"}
    )
    assert f"/statements/{sold}/exclude" in await served.page("watch", f"/statements/{sold}")
    done = await served.fill_in("watch", f"/statements/{sold}/exclude", {"grounds": "never_happened"})
    assert done.status == 303
    page = await served.page("watch", f"/statements/{sold}")
    assert f"/statements/{sold}/exclude" not in page and "excluded from traces" in page


async def test_an_exit_certificate_that_was_withdrawn_says_so_to_anyone(served: Served) -> None:
    story = served.story
    quay = story.quay
    released = quay.history.statements[story.at["released"]]
    for name, who in (("sold", "shop"), ("received", "shop"), ("shipped", "station")):
        path = f"/api/v1/statements/{story.at[name]}/corrections"
        done = await served.post(who, path, {"reason": "never_happened", "withdraw": True})
        assert done.status == 201, await done.text()
    path = f"/api/v1/releases/{released.data['code']}"
    assert (await (await served.get("other", path)).json())["withdrawn"] is False
    undo = f"/api/v1/statements/{story.at['released']}/corrections"
    fewer = {"reason": "counting", "changes": {"pieces": 40, "grams": 40 * CARTON}}
    assert (await served.post("station", undo, fewer)).status == 201
    told = await (await served.get("other", path)).json()
    assert (told["corrected"], told["withdrawn"], told["grams"]) == (True, False, 40 * CARTON)
    position = (await (await served.get("station", undo)).json())["items"][-1]["correction"]
    undo = f"/api/v1/statements/{position}/corrections"
    assert (await served.post("station", undo, {"reason": "other", "withdraw": True})).status == 201
    assert (await (await served.get("other", path)).json())["withdrawn"] is True
    for spoken, word in (("en", "was withdrawn"), ("zh", "已撤回")):
        page = await served.page("other", f"/releases/{released.data['code']}", spoken)
        assert word in page
        assert "download" not in page, "a receipt would still prove what was said"


async def test_a_units_page_leads_to_what_was_said_of_it(served: Served) -> None:
    at = served.story.at
    page = await served.page("shop", f"/units/{at['received'] * 1000}")
    for name in ("received", "sold"):
        assert f'href="/statements/{at[name]}"' in page
    sent = await served.page("shop", f"/units/{at['shipped'] * 1000 + 1}", "zh")
    assert f'href="/statements/{at["received"]}"' in sent
    assert f'href="/statements/{at["shipped"]}"' not in sent, "it is the consignor's"


async def test_an_arrivals_page_leads_to_its_announcement_and_its_opening(served: Served) -> None:
    arrival = served.story.quay.arrival
    page = await served.page("station", f"/arrivals/{arrival}")
    opening = served.story.quay.history.row(ARRIVAL, arrival).opened_in
    for position in (arrival // 1000, opening):
        assert f'href="/statements/{position}"' in page
        await served.page("station", f"/statements/{position}/correct", "zh")


async def test_who_sent_goods_reads_the_receipt_in_the_history_before_and_after_its_correction(
    served: Served,
) -> None:
    told = served.story
    lot = told.quay.history.statements[told.at["registered"]].outcome["lot"]
    path = f"/api/v1/lots/{lot}/events"

    async def received() -> list[int]:
        lines = (await (await served.get("station", path)).json())["items"]
        return [line["position"] for line in lines if line["position"] > told.at["shipped"]]

    assert await received() == [told.at["received"]]
    body = {"reason": "weighing", "changes": lighter(told)}
    del body["changes"]["items"][0]["remark"]
    done = await served.post("shop", f"/api/v1/statements/{told.at['received']}/corrections", body)
    assert done.status == 201, await done.text()
    assert await received() == [told.at["received"], (await done.json())["position"]]
