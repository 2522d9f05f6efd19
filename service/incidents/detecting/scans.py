"""Scans of labels by signed-in organisations: noted outside the ledger, for as long as the policy keeps them.

Rules kept here: a scan has the place that its reader names, one of its own or, for an inspector, of the
region; consumers' scans have none and are not noted. Who scanned is an organisation, never a person. Whoever
was offline hands scans in later with their times; each entry stands for itself. Of a code at a place one scan
a minute counts and a day has a limit, so nobody fills the list, and handing in twice does no harm.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
from aiohttp import web

from schema import moments
from schema.messages.scans import ScanEntry
from schema.problems import Problem
from service.goods.corrections.asking import asking
from service.goods.timing import CLOCKS_DIFFER
from service.http.body import load
from service.http.keys import DATABASE, LEDGER
from service.http.readers import Reader, ReaderKind
from service.ledger import Data
from service.ledger.statement import instant
from service.parties import policy_for
from service.storage import query

log = logging.getLogger(__name__)

MOST_A_DAY = 50_000
"""Scans of one organisation within a day."""
_FILE = "incidents/scan"
_ENTRY = ScanEntry()


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of a batch: how many are new, how many were there, and what was refused, by its index."""

    noted: int
    again: int
    refused: Mapping[int, Problem]


@dataclass(slots=True)
class _Batch:
    """A batch on its way: what is well-formed so far, by its index, and what is not."""

    good: dict[int, dict[str, Any]] = field(default_factory=dict)
    refused: dict[int, Problem] = field(default_factory=dict)

    def refuse(self, index: int, problem: Problem) -> None:
        self.refused[index] = problem
        self.good.pop(index, None)


async def note(app: web.Application, reader: Reader, entries: Sequence[Mapping[str, Any]]) -> Noted:
    """Note what is good of ``entries``. Raises Problem ``scan.too-many``."""
    if reader.organisation is None:
        raise Problem("auth.missing")
    pool = app[DATABASE].writer
    if await pool.fetchval(query(f"{_FILE}.today"), reader.organisation) + len(entries) > MOST_A_DAY:
        raise Problem("scan.too-many", most=MOST_A_DAY)
    batch, now = _read(entries), datetime.now(UTC)
    codes = await _issued(pool, batch)
    places = await _places(pool, reader, batch)
    documents = await _documents(app, set(places.values()), now)
    rows = []
    for index, each in sorted(batch.good.items()):
        document = documents[places[each["facility"]]]
        problem = _untimely(each, document, now)
        if problem is None:
            rows.append(_row(each, codes[each["code"]], reader.organisation, places, document))
        else:
            batch.refuse(index, problem)
    added = await pool.fetch(query(f"{_FILE}.note"), *zip(*rows, strict=True)) if rows else []
    return Noted(len(added), len(rows) - len(added), dict(sorted(batch.refused.items())))


async def note_now(app: web.Application, reader: Reader, code: str, facility: int) -> None:
    """Somebody reads a label at a place now. Raises Problem ``scan.place-not-found``.

    A list that cannot be written changes nothing of what is answered; of a code that was never issued the
    answer itself tells.
    """
    entry = {"code": code, "facility": facility, "scanned_at": instant(datetime.now(UTC))}
    try:
        noted = await note(app, reader, [entry])
    except Problem:
        log.warning("a scan was not noted: organisation %s has handed in too many", reader.organisation)
        return
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        log.exception("a scan was not noted")
        return
    problem = noted.refused.get(0)
    if problem is not None and problem.code == "scan.place-not-found":
        raise problem


def _read(entries: Sequence[Mapping[str, Any]]) -> _Batch:
    batch = _Batch()
    for index, entry in enumerate(entries):
        try:
            batch.good[index] = load(_ENTRY, entry)
        except Problem as problem:
            batch.refuse(index, problem.causes[0] if problem.causes else problem)
    return batch


async def _issued(pool: Any, batch: _Batch) -> dict[str, tuple[int, str]]:
    """Lot and level of each code; a code that names nothing refuses its entries."""
    asked = sorted({each["code"] for each in batch.good.values()})
    rows = await pool.fetch(query(f"{_FILE}.codes"), asked)
    found = {row["code"]: (row["lot"], row["level"]) for row in rows}
    for index, each in [*batch.good.items()]:
        if each["code"] not in found:
            batch.refuse(index, Problem("scan.code-unknown", field="/code", causes=(), code=each["code"]))
    return found


async def _places(pool: Any, reader: Reader, batch: _Batch) -> dict[int, str]:
    """The region of each place where the reader reads labels; another one refuses its entries."""
    asked = sorted({each["facility"] for each in batch.good.values()})
    reach = reader.region if reader.kind is ReaderKind.REGULATOR else None
    rows = await pool.fetch(query(f"{_FILE}.places"), asked, reader.organisation, reach)
    found = {row["id"]: row["region"] for row in rows}
    for index, each in [*batch.good.items()]:
        place = each["facility"]
        if place not in found:
            refusal = Problem("scan.place-not-found", field="/facility", causes=(), facility=place)
            batch.refuse(index, refusal)
    return found


async def _documents(app: web.Application, regions: set[str], now: datetime) -> dict[str, Data]:
    """The policy in force in each region."""
    async with asking(app[DATABASE].reader, app[LEDGER].registry) as at:
        return {
            region: (await at.answer(partial(policy_for, region=region, at=now))).document
            for region in sorted(regions)
        }


def _untimely(entry: Data, document: Data, now: datetime) -> Problem | None:
    """What is wrong with the time of a scan."""
    moment = moments.parse(entry["scanned_at"])
    facts: dict[str, Any] = {"field": "/scanned_at", "causes": (), "scanned": moment.text}
    if moment.latest - moment.earliest >= timedelta(days=1):
        return Problem("scan.needs-a-time", **facts)
    if moment.earliest > now + CLOCKS_DIFFER:
        return Problem("scan.in-future", **facts, now=instant(now))
    days = document["scan_days"]
    if moment.latest <= now - timedelta(days=days):
        return Problem("scan.too-old", **facts, days=days)
    return None


def _row(
    entry: Data, named: tuple[int, str], organisation: int, places: Mapping[int, str], document: Data
) -> tuple[Any, ...]:
    at = moments.parse(entry["scanned_at"]).earliest.astimezone(UTC)
    where = (organisation, entry["facility"], places[entry["facility"]])
    return (entry["code"], *named, *where, at, document["scan_settle_hours"], document["scan_days"])
