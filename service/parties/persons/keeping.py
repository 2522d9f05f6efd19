"""Keeps the personal values of a statement under the keys of the persons whom they are about.

Who that is: the user, member of staff or sole trader whom the statement registers; the sole trader who
speaks; the member of staff who is named; and for whoever is not registered here – the driver on a waybill, a
plate, a remark – a person of the statement's own, so that each can be erased alone. A social credit code that
is named is its sole trader's, where that is registered; a code of somebody who is not stands under a key of
the statement's own, to which the register key leads when its holder is registered later, and erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg

from schema.messages.fields import About
from service.ledger import Data, Statement
from service.ledger.kinds import Asides
from service.parties.persons.personal import PersonalValue
from service.parties.persons.vault import Vault
from service.parties.state import PersonKind
from service.storage import query

BATCH = 500
"""Statements at a time when what stood in clear is sealed."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says it, and so answers for what it says of people."""

    organisation: int
    uscc: str = ""


_Whom = tuple[PersonKind, int, int]
"""Who a key is of: kind, id, and the organisation that answers for the values."""


@dataclass(frozen=True, slots=True)
class _Owner:
    """A key, and whose it is where that is known before the statement is recorded."""

    key: str
    known: _Whom | None


@dataclass(frozen=True, slots=True)
class Keeper:
    """Seals values with ``vault``; ``pool`` must be one that may write."""

    pool: asyncpg.Pool[asyncpg.Record]
    vault: Vault

    async def keep(self, values: Iterable[PersonalValue], speaker: Speaker, data: Data) -> tuple[Asides, ...]:
        """How ``values`` are written with the statement that commits to them; none where there are none."""
        kept = tuple(values)
        if not kept:
            return ()
        codes = {each.about: each.register_key for each in kept if each.register_key is not None}
        owners = {
            about: await self._owner(about, speaker, data, codes.get(about))
            for about in {each.about for each in kept}
        }
        boxes = [
            (each, owners[each.about].key, each.box(self.vault, owners[each.about].key)) for each in kept
        ]

        def asides(position: int, statement: Statement) -> Iterator[tuple[str, tuple[Any, ...]]]:
            for about, owner in owners.items():
                whom = owner.known or _made(about, speaker, position, statement)
                yield "private/personal.save_person", (owner.key, *whom, position, codes.get(about))
            for value, person, box in boxes:
                yield "private/personal.save", (value.sha256, position, value.pointer, person, box)

        return (asides,)

    async def _owner(self, about: About, speaker: Speaker, data: Data, code: str | None) -> _Owner:
        """Somebody who is known, under the key that there is; else under a new one."""
        known: _Whom | None = None
        if about is About.SPEAKER:
            known = PersonKind.ORGANISATION, speaker.organisation, speaker.organisation
        elif about is About.STAFF:
            known = PersonKind.STAFF, data["staff"], speaker.organisation
        elif about is About.NAMED:
            known = PersonKind.ORGANISATION, data["organisation"], data["organisation"]
        elif about is About.CODED:
            holder = await self.pool.fetchval(query("private/personal.registered"), code)
            known = None if holder is None else (PersonKind.ORGANISATION, holder, holder)
        key = await self.vault.new() if known is None else await self._key_of(*known[:2])
        return _Owner(key, known)

    async def _key_of(self, kind: str, subject: int) -> str:
        found: str | None = await self.pool.fetchval(query("private/personal.key_of"), kind, subject)
        return found if found is not None and self.vault.holds(found) else await self.vault.new()

    async def seal_what_stands_in_clear(self) -> int:
        """Seal values from before they were; how many. A statement's values of one person get one key.

        Each batch commits before the next, so a start that is cut off goes on where it was.
        """
        sealed = 0
        while rows := await self.pool.fetch(query("private/personal.in_clear"), BATCH):
            await self._seal_rows(rows)
            sealed += len(rows)
        return sealed

    async def _seal_rows(self, rows: Iterable[asyncpg.Record]) -> None:
        keys: dict[tuple[str, int], str] = {}
        persons, boxes = [], []
        for row in rows:
            whom = row["kind"], row["subject"]
            if whom not in keys:
                keys[whom] = await self._key_of(*whom)
                persons.append((keys[whom], *whom, row["organisation"], row["position"], None))
            value = PersonalValue(row["sha256"], row["pointer"], row["salt"], row["value"])
            boxes.append((value.sha256, keys[whom], value.box(self.vault, keys[whom])))
        async with self.pool.acquire() as conn, conn.transaction():
            await conn.execute(query("private/personal.save_person"), *map(list, zip(*persons, strict=True)))
            await conn.execute(query("private/personal.seal"), *map(list, zip(*boxes, strict=True)))


_MADE = {"user": PersonKind.USER, "staff": PersonKind.STAFF, "organisation": PersonKind.ORGANISATION}
"""By the name under which a statement's outcome holds the id of whom it registers."""


def _made(about: About, speaker: Speaker, position: int, statement: Statement) -> _Whom:
    """Whom the statement registers; else a person of its own."""
    if about is not About.MADE:
        return PersonKind.STATEMENT, position, speaker.organisation
    name, kind = next((name, kind) for name, kind in _MADE.items() if name in statement.outcome)
    made = statement.outcome[name]
    answers = made if kind is PersonKind.ORGANISATION else speaker.organisation
    return kind, made, statement.data["organisation"] if kind is PersonKind.USER else answers
