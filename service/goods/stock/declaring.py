"""A place says what it holds. Nothing follows from it: what differs from the ledger is for people to see to.

Rules kept here: it is one's own place, and a zone that it has; each line names a lot or a code, not both;
nothing is counted in the future. Whether a lot or code is known is not judged, so that the answer tells
nobody what there is elsewhere, and goods that the ledger does not know can be said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schema.problems import Refusal
from service.goods import timing
from service.goods.movements import rules
from service.goods.stock.state import StockDeclared
from service.incidents.breaches import decided
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import policy_for


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """A count that comes too late is recorded, in breach."""
    facility = rules.own_facility(data["facility"], ctx, world)
    if "zone" in data:
        rules.zone_of(facility, data["zone"])
    for place, line in enumerate(data["lines"]):
        if ("lot" in line) == ("code" in line):
            raise Refusal("stock.line-unnamed", field=f"/lines/{place}", line=place + 1)
    policy = policy_for(world, facility.region, ctx.recorded)
    broken: list[Refusal] = []
    timing.happened(data["as_of"], ctx, policy, "/as_of", broken=broken)
    outcome = {"declaration": ctx.id(), "region": facility.region}
    return decided(ctx, outcome, policy, broken, facility=facility)


def project(statement: Statement, position: int, _world: World) -> Iterator[Any]:
    """The declaration, as it was said."""
    data = statement.data
    yield StockDeclared(
        id=statement.outcome["declaration"],
        organisation=statement.actor.organisation,
        facility=data["facility"],
        zone=data.get("zone"),
        region=statement.outcome["region"],
        as_of=data["as_of"],
        lines=data["lines"],
        version=position,
    )


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The place and the policy there."""
    yield from rules.facility_streams(data["facility"], world)


DECLARE_STOCK = Kind("stock-declared", {1: decide}, project, reads)
