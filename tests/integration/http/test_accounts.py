"""Ways in over the interface and by hand: invitations, second factors, sessions, tokens; used and attacked.

Two processes serve one database where something is taken back, since a browser does not choose its worker.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import Any

import pyotp
import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar
from aiohttp.test_utils import TestClient

from schema.problems import catalogue
from service.http.authentication import COOKIE
from service.http.keys import SETTINGS
from service.http.sessions import DEVICE_COOKIE
from service.parties.credentials.throttle import PAIR
from service.settings import SecondFactor, Settings
from tests.integration.http import conftest
from tests.integration.http.conftest import House, served, sign_in

PLATFORM_ORGANISATION = 2000
PASSWORD, ANOTHER = "seven boxes of squid", "nine crates of prawns"
CLERK = {"organisation": PLATFORM_ORGANISATION, "role": "staff", "name": "示例 王", "login": "wang.li"}
Client = TestClient[Any, Any] | ClientSession


async def code(answer: ClientResponse) -> str:
    return str((await answer.json(content_type=None)).get("code"))


@dataclass
class Person:
    """Somebody's browser; ``csrf`` belongs to its session."""

    browser: ClientSession
    csrf: str = ""

    async def say(self, method: str, path: str, body: dict[str, Any] | None = None) -> ClientResponse:
        return await self.browser.request(method, path, json=body, headers={"X-CSRF-Token": self.csrf})

    async def enter(self, password: str = PASSWORD, **more: str) -> ClientResponse:
        said = {"login": "wang.li", "password": password, **more}
        answer = await self.browser.post("/api/v1/sessions", json=said)
        if answer.status == 201:
            self.csrf = (await answer.json())["csrf"]
        return answer

    def cookie(self, name: str) -> str:
        return next((each.value for each in self.browser.cookie_jar if each.key == name), "")


@asynccontextmanager
async def person(
    client: TestClient[Any, Any], *, enter: bool = True, **cookies: str
) -> AsyncIterator[Person]:
    base = str(client.make_url("/"))
    async with ClientSession(base, cookie_jar=CookieJar(unsafe=True), cookies=cookies) as session:
        it = Person(session)
        if enter:
            assert (await it.enter()).status == 201
        yield it


async def clerk(house: House) -> int:
    """A clerk of the platform, who has a password."""
    return int((await house.said("/api/v1/users", {**CLERK, "password": PASSWORD}))["outcome"]["user"])


async def link(house: House) -> tuple[int, str]:
    """A clerk who is invited; the link's last part."""
    said = await house.said("/api/v1/users", CLERK)
    assert "password" not in said
    host = house.settings.public_host
    assert said["invitation"].startswith(f"http://{host}/invitations/")
    return said["outcome"]["user"], said["invitation"].rpartition("/")[2]


async def enrol(it: Person) -> tuple[pyotp.TOTP, list[str]]:
    begun = await (await it.say("POST", "/api/v1/second-factor", {"password": PASSWORD})).json()
    phone = pyotp.TOTP(begun["key"])
    assert pyotp.parse_uri(begun["uri"]).secret == begun["key"]
    # The step before this one, so that the present one is still to be used.
    said = {"code": phone.at(int(time.time()) - 30)}
    answer = await it.say("POST", "/api/v1/second-factor/confirmation", said)
    assert answer.status == 201, await answer.text()
    return phone, (await answer.json())["recovery_codes"]


async def test_an_invitation_is_taken_up_once(house: House) -> None:
    user, secret = await link(house)
    async with person(house.client, enter=False) as it:
        assert (await it.enter()).status == 401
        said = {"invitation": secret, "password": PASSWORD}
        weak = await it.say("POST", "/api/v1/invitations/acceptance", {**said, "password": "password1234"})
        assert await code(weak) == "password.too-common"
        named = await it.say("POST", "/api/v1/invitations/acceptance", {**said, "password": "wang.li-2026"})
        assert await code(named) == "password.is-name"
        assert (await it.say("POST", "/api/v1/invitations/acceptance", said)).status == 204
        assert (await it.enter()).status == 201
        again = await it.say("POST", "/api/v1/invitations/acceptance", {**said, "password": ANOTHER})
        assert (again.status, await code(again)) == (404, "invitation.unknown")
    shown = await (await house.client.get(f"/api/v1/users/{user}")).json()
    assert (shown["login"], shown["has_password"], shown["invited_until"]) == ("wang.li", True, None)


