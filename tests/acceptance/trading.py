"""Businesses that use the interface as programs do: with an API token each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from aiohttp import ClientSession, CookieJar

from schema.identifiers.uscc import check_character, organisation_check
from service.parties.policies.enacting import shipped_policies

POLICY = shipped_policies()[""] | {"back_dating_days": 3650}
"""The national policy, under which the story of 2020 may be told today."""

_NUMBERS = count(1)
"""One for each business: several stories are told on one service."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: Any

    @property
    def codes(self) -> set[str]:
        """Of a refusal: the codes of all that is wrong."""
        return {error["code"] for error in self.body.get("errors", ())} or {self.body["code"]}


class Business:
    """An organisation, its token and its places; its manager signs in with ``login`` and ``password``."""

    def __init__(
        self, http: ClientSession, uscc: str = "", login: str = "", password: str = "", organisation: int = 0
    ) -> None:
        self._http = http
        self.uscc = uscc
        self.organisation = organisation
        self.login = login
        self.password = password
        self.places: dict[str, int] = {}

    async def ask(self, path: str, **query: str) -> Any:
        """Read what must be there."""
        async with self._http.get(path, params=query) as response:
            assert response.status == 200, await response.text()
            return (
                await response.json()
                if response.content_type == "application/json"
                else await response.read()
            )

    async def missing(self, path: str) -> bool:
        """Whether there is nothing, or nothing that one may see: the two are one answer."""
        async with self._http.get(path) as response:
            assert response.status in (200, 404), await response.text()
            return response.status == 404

    async def post(self, path: str, body: Mapping[str, Any], **headers: str) -> Answer:
        """Say something."""
        async with self._http.post(path, json=dict(body), headers=headers) as response:
            return Answer(response.status, await response.json(content_type=None))

    async def say(self, path: str, **body: Any) -> dict[str, Any]:
        """Say what must be admitted; what followed from it."""
        outcome: dict[str, Any] = (await self.record(path, **body))["outcome"]
        return outcome

    async def record(self, path: str, **body: Any) -> dict[str, Any]:
        """Say what must be admitted; the whole receipt, with the rules that it broke."""
        answer = await self.post(path, body)
        assert answer.status == 201, answer.body
        receipt: dict[str, Any] = answer.body
        return receipt

    async def upload(self, content: bytes) -> str:
        """Hand in a scanned paper."""
        headers = {"Content-Type": "image/png"}
        async with self._http.post("/api/v1/files", data=content, headers=headers) as response:
            assert response.status == 201, await response.text()
            digest: str = (await response.json())["sha256"]
            return digest


class Trade:
    """Everybody on one service, registered by its platform."""

    def __init__(self, url: str, stack: AsyncExitStack) -> None:
        self._url = url
        self._stack = stack
        self._platform: Business | None = None

    @property
    def platform(self) -> Business:
        """Who runs the service."""
        assert self._platform is not None
        return self._platform

    async def open(self, login: str, password: str) -> None:
        """The platform's manager signs in and enacts the policy of the story."""
        self._platform = await self._sign_in(login, password)
        answer = await self._platform.post("/api/v1/policies", {"region": "", "document": POLICY})
        assert answer.status == 201, answer.body

    async def join(
        self, name: str, region: str, *roles: str, kind: str = "91", called: str | None = None
    ) -> Business:
        """A business is registered, its manager signs in and makes a token. Of kind 92 it is one person."""
        number = next(_NUMBERS)
        uscc = made_up_uscc(region, number, kind)
        registered = await self.platform.say(
            "/api/v1/organisations",
            uscc=uscc,
            name=called or f"示例{name}",
            **({} if called else {"name_en": name}),
            roles=list(roles),
            region=region,
        )
        login = f"manager-{number}"
        answer = await self.platform.post(
            "/api/v1/users",
            {
                "organisation": registered["organisation"],
                "role": "manager",
                "name": "示例人员",
                "login": login,
                "way_in": "password",
            },
        )
        manager = await self._sign_in(login, answer.body["password"])
        scopes = ["goods:read", "goods:write", "parties:write"]
        issued = await manager.post("/api/v1/tokens", {"scopes": scopes})
        assert issued.status == 201, issued.body
        headers = {"Authorization": f"Bearer {issued.body['secret']}"}
        session = await self._session(headers)
        return Business(session, uscc, login, answer.body["password"], registered["organisation"])

    async def sign_in_as(self, business: Business) -> Business:
        """The manager of a business in a session, as authorities enact policies."""
        return await self._sign_in(business.login, business.password)

    async def _sign_in(self, login: str, password: str) -> Business:
        http = await self._session({})
        async with http.post("/api/v1/sessions", json={"login": login, "password": password}) as response:
            assert response.status == 201, await response.text()
            http.headers["X-CSRF-Token"] = (await response.json())["csrf"]
        return Business(http)

    async def _session(self, headers: Mapping[str, str]) -> ClientSession:
        session = ClientSession(self._url, headers=headers, cookie_jar=CookieJar(unsafe=True))
        return await self._stack.enter_async_context(session)

    async def stranger(self) -> Business:
        """Somebody without an account."""
        return Business(await self._session({}))


@asynccontextmanager
async def trade(url: str, login: str, password: str) -> AsyncIterator[Trade]:
    """A service with the policy of the story and nobody registered yet."""
    async with AsyncExitStack() as stack:
        opened = Trade(url, stack)
        await opened.open(login, password)
        yield opened


def made_up_uscc(region: str, number: int, kind: str = "91") -> str:
    """A valid social credit code for nobody."""
    body = f"MA{number:06}"
    code = f"{kind}{region}{body}{organisation_check(body)}"
    return code + check_character(code)
