"""Every page for everyone: it is there, it says where one is, and what is not one's own is not there."""

from __future__ import annotations

import re

import pytest

from schema.problems import catalogue
from service.goods.state import LOT
from tests.integration.web.conftest import LOGIN, PASSWORD, Browsers

OF_A_BUSINESS = ("/", "/lots", "/units", "/shipments", "/receive", "/organisation", "/shipments/new")
OF_STOCK = (
    *("/stock", "/stock?to_be_moved=true", "/stock/totals", "/stock/totals?by=owner", "/stock/totals?by=lot"),
    *("/stock/totals?by=zone", "/stock/expiring", "/stock/expiring?days=3650", "/coverage"),
    *("/stock/declarations", "/disinfections"),
)
OF_AN_AUTHORITY = (
    "/",
    "/search",
    "/lots",
    "/arrivals",
    "/units",
    "/shipments",
    "/organisations",
    "/organisation",
)
PLACES = {
    "station": (
        *OF_A_BUSINESS,
        *("/arrivals", "/arrivals/new", "/arrivals/{arrival}", "/arrivals/{arrival}/opening"),
        *("/arrivals/{arrival}/lots/new", "/lots/{lot}", "/lots/{waiting}", "/lots/{lot}/trace"),
        *("/lots/{lot}/certificates/new?kind=quarantine", "/lots/{lot}/certificates/new?kind=nucleic_acid"),
        *("/lots/{lot}/certificates/new?kind=disinfection", "/lots/{waiting}/release"),
        *("/lots/{lot}/cases/new", "/certificates/{paper}"),
        *("/units/{unit}", "/units/{unit}/store", "/units/{unit}/split"),
        *("/units/{unit}/process", "/shipments/{station-wholesaler}", "/shipments/send?facility={place}"),
        *("/organisation/people", "/account", "/account/password", "/account/second-factor"),
        *("/organisation/facilities/new", "/organisation/users/new", "/organisation/tokens/new"),
        *(*OF_STOCK, "/facilities/{place}", "/facilities/{place}/change", "/facilities/{place}/suspension"),
        *("/facilities/{place}/reinstatement", "/facilities/{place}/closing"),
        *("/facilities/{place}/repartition", "/facilities/{place}/zones/4/clearing"),
        *("/stock/declare?facility={place}", "/disinfections/new?facility={place}"),
        *("/disinfections/new?lot={lot}", "/disinfections/new?unit={unit}"),
        *("/organisation/vehicles/new", "/units?all=1", "/lots?product=%E7%89%9B"),
    ),
    "shop": (*OF_A_BUSINESS, "/sell", "/units/{shop_unit}", "/units/{shop_unit}/sell", "/lots/{lot}/trace",
             "/shipments/{wholesaler-shop}", "/shipments/{wholesaler-shop}/receive"),
    "plant": (*OF_A_BUSINESS, "/lots/{cubes}", "/lots/{cubes}/trace"),
    "hubei": (*OF_AN_AUTHORITY, *OF_STOCK, "/facilities/{wholesaler place}",
              "/facilities/{wholesaler place}/suspension", "/lots/{lot}", "/lots/{lot}/trace",
              "/lots/{lot}/trace/upstream",
              "/lots/{lot}/trace/downstream", "/search?q={code}"),
    "guangzhou": (*OF_AN_AUTHORITY, "/lots/{cubes}/trace"),
    "auditor": (*OF_AN_AUTHORITY, *OF_STOCK, "/lots/{lot}", "/lots/{cubes}/trace", "/search?q={release}"),
    "platform": ("/", "/organisations", "/organisation", "/organisations/new", "/organisations/{someone}",
                 "/organisations/{someone}/manager", "/organisations/{someone}/suspension",
                 "/organisations/{someone}/change", "/facilities/{place}"),
    "public": ("/", "/sign-in", "/releases/{release}", "/t/{code}", "/t/{case}"),
}  # fmt: skip


def filled(browsers: Browsers, path: str) -> str:
    story = browsers.story
    batch = story.history.row(LOT, story.ids["lot"]).production_batch
    ids = {
        **story.ids,
        "batch": batch,
        "place": story.places["station"],
        "wholesaler place": story.places["wholesaler"],
        "someone": story.parties["shop"].organisation,
    }
    return path.format_map(ids)


