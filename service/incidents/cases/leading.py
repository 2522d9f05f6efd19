"""Who leads a case: the authority that opened it, and authorities whose region covers its region.

For anybody else there is no such case. A case that is closed takes no step but to be opened again.
"""

from __future__ import annotations

from schema.identifiers import covers
from schema.problems import Refusal
from service.incidents.cases.state import CASE, CaseFile, CaseState
from service.incidents.reach import authority
from service.ledger import Context, World


def led(key: int, ctx: Context, world: World) -> CaseFile:
    """The case with this id, which the actor leads, closed or not. Raises Refusal ``case.not-found``."""
    organisation = authority(ctx, world)
    case = world.get(CASE, key)
    if case is None or not (case.organisation == organisation.id or covers(organisation.region, case.region)):
        raise Refusal("case.not-found", field="/case", case=key)
    return case


def open_case(key: int, ctx: Context, world: World) -> CaseFile:
    """The same, not closed. Raises Refusal ``case.not-found`` or ``case.closed``."""
    case = led(key, ctx, world)
    if case.state == CaseState.CLOSED:
        raise Refusal("case.closed", field="/case", case=case.id)
    return case
