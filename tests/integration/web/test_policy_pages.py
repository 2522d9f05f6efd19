"""A regulator's way from one policy to another: draft, comparison, trial, enactment, withdrawal."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import Any

import pytest
from aiohttp import FormData

from schema.clock import CHINA
from schema.problems import Problem
from service.http.authentication import CSRF_HEADER
from service.http.keys import DATABASE
from service.parties import shipped_enactments, shipped_policies
from service.parties.policies.drafts import PREVIEWS
from service.parties.policies.previewing import Draft as Policy
from tests.integration.web.conftest import Browsers, Page

QINGDAO = "qingdao"
"""A regulator of the city in which the station of the story is."""
LATER = "2099-12-01T00:00"


Pairs = list[tuple[str, str]]


async def drafted(browsers: Browsers, **changes: str) -> str:
    """A draft of the national policy for the city, with other answers; its path."""
    path = "/policies/drafts/new?from=shipped-0"
    kept = await sent(browsers, path, **changes)
    assert kept.status == 303, kept.text
    return kept.answer.headers["Location"]


async def sent(browsers: Browsers, path: str, who: str = QINGDAO, **changes: str) -> Page:
    """Open a form, answer some questions otherwise, send it as a browser does: several values a name."""
    page = await browsers.get(who, path)
    assert page.status == 200, page.text
    pairs = [pair for pair in filled_in(page) if pair[0] not in changes] + [*changes.items()]
    headers = browsers._headers(who, "en", Origin=str(browsers.client.make_url("/").origin()))
    answer = await browsers.client.post(path, data=FormData(pairs), headers=headers, allow_redirects=False)
    return Page(answer, await answer.text())


def filled_in(page: Page) -> Pairs:
    """What a browser would send of the form as it stands."""
    text = page.text
    boxes = r'<input type="(?:checkbox|radio)" name="([^"]+)" value="([^"]*)"[^>]*? checked'
    typed = re.findall(r'<input (?!type="(?:checkbox|radio))[^>]*?name="([^"]+)"[^>]*? value="([^"]*)"', text)
    areas = re.findall(r'<textarea [^>]*?name="([^"]+)"[^>]*>(.*?)</textarea>', text, re.DOTALL)
    selects = re.findall(r'<select [^>]*?name="([^"]+)"(.*?)</select>', text, re.DOTALL)
    chosen = [(name, found[1]) for name, inner in selects if (found := _CHOSEN.search(inner))]
    return [*typed, *re.findall(boxes, text), *areas, *chosen]


_CHOSEN = re.compile(r'value="([^"]*)" selected')


@pytest.mark.parametrize("spoken", ["en", "zh"])
async def test_whoever_is_judged_may_read_the_rules(browsers: Browsers, spoken: Any) -> None:
    page = await browsers.get("shop", "/policies", spoken)
    assert page.status == 200
    (position,) = set(re.findall(r"/policies/editions/(\d+)", page.text))
    one = await browsers.get("shop", f"/policies/editions/{position}", spoken)
    assert one.status == 200
    assert "/policies/drafts" not in one.text
    assert (await browsers.get("shop", "/policies/editions", spoken)).status == 200
    assert (await browsers.get("public", "/policies", spoken)).status == 303


async def test_only_an_authority_drafts(browsers: Browsers) -> None:
    assert (await browsers.get("shop", "/policies/drafts")).status == 403
    path = await drafted(browsers)
    assert (await browsers.get("hubei", path)).status == 404
    assert (await browsers.get(QINGDAO, path)).status == 200


async def test_a_draft_is_kept_resumed_and_deleted(browsers: Browsers) -> None:
    path = await drafted(browsers, name="Winter rules", **{"document.announce_hours": "48"})
    page = await browsers.get(QINGDAO, path)
    assert page.heading == "Winter rules"
    assert "Hours of notice before arrival" in page.text
    again = await sent(browsers, f"{path}/edit", **{"document.finding_days": "9"})
    assert again.status == 303, again.text
    page = await browsers.get(QINGDAO, path, "zh")
    assert "问题整改天数" in page.text
    csrf = page.hidden("csrf")
    assert (await browsers.post(QINGDAO, f"{path}/removal", {"csrf": csrf})).status == 303
    assert (await browsers.get(QINGDAO, path)).status == 404


async def test_what_is_wrong_with_a_draft_stands_beside_its_field(browsers: Browsers) -> None:
    path = "/policies/drafts/new?from=shipped-0"
    refused = await sent(browsers, path, **{"document.announce_hours": "soon"})
    assert refused.status == 422
    assert "f-document-announce_hours-fault" in refused.text
    outside = await sent(browsers, path, region="42")
    assert outside.status == 403
    assert "f-region-fault" in outside.text


async def announced(browsers: Browsers) -> None:
    """The station announces a container that is there within the hour: recorded, in breach of the notice."""
    said = {
        "facility": str(browsers.story.quay.place),
        "source": "port",
        "container": "CSQU3054383",
        "seal": "CN1",
        "importer": browsers.story.parties["importer"].uscc,
        "port": "青岛港",
        "entry_on": today(),
        "expected_at": now(),
    }
    told = await browsers.send("station", "/arrivals/new", said)
    assert told.status == 303, told.text


async def tried(browsers: Browsers, **changes: str) -> str:
    """A draft that was tried on the ledger; its path."""
    path = await drafted(browsers, **changes)
    csrf = (await browsers.get(QINGDAO, path)).hidden("csrf")
    assert (await browsers.post(QINGDAO, f"{path}/preview", {"csrf": csrf})).status == 303
    await browsers.client.app[PREVIEWS].finished()
    return path


async def test_a_trial_reads_the_whole_ledger_and_writes_nothing(browsers: Browsers) -> None:
    await announced(browsers)
    size = await browsers.size()
    path = await tried(browsers)
    page = await browsers.get(QINGDAO, path)
    assert f"{size} of {size} entries read" in page.text
    assert "1 judged again, 0 would have been refused, 0 with other rules broken;" in page.text
    assert await browsers.size() == size


async def test_a_trial_names_what_would_have_been_refused(browsers: Browsers) -> None:
    await announced(browsers)
    path = await tried(browsers, **{"document.first_stations": "market"})
    page = await browsers.get(QINGDAO, f"{path}/differences")
    assert "Would be refused" in page.text
    assert "Not a first station" in page.text
    assert "不是首站冷库" in (await browsers.get(QINGDAO, f"{path}/differences", "zh")).text


async def test_a_trial_names_rules_that_would_not_have_been_broken(browsers: Browsers) -> None:
    await announced(browsers)
    path = await tried(browsers, **{"document.announce_hours": "0"})
    page = await browsers.get(QINGDAO, f"{path}/differences")
    assert "Rule no longer broken" in page.text
    assert "announced late" in page.text.lower()
    edited = await sent(browsers, f"{path}/edit", **{"document.announce_hours": "1"})
    assert edited.status == 303
    assert "The draft was changed since" in (await browsers.get(QINGDAO, path)).text


async def test_a_draft_is_put_in_force_at_a_moment_and_withdrawn(browsers: Browsers) -> None:
    path = await drafted(browsers, **{"document.announce_hours": "48"})
    enacted = await browsers.send(QINGDAO, f"{path}/enactment", {"valid_from": LATER})
    assert enacted.status == 303, enacted.text
    edition = enacted.answer.headers["Location"]
    page = await browsers.get(QINGDAO, edition)
    assert "Waiting" in page.heading
    assert "2099-12-01 00:00" in page.text
    listed = await browsers.get("shop", "/policies")
    assert edition.partition("?")[0] in listed.text
    withdrawn = await browsers.send(QINGDAO, f"{edition.partition('?')[0]}/withdrawal", {})
    assert withdrawn.status == 303, withdrawn.text
    assert "Withdrawn" in (await browsers.get(QINGDAO, edition)).heading


async def test_the_former_policy_is_enacted_again_from_its_edition(browsers: Browsers) -> None:
    path = await drafted(browsers, **{"document.announce_hours": "48"})
    first = await browsers.send(QINGDAO, f"{path}/enactment", {})
    position = re.findall(r"editions/(\d+)", first.answer.headers["Location"])[0]
    former = f"/policies/drafts/new?from=edition-{position}"
    kept = await sent(browsers, former, **{"document.announce_hours": "24"})
    again = await browsers.send(QINGDAO, f"{kept.answer.headers['Location']}/enactment", {})
    page = await browsers.get(QINGDAO, again.answer.headers["Location"].partition("?")[0])
    assert "In force" in page.heading
    assert "Hours of notice before arrival" in page.text
    assert "Past" in (await browsers.get(QINGDAO, f"/policies/editions/{position}")).heading


async def test_the_interface_tells_policies_drafts_and_trials(browsers: Browsers) -> None:
    async def get(path: str, who: str = QINGDAO) -> Any:
        headers = browsers._headers(who, "en", Accept="application/json")
        answer = await browsers.client.get(path, headers=headers)
        assert answer.status == 200, await answer.text()
        return await answer.json()

    held = (await get("/api/v1/policies", "shop"))["items"]
    assert [(row["region"], row["regime"], row["state"]) for row in held] == [
        ("", "cold_chain_import", "in_force")
    ]
    assert (await get("/api/v1/policies?at=2020-01-01", "shop"))["items"] == []
    judging = await get("/api/v1/policy-judging?region=370200", "shop")
    assert (judging["position"], judging["document"]["finding_days"]) == (held[0]["position"], 3)
    editions = (await get("/api/v1/policy-editions?limit=1", "shop"))["items"]
    assert [row["position"] for row in editions] == [held[0]["position"]]
    path = await drafted(browsers, **{"document.announce_hours": "48"})
    draft = f"/api/v1/policy-drafts/{path.rpartition('/')[2]}"
    assert (await get(draft))["document"]["announce_hours"] == 48
    assert len((await get("/api/v1/policy-drafts"))["items"]) == 1
    changes = (await get(f"{draft}/comparison"))["changes"]
    assert {"place": "announce_hours", "before": 24, "after": 48} in changes


async def test_a_market_takes_goods_under_a_regime_of_its_own(browsers: Browsers) -> None:
    """From the regulator's draft to the release: nothing of the regime stands in code."""
    number = [said["regime"] for said in shipped_enactments()].index("market_entry")
    kept = await sent(browsers, f"/policies/drafts/new?from=shipped-{number}", "hubei")
    enacted = await browsers.send("hubei", f"{kept.answer.headers['Location']}/enactment", {})
    assert enacted.status == 303, enacted.text
    filed = {
        "kind": "market",
        "name": "武汉批发市场",
        "region": "420100",
        "address": "某路 1 号",
        "filing": "备 9",
    }
    zone = {"zones.0.name": "一区", "zones.0.kind": "domestic"}
    assert (await browsers.send("outsider", "/organisation/facilities/new", {**filed, **zone})).status == 303
    form = await browsers.get("outsider", "/arrivals/new")
    place = re.findall(r'<option value="(\d+)"[^>]*>武汉批发市场', form.text)[0]
    lot = await entered(browsers, place)
    page = await browsers.get("outsider", lot, "zh")
    assert "批发市场入市" in page.text
    assert "缺少产地证明" in page.text
    for kind, more in (
        ("origin", {"number": "CD1"}),
        ("quality_test", {"number": "KJ1", "happened_at": today(), "result": "qualified"}),
    ):
        paper = {"issuer": "市场快检室", "issued_on": today(), "lots": lot.rpartition("/")[2], **more}
        told = await browsers.send("outsider", f"{lot}/certificates/new?kind={kind}", paper)
        assert told.status == 303, told.text
    page = await browsers.get("outsider", f"{lot}/release")
    values = dict(filled_in(page))
    gone = await browsers.send("outsider", f"{lot}/release", {**values, "happened_at": now()})
    assert gone.status == 303, gone.text
    code = (await browsers.get("outsider", lot)).text
    assert "Released" in code
    shown = await browsers.get("public", gone.answer.headers["Location"].partition("?")[0])
    assert shown.status == 200


