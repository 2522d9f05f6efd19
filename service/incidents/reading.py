"""GET routes of holds, what one would cover, findings, and refused intents.

Who sees which is written down in service/parties/visibility.py; here it is only asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from schema.messages import incident_views as views
from schema.problems import Problem, explain
from service.http.keys import WORDING, language
from service.http.paging import Slice
from service.http.problems import in_words
from service.http.readers import Reader, ReaderKind
from service.http.reads import Ask, Read
from service.incidents import proposals
from service.ledger.statement import instant
from service.ledger.store import Connection
from service.parties.shelves import Row, Shelf
from service.parties.visibility import not_found, sight
from service.storage import query

HOLDS = Shelf("incidents/read_holds")
FINDINGS = Shelf("incidents/read_findings")
SHOWN = 200
TAG = "incidents"
_SEES = {"lots": "goods/read_lots", "arrivals": "goods/read_arrivals", "units": "goods/read_units"}
_AUTHORITIES = (ReaderKind.REGULATOR, ReaderKind.AUDITOR)


def keeper_of(reader: Reader) -> int | None:
    """Whose own hold a reader asks about; None for an authority's."""
    return None if reader.kind in _AUTHORITIES else reader.organisation


async def _proposal(ask: Ask) -> Row:
    """Raises Problem ``hold.…`` as placing would, and ``request.not-found`` for goods not to be seen."""
    question = {name: [int(key) for key in ask.query[name].split(",")] for name in _SEES if name in ask.query}
    if len(question) != 1:
        raise Problem("hold.not-one-question", named=", ".join(sorted(question)) or None)
    async with ask.pool.acquire() as conn:
        await _demand_sight(conn, ask.reader, question)
        now = await proposals.position(conn)
        asked_at = min(ask.query.get("position", now), now)
        found = await proposals.proposal(conn, question, asked_at, keeper_of(ask.reader))
        return {"asked_at": asked_at, "digest": found.digest, **await summary(conn, found)}


async def _demand_sight(conn: Connection, reader: Reader, question: Mapping[str, Sequence[int]]) -> None:
    """What a keeper may not hold anyway is refused before it is looked for, so that nothing is told of it."""
    ((kind, keys),) = question.items()
    keeper = keeper_of(reader)
    if keeper is not None and kind != "units":
        raise Problem("hold.units-only")
    for key in keys:
        if not await conn.fetchval(query(f"{_SEES[kind]}.sees"), *sight(reader), key):
            raise not_found()
    if keeper is not None and not await proposals.in_hand(conn, keys, keeper):
        raise Problem("hold.goods-not-found", key=keys[0])


async def summary(conn: Connection, found: proposals.Proposal) -> Row:
    """How much it is, where, and whose."""
    places = await _shares(conn, "places", found.units)
    refs = await conn.fetch(query("incidents/read_proposals.lot_refs"), found.lots[:SHOWN])
    return {
        "lots": len(found.lots),
        "units": len(found.units),
        "pieces": _pieces(places),
        "grams": sum(place["grams"] for place in places),
        "gone_grams": await conn.fetchval(query("incidents/read_proposals.gone"), found.units),
        "first_lots": [dict(row) for row in refs],
        "first_units": found.units[:SHOWN],
        "places": places,
        "owners": await _shares(conn, "owners", found.units),
    }


async def _shares(conn: Connection, name: str, units: list[int]) -> list[Row]:
    return [dict(row) for row in await conn.fetch(query(f"incidents/read_proposals.{name}"), units)]


def _pieces(places: Sequence[Row]) -> int | None:
    counted: list[int | None] = [place["pieces"] for place in places]
    return None if None in counted else sum(count or 0 for count in counted)


async def _holds(ask: Ask) -> Slice[Row]:
    return await HOLDS.page(ask, *map(ask.query.get, ("in_force", "kind", "lot")))


async def _hold(ask: Ask) -> Row:
    """The hold, and the places where what it covers is, as far as the reader is told."""
    hold = await HOLDS.one(ask, ask.path["hold"])
    async with ask.pool.acquire() as conn:
        rows = await conn.fetch(query("incidents/read_holds.units"), *sight(ask.reader), hold["id"])
        places = await _shares(conn, "places", [row["id"] for row in rows])
        lots = sorted({row["lot"] for row in rows})[:SHOWN]
        refs = await conn.fetch(query("incidents/read_proposals.lot_refs"), lots)
    return hold | {"places": places, "first_lots": [dict(row) for row in refs]}


async def _findings(ask: Ask) -> Slice[Row]:
    filters = map(ask.query.get, ("state", "overdue", "region", "owner", "rule"))
    page = await FINDINGS.page(ask, instant(ask.now()), *filters)
    return Slice([_told(row, ask) for row in page.items], page.next)


async def _finding(ask: Ask) -> Row:
    return _told(await FINDINGS.one(ask, ask.path["finding"]), ask)


def _told(row: Row, ask: Ask) -> Row:
    overdue = row["state"] == "open" and row["due_at"] < instant(ask.now())
    return row | {"rules": worded(row["rules"], ask), "overdue": overdue}


def worded(rules: Sequence[Mapping[str, Any]], ask: Ask) -> list[Row]:
    """Rules as a statement bears them, in the words of the reader's language."""
    spoken = language(ask.request)
    told = ask.request.get(WORDING, explain)
    return [in_words(Problem(rule["rule"], **rule["facts"]), spoken, told) for rule in rules]


async def _refused(ask: Ask) -> Slice[Row]:
    before = ask.page.after[0] if ask.page.after else None
    rows = await ask.pool.fetch(
        query("incidents/refused_intent.page"),
        *sight(ask.reader),
        before,
        ask.page.wanted,
        *map(ask.query.get, ("kind", "organisation", "rule")),
    )
    return ask.page.cut([_line(dict(row), ask) for row in rows], lambda row: (row["id"],))


def _line(row: Row, ask: Ask) -> Row:
    times = {name: instant(row[name]) for name in ("first_at", "last_at")}
    return row | times | {"rules": worded(row["rules"], ask)}


_CURSOR: tuple[type[Any], ...] = (int,)

READS: Sequence[Read] = (
    Read("/api/v1/hold-proposals", "hold-proposal", "What a hold would cover; confirmed when it is placed",
         _proposal, views.HoldProposalView, views.HoldProposalQuery, tag=TAG),
    Read("/api/v1/holds", "holds", "Holds on your goods or in your region, newest first", _holds,
         views.HoldView, views.HoldQuery, cursor=_CURSOR, tag=TAG, past=True),
    Read("/api/v1/holds/{hold:id}", "hold", "A hold and what it covers now", _hold, views.HoldDetail,
         tag=TAG, past=True),
    Read("/api/v1/findings", "findings", "Findings for you to answer or of your region, newest first",
         _findings, views.FindingView, views.FindingQuery, cursor=_CURSOR, tag=TAG, past=True),
    Read("/api/v1/findings/{finding:id}", "finding", "A finding", _finding, views.FindingView, tag=TAG,
         past=True),
    Read("/api/v1/refused-intents", "refused-intents",
         "What you, or businesses of your region, were about to do and a rule refused, newest first",
         _refused, views.RefusedIntentView, views.RefusedIntentQuery, cursor=_CURSOR, tag=TAG),
)  # fmt: skip
