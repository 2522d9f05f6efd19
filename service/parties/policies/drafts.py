"""A regulator's drafts of policies: kept outside the ledger, named, resumed, deleted, tried before enacted.

Rules kept here: drafts are the organisation's own; one is for its jurisdiction, is well-formed, and limits
back dating only of kinds of statement that there are. A trial reads the ledger beside its service: one at a
time in a process, half of its time at most, no longer than ``LONGEST``; what it found by then stands.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections import deque
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from schema.messages.written import COLD_CHAIN_IMPORT
from schema.problems import Problem, Refusal
from service.http.keys import DATABASE, LEDGER
from service.http.readers import Reader, ReaderKind
from service.ledger import Actor, Data, Registry, store
from service.ledger.statement import instant
from service.ledger.store import Record
from service.parties.policies.previewing import Difference, Draft, Intent, Rehearsal
from service.parties.state import Role
from service.parties.visibility import not_found
from service.storage import Database, query

log = logging.getLogger(__name__)

WINDOW = timedelta(days=90)
LONGEST = 300.0
"""Seconds of a trial."""
SILENCE = 30
"""Seconds after which one that tells nothing is given up: its process was stopped."""
MOST_DRAFTS = 50
MOST_LISTED = 5000
"""Differences that are kept; all are counted."""
MOST_INTENTS = 10_000
"""Refused intents that are tried, the latest ones."""

_SLICE, _TELL = 0.02, 1.0
_FILE = "private/policy_draft"
_PREVIEW = "private/policy_preview"
_REFUSED = "incidents/refused_intent.tried"


def demand_authority(reader: Reader) -> int:
    """The reader's organisation. Raises Problem ``party.role-missing`` for who enacts no policies."""
    if reader.organisation is None:
        raise Problem("auth.missing")
    if reader.kind not in (ReaderKind.REGULATOR, ReaderKind.PLATFORM):
        raise Refusal("party.role-missing", role=Role.REGULATOR.value, organisation=reader.organisation)
    return reader.organisation


def demand_within(reader: Reader, region: str) -> None:
    """Raises Problem ``policy.region-outside-jurisdiction``."""
    if reader.kind is ReaderKind.REGULATOR and not region.startswith(reader.region):
        raise Problem(
            "policy.region-outside-jurisdiction",
            field="/region",
            causes=(),
            region=region,
            jurisdiction=reader.region,
        )


def demand_known_kinds(app: web.Application, document: Data) -> None:
    """Raises Problem ``policy.kind-unknown``: a limit for a kind that nobody says would bind nobody."""
    limits = document["back_dating_days"]
    if not isinstance(limits, dict):
        return
    for kind in limits:
        if kind not in app[LEDGER].registry.kinds and kind != "default":
            raise Problem("policy.kind-unknown", field="/document/back_dating_days", causes=(), kind=kind)


async def keep(
    app: web.Application, reader: Reader, body: Mapping[str, Any], draft: int | None = None
) -> int:
    """Keep a draft, a new one or in place of an earlier; its id. Raises Problem ``request.not-found``."""
    own = demand_authority(reader)
    demand_within(reader, body["region"])
    demand_known_kinds(app, body["document"])
    pool = app[DATABASE].writer
    said = (body["name"], body["region"], body.get("regime", COLD_CHAIN_IMPORT), body["document"])
    if draft is not None:
        kept = await pool.fetchval(query(f"{_FILE}.change"), own, draft, *said)
    else:
        if await pool.fetchval(query(f"{_FILE}.count"), own) >= MOST_DRAFTS:
            raise Problem("policy-draft.too-many", most=MOST_DRAFTS)
        kept = await pool.fetchval(query(f"{_FILE}.add"), own, *said)
    if kept is None:
        raise not_found()
    return int(kept)


async def remove(app: web.Application, reader: Reader, draft: int) -> None:
    """Delete a draft with what was tried. Raises Problem ``request.not-found``."""
    own = demand_authority(reader)
    if await app[DATABASE].writer.fetchval(query(f"{_FILE}.remove"), own, draft) is None:
        raise not_found()


async def one(app: web.Application, reader: Reader, draft: int) -> dict[str, Any]:
    """A draft of the reader's own organisation. Raises Problem ``request.not-found``."""
    own = demand_authority(reader)
    row = await app[DATABASE].writer.fetchrow(query(f"{_FILE}.one"), own, draft)
    if row is None:
        raise not_found()
    return dict(row)


async def preview(app: web.Application, reader: Reader, draft: int) -> dict[str, Any]:
    """How far the trial of a draft is. Raises Problem ``policy-draft.no-preview``."""
    await one(app, reader, draft)
    row = await app[DATABASE].writer.fetchrow(query(f"{_PREVIEW}.one"), draft, SILENCE)
    if row is None:
        raise Problem("policy-draft.no-preview", draft=draft)
    return dict(row)