async def entered(browsers: Browsers, place: str) -> str:
    """Cucumbers announced and registered at the market; the path of their lot."""
    told = {
        "facility": place,
        "regime": "market_entry",
        "source": "within_province",
        "importer": browsers.story.parties["outsider"].uscc,
        "port": "孝感",
        "entry_on": today(),
        "expected_at": now(),
    }
    announced = await browsers.send("outsider", "/arrivals/new", told)
    assert announced.status == 303, announced.text
    path = f"{announced.answer.headers['Location'].partition('?')[0]}/lots/new"
    goods = {"product": "黄瓜", "category": "other", "specification": "散装", "pieces": "20", "grams": "400"}
    kept = {"temperature_class": "ambient", "country": "CHN", "received_at": now(), "zone": "1"}
    registered = await browsers.send("outsider", path, {**goods, **kept})
    assert registered.status == 303, registered.text
    return registered.answer.headers["Location"].partition("?")[0]


def now() -> str:
    return f"{datetime.now(CHINA):%Y-%m-%dT%H:%M}"


def today() -> str:
    return now()[:10]


async def called(browsers: Browsers, method: str, path: str, body: Any = None, who: str = QINGDAO) -> Any:
    """The interface, by a browser's session: status and answer."""
    csrf = (await browsers.get(who, "/account")).hidden("csrf")
    headers = browsers._headers(who, "en", Accept="application/json", **{CSRF_HEADER: csrf})
    answer = await browsers.client.request(method, path, headers=headers, json=body)
    return answer.status, await answer.json() if answer.status != 204 else None


