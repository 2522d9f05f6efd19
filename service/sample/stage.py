"""The stage of the sample: its parties are registered and signed in, and know their places.

Every step has a key made of its story and its number, so that a load that was cut off goes on where it
stopped: what was said already is answered again and not said twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schema.messages.written import COLD_CHAIN_IMPORT
from service.parties.policies.enacting import shipped_enactments, shipped_policies
from service.sample.cast import ENACTS, PARTIES, Party
from service.sample.client import ApiClient, RefusedError

BACK_DATING_DAYS = 3650
"""The sample tells of 2020 and 2021, so its policies let movements be dated back as far as any may, and none
of that is suspicious."""

NewPassword = Callable[[str], Awaitable[str]]
"""Give a login a new random password. Needed where a load goes on: the first one is known no more."""


@dataclass
class Stage:
    """Who takes part, by slug. ``passwords`` are those that this load knows, by login."""

    base_url: str
    stack: AsyncExitStack
    new_password: NewPassword
    clients: dict[str, ApiClient] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    trucks: dict[str, int] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    opened_at: datetime | None = None

    @property
    def now(self) -> datetime:
        """When the sample's first step was recorded: the same for every load of one ledger."""
        if self.opened_at is None:
            raise ValueError("the sample has no first step yet")
        return self.opened_at


class Script:
    """The steps of one story, each said once in the life of a ledger."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage = stage
        self._name = name
        self._step = 0

    async def say(self, who: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The outcome of the next step, said by ``who``. Raises RefusedError."""
        outcome: dict[str, Any] = (await self.receipt(who, path, body))["outcome"]
        return outcome

    async def receipt(self, who: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The whole answer to the next step."""
        self._step += 1
        return await self.stage.clients[who].say(path, body, f"sample/{self._name}/{self._step:03}")


async def sign_in(stage: Stage, login: str, password: str | None) -> ApiClient:
    """A client of a user; where the password is not known any more the user gets a new one."""
    if password is None:
        password = await stage.new_password(login)
    stage.passwords[login] = password
    client = await stage.stack.enter_async_context(ApiClient(stage.base_url))
    await client.sign_in(login, password)
    stage.clients[login] = client
    return client


async def set_stage(stage: Stage, platform: str) -> None:
    """Register everybody by the platform's manager ``platform``, who is signed in, and enact the policies."""
    script = Script(stage, "stage")
    for party in PARTIES:
        receipt = await script.receipt(platform, "/api/v1/organisations", party.registration())
        if stage.opened_at is None:
            stage.opened_at = datetime.fromisoformat(receipt["recorded_at"])
        if party.signs_in:
            await _enrol(script, platform, party, receipt["outcome"]["organisation"])
    for region in ("", "21", "42"):
        await _enact(script, platform, region)
    for regulator, region in ENACTS.items():
        await _enact(script, regulator, region)
    for said in shipped_enactments():
        if said["regime"] != COLD_CHAIN_IMPORT:
            await script.say(platform, "/api/v1/policies", said)
    for party in PARTIES:
        await _settle(script, party)


async def _enrol(script: Script, platform: str, party: Party, organisation: int) -> None:
    """Register the party's manager, whose login is the party's slug; sign in where the party acts."""
    person = {"organisation": organisation, "role": "manager", "name": "示例人员", "login": party.slug}
    person["way_in"] = "password"
    try:
        receipt = await script.receipt(platform, "/api/v1/users", person)
    except RefusedError as error:
        # The first answer to this step got lost, and with it the password.
        if error.code != "user.login-taken":
            raise
        receipt = {}
    password = receipt.get("password")
    if party.acts:
        await sign_in(script.stage, party.slug, password)
    elif password is not None:
        script.stage.passwords[party.slug] = password


def policy_document(region: str) -> dict[str, Any]:
    """The policy of a region that comes with the product, as the sample needs it."""
    late = {"back_dating_days": BACK_DATING_DAYS, "dated_back_hours": BACK_DATING_DAYS * 24}
    return {**shipped_policies()[region], **late}


async def _enact(script: Script, who: str, region: str) -> None:
    await script.say(who, "/api/v1/policies", {"region": region, "document": policy_document(region)})


async def _settle(script: Script, party: Party) -> None:
    """File the party's places and register its trucks."""
    stage = script.stage
    for place in party.places:
        filing = place.filing(len(stage.places) + 1)
        stage.places[place.slug] = (await script.say(party.slug, "/api/v1/facilities", filing))["facility"]
        stage.owners[place.slug] = party.slug
    for truck in party.trucks:
        plate = f"示例{len(stage.trucks) + 1:04}"
        registered = await script.say(party.slug, "/api/v1/vehicles", {"kind": "truck", "plate": plate})
        stage.trucks[truck] = registered["vehicle"]
