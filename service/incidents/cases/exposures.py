"""What was known when: a question of exposure is recorded with its answer's digest and sums.

Rules kept here: the question was asked at a position that there is; who leads the case records it, while it
is open. What the answer was is found again at that position (service/tracing/exposure), so the statement
holds its digest and its sums; a later one says what is new since.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schema.problems import Refusal
from service.incidents.cases.leading import open_case
from service.incidents.cases.state import CASE, CaseExposure, step
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World


def _record(data: Data, ctx: Context, world: World) -> Decision:
    open_case(data["case"], ctx, world)
    if data["asked_at"] > ctx.position:
        raise Refusal("case.asked-later", field="/asked_at", asked=data["asked_at"], position=ctx.position)
    return Decision({"exposure": ctx.id()})


def _recorded(statement: Statement, position: int, _world: World) -> Iterator[Any]:
    data, exposure = statement.data, statement.outcome["exposure"]
    yield CaseExposure(
        id=exposure,
        case_file=data["case"],
        question=data["question"],
        asked_at=data["asked_at"],
        digest=data["digest"],
        counts=data["counts"],
        recorded_at=statement.at,
        version=position,
    )
    yield step(statement, position, data["case"], exposure)


def _reads(data: Data, _world: World) -> Iterator[Stream]:
    yield CASE, data["case"]


RECORD_EXPOSURE = Kind(
    "exposure-recorded", {1: _record}, _recorded, _reads, made=("question", "asked_at", "digest", "counts")
)
KINDS = [RECORD_EXPOSURE]