async def test_drafts_are_kept_tried_and_deleted_by_the_interface(browsers: Browsers) -> None:
    await announced(browsers)
    body = {"name": "Notice", "region": "3702", "document": {**shipped_policies()[""], "announce_hours": 0}}
    status, kept = await called(browsers, "POST", "/api/v1/policy-drafts", body)
    assert status == 201
    path = f"/api/v1/policy-drafts/{kept['id']}"
    assert await called(browsers, "PUT", path, {**body, "name": "Less notice"}) == (200, kept)
    assert (await called(browsers, "GET", path))[1]["name"] == "Less notice"
    assert (await called(browsers, "GET", f"{path}/preview"))[1]["code"] == "policy-draft.no-preview"
    status, begun = await called(browsers, "POST", f"{path}/preview")
    assert (status, begun["size"]) == (202, await browsers.size())
    await browsers.client.app[PREVIEWS].finished()
    told = (await called(browsers, "GET", f"{path}/preview"))[1]
    assert (told["state"], told["judged"], told["changed"]) == ("done", 1, 1)
    (found,) = (await called(browsers, "GET", f"{path}/preview/differences"))[1]["items"]
    assert [each["rule"] for each in found["removed"]] == ["arrival.announced-late"]
    assert await called(browsers, "DELETE", path) == (204, None)
    assert (await called(browsers, "GET", path))[0] == 404


