"""What ways in are bound to: networks, time, cookies, roles, delays; and who races for one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from ipaddress import ip_network

import pytest

from schema.problems import catalogue
from service.http.authentication import COOKIE
from service.http.sessions import DEVICE_COOKIE
from service.parties.credentials.throttle import PAIR
from service.settings import SecondFactor
from tests.integration.http.browsing import (
    CLERK,
    HTML,
    PASSWORD,
    clerk,
    code,
    enrol,
    execute,
    person,
    strict,
)
from tests.integration.http.conftest import House, served, sign_in


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
