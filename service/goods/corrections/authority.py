"""Where a statement belongs, and who besides its author may take it back: a regulator of any place in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from schema.identifiers import prefix
from schema.problems import Refusal
from service.goods.corrections.said import Said
from service.goods.state import ARRIVAL, LOT, SHIPMENT, UNIT
from service.ledger import Context, Stream, World
from service.ledger.world import Projection
from service.parties import FACILITY, ORGANISATION, Role, policy_streams

_NAMED: tuple[tuple[str, Projection[Any], tuple[str, ...]], ...] = (
    ("arrival", ARRIVAL, ("facility",)),
    ("lot", LOT, ("facility",)),
    ("shipment", SHIPMENT, ("destination", "origin")),
)
"""What a statement may name, and the places that are known of it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """``facility`` is the place that the statement is mostly about, ``region`` its region; ``regions`` are
    those of all places and goods in it."""

    facility: int | None
    region: str
    regions: frozenset[str]

    def is_within(self, reach: str) -> bool:
        """Whether any of it lies within a jurisdiction, given as a prefix."""
        return any(region.startswith(reach) for region in self.regions)


def place_of(said: Said, world: World) -> Scene:
    """Where the statement belongs."""
    facilities = [*dict.fromkeys(_facilities(said, world))]
    places = [world.get(FACILITY, each) for each in facilities]
    units = (world.get(UNIT, each) for each in _units(said))
    regions = [place.region for place in places if place is not None]
    regions += [unit.region for unit in units if unit is not None]
    author = world.get(ORGANISATION, said.author)
    seat = "" if author is None else author.region
    first = facilities[0] if facilities else None
    return Scene(first, regions[0] if regions else seat, frozenset(regions))


def _facilities(said: Said, world: World) -> Iterator[int]:
    data = said.last
    yield from (data[name] for name in ("facility", "destination") if isinstance(data.get(name), int))
    for name, projection, columns in _NAMED:
        named = [data[name]] if isinstance(data.get(name), int) else data.get(f"{name}s", [])
        for row in (world.get(projection, each) for each in named):
            yield from (getattr(row, column) for column in columns if row is not None)
    for unit in (world.get(UNIT, each) for each in _units(said)):
        if unit is not None and unit.facility is not None:
            yield unit.facility


def _units(said: Said) -> list[int]:
    """The units that it takes from and makes; nodes among them are no units."""
    ends = [end for flow in said.outcome.get("flows", ()) for end in flow[:2] if isinstance(end, int)]
    return [*dict.fromkeys((*_ints(said.last.get("unit")), *ends))]


def _ints(value: object) -> Iterable[int]:
    return (value,) if isinstance(value, int) else ()


def demand_standing(
    said: Said, scene: Scene, ctx: Context, world: World, code: str, position: int, *, own: bool = True
) -> None:
    """The author (``own``), or a regulator in whose region it belongs. Raises Refusal ``code``."""
    if own and said.author == ctx.actor.organisation:
        return
    speaker = world.get(ORGANISATION, ctx.actor.organisation)
    supervises = speaker is not None and Role.REGULATOR in speaker.roles
    if speaker is not None and supervises and scene.is_within(prefix(speaker.region)):
        return
    raise Refusal(code, field="/position", position=position)


def scene_streams(said: Said, world: World) -> Iterator[Stream]:
    """The streams that ``place_of`` reads, and the policies there, as far as they can be told."""
    yield ORGANISATION, said.author
    for unit_id in _units(said):
        yield UNIT, unit_id
        unit = world.peek(UNIT, unit_id)
        if unit is not None:
            yield from policy_streams(unit.region)
