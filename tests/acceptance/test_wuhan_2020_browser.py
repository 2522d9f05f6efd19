"""Wuhan, November 2020, through the pages: the same goods, by people with a browser and no script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from scanners.reading import read
from tests.acceptance.hands import Person
from tests.acceptance.running import Service
from tests.acceptance.trading import Business, trade
from tests.acceptance.wuhan import CARTONS, CONTAINER, GRAMS, SEAL, Cast, gather
from tests.conftest import complete

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def cast(service: Service) -> Cast:
    """Who takes part is registered beforehand; the goods go through the pages."""

    async def register() -> Cast:
        async with trade(service.url, *service.first_manager) as wuhan:
            return await gather(wuhan)

    return complete(register)


def test_a_container_of_beef_goes_through_the_pages_from_the_port_to_the_counter(
    chromium: Browser, service: Service, cast: Cast, tmp_path: Path
) -> None:
    station = Person(chromium, service.url, cast.station)
    lot = the_container_is_unloaded(station, cast)
    unit = the_gate_refuses_twice_and_then_lets_it_go(station, lot)
    label = the_label_is_printed(station, lot)
    ship(station, cast.station.places["first_station"], unit, cast.store, "2020-08-15T10:00")

    store = Person(chromium, service.url, cast.store)
    stored = receive(store, label, "2020-08-17T07:30", CARTONS, GRAMS)
    store.send(
        f"/units/{stored}/split",
        parts__0__pieces="400",
        parts__0__grams="10735",
        happened_at="2020-08-20T12:00",
    )
    ship(store, cast.store.places["third_party_store"], stored, cast.shop, "2020-08-21T10:00", "200", "5368")

    shop = Person(chromium, service.url, cast.shop, locale="zh-CN")
    on_shelf = receive(shop, label, "2020-08-22T07:00", 199, 5_341_160, "damaged")
    sell(shop, label, on_shelf)

    regulator = Person(chromium, service.url, cast.regulator)
    every_carton_is_found(regulator, lot)
    regulator.page.screenshot(path=tmp_path / "trace.png", full_page=True)
    a_consumer_looks_it_up(Person(chromium, service.url), label)
    for words in (("verify", "--rules"), ("rebuild", "--check")):
        done = service.run(*words)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout


def the_container_is_unloaded(station: Person, cast: Cast) -> str:
    station.send(
        "/arrivals/new",
        facility=str(cast.station.places["first_station"]),
        port="Qingdao",
        entry_on="2020-08-07",
        expected_at="2020-08-07T16:00",
        container="CSQU 305438 3",
        seal=SEAL,
        voyage="020E",
        importer=cast.importer.uscc,
    )
    arrival = station.id(r"/arrivals/(\d+)")
    opening = {"happened_at": "2020-08-08T09:00", "container": CONTAINER, "seal_intact": "yes"}
    station.page.goto(f"/arrivals/{arrival}/opening")
    station.fill(**opening, seal="BR0098212")
    station.press()
    assert SEAL in station.refusal
    station.send(f"/arrivals/{arrival}/opening", **opening, seal=SEAL)
    station.send(
        f"/arrivals/{arrival}/lots/new",
        product="冷冻去骨牛肉",
        product_en="Frozen boneless beef",
        category="livestock",
        specification="26.8 kg",
        hs="0202.3000.90",
        pieces=str(CARTONS),
        grams="27,000",
        country="BRA",
        establishment="SIF1234",
        production_batch="B20200601",
        produced_on="2020-06-01",
        best_before="2022-05-31",
        received_at="2020-08-08T10:30",
        zone="1",
    )
    return station.id(r"/lots/(\d+)")


def the_gate_refuses_twice_and_then_lets_it_go(station: Person, lot: str) -> str:
    refused = try_release(station, lot)
    assert all(paper in refused for paper in ("quarantine", "nucleic-acid", "disinfection")), refused
    assert station.page.locator("[role=alert] li").count() == 3

    certify(station, lot, "quarantine", "4200202008120001", "2020-08-12", grams="27000")
    certify(
        station, lot, "nucleic_acid", "HS-1", "2020-08-09",
        happened_at="2020-08-08T11:00", result="negative", sampled_where="store",
    )  # fmt: skip
    certify(station, lot, "disinfection", "XD-1", "2020-08-09", happened_at="2020-08-09T14:00", pieces="1000")
    refused = try_release(station, lot)
    assert station.page.locator("[role=alert] li").count() == 1
    assert "1000" in refused.replace(",", ""), refused

    certify(station, lot, "disinfection", "XD-2", "2020-08-10", happened_at="2020-08-10T14:00", pieces="6")
    try_release(station, lot, taken=True)
    assert "/releases/" in station.page.url
    station.page.goto(f"/lots/{lot}")
    row = station.page.locator("tr", has=station.page.locator(".tag.released"))
    row.get_by_role("link").first.click()
    return station.id(r"/units/(\d+)")


def try_release(station: Person, lot: str, *, taken: bool = False) -> str:
    """Ask the gate; what it answers, or nothing where it lets the goods go."""
    station.page.goto(f"/lots/{lot}/release")
    station.fill(happened_at="2020-08-15T08:00")
    station.press()
    return "" if taken else station.refusal


def certify(station: Person, lot: str, kind: str, number: str, issued_on: str, **more: str) -> None:
    station.send(
        f"/lots/{lot}/certificates/new?kind={kind}",
        issuer="示例机构",
        number=number,
        issued_on=issued_on,
        **more,
    )


def the_label_is_printed(station: Person, lot: str) -> bytes:
    """The picture that the button gives: what is stuck on the pallet."""
    station.page.goto(f"/lots/{lot}")
    form = station.page.locator(f'form[action="/lots/{lot}/labels"]')
    with station.page.expect_response(lambda response: "/labels" in response.url) as printed:
        form.get_by_role("button", name="PNG").click()
    assert printed.value.headers["content-type"] == "image/png"
    address = printed.value.url
    return station.context.request.get(address).body()


def ship(
    person: Person,
    facility: int,
    unit: str,
    consignee: Business,
    departed_at: str,
    pieces: str = str(CARTONS),
    kilograms: str = "27000",
) -> None:
    person.page.goto(f"/units/{unit}")
    person.page.locator('a[href^="/shipments/new"]').click()
    person.fill(facility=str(facility), uscc=consignee.uscc)
    person.press()
    person.fill(
        items__0__pieces=pieces,
        items__0__grams=kilograms,
        departed_at=departed_at,
        waybill__number="WB-1",
        waybill__driver_name="示例司机",
    )
    person.press()
    assert "done=" in person.page.url, person.page.locator("main").inner_text()


def receive(person: Person, label: bytes, at: str, pieces: int, grams: int, reason: str | None = None) -> str:
    """Take a shipment in by a photograph of its label; the new unit."""
    person.upload("/receive", label, "Read" if reason is None else "识别")
    person.id(r"/shipments/(\d+)/receive")
    person.fill(happened_at=at, zone="1", items__0__pieces=str(pieces), items__0__grams=f"{grams / 1000:.3f}")
    if reason is not None:
        person.fill(items__0__reason=reason)
    person.press()
    assert "done=" in person.page.url, person.page.locator("main").inner_text()
    person.page.goto("/units")
    person.page.locator('td a[href^="/units/"]').first.click()
    return person.id(r"/units/(\d+)")


def sell(shop: Person, label: bytes, unit: str) -> None:
    shop.upload("/sell", label, "识别")
    assert shop.id(r"/units/(\d+)/sell") == unit
    shop.fill(pieces="20", grams="536.8", happened_at="2120-09-20T17:00", buyer__name="示例顾客")
    shop.press()
    assert "2120" in shop.refusal, "nothing was sold that is still to come"
    shop.fill(happened_at="2020-09-20T17:00")
    shop.press()
    assert "done=" in shop.page.url


def every_carton_is_found(regulator: Person, lot: str) -> None:
    regulator.page.goto("/search")
    regulator.fill(q=CONTAINER)
    regulator.press()
    regulator.page.goto(f"/lots/{lot}/trace")
    page = regulator.page.locator("main").inner_text()
    assert CONTAINER in page
    assert "SIF1234" in page
    holders = amounts(regulator, "Present holders")
    assert holders == {
        "Wuhan store": (400 + 406, 10_735_000 + 10_897_000),
        "Wuhan shop": (179, 4_804_360),
    }
    sold, lost = amounts(regulator, "Sold"), amounts(regulator, "Declared losses")
    assert sold == {"Wuhan shop": (20, 536_800)}
    parts = [*holders.values(), *sold.values(), *lost.values()]
    assert sum(pieces for pieces, _ in parts) == CARTONS
    assert sum(grams for _, grams in parts) == GRAMS


def amounts(person: Person, caption: str) -> dict[str, tuple[int, int]]:
    """Pieces and grams by name, from the table under ``caption``."""
    table = person.page.locator("table", has=person.page.locator(f'caption:text-is("{caption}")'))
    found: dict[str, tuple[int, int]] = {}
    for row in table.locator("tbody tr").all():
        name = row.locator('a[href^="/organisations/"]').first.inner_text()
        pieces, grams = (cell.inner_text() for cell in row.locator("td.n").all())
        before = found.get(name, (0, 0))
        found[name] = (before[0] + whole(pieces), before[1] + round(float(plain(grams)) * 1000))
    return found


def plain(shown: str) -> str:
    return re.sub(r"[^0-9.]", "", shown)


def whole(shown: str) -> int:
    return int(plain(shown))


def a_consumer_looks_it_up(consumer: Person, label: bytes) -> None:
    (scan,) = read(label)
    consumer.page.goto("/")
    consumer.fill(code=scan.code.grouped)
    consumer.press()
    page = consumer.page.locator("main").inner_text()
    assert consumer.page.url.endswith(f"/t/{scan.code}")
    assert "Frozen boneless beef" in page
    assert CONTAINER not in page


def test_no_page_asks_the_browser_for_what_its_policy_forbids(
    chromium: Browser, service: Service, cast: Cast
) -> None:
    """With scripts on: nothing is blocked, nothing fails, nothing is said on the console."""
    for business in (cast.station, cast.store, cast.shop, cast.regulator):
        person = Person(chromium, service.url, business, java_script_enabled=True)
        complaints = listen(person.page)
        for place in places(person):
            answer = person.page.goto(place)
            assert answer is not None
            assert answer.status == 200, place
        assert complaints == []
        person.page.evaluate("document.body.setAttribute('style', 'color: red')")
        person.page.wait_for_timeout(200)
        assert any("blocked" in complaint for complaint in complaints), "the policy is there and is heard"
        person.context.close()


def listen(page: Page) -> list[str]:
    """What the browser will complain about."""
    complaints: list[str] = []
    page.add_init_script(
        "addEventListener('securitypolicyviolation', event => console.error('blocked ' + event.blockedURI))"
    )
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "response",
        lambda answer: complaints.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None,
    )
    return complaints


def places(person: Person) -> list[str]:
    """The pages of the navigation, and those that they lead to first."""
    found: dict[str, None] = {"/": None}
    for place in links(person, "nav a"):
        person.page.goto(place)
        found |= dict.fromkeys([place, *links(person, 'main a:not([href^="/api/"])')[:3]])
    assert len(found) > 5
    return list(found)


def links(person: Person, selector: str) -> list[str]:
    """The addresses of the links that fit."""
    return [link.get_attribute("href") or "/" for link in person.page.locator(selector).all()]
