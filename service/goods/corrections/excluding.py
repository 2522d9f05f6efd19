"""A movement that was withdrawn or replaced leaves traces, recalls and exposure: an authority decides that it
never was. Until then it is walked by every trace, marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from schema.problems import Refusal
from service.goods.corrections.authority import demand_standing, place_of, scene_streams
from service.goods.corrections.said import said_at
from service.goods.state import CORRECTION, Correction
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.ledger.said import SAID
from service.ledger.world import UnloadedError


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """Only what was corrected can be excluded: what stands, stands."""
    position = data["position"]
    correction, said = world.get(CORRECTION, position), said_at(position, world)
    if said is None:
        raise Refusal("exclusion.not-found", field="/position", position=position)
    scene = place_of(said, world)
    demand_standing(said, scene, ctx, world, "exclusion.not-found", position, own=False)
    if correction is None:
        raise Refusal("exclusion.not-found", field="/position", position=position)
    if correction.excluded_at is not None:
        raise Refusal(
            "exclusion.done-before", field="/position", position=position, at=correction.excluded_at
        )
    return Decision({"root": said.root, "kind": said.kind})


def project(statement: Statement, position: int, world: World) -> Iterator[Correction]:
    """The correction, with who excluded what it replaced."""
    row = world.row(CORRECTION, statement.data["position"])
    by = statement.actor.organisation
    yield replace(row, excluded_by=by, excluded_at=statement.at, version=position)


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The movement, its correction, and where it belongs."""
    yield SAID, data["position"]
    yield CORRECTION, data["position"]
    try:
        said = said_at(data["position"], world)
    except UnloadedError as missing:
        yield missing.stream
        return
    if said is not None:
        yield from scene_streams(said, world)


EXCLUDE = Kind("movement-excluded", {1: decide}, project, reads)