async def test_a_draft_is_nobody_elses_and_within_its_region(browsers: Browsers) -> None:
    body = {"name": "x", "region": "3702", "document": shipped_policies()[""]}
    kept = (await called(browsers, "POST", "/api/v1/policy-drafts", body))[1]
    path = f"/api/v1/policy-drafts/{kept['id']}"
    for method in ("GET", "DELETE"):
        assert (await called(browsers, method, path, who="hubei"))[0] == 404
    assert (await called(browsers, "PUT", path, {**body, "region": "42"}, who="hubei"))[0] == 404
    outside = await called(browsers, "POST", "/api/v1/policy-drafts", {**body, "region": "42"})
    assert (outside[0], outside[1]["code"]) == (403, "policy.region-outside-jurisdiction")
    assert (await called(browsers, "POST", "/api/v1/policy-drafts", body, who="shop"))[0] == 403


async def test_a_limit_for_a_kind_that_there_is_not_is_refused(browsers: Browsers) -> None:
    document = {**shipped_policies()[""], "back_dating_days": {"default": 3, "goods-eaten": 1}}
    said = {"region": "3702", "document": document}
    for path, body in (("/api/v1/policies", said), ("/api/v1/policy-drafts", {**said, "name": "x"})):
        status, problem = await called(browsers, "POST", path, body)
        assert (status, problem["code"]) == (422, "policy.kind-unknown")


async def test_there_are_not_too_many_drafts(browsers: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.parties.policies.drafts.MOST_DRAFTS", 1)
    body = {"name": "x", "region": "3702", "document": shipped_policies()[""]}
    assert (await called(browsers, "POST", "/api/v1/policy-drafts", body))[0] == 201
    status, problem = await called(browsers, "POST", "/api/v1/policy-drafts", body)
    assert (status, problem["code"]) == (409, "policy-draft.too-many")


async def test_of_trials_that_are_asked_for_at_once_one_begins(browsers: Browsers) -> None:
    body = {"name": "x", "region": "3702", "document": shipped_policies()[""]}
    kept = [(await called(browsers, "POST", "/api/v1/policy-drafts", body))[1]["id"] for _ in range(3)]
    previews = browsers.client.app[PREVIEWS]
    policy = Policy("3702", "cold_chain_import", body["document"])
    begun = await asyncio.gather(*(previews.begin(draft, policy) for draft in kept), return_exceptions=True)
    await previews.finished()
    refused = [each.code for each in begun if isinstance(each, Problem)]
    assert refused == ["policy-draft.preview-busy"] * 2


async def test_one_trial_at_a_time(browsers: Browsers) -> None:
    body = {"name": "x", "region": "3702", "document": shipped_policies()[""]}
    first, second = [
        (await called(browsers, "POST", "/api/v1/policy-drafts", body))[1]["id"] for _ in range(2)
    ]
    pool = browsers.client.app[DATABASE].writer
    begin = "INSERT INTO private.policy_preview (draft, run, state, document, since, size) VALUES"
    await pool.execute(f"{begin} ($1, gen_random_uuid(), 'running', '{{}}', '', 9)", first)
    running = await called(browsers, "POST", f"/api/v1/policy-drafts/{first}/preview")
    assert (running[0], running[1]["code"]) == (409, "policy-draft.preview-running")
    await pool.execute("UPDATE private.policy_preview SET told_at = now() - interval '31 seconds'")
    told = (await called(browsers, "GET", f"/api/v1/policy-drafts/{first}/preview"))[1]
    assert told["state"] == "stopped", "whoever worked at it tells nothing any more"
    assert (await called(browsers, "POST", f"/api/v1/policy-drafts/{first}/preview"))[0] == 202
    previews = browsers.client.app[PREVIEWS]
    await previews.finished()
    previews._task = asyncio.create_task(asyncio.sleep(60))
    busy = await called(browsers, "POST", f"/api/v1/policy-drafts/{second}/preview")
    assert (busy[0], busy[1]["code"]) == (503, "policy-draft.preview-busy")
