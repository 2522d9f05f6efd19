"""Contacts: where an organisation's people are told, in the order in which they are tried.

Addresses and the secrets of webhooks are sealed as personal values are: under the key of the user whom they
are of, so that they go with that user, or under a key of their own, which is destroyed when the contact is
removed. They are told to the managers of the organisation alone; a webhook's secret is shown once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from schema.problems import Problem
from service.notices.mail import demand_address
from service.notices.targets import demand_target
from service.notices.webhooks import new_secret
from service.parties.persons.vault import Vault
from service.parties.state import PersonKind
from service.parties.visibility import not_found
from service.storage import query

MOST = 20
EMAIL, WEBHOOK = "email", "webhook"
_FILE = "private/contact"
_USER = PersonKind.USER.value


@dataclass(frozen=True, slots=True)
class Opened:
    """What is sealed of a contact; ``secret`` is empty for mail."""

    address: str
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contacts of all organisations; ``pool`` may write. ``private``: webhooks may lead inside."""

    pool: asyncpg.Pool[asyncpg.Record]
    vault: Vault
    private: bool = False

    async def listed(self, organisation: int) -> list[dict[str, Any]]:
        """Those of one organisation, with their addresses; an address whose key is gone is None."""
        rows = await self.pool.fetch(query(f"{_FILE}.list"), organisation)
        return [self._told(dict(row)) for row in rows]

    def _told(self, row: dict[str, Any]) -> dict[str, Any]:
        opened = self.open(row)
        return row | {"address": None if opened is None else opened.address}

    async def add(self, organisation: int, said: Mapping[str, Any]) -> tuple[int, str]:
        """Keep a contact; its id, and the secret of a webhook, which is told only now.

        Raises Problem ``contact.…``.
        """
        self._demand_address(said)
        if len(await self.pool.fetch(query(f"{_FILE}.list"), organisation)) >= MOST:
            raise Problem("contact.too-many", most=MOST)
        user = said.get("user")
        if user is not None and not await self.pool.fetchval(query(f"{_FILE}.user_of"), organisation, user):
            raise Problem("contact.user-not-found", field="/user", user=user)
        secret = new_secret() if said["channel"] == WEBHOOK else ""
        person = await self._key(organisation, user)
        sealed = orjson.dumps({"address": said["address"], "secret": secret})
        box = self.vault.seal(person, sealed, _bound(organisation, said["channel"]))
        kept = (organisation, user, said["channel"], said.get("turn", 1), said.get("language", "zh"))
        return int(await self.pool.fetchval(query(f"{_FILE}.add"), *kept, person, box)), secret

    def _demand_address(self, said: Mapping[str, Any]) -> None:
        if said["channel"] == EMAIL:
            demand_address(said["address"])
        else:
            demand_target(said["address"], private=self.private)

    async def _key(self, organisation: int, user: int | None) -> str:
        """The key of a user, so that it is erased with that user; else one of the contact's own."""
        if user is None:
            return await self.vault.new()
        found: str | None = await self.pool.fetchval(query("private/personal.key_of"), _USER, user)
        if found is not None and self.vault.holds(found):
            return found
        made = await self.vault.new()
        position = await self.pool.fetchval(query("incidents/read_proposals.position"))
        row = (made, _USER, user, organisation, position, None)
        await self.pool.execute(query("private/personal.save_person"), *([value] for value in row))
        return made

    async def remove(self, organisation: int, contact: int) -> None:
        """Forget a contact, with the key that was its own. Raises Problem ``request.not-found``."""
        row = await self.pool.fetchrow(query(f"{_FILE}.remove"), organisation, contact)
        if row is None:
            raise not_found()
        if row["user_id"] is None:
            self.vault.destroy([row["person"]])

    async def one(self, organisation: int, contact: int) -> dict[str, Any]:
        """A contact's row. Raises Problem ``request.not-found``."""
        row = await self.pool.fetchrow(query(f"{_FILE}.one"), organisation, contact)
        if row is None:
            raise not_found()
        return dict(row)

    def open(self, row: Mapping[str, Any]) -> Opened | None:
        """What is sealed of a contact; None where its key is gone, with the person."""
        bound = _bound(row["organisation"], row["channel"])
        sealed = self.vault.open(row["person"], row["box"], bound)
        return None if sealed is None else Opened(**orjson.loads(sealed))


def _bound(organisation: int, channel: str) -> bytes:
    """To what a box belongs, so that it opens nowhere else."""
    return f"contact/{organisation}/{channel}".encode()
