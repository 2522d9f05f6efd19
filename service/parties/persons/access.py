"""Reading personal values, and the log of every reading.

Rules: a value is told to the people of the organisation that answers for it (of staff, all but the name to
managers alone), to who receives the shipment that it travels with, to who deals with a sole trader, to the
operator of those whom it registers, and to a regulator: of a sole trader in its region freely, of anybody
else there for a purpose, and outside its region only for a case. The line of the log is committed before the
value is told. The log is a truth outside the ledger: lines are added, none is ever changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import asyncpg

from schema.problems import Problem
from service.parties.persons.personal import unbox
from service.parties.persons.vault import Vault
from service.parties.state import PersonKind
from service.storage import query

WORK = "work"
"""The purpose of whoever needs to give none."""
_FREELY = ("own", "counterparty", "register")


@dataclass(frozen=True, slots=True)
class Who:
    """Who reads, as ``service.http.readers`` has it; ``manager`` answers for the own people."""

    kind: str
    organisation: int
    region: str
    user: int | None = None
    token: int | None = None
    manager: bool = False


@dataclass(frozen=True, slots=True)
class Why:
    """What it is read for; ``case`` is the number of a case."""

    purpose: str = WORK
    case: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A sealed value that there is. ``value`` is None: not for the reader, or the key is gone."""

    sha256: str
    position: int
    pointer: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Readings:
    """Opens values with ``vault`` and logs it; ``pool`` must be one that may write."""

    pool: asyncpg.Pool[asyncpg.Record]
    vault: Vault

    async def read(
        self,
        who: Who,
        positions: Iterable[int] = (),
        digests: Iterable[str] = (),
        pointers: Iterable[str] | None = None,
        why: Why | None = None,
    ) -> list[Found]:
        """Values at positions or behind digests. Those that ``who`` may not have are there without one."""
        rows = await self._sealed(who, positions, digests)
        chosen = [row for row in rows if pointers is None or row["pointer"] in tuple(pointers)]
        opened = [(row, self._open(row) if _may_read(row, who, why) else None) for row in chosen]
        await self._log(who, why or Why(), [row for row, value in opened if value is not None])
        return [Found(row["sha256"], row["position"], row["pointer"], value) for row, value in opened]

    async def names(self, who: Who, wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], str]:
        """Of the names and addresses of sole traders and their places that are wanted, by id and pointer,
        those that ``who`` may have."""
        sight = who.kind, who.organisation, who.region
        ids = {id_ for id_, _ in wanted}
        rows = await self.pool.fetch(query("private/access.names"), *sight, list(ids))
        asked = [row for row in rows if (row["id"], row["pointer"]) in wanted]
        opened = [(row, self._open(row)) for row in asked if _may_read(row, who, None)]
        told = {(row["id"], row["pointer"]): value for row, value in opened if value is not None}
        await self._log(who, Why(), [row for row, value in opened if value is not None])
        return told

    async def codes(self, who: Who, wanted: Collection[str]) -> dict[str, str]:
        """The social credit codes behind register keys, of sole traders who are registered and whose name
        ``who`` may have."""
        sight = who.kind, who.organisation, who.region
        rows = await self.pool.fetch(query("private/access.codes"), *sight, list(wanted))
        opened = [(row, self._open(row)) for row in rows if _may_read(row, who, None)]
        await self._log(who, Why(), [row for row, value in opened if value is not None])
        return {row["uscc"]: value for row, value in opened if value is not None}

    async def demand_reason(self, who: Who, position: int, why: Why | None) -> None:
        """Raises Problem ``person.reason-missing`` or ``person.case-missing`` where ``why`` is not enough."""
        relations = {row["relation"] for row in await self._sealed(who, [position], ())}
        if relations & {"region", "outside"} and why is None:
            raise Problem("person.reason-missing", field="/purpose")
        if "outside" in relations and (why is None or why.case is None):
            raise Problem("person.case-missing", field="/case")

    async def erased_names(self, ids: Iterable[int]) -> frozenset[int]:
        """Which organisations and places bear the name of a sole trader who was erased."""
        rows = await self.pool.fetch(query("private/access.erased_names"), list(ids))
        return frozenset(row["id"] for row in rows)

    async def _sealed(
        self, who: Who, positions: Iterable[int], digests: Iterable[str]
    ) -> list[asyncpg.Record]:
        return await self.pool.fetch(
            query("private/access.readable"),
            who.kind,
            who.organisation,
            who.region,
            list(positions),
            list(digests),
        )

    def _open(self, row: asyncpg.Record) -> str | None:
        return unbox(self.vault, row["person"], row["sha256"], row["box"])

    async def _log(self, who: Who, why: Why, rows: list[asyncpg.Record]) -> None:
        if not rows:
            return
        lines = [
            (
                *(who.organisation, who.user, who.token),
                *(row["relation"], why.purpose, why.case),
                *(row["kind"], row["subject"], row["organisation"], row["position"], row["pointer"]),
            )
            for row in rows
        ]
        await self.pool.execute(query("private/access.log"), *map(list, zip(*lines, strict=True)))


def _may_read(row: asyncpg.Record, who: Who, why: Why | None) -> bool:
    relation = row["relation"]
    if relation == "own" and row["kind"] == PersonKind.STAFF:
        return who.manager or row["pointer"] == "/name"
    if relation == "region":
        return why is not None or row["kind"] == PersonKind.ORGANISATION
    if relation == "outside":
        return why is not None and why.case is not None
    return relation in _FREELY