async def test_an_invitation_is_renewed_and_withdrawn(house: House) -> None:
    user, first = await link(house)
    path = f"/api/v1/users/{user}/invitation"
    second = (await house.said(path, {}))["invitation"].rpartition("/")[2]
    assert (await (await house.client.get(f"/api/v1/users/{user}")).json())["invited_until"]
    told = []
    async with person(house.client, enter=False) as it:
        for secret in (first, "A" * 43):
            page = await it.browser.get(f"/invitations/{secret}", headers={"Accept": "text/html"})
            told.append(
                (page.status, re.sub(r"[0-9a-f]{16}|A{43}|" + re.escape(first), "", await page.text()))
            )
        assert told[0] == told[1], "what was replaced is as if it had never been"
        assert (await it.browser.get(f"/invitations/{second}")).status == 200
        await house.said(f"{path}/withdrawal", {})
        assert (await it.browser.get(f"/invitations/{second}")).status == 404


async def test_a_refused_registration_leaves_its_login_free(house: House) -> None:
    wrong = await house.say("/api/v1/users", {**CLERK, "organisation": 999_000})
    assert (wrong.status, await code(wrong)) == (404, "party.not-found")
    await house.said("/api/v1/users", CLERK)
    taken = await house.say("/api/v1/users", CLERK)
    assert (taken.status, await code(taken)) == (409, "user.login-taken")


async def test_a_second_factor_is_asked_at_the_door(house: House) -> None:
    await clerk(house)
    async with person(house.client) as it, person(house.client, enter=False) as other:
        phone, recovery = await enrol(it)
        assert len(set(recovery)) == 10
        state = await (await it.say("GET", "/api/v1/second-factor")).json()
        assert state["confirmed_at"]
        assert (state["recovery_codes"], state["demanded"]) == (10, False)
        needed = await other.enter()
        assert (needed.status, await code(needed)) == (401, "sign-in.second-factor-needed")
        wrong = await other.enter(code="000000")
        assert await code(wrong) == "second-factor.code-wrong"
        now = phone.now()
        assert (await other.enter(code=now)).status == 201
        assert await code(await other.enter(code=now)) == "second-factor.code-wrong", "seen and replayed"
        assert (await other.enter(code=recovery[3])).status == 201
        assert await code(await other.enter(code=recovery[3])) == "second-factor.code-wrong"


async def test_a_lost_device_is_reset_by_a_manager_and_everything_ends(house: House) -> None:
    user = await clerk(house)
    async with person(house.client) as it:
        await enrol(it)
        said = await house.said(f"/api/v1/users/{user}/second-factor/reset", {})
        assert said["kind"] == "second-factor-reset"
        assert (await it.say("GET", "/api/v1/sessions")).status == 401
        assert (await it.enter()).status == 201
        assert (await (await it.say("GET", "/api/v1/second-factor")).json())["confirmed_at"] is None


async def test_a_way_in_is_changed_by_who_shows_the_present_one(house: House) -> None:
    """An open browser is not enough."""
    await clerk(house)
    async with person(house.client) as it, person(house.client) as elsewhere:
        for path, body in (
            ("/api/v1/password", {"present": "guess", "password": ANOTHER}),
            ("/api/v1/second-factor", {"password": "guess"}),
        ):
            answer = await it.say("POST", path, body)
            assert (answer.status, await code(answer)) == (403, "account.password-wrong")
        leaked = await it.say("POST", "/api/v1/password", {"present": PASSWORD, "password": "qwertyuiop12"})
        assert await code(leaked) == "password.too-common"
        changed = await it.say("POST", "/api/v1/password", {"present": PASSWORD, "password": ANOTHER})
        assert changed.status == 204
        assert (await it.say("GET", "/api/v1/sessions")).status == 200
        assert (await elsewhere.say("GET", "/api/v1/sessions")).status == 401, "the others end"
        assert (await elsewhere.enter()).status == 401
        assert (await elsewhere.enter(ANOTHER)).status == 201


