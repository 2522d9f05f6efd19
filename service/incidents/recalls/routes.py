"""How recalls and disposals are written over the interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schema.messages.recalls import (
    MOST_HOLDERS,
    DisposalRecord,
    RecallExtension,
    RecallFinishing,
    RecallOrdering,
    RecallReport,
    RecallStart,
    RecallWithdrawal,
)
from schema.problems import Problem
from service.http.files import was_uploaded
from service.http.keys import DATABASE
from service.http.readers import ReaderKind
from service.http.writes import Draft, Write
from service.incidents import proposals
from service.incidents.recalls.disposing import RECORD_DISPOSAL
from service.incidents.recalls.ordering import ORDER_RECALL
from service.incidents.recalls.reading import TAG
from service.incidents.recalls.reporting import REPORT_RECALL, START_RECALL
from service.incidents.recalls.steering import EXTEND_RECALL, FINISH_RECALL, WITHDRAW_RECALL
from service.storage import query

_FILE = "incidents/read_recalls"
_ORDER: dict[str, Any] = {
    "question": {"lots": [10000]},
    "asked_at": 118,
    "digest": "9d3e1bb2f2d54aa3a4e2ac4e4f0a6e0a8f0d2b62b8b1b6d7c4f3f0f5a8a3c1d7",
    "case": 117000,
    "level": 1,
    "reason": "positive",
    "measures": ["stop_sale", "seal", "tell_customers"],
    "public": True,
}


async def _addressed(draft: Draft) -> Draft:
    """With the businesses that have such goods or sold them, now, and what shows an authority's region them.

    Raises Problem ``recall.digest-differs`` where the digest is not that of the answer at ``asked_at``, and
    ``recall.too-many-holders``. What else is wrong with the question is for the rules to say.
    """
    question, asked_at = draft.data["question"], draft.data["asked_at"]
    async with draft.app[DATABASE].reader.acquire() as conn:
        now = await proposals.position(conn)
        if len(question) != 1 or asked_at > now:
            return draft
        answered = await proposals.proposal(conn, question, asked_at, None)
        if answered.digest != draft.data["digest"]:
            raise Problem("recall.digest-differs", field="/digest", asked=asked_at)
        found = await proposals.proposal(conn, question, now, None)
        holders = [dict(row) for row in await conn.fetch(query(f"{_FILE}.holders"), found.units)]
        if len(holders) > MOST_HOLDERS:
            raise Problem("recall.too-many-holders", count=len(holders), most=MOST_HOLDERS)
        if draft.reader.kind is not ReaderKind.REGULATOR:
            return draft.adding(holders=holders)
        witnesses = await proposals.witnesses(conn, question, draft.reader.region)
        return draft.adding(holders=holders, witnesses=witnesses)


async def _accounted(draft: Draft) -> Draft:
    """With what the ledger says of the recalled goods in the reader's hands, and evidence of its own alone.

    Raises Problem ``finding.file-not-uploaded``.
    """
    for place, file in enumerate(draft.data.get("evidence", ())):
        if not await was_uploaded(draft.app, draft.reader, file):
            raise Problem("finding.file-not-uploaded", field=f"/evidence/{place}", file=file)
    pool = draft.app[DATABASE].reader
    row = await pool.fetchrow(query(f"{_FILE}.accounted"), draft.data["recall"], draft.reader.organisation)
    nothing = dict.fromkeys(("held", "returned", "sold", "destroyed"), 0)
    return draft.adding(accounted=nothing if row is None else dict(row))


_RECALL = "/api/v1/recalls/{recall:id}"
_AT_RECALL = "/api/v1/recalls/{recall}"
_WHEN = "2026-11-22T09:30+08:00"

WRITES: Sequence[Write] = (
    Write(
        "/api/v1/recalls", ORDER_RECALL, RecallOrdering,
        "Call goods back as the proposal showed them: they are held, and whoever has them is addressed",
        prepare=_addressed, location=_AT_RECALL, tag=TAG, example=_ORDER,
    ),
    Write(
        f"{_RECALL}/starts", START_RECALL, RecallStart, "A business has begun with a recall",
        location=_AT_RECALL, tag=TAG, example={"happened_at": _WHEN},
    ),
    Write(
        f"{_RECALL}/reports", REPORT_RECALL, RecallReport,
        "A business reports what became of its recalled goods; differences from the ledger are findings",
        prepare=_accounted, location=_AT_RECALL, tag=TAG,
        example={"found_grams": 270000, "sold_grams": 54000},
    ),
    Write(
        f"{_RECALL}/extensions", EXTEND_RECALL, RecallExtension, "Give a recall more working days",
        location=_AT_RECALL, tag=TAG, example={"days": 5, "reason": "many_holders"},
    ),
    Write(
        f"{_RECALL}/finishing", FINISH_RECALL, RecallFinishing, "Finish a recall",
        location=_AT_RECALL, tag=TAG, example={"lift": False},
    ),
    Write(
        f"{_RECALL}/withdrawal", WITHDRAW_RECALL, RecallWithdrawal, "Take a recall back",
        location=_AT_RECALL, tag=TAG, example={"reason": "test_negative"},
    ),
    Write(
        "/api/v1/disposals", RECORD_DISPOSAL, DisposalRecord,
        "Tie a destruction, a hand-over or a sending away to the recall or case of its goods",
        tag=TAG, example={"recall": 118000, "statement": 131},
    ),
)  # fmt: skip
