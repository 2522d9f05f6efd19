"""Ways in by hand: pages that work without script, in both languages."""

from __future__ import annotations

import re
import time

import pyotp
import pytest

from schema.problems import catalogue
from service.http.authentication import COOKIE
from tests.integration.http.browsing import (
    ANOTHER,
    HTML,
    PASSWORD,
    clerk,
    form,
    link,
    person,
    strict,
)
from tests.integration.http.conftest import Business, House


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_an_invited_person_gets_in_by_hand_and_sets_up_a_second_factor(
    house: House, language: str
) -> None:
    _, secret = await link(house)
    html = {"Accept": "text/html", "Accept-Language": language}
    async with strict(house) as client, person(client, enter=False) as it:
        shown = await it.browser.get(f"/invitations/{secret}", headers=html)
        assert "wang.li" in await shown.text()
        assert 'autocomplete="new-password"' in await shown.text()
        typed = {"password": PASSWORD, "again": ANOTHER}
        differs = await it.browser.post(f"/invitations/{secret}", data=typed, headers=html)
        assert (differs.status, PASSWORD in await differs.text()) == (422, False)
        typed["again"] = PASSWORD
        entered = await it.browser.post(
            f"/invitations/{secret}", data=typed, headers=html, allow_redirects=False
        )
        assert (entered.status, entered.headers["Location"]) == (303, "/account/second-factor")
        begin = await it.browser.post(
            "/account/second-factor",
            data={**await form(it, "/account/second-factor"), "password": PASSWORD},
            headers=html,
        )
        page = await begin.text()
        assert '<svg class="qr"' in page
        key = re.search(r'<p class="secret"[^>]*>([A-Z2-7 ]+)</p>', page)
        assert key is not None
        phone = pyotp.TOTP(key[1].replace(" ", ""))
        wrong = {**await form(it, "/account/second-factor"), "code": "000000"}
        again = await it.browser.post("/account/second-factor/confirmation", data=wrong, headers=html)
        assert (again.status, 'role="alert"' in await again.text()) == (401, True)
        right = {**wrong, "code": phone.at(int(time.time()) - 30)}
        done = await it.browser.post("/account/second-factor/confirmation", data=right, headers=html)
        codes = re.findall(r'<li class="code">([A-Z2-7-]{19})</li>', await done.text())
        assert len(codes) == 10
        assert (await it.browser.get("/organisations", headers=html)).status == 200
    async with strict(house) as client, person(client, enter=False) as it:
        first = await it.browser.post(
            "/sign-in?next=/account", data={"login": "wang.li", "password": PASSWORD}, headers=html,
            allow_redirects=False,
        )  # fmt: skip
        assert first.headers["Location"] == "/sign-in/code?next=%2Faccount"
        assert "wang" not in first.headers["Set-Cookie"]
        assert (await it.browser.get("/account", headers=html, allow_redirects=False)).status == 303
        wrong_code = await it.browser.post("/sign-in/code", data={"code": "000000"}, headers=html)
        assert wrong_code.status == 401
        second = await it.browser.post(
            "/sign-in/code?next=/account", data={"code": phone.now()}, headers=html, allow_redirects=False
        )
        assert (second.status, second.headers["Location"]) == (303, "/account")
        assert (await it.browser.get("/organisations", headers=html)).status == 200


async def test_a_second_step_without_the_first_leads_nowhere(house: House) -> None:
    async with person(house.client, enter=False, **{"coldledger-step": "2001.99999999999.00"}) as it:
        page = await it.browser.post("/sign-in/code", data={"code": "123456"}, headers=HTML)
        assert page.status == 401
        assert catalogue()["sign-in.step-lost"].title["en"] in await page.text()
        assert '<a href="/sign-in">' in await page.text(), "and back to the first"


