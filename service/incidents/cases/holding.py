"""Goods are held under a case: what a recorded answer of exposure reached, or goods that are named.

Rules kept here: who leads the case holds under it, while it is open; a hold of an answer confirms the
position and the digest that the case has on record. Such a hold of single units covers them and whatever
was made of them since the answer's position: what was made of them before is in the answer if it was reached.
One of whole lots covers all that was ever made of them, as any hold does. A drill's holds are on record and
on no goods.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.incidents.cases.leading import open_case
from service.incidents.cases.state import CASE, CASE_EXPOSURE, CaseFile, step
from service.ledger import Context, Data, Statement, Stream, World


def case_of(data: Data, ctx: Context, world: World) -> CaseFile | None:
    """The case that a hold is placed under, if any. Raises Refusal ``case.…``."""
    if "case" not in data:
        return None
    case = open_case(data["case"], ctx, world)
    if "exposure" in data:
        exposure = world.get(CASE_EXPOSURE, data["exposure"])
        if exposure is None or exposure.case_file != case.id:
            raise Refusal("case.exposure-not-found", field="/exposure", exposure=data["exposure"])
        if (exposure.asked_at, exposure.digest) != (data["asked_at"], data["digest"]):
            raise Refusal("case.exposure-differs", field="/digest", asked=exposure.asked_at)
    return case


def made_since(data: Data) -> int | None:
    """From which position on what is made of the named goods is covered; None: from the beginning."""
    return data["asked_at"] if "exposure" in data and "units" in data["question"] else None


def noted(hold: int, statement: Statement, position: int, world: World) -> Iterator[Any]:
    """What a hold adds to the case that it is placed under."""
    if "case" in statement.data:
        case = world.row(CASE, statement.data["case"])
        yield replace(case, holds=[*case.holds, hold], version=position)
        yield step(statement, position, case.id, hold)


def case_streams(data: Data) -> Iterator[Stream]:
    """The streams that ``case_of`` reads."""
    if "case" in data:
        yield CASE, data["case"]
    if "exposure" in data:
        yield CASE_EXPOSURE, data["exposure"]