async def test_a_password_is_not_guessed_inside_a_session(house: House) -> None:
    await clerk(house)
    async with person(house.client) as it:
        said = [
            await code(await it.say("POST", "/api/v1/password", {"present": "guess", "password": ANOTHER}))
            for _ in range(13)
        ]
        assert said[-1] == "sign-in.too-many-attempts"


async def test_a_second_factor_is_removed_with_password_and_code(house: House) -> None:
    await clerk(house)
    async with person(house.client) as it:
        none = {"password": PASSWORD, "code": "123456"}
        for path in ("/api/v1/second-factor/removal", "/api/v1/second-factor/recovery-codes"):
            assert await code(await it.say("POST", path, none)) == "second-factor.none"
        phone, recovery = await enrol(it)
        renewed = await it.say(
            "POST", "/api/v1/second-factor/recovery-codes", {"password": PASSWORD, "code": recovery[0]}
        )
        fresh = (await renewed.json())["recovery_codes"]
        assert not set(fresh) & set(recovery)
        gone = {"password": PASSWORD, "code": recovery[1]}
        assert (
            await code(await it.say("POST", "/api/v1/second-factor/removal", gone))
            == "second-factor.code-wrong"
        )
        right = {"password": PASSWORD, "code": phone.now()}
        assert (await it.say("POST", "/api/v1/second-factor/removal", right)).status == 204
        assert (await it.enter()).status == 201


async def test_ones_own_sessions_are_listed_and_ended_at_every_process(house: House) -> None:
    await clerk(house)
    async with (
        served(house.settings, house.database) as another_process,
        person(house.client) as it,
        person(another_process) as elsewhere,
        person(another_process) as third,
    ):
        listed = (await (await it.say("GET", "/api/v1/sessions")).json())["items"]
        assert [each["present"] for each in listed] == [True, False, False]
        assert {each["address"] for each in listed} == {"127.0.0.1"}
        assert it.cookie(COOKIE) not in str(listed)
        handle = listed[1]["id"]
        assert (await it.say("GET", f"/api/v1/sessions/{handle}")).status == 200
        assert (await it.say("DELETE", f"/api/v1/sessions/{handle}")).status == 204
        assert (await elsewhere.say("GET", "/api/v1/sessions")).status == 401, "at once, at the other process"
        assert (await it.say("DELETE", f"/api/v1/sessions/{handle}")).status == 404
        assert (await it.say("DELETE", "/api/v1/sessions/others")).status == 204
        assert (await third.say("GET", "/api/v1/sessions")).status == 401
        assert (await it.say("GET", "/api/v1/sessions")).status == 200


async def test_another_persons_session_is_as_if_it_were_not(house: House) -> None:
    await clerk(house)
    mine = (await (await house.client.get("/api/v1/sessions")).json())["items"][0]["id"]
    async with person(house.client) as it:
        told = []
        for method in ("GET", "DELETE"):
            for handle in (mine, "0" * 64, "no-hex"):
                answer = await it.say(method, f"/api/v1/sessions/{handle}")
                document = await answer.json(content_type=None)
                told.append((answer.status, {k: v for k, v in document.items() if k != "instance"}))
        assert all(each == told[0] for each in told)
        assert told[0][0] == 404
    assert (await house.client.get("/api/v1/sessions")).status == 200


async def test_a_session_that_lay_unused_has_ended(house: House) -> None:
    await clerk(house)
    async with person(house.client) as it:
        await execute(house, "UPDATE private.session SET last_used = now() - interval '59 minutes'")
        assert (await it.say("GET", "/api/v1/sessions")).status == 200, "using it is noted"
        assert (await it.say("GET", "/api/v1/sessions")).status == 200
        await execute(house, "UPDATE private.session SET last_used = now() - interval '60 minutes'")
        assert (await it.say("GET", "/api/v1/sessions")).status == 401


