"""GET routes of goods: lots, units, papers, arrivals, shipments, exit certificates, files, statements.

Who sees which is written down in service/parties/visibility.py; here it is only asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import web

from schema.messages import public_views, views
from schema.problems import Language
from service.goods.prospects import prospects
from service.goods.state import UnitState
from service.http.keys import FILES, language
from service.http.paging import Slice
from service.http.problems import in_words
from service.http.readers import Reader, ReaderKind
from service.http.reads import Ask, Read
from service.ledger import PLATFORM, Statement
from service.ledger.store import Connection, record
from service.parties.shelves import Row, Shelf
from service.parties.visibility import not_found, sight
from service.storage import FileType, query
from service.storage.files import sniff

LOTS = Shelf("goods/read_lots")
UNITS = Shelf("goods/read_units")
ARRIVALS = Shelf("goods/read_arrivals")
CERTIFICATES = Shelf("goods/read_certificates")
SHIPMENTS = Shelf("goods/read_shipments")

SHOWN_UNITS = 200
"""Units that stand in the answer of a lot itself."""

HEAD_BYTES = 12
"""Bytes of a file that show its type."""


async def _lots(ask: Ask) -> Slice[Row]:
    return await LOTS.page(
        ask, *map(ask.query.get, ("code", "product", "state", "container", "batch", "held"))
    )


async def _lot(ask: Ask) -> Row:
    """The lot, its units, and for who may release it, or judges that, what the gate still wants."""
    key = ask.path["lot"]
    lot = await LOTS.one(ask, key)
    who = sight(ask.reader)
    async with ask.pool.acquire() as conn:
        found = await conn.fetch(
            query("goods/read_units.page"), *who, None, SHOWN_UNITS, key, None, None, False, None
        )
        units = await UNITS.rows(conn, who, [row["id"] for row in found])
        gate: list[Row] = []
        # What is wanted is wanted now: the gate judges no past.
        if lot["grams"] is not None and ask.as_of is None:
            waiting = [unit["id"] for unit in units if unit["state"] == UnitState.QUARANTINED]
            spoken = language(ask.request)
            gate = [_worded(asdict(each), spoken) for each in await prospects(conn, key, waiting)]
    return lot | {"units": units, "gate": gate}


def _worded(prospect: Row, spoken: Language) -> Row:
    return prospect | {"wants": [in_words(want, spoken) for want in prospect["wants"]]}


async def _events(ask: Ask) -> Slice[Row]:
    await LOTS.demand(ask, ask.path["lot"])
    after = ask.page.after[0] if ask.page.after else None
    who = sight(ask.reader)[:2]
    rows = await ask.pool.fetch(
        query("goods/read_lots.events"), *who, ask.path["lot"], after, ask.page.wanted
    )
    return ask.page.cut([dict(row) for row in rows], lambda row: (row["id"],))


async def _units(ask: Ask) -> Slice[Row]:
    filters = map(ask.query.get, ("lot", "state", "facility"))
    return await UNITS.page(ask, *filters, ask.query.get("on_hand", False), ask.query.get("held"))


async def _unit(ask: Ask) -> Row:
    return await UNITS.one(ask, ask.path["unit"])


async def _arrivals(ask: Ask) -> Slice[Row]:
    return await ARRIVALS.page(ask, ask.query.get("container"), ask.query.get("unopened", False))


async def _arrival(ask: Ask) -> Row:
    return await ARRIVALS.one(ask, ask.path["arrival"])


async def _certificate(ask: Ask) -> Row:
    return await CERTIFICATES.one(ask, ask.path["certificate"])


async def _shipments(ask: Ask) -> Slice[Row]:
    return await SHIPMENTS.page(ask, ask.query.get("direction"), ask.query.get("open", False))


async def _shipment(ask: Ask) -> Row:
    return await SHIPMENTS.one(ask, ask.path["shipment"])


async def _release(ask: Ask) -> Row:
    """An exit certificate, for anyone who was handed its code. Raises Problem ``request.not-found``."""
    row = await ask.pool.fetchrow(query("goods/read_releases.by_code"), ask.path["code"])
    if row is None:
        raise not_found()
    return {**row, "receipt": f"/api/v1/releases/{row['code']}/receipt"}


async def _file(ask: Ask) -> web.StreamResponse:
    """A scanned paper, as it was taken in. Raises Problem ``request.not-found``."""
    digest = ask.path["sha256"]
    if not await ask.pool.fetchval(query("goods/read_certificates.sees_file"), *sight(ask.reader), digest):
        raise not_found()
    path = ask.request.app[FILES].path(digest)
    head = await asyncio.to_thread(_head, path)
    # Never shown within our own origin: a scan comes from anyone.
    headers = {
        "Content-Disposition": f'attachment; filename="{digest}"',
        "Content-Type": sniff(head) or "application/octet-stream",
        "X-Content-Type-Options": "nosniff",
    }
    return web.FileResponse(path, headers=headers)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


async def _entry(ask: Ask) -> Row:
    """A statement with what proves it. Raises Problem ``request.not-found``."""
    async with ask.pool.acquire() as conn:
        found = await record(conn, ask.path["position"])
        if found is None:
            raise not_found()
        if not await may_read(conn, ask.reader, Statement.decode(found.statement), found.position):
            raise not_found()
    return {
        "position": found.position,
        "kind": found.kind,
        "statement": found.statement.decode("utf-8"),
        "nonce": found.nonce.hex(),
        "entry": found.entry.decode("utf-8"),
        "leaf": found.leaf.hex(),
        "chain": found.chain.hex(),
    }


async def may_read(conn: Connection, reader: Reader, statement: Statement, position: int) -> bool:
    """Whether a reader is shown a statement: one's own, the operator also what the platform made itself,
    authorities by what it is about (read_entries.sees)."""
    author = statement.actor.organisation
    if author == reader.organisation:
        return True
    if author == PLATFORM.organisation and reader.kind is ReaderKind.PLATFORM:
        return True
    arrival = statement.data.get("arrival")
    named = arrival if isinstance(arrival, int) else None
    said = (statement.data, statement.outcome)
    steps = [part[name] for part in said for name in _PROCEEDINGS if isinstance(part.get(name), int)]
    seen = await conn.fetchval(query("ledger/read_entries.sees"), *sight(reader), position, named, steps)
    return bool(seen)


_PROCEEDINGS = ("hold", "recall", "finding")
"""Members of a statement by which it names what it places, lifts, orders, ends, raises or closes."""


_CURSOR: tuple[type[Any], ...] = (int,)

READS: Sequence[Read] = (
    Read("/api/v1/lots", "lots", "Lots that you may see, newest first", _lots, views.LotView,
         views.LotQuery, cursor=_CURSOR, past=True),
    Read("/api/v1/lots/{lot:id}", "lot", "A lot with units, certificates and what the gate still wants",
         _lot, views.LotDetail, past=True),
    Read("/api/v1/lots/{lot:id}/events", "lot-events", "The history of a lot, oldest first", _events,
         views.EventView, cursor=_CURSOR, past=True),
    Read("/api/v1/units", "units", "Units that you may see, newest first", _units, views.UnitView,
         views.UnitQuery, cursor=_CURSOR, past=True),
    Read("/api/v1/units/{unit:id}", "unit", "A unit with its account", _unit, views.UnitView,
         past=True),
    Read("/api/v1/arrivals", "arrivals", "Arrivals of yours or in your region, newest first", _arrivals,
         views.ArrivalView, views.ArrivalQuery, cursor=_CURSOR, past=True),
    Read("/api/v1/arrivals/{arrival:id}", "arrival", "An arrival", _arrival, views.ArrivalView, past=True),
    Read("/api/v1/certificates/{certificate:id}", "certificate", "A certificate", _certificate,
         views.CertificateView, past=True),
    Read("/api/v1/shipments", "shipments", "Shipments to and from you, newest first", _shipments,
         views.ShipmentView, views.ShipmentQuery, cursor=_CURSOR, past=True),
    Read("/api/v1/shipments/{shipment:id}", "shipment", "A shipment with what is aboard", _shipment,
         views.ShipmentView, past=True),
    Read("/api/v1/releases/{code}", "release", "Check an exit certificate by its code; needs no account",
         _release, public_views.ExitCertificate, scope=None),
    Read("/api/v1/files/{sha256}", "file", "A scanned paper by its SHA-256", _file,
         media=tuple(str(kind) for kind in FileType)),
    Read("/api/v1/entries/{position:id}", "entry", "A statement with what proves it", _entry,
         views.EntryView),
)  # fmt: skip