@pytest.mark.parametrize("who", PLACES)
async def test_each_page_is_there_in_both_languages(browsers: Browsers, who: str) -> None:
    for place in PLACES[who]:
        path = filled(browsers, place)
        for spoken, tag in (("zh", "zh-CN"), ("en", "en")):
            page = await browsers.get(who, path, spoken)  # type: ignore[arg-type]
            assert page.status == 200, (path, page.text)
            assert f'<html lang="{tag}">' in page.text
            assert page.answer.headers["Content-Language"] == tag
            assert page.text.count('<main id="main"') == page.text.count("<h1>") == 1, path
            assert 'class="skip" href="#main"' in page.text
            assert "unsafe" not in page.answer.headers["Content-Security-Policy"]
            assert "None" not in re.sub(r"<[^>]*>", "", page.text), path


async def test_an_authority_is_not_said_to_lack_places_for_goods(browsers: Browsers) -> None:
    authority = browsers.story.parties["hubei"].organisation
    page = await browsers.get("shop", f"/organisations/{authority}", "zh")
    assert page.status == 200
    assert "<h2>场所</h2>" not in page.text
    assert (
        "<h2>场所</h2>"
        in (await browsers.get("shop", filled(browsers, "/organisations/{someone}"), "zh")).text
    )


async def test_a_statement_is_told_as_people_write(browsers: Browsers) -> None:
    """Times without a zone, closed sets in words."""
    page = await browsers.get("station", filled(browsers, "/statements/{registration}"), "zh")
    assert page.status == 200
    assert "+08:00" not in page.text
    assert "<dd>冷冻</dd>" in page.text and "<dd>frozen</dd>" not in page.text


async def test_a_unit_of_which_all_has_left_is_not_called_released(browsers: Browsers) -> None:
    for spoken, words in (("zh", "已出清"), ("en", "All has left")):
        page = await browsers.get("auditor", "/units?all=1", spoken)  # type: ignore[arg-type]
        cells = re.findall(r'<td class="n"[^>]*>(.*?)</td>\s*<td>(.*?)</td>', page.text, re.DOTALL)
        gone = [state for amount, state in cells if re.search(r">?\b0 (?:kg|千克)", amount)]
        assert gone and all(words in state or "sold" in state or "withdrawn" in state for state in gone)


@pytest.mark.parametrize("who", ["station", "shop", "hubei"])
async def test_on_phones_no_cell_says_its_label_twice(browsers: Browsers, who: str) -> None:
    found = 0
    for place in PLACES[who]:
        text = (await browsers.get(who, filled(browsers, place))).text
        for label, cell in re.findall(r'<td[^>]* data-label="([^"]+)"[^>]*>(.*?)</td>', text, re.DOTALL):
            found += 1
            assert not re.sub(r"<[^>]*>", "", cell).strip().startswith(f"{label} "), (place, cell)
    assert found


@pytest.mark.parametrize("who", [who for who in PLACES if who != "public"])
async def test_each_field_has_its_label(browsers: Browsers, who: str) -> None:
    for place in PLACES[who]:
        text = (await browsers.get(who, filled(browsers, place))).text
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), place
        labels = set(re.findall(r'<label[^>]* for="([^"]+)"', text))
        for tag in re.findall(r"<(?:input|select|textarea) [^>]*>", text):
            kind = re.search(r'type="(\w+)"', tag)
            if kind and kind[1] in ("hidden", "checkbox", "radio"):
                continue
            named = re.search(r'\bid="([^"]+)"', tag)
            assert named and named[1] in labels, (place, tag)


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("outsider", "/lots/{lot}"),
        ("outsider", "/units/{unit}"),
        ("outsider", "/arrivals/{arrival}"),
        ("outsider", "/shipments/{station-wholesaler}"),
        ("outsider", "/certificates/{paper}"),
        ("outsider", "/lots/{lot}/trace"),
        ("outsider", "/lots/{lot}/trace/downstream"),
        ("outsider", "/units/{unit}/split"),
        ("outsider", "/shipments/{station-wholesaler}/receive"),
        ("shop", "/lots/{waiting}"),
        ("shop", "/units/{wholesaler_unit}"),
        ("beijing", "/lots/{lot}"),
        ("platform", "/lots/{lot}"),
    ],
)
async def test_what_is_not_yours_looks_like_what_does_not_exist(
    browsers: Browsers, who: str, path: str
) -> None:
    def told(page: str) -> str:
        return re.sub(r"/language\?[^\"]*|request [\w.-]+", "", page)

    known = filled(browsers, path)
    theirs = await browsers.get(who, known)
    nowhere = await browsers.get(who, re.sub(r"\d+", "999999", known))
    assert theirs.status == nowhere.status == 404
    assert told(theirs.text) == told(nowhere.text)