async def execute(house: House, statement: str) -> None:
    await conftest.execute(house.database, statement)


async def test_who_leaves_is_out_at_once_and_what_stays_is_shown(house: House) -> None:
    said = await house.said("/api/v1/users", {**CLERK, "role": "manager", "password": PASSWORD})
    user = said["outcome"]["user"]
    async with served(house.settings, house.database) as another, person(another) as it:
        issued = await (await it.say("POST", "/api/v1/tokens", {"scopes": ["goods:read"]})).json()
        invitation = (await house.said(f"/api/v1/users/{user}/invitation", {}))["invitation"]
        await house.said(f"/api/v1/users/{user}/disabling", {})
        assert (await it.say("GET", "/api/v1/sessions")).status == 401
        assert (await it.enter()).status == 401
        assert (await it.browser.get(f"/invitations/{invitation.rpartition('/')[2]}")).status == 404
    left = await house.client.get(f"/api/v1/tokens?issued_by={user}&holding=true")
    assert [each["id"] for each in (await left.json())["items"]] == [issued["outcome"]["token"]]
    page = await house.client.get(f"/organisation/people/{user}/left", headers={"Accept": "text/html"})
    assert f"/organisation/tokens/{issued['outcome']['token']}/revocation" in await page.text()


async def test_a_token_is_bound_to_networks_and_time(house: House) -> None:
    body = {"scopes": ["goods:read"], "networks": ["203.0.113.7"], "valid_days": 30}
    issued = await house.said("/api/v1/tokens", body)
    bearer = {"Authorization": f"Bearer {issued['secret']}"}
    async with person(house.client, enter=False) as it:
        refused = await it.browser.get("/api/v1/lots", headers=bearer)
        assert (refused.status, await code(refused)) == (403, "token.address-refused")
        forged = await it.browser.get("/api/v1/lots", headers={**bearer, "X-Forwarded-For": "203.0.113.7"})
        assert await code(forged) == "token.address-refused", "nobody named this proxy"
    here = replace(house.settings, trusted_proxies=(ip_network("127.0.0.0/8"),))
    async with served(here, house.database) as behind_a_proxy:
        headers = {**bearer, "X-Forwarded-For": "203.0.113.7"}
        assert (await behind_a_proxy.get("/api/v1/lots", headers=headers)).status == 200
        headers["X-Forwarded-For"] = "203.0.113.7, 198.51.100.1"
        assert (await behind_a_proxy.get("/api/v1/lots", headers=headers)).status == 403
        await execute(
            house, f"UPDATE parties.token SET expires_at = '2021-01-01T00:00:00.000000Z' "
                   f"WHERE id = {issued['outcome']['token']}"
        )  # fmt: skip
    async with served(here, house.database) as later:
        headers["X-Forwarded-For"] = "203.0.113.7"
        expired = await later.get("/api/v1/lots", headers=headers)
        assert (expired.status, await code(expired)) == (401, "token.expired")
    shown = await (await house.client.get(f"/api/v1/tokens/{issued['outcome']['token']}")).json()
    assert shown["networks"] == ["203.0.113.7/32"]
    assert shown["last_used"]
    assert "secret" not in shown


@pytest.mark.parametrize("network", ["203.0.113.7/24", "anywhere", "", "300.0.0.1"])
async def test_what_is_no_network_is_told_at_its_field(house: House, network: str) -> None:
    answer = await house.say("/api/v1/tokens", {"scopes": ["goods:read"], "networks": [network]})
    errors = (await answer.json(content_type=None))["errors"]
    assert [(each["code"], each["pointer"]) for each in errors] == [("message.network", "/networks/0")]


async def test_a_token_has_no_account(house: House) -> None:
    issued = await house.said("/api/v1/tokens", {"scopes": ["goods:read", "parties:write"]})
    headers = {"Authorization": f"Bearer {issued['secret']}"}
    async with person(house.client, enter=False) as it:
        for method, path in (
            ("GET", "/api/v1/sessions"),
            ("DELETE", "/api/v1/sessions/others"),
            ("POST", "/api/v1/password"),
            ("GET", "/api/v1/second-factor"),
            ("POST", "/api/v1/second-factor"),
        ):
            answer = await it.browser.request(method, path, headers=headers)
            assert await code(answer) == "account.person-only", path
            assert (await it.browser.request(method, path)).status == 401, path


