"""How holds and findings are written over the interface."""

from __future__ import annotations

from typing import Any

from schema.messages.incidents import (
    FindingAnswer,
    FindingAssignment,
    FindingClosure,
    FindingRaising,
    HoldLifting,
    HoldPlacingRequest,
)
from schema.problems import Problem
from service.http.files import was_uploaded
from service.http.keys import DATABASE
from service.http.readers import ReaderKind
from service.http.writes import Draft, Write
from service.incidents import proposals
from service.incidents.findings import ANSWER_FINDING, ASSIGN_FINDING, CLOSE_FINDING, RAISE_FINDING
from service.incidents.holds import LIFT_HOLD, PLACE_HOLD
from service.incidents.reading import TAG, keeper_of
from service.parties.visibility import sight
from service.storage import query

_HOLD: dict[str, Any] = {
    "question": {"lots": [10000]},
    "asked_at": 118,
    "digest": "9d3e1bb2f2d54aa3a4e2ac4e4f0a6e0a8f0d2b62b8b1b6d7c4f3f0f5a8a3c1d7",
    "reason": "positive",
    "case_number": "武卫查 2020-118",
}


async def _confirmed(draft: Draft) -> Draft:
    """With the units that show an authority's region what it holds.

    Raises Problem ``hold.digest-differs`` where the digest is not that of the answer at ``asked_at``. What
    else is wrong with the question is for the rules to say.
    """
    question, asked_at = draft.data["question"], draft.data["asked_at"]
    async with draft.app[DATABASE].reader.acquire() as conn:
        if len(question) != 1 or asked_at > await proposals.position(conn):
            return draft
        answered = await proposals.proposal(conn, question, asked_at, keeper_of(draft.reader))
        if answered.digest != draft.data["digest"]:
            raise Problem("hold.digest-differs", field="/digest", asked=asked_at)
        if draft.reader.kind is not ReaderKind.REGULATOR:
            return draft
        return draft.adding(witnesses=await proposals.witnesses(conn, question, draft.reader.region))


async def with_own_evidence(draft: Draft) -> Draft:
    """Raises Problem ``finding.file-not-uploaded``: evidence is shown to whoever sees the finding, so nobody
    may claim somebody else's by its digest."""
    for place, file in enumerate(draft.data.get("evidence", ())):
        if not await was_uploaded(draft.app, draft.reader, file):
            raise Problem("finding.file-not-uploaded", field=f"/evidence/{place}", file=file)
    return draft


async def _about_seen_lots(draft: Draft) -> Draft:
    """Raises Problem ``finding.lot-not-found`` for a lot that the inspector may not see."""
    for place, lot in enumerate(draft.data.get("lots", ())):
        if not await draft.app[DATABASE].reader.fetchval(
            query("goods/read_lots.sees"), *sight(draft.reader), lot
        ):
            raise Problem("finding.lot-not-found", field=f"/lots/{place}", lot=lot)
    return draft


_FINDING = "/api/v1/findings/{finding:id}"
_AT_FINDING = "/api/v1/findings/{finding}"

WRITES = (
    Write(
        "/api/v1/holds", PLACE_HOLD, HoldPlacingRequest,
        "Hold goods and all that is made of them, as the proposal showed it", prepare=_confirmed,
        location="/api/v1/holds/{hold}", tag=TAG, example=_HOLD,
    ),
    Write(
        "/api/v1/holds/{hold:id}/lifting", LIFT_HOLD, HoldLifting, "Lift a hold",
        location="/api/v1/holds/{hold}", tag=TAG,
        example={"reason": "test_negative", "test": "4201000012345678"},
    ),
    Write(
        "/api/v1/findings", RAISE_FINDING, FindingRaising, "An inspector found something at a place",
        prepare=_about_seen_lots, location=_AT_FINDING, tag=TAG,
        example={"facility": 6000, "rule": "unlabelled", "lots": [10000], "days": 3},
    ),
    Write(
        f"{_FINDING}/answers", ANSWER_FINDING, FindingAnswer, "Answer a finding", location=_AT_FINDING,
        prepare=with_own_evidence, tag=TAG, example={"explanation": "remedied"},
    ),
    Write(
        f"{_FINDING}/assignments", ASSIGN_FINDING, FindingAssignment,
        "Give a finding another owner or another due time", location=_AT_FINDING, tag=TAG,
        example={"days": 5},
    ),
    Write(
        f"{_FINDING}/closing", CLOSE_FINDING, FindingClosure, "Close a finding", location=_AT_FINDING,
        tag=TAG, example={"conclusion": "warned", "lift": True},
    ),
)  # fmt: skip
