"""Ways in over the interface: invitations, second factors, passwords, sessions, leavers.

Two processes serve one database where something is taken back, since a browser does not choose its worker.
"""

from __future__ import annotations

import re

import pyotp

from service.http.authentication import COOKIE
from tests.integration.http.browsing import (
    ANOTHER,
    CLERK,
    PASSWORD,
    clerk,
    code,
    enrol,
    execute,
    link,
    person,
)
from tests.integration.http.conftest import House, served


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


async def test_who_has_a_second_factor_shows_it_before_another_takes_its_place(house: House) -> None:
    """A session and the password are not enough to put one's own phone there."""
    await clerk(house)
    async with person(house.client) as it:
        _, recovery = await enrol(it)
        needed = await it.say("POST", "/api/v1/second-factor", {"password": PASSWORD})
        assert await code(needed) == "sign-in.second-factor-needed"
        wrong = await it.say("POST", "/api/v1/second-factor", {"password": PASSWORD, "code": "000000"})
        assert await code(wrong) == "second-factor.code-wrong"
        begun = await it.say("POST", "/api/v1/second-factor", {"password": PASSWORD, "code": recovery[0]})
        assert begun.status == 201
        key = pyotp.TOTP((await begun.json())["key"])
        confirmed = await it.say("POST", "/api/v1/second-factor/confirmation", {"code": key.now()})
        assert confirmed.status == 201
        assert not set((await confirmed.json())["recovery_codes"]) & set(recovery)


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
        async with person(house.client, enter=False) as elsewhere:
            assert (await elsewhere.enter(code=fresh[0])).status == 201
            assert (await it.say("POST", "/api/v1/second-factor/removal", right)).status == 204
            assert (await elsewhere.say("GET", "/api/v1/sessions")).status == 401, "the others end"
        assert (await it.enter()).status == 201


async def test_a_key_that_was_left_lying_is_nobodys(house: House) -> None:
    """Whoever finds the browser open later reads no key, and puts no phone of his own there."""
    await clerk(house)
    async with person(house.client) as it:
        begun = await (await it.say("POST", "/api/v1/second-factor", {"password": PASSWORD})).json()
        await execute(house, "UPDATE private.second_factor SET begun_at = now() - interval '15 minutes'")
        page = await it.browser.get("/account/second-factor", headers={"Accept": "text/html"})
        assert begun["key"][:4] not in await page.text()
        late = {"code": pyotp.TOTP(begun["key"]).now()}
        assert (
            await code(await it.say("POST", "/api/v1/second-factor/confirmation", late))
            == "second-factor.not-begun"
        )


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