@pytest.mark.parametrize(
    ("who", "path", "code"),
    [
        ("shop", "/arrivals/new", "party.role-missing"),
        ("hubei", "/arrivals/new", "party.role-missing"),
        ("hubei", "/arrivals/{arrival}/opening", "arrival.not-found"),
        ("auditor", "/arrivals/{arrival}/lots/new", "arrival.not-found"),
        ("hubei", "/lots/{lot}/release", "lot.not-found"),
        ("shop", "/lots/{lot}/release", "lot.not-found"),
        ("shop", "/lots/{lot}/cases/new", "lot.not-found"),
        ("hubei", "/lots/{lot}/certificates/new?kind=quarantine", "lot.not-found"),
        ("hubei", "/units/{shop_unit}/sell", "unit.not-found"),
        ("auditor", "/units/{unit}/split", "unit.not-found"),
        ("shop", "/shipments/send?facility={place}", "facility.not-found"),
        ("hubei", "/shipments/{wholesaler-shop}/receive", "shipment.not-found"),
        ("shop", "/organisations/new", "party.role-missing"),
        ("hubei", "/organisations/{someone}/suspension", "party.role-missing"),
        ("station", "/organisations/{someone}/manager", "party.role-missing"),
    ],
)
async def test_a_form_that_the_reader_may_never_use_is_not_opened(
    browsers: Browsers, who: str, path: str, code: str
) -> None:
    page = await browsers.get(who, filled(browsers, path))
    entry = catalogue()[code]
    assert (page.status, page.heading) == (entry.status, entry.title["en"])
    assert 'name="submission"' not in page.text


async def test_a_page_that_needs_a_sign_in_leads_there_and_back(browsers: Browsers) -> None:
    page = await browsers.get("public", "/lots?product=beef")
    assert page.status == 303
    door = page.answer.headers["Location"]
    assert door == "/sign-in?next=%2Flots%3Fproduct%3Dbeef"
    entered = await browsers.post("public", door, {"login": LOGIN, "password": PASSWORD})
    assert entered.status == 303
    assert entered.answer.headers["Location"] == "/lots?product=beef"
    assert entered.answer.cookies["coldledger"]["httponly"]


@pytest.mark.parametrize("spoken", ["zh", "en"])
async def test_a_wrong_password_is_told_and_the_login_kept(browsers: Browsers, spoken: str) -> None:
    page = await browsers.post("public", "/sign-in", {"login": LOGIN, "password": "not this one"}, spoken)  # type: ignore[arg-type]
    assert page.status == 401
    assert 'role="alert"' in page.text
    assert f'value="{LOGIN}"' in page.text
    assert "not this one" not in page.text


async def test_signing_in_leads_nowhere_else(browsers: Browsers) -> None:
    form = {"login": LOGIN, "password": PASSWORD}
    page = await browsers.post("public", "/sign-in?next=//evil.example/", form)
    assert page.answer.headers["Location"] == "/"


async def test_signing_out_ends_the_session(browsers: Browsers) -> None:
    start = await browsers.get("shop", "/")
    out = await browsers.post("shop", "/sign-out", {"csrf": start.hidden("csrf")})
    assert out.status == 303
    assert (await browsers.get("shop", "/lots")).status == 303


