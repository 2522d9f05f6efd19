"""Goods on their way to a first station: announced beforehand, then their container is opened.

Rules kept here: goods are announced to a place of one's own that may take them first; from where the policy
of their regime says so they come in a sealed container, and only through the places that it accepts. An
announcement later than the policy's notice is a fact and stands, in breach. A container is opened once, and
it is the one that was announced: another number or seal is refused, for then other goods arrived. A broken
seal is a fact and stands, in breach.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from schema.messages.written import COLD_CHAIN_IMPORT
from schema.moments import parse
from schema.problems import Refusal
from service.goods.demands import plain
from service.goods.movements.rules import facility_streams
from service.goods.state import ARRIVAL, Arrival
from service.goods.stations import first_station
from service.goods.timing import happened
from service.incidents.breaches import decided
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World

_OF_THE_ROW = frozenset(
    (
        *("facility", "source", "container", "seal", "voyage", "importer", "port", "entry_on"),
        *("expected_at", "regime"),
    )
)


def own_arrival(arrival_id: int, ctx: Context, world: World, field: str = "/arrival") -> Arrival:
    """An arrival that the actor's organisation announced. Raises Refusal ``arrival.…``."""
    arrival = world.get(ARRIVAL, arrival_id)
    if arrival is None or arrival.organisation != ctx.actor.organisation:
        raise Refusal("arrival.not-found", field=field, arrival=arrival_id)
    if arrival.withdrawn:
        raise Refusal("arrival.withdrawn", field=field, arrival=arrival_id)
    return arrival


def _announce(data: Data, ctx: Context, world: World) -> Decision:
    regime = data.get("regime", COLD_CHAIN_IMPORT)
    facility, policy = first_station(data["facility"], regime, ctx, world)
    if data["source"] in policy.document["sealed_container_from"]:
        for name in ("container", "seal"):
            if data.get(name) is None:
                raise Refusal(f"arrival.{name}-missing", field=f"/{name}")
    places = policy.document["entry_places"]
    if places is not None and plain(data["port"]) not in map(plain, places):
        raise Refusal(
            "arrival.entry-place-not-accepted", field="/port", port=data["port"], allowed=", ".join(places)
        )
    if parse(data["expected_at"]).certainly_before(parse(data["entry_on"])):
        raise Refusal(
            "arrival.expected-before-entry",
            field="/expected_at",
            expected=data["expected_at"],
            entry=data["entry_on"],
        )
    late = list(_late(data["expected_at"], policy.document["announce_hours"], ctx))
    outcome = {"arrival": ctx.id(), "announced_late": bool(late)}
    return decided(ctx, outcome, policy, late, facility=facility)


def _late(expected_at: str, hours: int, ctx: Context) -> Iterator[Refusal]:
    if ctx.recorded + timedelta(hours=hours) >= parse(expected_at).latest:
        yield Refusal("arrival.announced-late", expected=expected_at, recorded=ctx.at, hours=hours)


def _announced(statement: Statement, position: int, _world: World) -> Iterator[Arrival]:
    data = statement.data
    yield Arrival(
        id=statement.outcome["arrival"],
        organisation=statement.actor.organisation,
        facility=data["facility"],
        source=data["source"],
        container=data.get("container"),
        seal=data.get("seal"),
        voyage=data.get("voyage"),
        importer=data["importer"],
        port=data["port"],
        entry_on=data["entry_on"],
        expected_at=data["expected_at"],
        opened_at=None,
        seal_intact=None,
        details={name: value for name, value in data.items() if name not in _OF_THE_ROW},
        version=position,
        regime=data.get("regime", COLD_CHAIN_IMPORT),
    )


def _announce_reads(data: Data, world: World) -> Iterable[Stream]:
    return facility_streams(data["facility"], world)


def _open(data: Data, ctx: Context, world: World) -> Decision:
    arrival = own_arrival(data["arrival"], ctx, world)
    facility, policy = first_station(arrival.facility, arrival.regime, ctx, world, "/arrival")
    if arrival.container is None:
        raise Refusal("container.none", field="/arrival", arrival=arrival.id)
    if arrival.opened_at is not None:
        raise Refusal("container.opened-before", container=arrival.container, opened=arrival.opened_at)
    for name, code in (("container", "container.number-differs"), ("seal", "container.seal-differs")):
        announced = getattr(arrival, name)
        if announced is not None and data.get(name) != announced:
            raise Refusal(code, field=f"/{name}", found=data.get(name), announced=announced)
    opened = happened(data["happened_at"], ctx, policy)
    if opened.certainly_before(parse(arrival.entry_on)):
        raise Refusal(
            "container.opened-before-entry", field="/happened_at", opened=opened.text, entry=arrival.entry_on
        )
    broken = [] if data["seal_intact"] else [Refusal("container.seal-broken", container=arrival.container)]
    return decided(ctx, {"arrival": arrival.id}, policy, broken, facility=facility)


def _opened(statement: Statement, position: int, world: World) -> Iterator[Arrival]:
    data = statement.data
    yield replace(
        world.row(ARRIVAL, data["arrival"]),
        opened_at=data["happened_at"],
        seal_intact=data["seal_intact"],
        opened_in=position,
        version=position,
    )


def _open_reads(data: Data, world: World) -> Iterator[Stream]:
    yield ARRIVAL, data["arrival"]
    arrival = world.peek(ARRIVAL, data["arrival"])
    if arrival is not None:
        yield from facility_streams(arrival.facility, world)


ANNOUNCE = Kind("arrival-announced", {2: _announce}, _announced, _announce_reads)
OPEN = Kind("container-opened", {2: _open}, _opened, _open_reads)
KINDS = [ANNOUNCE, OPEN]
