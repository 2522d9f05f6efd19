"""Somebody's browser at a served platform, and what people there do again and again."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pyotp
from aiohttp import ClientResponse, ClientSession, CookieJar
from aiohttp.test_utils import TestClient

from service.http.keys import SETTINGS
from service.settings import SecondFactor, Settings
from tests.integration.http import conftest
from tests.integration.http.conftest import House, served

PLATFORM_ORGANISATION = 2000
PASSWORD, ANOTHER = "seven boxes of squid", "nine crates of prawns"
CLERK = {"organisation": PLATFORM_ORGANISATION, "role": "staff", "name": "示例 王", "login": "wang.li"}


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


async def execute(house: House, statement: str) -> None:
    await conftest.execute(house.database, statement)


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


HTML = {"Accept": "text/html", "Accept-Language": "en"}


async def form(it: Person, path: str) -> dict[str, str]:
    """The hidden fields of the page's own form."""
    page = await it.browser.get(path, headers={"Accept": "text/html"})
    text = await page.text()
    assert page.status == 200, text
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', text)[-1] for name in ("csrf",)}