async def test_a_session_is_never_one_that_the_browser_brought(house: House) -> None:
    """Session fixation: an attacker plants a cookie and waits for its owner to sign in with it."""
    await clerk(house)
    planted = "A" * 43
    async with person(house.client, enter=False, **{COOKIE: planted}) as it:
        entered = await it.enter()
        assert entered.status == 201
        assert entered.cookies[COOKIE].value not in ("", planted)
    async with person(house.client, enter=False, **{COOKIE: planted}) as attacker:
        assert (await attacker.say("GET", "/api/v1/sessions")).status == 401


async def test_cookies_stay_where_they_belong(house: House) -> None:
    await clerk(house)
    public = replace(house.settings, host="0.0.0.0", sample_data=False, second_factor=SecondFactor.NOBODY)
    for settings, secure in ((house.settings, False), (public, True)):
        async with served(settings, house.database) as client:
            answer = await client.post("/api/v1/sessions", json={"login": "wang.li", "password": PASSWORD})
            for name in (COOKIE, DEVICE_COOKIE):
                said = next(
                    each for each in answer.headers.getall("Set-Cookie") if each.startswith(f"{name}=")
                )
                attributes = {part.strip().lower() for part in said.split(";")[1:]}
                assert {"httponly", "samesite=lax", "path=/"} <= attributes
                assert ("secure" in attributes) is secure
                assert not [each for each in attributes if each.startswith("domain")]
            session = next(
                each for each in answer.headers.getall("Set-Cookie") if each.startswith(f"{COOKIE}=")
            )
            assert "max-age=43200" in session.lower()


async def test_the_delay_is_told_to_programs_and_to_people(house: House) -> None:
    await clerk(house)
    async with person(house.client, enter=False) as it:
        for _ in range(PAIR.free + 1):
            await it.enter("guess")
        slowed = await it.enter("guess")
        assert (slowed.status, await code(slowed)) == (429, "sign-in.too-many-attempts")
        assert int(slowed.headers["Retry-After"]) >= 1
        form = {"login": "wang.li", "password": PASSWORD}
        page = await it.browser.post("/sign-in", data=form, headers={"Accept": "text/html"})
        assert page.status == 429
        assert int(page.headers["Retry-After"]) >= 1
        assert catalogue()["sign-in.too-many-attempts"].title["zh"] in await page.text()


async def test_a_browser_that_was_here_before_is_let_in_while_others_guess(house: House) -> None:
    await clerk(house)
    async with person(house.client) as owner, person(house.client, enter=False) as attacker:
        for _ in range(PAIR.free + 2):
            await attacker.enter("guess")
        assert (await attacker.enter()).status == 429, "the same network, the right password"
        assert (await owner.enter()).status == 201


@asynccontextmanager
async def strict(
    house: House, which: SecondFactor = SecondFactor.AUTHORITIES
) -> AsyncIterator[TestClient[Any, Any]]:
    """A platform that is no sample and demands second factors."""
    settings: Settings = replace(house.settings, sample_data=False, second_factor=which)
    async with served(settings, house.database) as client:
        assert client.app is not None
        assert client.app[SETTINGS].second_factor is which
        yield client


async def test_where_a_second_factor_is_demanded_nothing_else_is_done_before_it(house: House) -> None:
    await clerk(house)
    async with strict(house) as client, person(client) as it:
        for path in ("/api/v1/organisations", "/api/v1/users", "/api/v1/lots"):
            answer = await it.say("GET", path)
            assert (answer.status, await code(answer)) == (403, "second-factor.enrolment-needed"), path
        answer = await it.say("POST", "/api/v1/vehicles", {"kind": "van", "plate": "示例"})
        assert await code(answer) == "second-factor.enrolment-needed"
        page = await it.browser.get("/account", headers={"Accept": "text/html", "Accept-Language": "en"})
        assert "Set up a second factor first" in await page.text()
        phone, _ = await enrol(it)
        assert (await it.say("GET", "/api/v1/organisations")).status == 200
        removal = await it.say(
            "POST", "/api/v1/second-factor/removal", {"password": PASSWORD, "code": phone.now()}
        )
        assert (removal.status, await code(removal)) == (409, "second-factor.demanded")


