"""A regulator accepts a disinfection that was done in its region.

Rules kept here: only a regulator accepts, in its own region, and once. Until then a disinfection that was
recorded after a case opened cuts nothing of what the case reaches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema.identifiers import covers
from schema.problems import Refusal
from service.goods.disinfection.state import DISINFECTION
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import ORGANISATION, Role


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """Whose region it is not is told what is told of what is not there."""
    organisation = world.get(ORGANISATION, ctx.actor.organisation)
    if organisation is None or Role.REGULATOR not in organisation.roles:
        raise Refusal("party.role-missing", role=Role.REGULATOR.value, organisation=ctx.actor.organisation)
    found = world.get(DISINFECTION, data["disinfection"])
    if found is None or not covers(organisation.region, found.region):
        raise Refusal("disinfection.not-found", field="/disinfection", disinfection=data["disinfection"])
    if found.accepted_by is not None:
        raise Refusal(
            "disinfection.already-accepted",
            field="/disinfection",
            disinfection=found.id,
            accepted=found.accepted_in,
        )
    return Decision()


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """The disinfection, accepted."""
    yield replace(
        world.row(DISINFECTION, statement.data["disinfection"]),
        accepted_by=statement.actor.organisation,
        accepted_in=position,
        grounds=statement.data["grounds"],
        version=position,
    )


def reads(data: Data, _world: World) -> Iterator[Stream]:
    """The disinfection."""
    yield DISINFECTION, data["disinfection"]


ACCEPT_DISINFECTION = Kind("disinfection-accepted", {1: decide}, project, reads)