@dataclass(slots=True)
class _Trial:
    """A trial that is under way, and what it found so far."""

    draft: int
    run: uuid.UUID
    rehearsal: Rehearsal
    intents: deque[Intent]
    read: int = 0
    refused: int = 0
    changed: int = 0
    allowed: int = 0

    def note(self, found: Difference | Intent) -> bool:
        """Count it; whether it is kept as well."""
        if isinstance(found, Intent):
            self.allowed += 1
        elif found.refusal is None:
            self.changed += 1
        else:
            self.refused += 1
        return self.refused + self.changed + self.allowed <= MOST_LISTED


def _intent(row: Mapping[str, Any]) -> Intent:
    actor = Actor(row["organisation"], user=row["account"], token=row["token"])
    at, rules = instant(row["first_at"]), tuple(row["rules"])
    return Intent(row["id"], row["position"], at, row["kind"], actor, row["said"], rules)


class Previews:
    """The trials of one process: one at a time, in the background."""

    def __init__(self, database: Database, registry: Registry) -> None:
        self._database = database
        self._registry = registry
        self._beginning = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def begin(self, draft: int, policy: Draft) -> None:
        """Try a draft on the ledger as it is now. Raises Problem ``policy-draft.preview-…``."""
        # Of several who ask at once, one begins: nothing is awaited between the question and the lock.
        if self._beginning.locked() or (self._task is not None and not self._task.done()):
            raise Problem("policy-draft.preview-busy", draft=draft)
        async with self._beginning:
            await self._begin(draft, policy)

    async def _begin(self, draft: int, policy: Draft) -> None:
        async with self._database.reader.acquire() as conn:
            size = (await store.head(conn)).size
        since, run = instant(datetime.now(UTC) - WINDOW), uuid.uuid4()
        writer = self._database.writer
        taken = await writer.fetchval(
            query(f"{_PREVIEW}.begin"), draft, run, policy.document, since, size, SILENCE
        )
        if taken is None:
            raise Problem("policy-draft.preview-running", draft=draft)
        await writer.execute(query(f"{_PREVIEW}.empty"), draft)
        trial = _Trial(draft, run, Rehearsal(self._registry, policy, since), await self._intents(size))
        self._task = asyncio.create_task(self._work(trial, size))

    async def _intents(self, size: int) -> deque[Intent]:
        """What was refused lately, in order."""
        since = datetime.now(UTC) - WINDOW
        rows = await self._database.reader.fetch(query(_REFUSED), since, MOST_INTENTS)
        return deque(_intent(dict(row)) for row in rows if row["position"] <= size)

    async def close(self) -> None:
        """Give up what is under way: whoever asked sees that it was stopped."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def finished(self) -> None:
        """Wait until nothing is under way."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self, trial: _Trial, size: int) -> None:
        try:
            await self._tell(trial, "done" if await self._walk(trial, size) else "stopped")
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("the trial of draft %s failed", trial.draft)
            await self._tell(trial, "stopped")

    async def _walk(self, trial: _Trial, size: int) -> bool:
        """Whether the ledger was read to its end as it was when somebody asked."""
        started = sliced = told = time.monotonic()
        found: list[Difference | Intent] = []
        async with (
            self._database.reader.acquire() as conn,
            aclosing(store.records(conn)) as records,  # type: ignore[type-var]
        ):
            async for record in records:
                if record.position >= size:
                    break
                found += self._tried(trial, record.position)
                found += self._step(trial, record)
                now = time.monotonic()
                if now - sliced >= _SLICE:
                    await asyncio.sleep(now - sliced)
                    sliced = time.monotonic()
                if now - told >= _TELL:
                    await self._keep(trial, found)
                    if now - started > LONGEST or not await self._tell(trial, "running"):
                        return False
                    told = time.monotonic()
        found += self._tried(trial, size)
        await self._keep(trial, found)
        return True

    @staticmethod
    def _tried(trial: _Trial, position: int) -> list[Intent]:
        """What was refused before the statement at ``position`` was recorded and would have been let in."""
        found = []
        while trial.intents and trial.intents[0].position <= position:
            intent = trial.intents.popleft()
            if trial.rehearsal.would_allow(intent) and trial.note(intent):
                found.append(intent)
        return found

    @staticmethod
    def _step(trial: _Trial, record: Record) -> list[Difference]:
        difference = trial.rehearsal.step(record)
        trial.read = record.position + 1
        return [] if difference is None or not trial.note(difference) else [difference]

    async def _keep(self, trial: _Trial, found: list[Difference | Intent]) -> None:
        if found:
            intents = [each.id if isinstance(each, Intent) else 0 for each in found]
            positions, told = [each.position for each in found], [each.told() for each in found]
            writer = self._database.writer
            await writer.execute(query(f"{_PREVIEW}.add"), trial.draft, positions, intents, told)
            found.clear()

    async def _tell(self, trial: _Trial, state: str) -> bool:
        """Say how far it is; False where nobody waits for this one any more."""
        counts = (trial.read, trial.rehearsal.judged, trial.refused, trial.changed, trial.allowed)
        writer = self._database.writer
        told = await writer.fetchval(query(f"{_PREVIEW}.tell"), trial.draft, trial.run, state, *counts)
        return told is not None


PREVIEWS = web.AppKey("previews", Previews)