async def test_of_whom_it_is_demanded_is_a_setting() -> None:
    settings = Settings(data=None, trust=None)  # type: ignore[arg-type]
    table = {
        SecondFactor.NOBODY: (False, False, False, False),
        SecondFactor.AUTHORITIES: (True, True, False, False),
        SecondFactor.MANAGERS: (True, True, True, False),
    }
    people = (
        ("staff", ["platform"]),
        ("manager", ["regulator"]),
        ("manager", ["retailer"]),
        ("staff", ["retailer"]),
    )
    for which, demanded in table.items():
        chosen = replace(settings, second_factor=which)
        assert tuple(chosen.demands_second_factor(*each) for each in people) == demanded
        sample = replace(chosen, sample_data=True)
        assert not any(sample.demands_second_factor(*each) for each in people)


async def form(it: Person, path: str) -> dict[str, str]:
    """The hidden fields of the page's own form."""
    page = await it.browser.get(path, headers={"Accept": "text/html"})
    text = await page.text()
    assert page.status == 200, text
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', text)[-1] for name in ("csrf",)}


HTML = {"Accept": "text/html", "Accept-Language": "en"}


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


async def test_staff_look_after_nobody(house: House) -> None:
    user = await clerk(house)
    async with person(house.client) as it:
        for path in ("/api/v1/accounts", f"/api/v1/users/{user}", "/api/v1/tokens", "/api/v1/tokens/1"):
            answer = await it.say("GET", path)
            assert (answer.status, await code(answer)) == (403, "auth.scope"), path
        assert (await it.browser.get("/organisation/people", headers=HTML)).status == 403


async def test_a_flood_of_sign_ins_does_not_sign_in(house: House) -> None:
    """The interface answers each of many at once with a word, and not one gets through."""
    await clerk(house)
    async with person(house.client, enter=False) as it:
        answers = [await it.enter(f"guess {number}") for number in range(PAIR.free + 4)]
        assert {answer.status for answer in answers} == {401, 429}


async def test_who_signed_in_before_csrf_is_still_asked(house: House) -> None:
    async with house.visitor() as browser:
        await sign_in(browser, "platform", house.platform.password)
        for method, path in (("DELETE", "/api/v1/sessions/others"), ("POST", "/api/v1/password")):
            answer = await browser.request(method, path, json={})
            assert await code(answer) == "auth.csrf"


async def test_two_registrations_that_race_for_a_login(house: House) -> None:
    """One is told before anything is written, so that no user is left without a way in."""
    said = {**CLERK, "password": PASSWORD}
    answers = await asyncio.gather(*(house.say("/api/v1/users", said) for _ in range(5)))
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409, 409]
    assert {await code(answer) for answer in answers if answer.status == 409} == {"user.login-taken"}
    accounts = (await (await house.client.get("/api/v1/accounts")).json())["items"]
    assert len(accounts) == 3, "the two managers, and one clerk"
    assert all(each["login"] for each in accounts)


async def test_a_double_click_registers_once(house: House) -> None:
    key = {"Idempotency-Key": "twice"}
    answers = await asyncio.gather(*(house.say("/api/v1/users", CLERK, **key) for _ in range(2)))
    assert [answer.status for answer in answers] == [201, 201]
    told = [(await answer.json()).get("invitation") for answer in answers]
    assert len([each for each in told if each]) == 1


async def test_who_must_set_up_a_second_factor_is_led_there(house: House) -> None:
    await clerk(house)
    async with strict(house) as client, person(client) as it:
        led = await it.browser.get("/organisations", headers=HTML, allow_redirects=False)
        assert (led.status, led.headers["Location"]) == (303, "/account")
        for path in ("/", "/account", "/account/second-factor", "/account/password"):
            assert (await it.browser.get(path, headers=HTML)).status == 200, path