async def test_an_account_is_kept_by_hand(house: House) -> None:
    await clerk(house)
    async with person(house.client) as it, person(house.client) as other, person(house.client) as third:
        shown = await (await it.browser.get("/account", headers=HTML)).text()
        ends = re.findall(r'action="(/account/sessions/[0-9a-f]{64}/ending)"', shown)
        assert len(ends) == 2
        assert it.cookie(COOKIE) not in shown
        forged = await it.browser.post(ends[0], data={"csrf": "x"}, headers=HTML)
        assert forged.status == 403
        ended = await it.browser.post(ends[0], data={"csrf": it.csrf}, headers=HTML)
        assert ended.status == 200
        assert (await other.say("GET", "/api/v1/sessions")).status == 401
        await it.browser.post("/account/sessions/others/ending", data={"csrf": it.csrf}, headers=HTML)
        assert (await third.say("GET", "/api/v1/sessions")).status == 401
        fields = await form(it, "/account/password")
        typed = {**fields, "present": "guess", "password": ANOTHER, "again": ANOTHER}
        refused = await it.browser.post("/account/password", data=typed, headers=HTML)
        assert refused.status == 403
        assert ANOTHER not in await refused.text()
        typed["present"] = PASSWORD
        done = await it.browser.post("/account/password", data=typed, headers=HTML, allow_redirects=False)
        assert (done.status, done.headers["Location"]) == (303, "/account")
        assert (await other.enter(ANOTHER)).status == 201


async def test_people_are_looked_after_by_hand(house: House) -> None:
    user, _ = await link(house)
    page = await (await house.client.get("/organisation/people", headers=HTML)).text()
    assert "no password yet" in page
    assert f"/organisation/users/{user}/invitation/withdrawal" in page
    own = (await (await house.client.get("/api/v1/accounts")).json())["items"][0]["id"]
    assert f"/organisation/users/{own}/disabling" not in page, "nobody disables himself"
    for path, told in (
        (f"/organisation/users/{user}/invitation", 'class="secret"'),
        (f"/organisation/users/{user}/invitation/withdrawal", 'role="status"'),
        (f"/organisation/users/{user}/second-factor/reset", 'role="status"'),
        (f"/organisation/users/{user}/disabling", 'role="status"'),
    ):
        shown = await (await house.client.get(path, headers=HTML)).text()
        hidden = {
            name: re.findall(rf'name="{name}" value="([^"]*)"', shown)[-1] for name in ("csrf", "submission")
        }
        done = await house.client.post(path, data=hidden, headers=HTML)
        assert done.status == 200, await done.text()
        assert told in await done.text(), path


async def test_who_must_set_up_a_second_factor_is_led_there(house: House) -> None:
    await clerk(house)
    async with strict(house) as client, person(client) as it:
        led = await it.browser.get("/organisations", headers=HTML, allow_redirects=False)
        assert (led.status, led.headers["Location"]) == (303, "/account")
        for path in ("/", "/account", "/account/second-factor", "/account/password"):
            assert (await it.browser.get(path, headers=HTML)).status == 200, path


async def test_the_operator_helps_the_manager_of_another(house: House, station: Business) -> None:
    shown = await house.client.get(f"/organisations/{station.organisation}/people", headers=HTML)
    page = await shown.text()
    assert '<strong class="code">station</strong>' in page, "the operator registered this manager"
    invitation = re.search(r"/organisation/users/(\d+)/invitation", page)
    assert invitation is not None
    asked = await (await house.client.get(invitation[0], headers=HTML)).text()
    hidden = {
        name: re.findall(rf'name="{name}" value="([^"]*)"', asked)[-1] for name in ("csrf", "submission")
    }
    done = await (await house.client.post(invitation[0], data=hidden, headers=HTML)).text()
    assert 'class="secret"' in done
    assert f'href="/organisations/{station.organisation}/people' in done
    async with person(house.client, enter=False) as stranger:
        path = f"/organisations/{station.organisation}/people"
        answer = await stranger.browser.get(path, headers=HTML, allow_redirects=False)
        assert answer.status in (303, 403)