async def test_the_language_is_chosen_and_kept(browsers: Browsers) -> None:
    chosen = await browsers.get("public", "/language?lang=zh&back=/sign-in")
    assert chosen.status == 303
    assert chosen.answer.headers["Location"] == "/sign-in"
    assert chosen.answer.cookies["language"].value == "zh"
    kept = await browsers.get("public", "/sign-in", "en", Cookie="language=zh")
    assert '<html lang="zh-CN">' in kept.text
    assert "/language?lang=en&amp;back=%2Fsign-in" in kept.text
    elsewhere = await browsers.get("public", "/language?lang=en&back=https://evil.example/")
    assert elsewhere.answer.headers["Location"] == "/"


@pytest.mark.parametrize(("spoken", "title"), [("zh", "此地址不存在"), ("en", "Nothing here")])
async def test_an_unknown_address_is_told_in_the_pages_language(
    browsers: Browsers, spoken: str, title: str
) -> None:
    for who in ("public", "shop"):
        page = await browsers.get(who, "/no/such/page", spoken)  # type: ignore[arg-type]
        assert (page.status, page.heading) == (404, title)


async def test_the_public_page_of_a_code_is_small(browsers: Browsers) -> None:
    for spoken in ("zh", "en"):
        page = await browsers.get("public", filled(browsers, "/t/{code}"), spoken)  # type: ignore[arg-type]
        style = re.search(r'href="(/static/[^"]+\.css)"', page.text)
        assert style is not None
        sheet = await browsers.client.get(style[1])
        assert "immutable" in sheet.headers["Cache-Control"]
        assert len(page.text.encode()) + len(await sheet.read()) <= 14_000


async def test_digital_links_show_the_same_page(browsers: Browsers) -> None:
    page = await browsers.get("public", filled(browsers, "/01/06950123456786/10/{code}?17=220531"))
    assert page.status == 200
    assert "SECRET" not in page.text


@pytest.mark.parametrize(
    ("code", "status", "heading"),
    [
        ("1B210100ABCDEF234563", 404, "Not a code of this ledger"),
        ("1B210100ABCDEF234564", 422, "The code cannot be right"),
        ("hello", 422, "The code cannot be right"),
    ],
)
async def test_codes_that_lead_nowhere_say_why(
    browsers: Browsers, code: str, status: int, heading: str
) -> None:
    page = await browsers.get("public", f"/t/{code}")
    assert (page.status, page.heading) == (status, heading)


async def test_a_typed_code_leads_to_its_page(browsers: Browsers) -> None:
    code = browsers.story.ids["code"]
    found = await browsers.get("public", f"/?code={code[:8]}+{code[8:]}")
    assert found.answer.headers["Location"] == f"/t/{code}"
    assert 'role="alert"' in (await browsers.get("public", "/?code=nonsense")).text


@pytest.mark.parametrize("asked", ["{code}", "{case}", "{release}", "MSKU9070323", "示例超市", "{batch}"])
async def test_a_search_finds_by_what_goods_are_known_by(browsers: Browsers, asked: str) -> None:
    page = await browsers.get("hubei", filled(browsers, f"/search?q={asked}"))
    assert 'class="cards"' in page.text
    assert 'class="cards"' not in (await browsers.get("beijing", filled(browsers, "/search?q={code}"))).text


async def test_a_trace_adds_up_before_the_readers_eyes(browsers: Browsers) -> None:
    text = (await browsers.get("hubei", filled(browsers, "/lots/{lot}/trace"))).text
    account = re.search(r"<caption>Account of this lot</caption>(.*?)</table>", text, re.DOTALL)
    assert account is not None
    rows = re.findall(r'<td class="n">[^<]*</td><td class="n">([\d,.]+) kg</td>', account[1])
    *parts, total = [round(float(row.replace(",", "")) * 1000) for row in rows]
    assert sum(parts) == total == 100 * 27_000


async def test_managers_see_by_what_their_own_people_sign_in(browsers: Browsers) -> None:
    clerk = browsers.story.parties["station"].staff.user
    own = await browsers.get("station", "/organisation/people")
    assert f'<strong class="code">{LOGIN}</strong> · User {clerk} ·' in own.text
    asked = await browsers.get("station", f"/organisation/users/{clerk}/disabling")
    assert LOGIN in asked.text
    for other in ("shop", "platform", "hubei"):
        for path in ("/organisation", f"/organisation/users/{clerk}/disabling"):
            assert LOGIN not in (await browsers.get(other, path)).text
