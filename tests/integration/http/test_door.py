"""Who gets in: tokens, sessions, and what a browser must show besides its cookie."""

from __future__ import annotations

import pytest
from aiohttp import FormData

from service.http.authentication import COOKIE
from tests.integration.http.conftest import Business, House, sign_in

TOKENS = "/api/v1/tokens"
SCOPES = {"scopes": ["goods:read"]}
PDF = b"%PDF-1.7 a scanned paper"


async def code(answer: object) -> str:
    document = await answer.json(content_type=None)  # type: ignore[attr-defined]
    return str(document["code"])


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Basic cGxhdGZvcm06eA==",
        "Bearer cl_1_" + "A" * 43,
        "",
        "cl_1_x",
    ],
)
async def test_credentials_that_do_not_hold_are_refused(house: House, header: str) -> None:
    async with house.visitor() as stranger:
        answer = await stranger.get("/api/v1/lots", headers={"Authorization": header})
        assert (answer.status, await code(answer)) == (401, "auth.invalid")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_nobody_writes_without_credentials(house: House) -> None:
    async with house.visitor() as stranger:
        answer = await stranger.post("/api/v1/lots", json={})
        assert (answer.status, await code(answer)) == (401, "auth.missing")


async def test_a_token_does_what_its_scopes_say(house: House, station: Business) -> None:
    answer = await house.client.post(TOKENS, json=SCOPES, headers=station.bearer)
    secret = (await answer.json())["secret"]
    headers = {"Authorization": f"Bearer {secret}"}
    assert (await house.client.get("/api/v1/lots", headers=headers)).status == 200
    answer = await house.client.post("/api/v1/lots", json={}, headers=headers)
    assert (answer.status, await code(answer)) == (403, "auth.scope")


async def test_a_revoked_token_says_nothing_more(house: House, station: Business) -> None:
    issued = await (await house.client.post(TOKENS, json=SCOPES, headers=station.bearer)).json()
    token, headers = issued["outcome"]["token"], {"Authorization": f"Bearer {issued['secret']}"}
    answer = await house.client.post(f"{TOKENS}/{token}/revocation", headers=station.bearer)
    assert answer.status == 201
    assert (await house.client.get("/api/v1/lots", headers=headers)).status == 401


async def test_a_wrong_password_and_an_unknown_login_are_told_alike(house: House) -> None:
    told = []
    for login in ("platform", "nobody"):
        answer = await house.client.post("/api/v1/sessions", json={"login": login, "password": "wrong"})
        document = await answer.json(content_type=None)
        told.append((answer.status, {k: v for k, v in document.items() if k != "instance"}))
    assert told[0] == told[1]
    assert told[0][0] == 401


async def test_the_cookie_is_out_of_reach(house: House) -> None:
    answer = await house.client.post(
        "/api/v1/sessions", json={"login": "platform", "password": house.platform.password}
    )
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie, "over plain HTTP on this machine the browser would drop it"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("token", [None, "", "wrong", "é"])
async def test_a_cookie_alone_changes_nothing(house: House, token: str | None) -> None:
    headers = {} if token is None else {"X-CSRF-Token": token}
    answer = await house.client.post(TOKENS, json=SCOPES, headers=headers)
    assert (answer.status, await code(answer)) == (403, "auth.csrf")


async def test_a_cookie_with_its_token_changes_something(house: House) -> None:
    assert (await house.say(TOKENS, SCOPES)).status == 201


async def test_another_sessions_token_does_not_help(house: House) -> None:
    async with house.visitor() as other:
        foreign = await sign_in(other, "platform", house.platform.password)
    answer = await house.client.post(TOKENS, json=SCOPES, headers={"X-CSRF-Token": foreign})
    assert await code(answer) == "auth.csrf"


async def test_a_form_with_files_must_come_from_here(house: House) -> None:
    here = f"http://{house.client.host}:{house.client.port}"
    for origin, status in (("https://elsewhere.example", 403), (None, 403), (here, 201)):
        form = FormData()
        form.add_field("file", PDF, filename="paper.pdf", content_type="application/pdf")
        headers = {} if origin is None else {"Origin": origin}
        assert (await house.client.post("/api/v1/files", data=form, headers=headers)).status == status


async def test_signing_in_from_another_site_is_refused(house: House) -> None:
    answer = await house.client.post(
        "/api/v1/sessions",
        json={"login": "platform", "password": house.platform.password},
        headers={"Origin": "https://elsewhere.example"},
    )
    assert await code(answer) == "auth.csrf"


async def test_who_signed_out_is_the_public(house: House) -> None:
    cookie = {COOKIE: house.platform.cookie}
    answer = await house.client.delete("/api/v1/sessions", headers={"X-CSRF-Token": house.platform.csrf})
    assert answer.status == 204
    async with house.visitor(**cookie) as again:
        answer = await again.get("/api/v1/lots")
        assert (answer.status, await code(answer)) == (401, "auth.missing")


@pytest.mark.parametrize("path", ["/api/v1/sessions", "/sign-in"])
async def test_signing_in_again_ends_the_session_that_the_browser_had(house: House, path: str) -> None:
    said = {"login": "platform", "password": house.platform.password}
    async with house.visitor(**{COOKIE: house.platform.cookie}) as browser:

        async def send(password: str) -> int:
            body = {**said, "password": password}
            sent = {"json": body} if path.startswith("/api") else {"data": body}
            return (await browser.post(path, allow_redirects=False, **sent)).status  # type: ignore[arg-type]

        async def old_session() -> int:
            async with house.visitor(**{COOKIE: house.platform.cookie}) as former:
                return (await former.get("/api/v1/organisations")).status

        assert await send("not this one") >= 400
        assert await old_session() == 200, "a mistyped password signs nobody out"
        assert await send(said["password"]) in (201, 303)
        assert await old_session() == 401
        assert (await browser.get("/api/v1/organisations")).status == 200
