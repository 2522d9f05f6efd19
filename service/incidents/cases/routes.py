"""How cases and requests under them are written over the interface; answers.py asks, holds and lifts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from schema.messages import cases as messages
from service.http.keys import DATABASE
from service.http.writes import Draft, Write
from service.incidents import proposals
from service.incidents.cases.answers import with_answer
from service.incidents.cases.closing import CLOSE_CASE, REOPEN_CASE
from service.incidents.cases.exposures import RECORD_EXPOSURE
from service.incidents.cases.opening import OPEN_CASE, goods_of
from service.incidents.cases.reading import TAG
from service.incidents.cases.requests import (
    ACKNOWLEDGE_REQUEST,
    ANSWER_REQUEST,
    EXTEND_REQUEST,
    MAKE_REQUEST,
    WITHDRAW_REQUEST,
)
from service.incidents.cases.testing import TEST_CASE
from service.incidents.routes import with_own_evidence
from service.storage import query

_FILE = "incidents/read_cases"
_CASE, _AT_CASE = "/api/v1/cases/{case:id}", "/api/v1/cases/{case}"
_REQUEST, _AT_REQUEST = "/api/v1/case-requests/{request:id}", "/api/v1/case-requests/{request}"

OPENING: Mapping[str, Any] = {
    "number": "武卫查 2020-118",
    "hazard": "sars_cov_2",
    "subject": {"lots": [10000]},
    "sampled_at": "2020-11-12T09:30+08:00",
}


async def with_witnesses(draft: Draft) -> Draft:
    """With what shows that the goods named concern the author's region: units, of a vehicle a shipment."""
    subject = draft.data["subject"]
    async with draft.app[DATABASE].reader.acquire() as conn:
        if "vehicle" in subject:
            rows = await conn.fetch(
                query(f"{_FILE}.vehicle_witnesses"), subject["vehicle"], draft.reader.region
            )
            return draft.adding(witnesses=[row["shipment"] for row in rows])
        found = [
            await proposals.witnesses(conn, {kind: keys}, draft.reader.region)
            for kind, keys in goods_of(subject).items()
        ]
    return draft.adding(witnesses=sorted({unit for units in found for unit in units}))


async def _about_goods(draft: Draft) -> Draft:
    """The same for a request."""
    named = {kind: draft.data[kind] for kind in ("lots", "units") if kind in draft.data}
    found: Sequence[int] = []
    async with draft.app[DATABASE].reader.acquire() as conn:
        for kind, keys in named.items():
            found = [*found, *await proposals.witnesses(conn, {kind: keys}, draft.reader.region)]
    return draft.adding(witnesses=sorted(set(found)))


WRITES = (
    Write(
        "/api/v1/cases", OPEN_CASE, messages.CaseOpening, "Open a case: something is suspected",
        prepare=with_witnesses, location=_AT_CASE, tag=TAG, example=OPENING,
    ),
    Write(
        f"{_CASE}/tests", TEST_CASE, messages.CaseTest, "Record a result: it confirms or clears the case",
        location=_AT_CASE, tag=TAG,
        example={"stage": "retest", "result": "positive", "test": "4201000012345678"},
    ),
    Write(
        f"{_CASE}/exposures", RECORD_EXPOSURE, messages.ExposureRecording,
        "Ask what is exposed, and record it as it is known", prepare=with_answer, location=_AT_CASE, tag=TAG,
        example={"terms": {"hops": 2}},
    ),
    Write(
        f"{_CASE}/requests", MAKE_REQUEST, messages.CaseRequestMaking, "Ask a business to do something",
        prepare=_about_goods, location=_AT_REQUEST, tag=TAG,
        example={"to": 5000, "asks": ["seal_stock", "count"], "lots": [10000], "hours": 24},
    ),
    Write(
        f"{_CASE}/closing", CLOSE_CASE, messages.CaseClosure, "Close a case of which nothing is open",
        location=_AT_CASE, tag=TAG, example={"conclusion": "disposed"},
    ),
    Write(
        f"{_CASE}/reopening", REOPEN_CASE, messages.CaseReopening, "Open a case again",
        location=_AT_CASE, tag=TAG, example={"reason": "new_result"},
    ),
    Write(
        f"{_REQUEST}/acknowledgement", ACKNOWLEDGE_REQUEST, messages.CaseRequestAcknowledgement,
        "Say that a request was seen", location=_AT_REQUEST, tag=TAG, example={},
    ),
    Write(
        f"{_REQUEST}/answers", ANSWER_REQUEST, messages.CaseRequestAnswer, "Answer a request",
        prepare=with_own_evidence, location=_AT_REQUEST, tag=TAG,
        example={"answer": "done", "counted": [{"unit": 12000, "pieces": 40, "grams": 1080000}]},
    ),
    Write(
        f"{_REQUEST}/withdrawal", WITHDRAW_REQUEST, messages.CaseRequestWithdrawal,
        "Withdraw a request that is not needed", location=_AT_REQUEST, tag=TAG,
        example={"reason": "not_needed"},
    ),
    Write(
        f"{_REQUEST}/extensions", EXTEND_REQUEST, messages.CaseRequestExtension, "Put off a due time",
        location=_AT_REQUEST, tag=TAG, example={"hours": 24},
    ),
)  # fmt: skip
