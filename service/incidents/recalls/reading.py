"""GET routes of recalls: what one would cover and whom it would address, the list, one with its reports.

Who sees which is written down in service/parties/visibility.py. How much is located is derived here from what
was reported, and overdue from the clocks, never written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from schema.clock import CHINA
from schema.messages import recall_views as views
from schema.messages.incident_views import HoldProposalQuery
from schema.problems import Problem
from service.http.paging import Slice
from service.http.readers import Reader, ReaderKind
from service.http.reads import Ask, Read
from service.incidents import proposals
from service.incidents.reading import summary
from service.ledger.statement import instant
from service.ledger.store import Connection
from service.parties.shelves import Row, Shelf
from service.parties.visibility import not_found, sight
from service.storage import query

RECALLS = Shelf("incidents/read_recalls")
TAG = "incidents"
MOST_TOLD = 200
_FILE = "incidents/read_recalls"
_SEES = {"lots": "goods/read_lots", "arrivals": "goods/read_arrivals", "units": "goods/read_units"}
LOCATED = ("found", "returned", "destroyed")


async def _proposal(ask: Ask) -> Row:
    """Raises Problem ``recall.not-one-question``, and ``request.not-found`` for goods not to be seen."""
    question = {name: [int(key) for key in ask.query[name].split(",")] for name in _SEES if name in ask.query}
    if len(question) != 1:
        raise Problem("recall.not-one-question", named=", ".join(sorted(question)) or None)
    async with ask.pool.acquire() as conn:
        await _demand_own(conn, ask.reader, question)
        now = await proposals.position(conn)
        asked_at = min(ask.query.get("position", now), now)
        found = await proposals.proposal(conn, question, asked_at, None)
        told = await summary(conn, found)
        holders = await conn.fetch(query(f"{_FILE}.holders"), found.units)
        rows = await conn.fetch(query(f"{_FILE}.named"), [row["organisation"] for row in holders])
    names = {row["key"]: row["organisation"] for row in rows}
    told["holders"] = [{"organisation": names[row["organisation"]], "grams": row["grams"]} for row in holders]
    return {"asked_at": asked_at, "digest": found.digest, **told}


async def _demand_own(conn: Connection, reader: Reader, question: Mapping[str, Sequence[int]]) -> None:
    """Only what somebody may call back is looked for; to a business who has its goods is told just for that.

    Raises Problem ``request.not-found``.
    """
    ((kind, keys),) = question.items()
    for key in keys:
        if not await conn.fetchval(query(f"{_SEES[kind]}.sees"), *sight(reader), key):
            raise not_found()
    if reader.kind is ReaderKind.ORGANISATION:
        own = await conn.fetchval(query(f"{_FILE}.own_{kind}"), list(keys), reader.organisation)
        if own != len(set(keys)):
            raise Problem("recall.goods-not-found", key=keys[0])


async def _recalls(ask: Ask) -> Slice[Row]:
    page = await RECALLS.page(ask, *map(ask.query.get, ("state", "running", "case", "lot")))
    return Slice([_told(row) for row in page.items], page.next)


async def _recall(ask: Ask) -> Row:
    """The recall with the businesses that the reader is told of, and what was disposed of."""
    recall = _told(await RECALLS.one(ask, ask.path["recall"]))
    who = sight(ask.reader)
    rows = await ask.pool.fetch(query(f"{_FILE}.parts"), *who, recall["id"], ask.as_of is None)
    disposals = await ask.pool.fetch(query(f"{_FILE}.disposals"), *who, recall["id"], None)
    return recall | {
        "parts": [_part(dict(row), recall) for row in rows],
        "disposals": [dict(row) for row in disposals],
        "disposed_grams": sum(row["grams"] for row in disposals),
    }


def _told(row: Row) -> Row:
    """A recall with what follows from its clocks."""
    running = row["ended_at"] is None
    late = running and (
        (row["state"] == "ordered" and row["start_by"] < _now()) or row["finish_on"] < today()
    )
    return row | {"overdue": late, "located_percent": percent(row["located_grams"], row["grams"])}


def _part(row: Row, recall: Row) -> Row:
    report = row["report"] or None
    located = 0 if report is None else sum(report[name] for name in LOCATED)
    running = recall["ended_at"] is None
    return row | {
        "accounted": row["accounted"] if row.pop("is_now") else None,
        "report": report,
        "located_grams": located,
        "located_percent": percent(located, row["grams"]),
        "start_overdue": running and row["started_at"] is None and recall["start_by"] < _now(),
        "report_overdue": running
        and row["reported_at"] is None
        and row["grams"] > 0
        and recall["finish_on"] < today(),
    }


def percent(part: int, whole: int) -> int | None:
    """How much of the whole it is, rounded down; None of nothing."""
    return None if whole == 0 else min(100, part * 100 // whole)


def _now() -> str:
    return instant(datetime.now(UTC))


def today() -> str:
    """This day in China."""
    return datetime.now(UTC).astimezone(CHINA).date().isoformat()


async def _ways_out(ask: Ask) -> Slice[Row]:
    recall = await RECALLS.one(ask, ask.path["recall"])
    rows = await ask.pool.fetch(query(f"{_FILE}.ways_out"), recall["id"], ask.reader.organisation)
    return Slice([dict(row) for row in rows], None)


_CURSOR: tuple[type[Any], ...] = (int,)

READS: Sequence[Read] = (
    Read("/api/v1/recall-proposals", "recall-proposal",
         "What a recall would cover and whom it would address; confirmed when it is ordered", _proposal,
         views.RecallProposalView, HoldProposalQuery, tag=TAG),
    Read("/api/v1/recalls", "recalls", "Recalls that concern you or your region, newest first", _recalls,
         views.RecallView, views.RecallQuery, cursor=_CURSOR, tag=TAG, past=True),
    Read("/api/v1/recalls/{recall:id}", "recall",
         "A recall: its clocks, who reported what, how much is located, what was disposed of", _recall,
         views.RecallDetail, tag=TAG, past=True),
    Read("/api/v1/recalls/{recall:id}/ways-out", "recall-ways-out",
         "What you destroyed, handed over or sent away of a recall's goods and have not tied to it yet",
         _ways_out, views.WayOut, cursor=_CURSOR, tag=TAG),
)  # fmt: skip
