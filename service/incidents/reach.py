"""Who may hold which goods, and lift which holds. Pure reads of a world.

Rules kept here. An authority holds goods that were first registered in its region, are or were in a place
there, or are on the road to one; and what such goods were made of, for that is where the cause is looked
for. Goods that are not registered there are shown to be there by a witness: a unit, named in the statement,
of them or made of them, in the region or on its way there. Anybody else holds units in its own store.
What is out of reach is refused with the words of what does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from schema.identifiers import covers
from schema.problems import Refusal
from service.goods.state import ARRIVAL, LOT, SHIPMENT, UNIT, Unit, UnitState
from service.incidents.coverage import Question, covered, in_hand
from service.incidents.state import HOLD, Hold, HoldKind
from service.ledger import Context, Data, Projection, Stream, World
from service.parties import FACILITY, ORGANISATION, Organisation, Role

_SOURCES: Mapping[str, Projection[Any]] = {"lots": LOT, "arrivals": ARRIVAL, "units": UNIT}


def authority(ctx: Context, world: World) -> Organisation:
    """The actor's organisation, a regulator. Raises Refusal ``party.role-missing``."""
    organisation = speaker(ctx, world)
    if Role.REGULATOR not in organisation.roles:
        raise Refusal("party.role-missing", role=Role.REGULATOR.value, organisation=organisation.id)
    return organisation


def speaker(ctx: Context, world: World) -> Organisation:
    """The actor's organisation, which the standing found."""
    organisation = world.get(ORGANISATION, ctx.actor.organisation)
    if organisation is None:
        raise LookupError(f"organisation {ctx.actor.organisation} speaks and does not exist")
    return organisation


def demand_own(units: Sequence[int], keeper: int, world: World) -> None:
    """Raises Refusal ``hold.goods-not-found`` where a unit is not in the store of ``keeper``."""
    for place, key in enumerate(units):
        unit = world.get(UNIT, key)
        if unit is None or not in_hand(unit, keeper):
            raise Refusal("hold.goods-not-found", field=f"/question/units/{place}", key=key)


def demand_reach(question: Question, witnesses: Sequence[int], region: str, world: World) -> None:
    """Raises Refusal ``hold.goods-not-found`` where something named does not concern ``region``."""
    for pointer, key in foreign(question, witnesses, region, world):
        raise Refusal("hold.goods-not-found", field=f"/question/{pointer}", key=key)


def foreign(
    question: Question, witnesses: Sequence[int], region: str, world: World
) -> Iterator[tuple[str, int]]:
    """What of the named goods does not concern ``region``: each by its place (``lots/0``) and its key."""
    for kind, keys in question.items():
        for place, key in enumerate(keys):
            if not _concerns(kind, key, witnesses, region, world):
                yield f"{kind}/{place}", key


def _concerns(kind: str, key: int, witnesses: Sequence[int], region: str, world: World) -> bool:
    return _exists(kind, key, world) and (
        _begun(kind, key, region, world) or _seen(kind, key, witnesses, region, world)
    )


def _exists(kind: str, key: int, world: World) -> bool:
    return world.get(_SOURCES[kind], key) is not None


def _begun(kind: str, key: int, region: str, world: World) -> bool:
    """Whether the goods are in ``region`` by the named thing itself: registered, announced or lying there."""
    if kind == "arrivals":
        arrival = world.get(ARRIVAL, key)
        return arrival is not None and is_within(arrival.facility, region, world)
    lot = key
    if kind == "units":
        unit = world.get(UNIT, key)
        if unit is None or _is_there(unit, region, world):
            return unit is not None
        lot = unit.lot
    registered = world.get(LOT, lot)
    return registered is not None and is_within(registered.facility, region, world)


def _seen(kind: str, key: int, witnesses: Sequence[int], region: str, world: World) -> bool:
    """Whether a witness in ``region`` is of the named thing, or made of it."""
    there = [unit for unit in (world.get(UNIT, each) for each in witnesses) if unit is not None]
    there = [unit for unit in there if _is_there(unit, region, world)]
    if not there:
        return False
    made = covered({kind: [key]}, world)
    within = set(made.units if kind == "units" else made.lots)
    return any((unit.id if kind == "units" else unit.lot) in within for unit in there)


def _is_there(unit: Unit, region: str, world: World) -> bool:
    """Whether a unit is or was in ``region``, or is on the road to it."""
    if covers(region, unit.region):
        return True
    if unit.state != UnitState.IN_TRANSIT or unit.shipment is None:
        return False
    shipment = world.get(SHIPMENT, unit.shipment)
    return shipment is not None and is_within(shipment.destination, region, world)


def is_within(facility_id: int, region: str, world: World) -> bool:
    """Whether a place exists and is in ``region``."""
    facility = world.get(FACILITY, facility_id)
    return facility is not None and covers(region, facility.region)


def liftable(hold_id: int, ctx: Context, world: World) -> Hold:
    """A hold in force that the actor may lift. Raises Refusal ``hold.not-found``, ``hold.of-recall`` or
    ``hold.already-lifted``.

    A recall's ends with the recall. Otherwise
    who placed it lifts it, and so does a regulator of its region; what a rule holds, regulators alone.
    """
    hold = world.get(HOLD, hold_id)
    organisation = speaker(ctx, world)
    if hold is None or not (_placed_by(hold, organisation) or _supervises(hold, organisation)):
        raise Refusal("hold.not-found", field="/hold", hold=hold_id)
    if hold.kind == HoldKind.RECALL:
        raise Refusal("hold.of-recall", field="/hold", hold=hold.id)
    if hold.lifted_at is not None:
        raise Refusal("hold.already-lifted", field="/hold", hold=hold.id, lifted=hold.lifted_at)
    return hold


def _placed_by(hold: Hold, organisation: Organisation) -> bool:
    return hold.kind != HoldKind.BREACH and hold.organisation == organisation.id


def _supervises(hold: Hold, organisation: Organisation) -> bool:
    return Role.REGULATOR in organisation.roles and covers(organisation.region, hold.region)


def reach_streams(question: Question, witnesses: Iterable[int], world: World) -> Iterator[Stream]:
    """The streams by which goods are found to be somewhere, as far as they can be told."""
    for key in question.get("lots", ()):
        lot = world.peek(LOT, key)
        if lot is not None:
            yield FACILITY, lot.facility
    for key in question.get("arrivals", ()):
        arrival = world.peek(ARRIVAL, key)
        if arrival is not None:
            yield FACILITY, arrival.facility
    for key in (*question.get("units", ()), *witnesses):
        yield UNIT, key
        unit = world.peek(UNIT, key)
        if unit is not None:
            yield LOT, unit.lot
            if unit.shipment is not None:
                yield SHIPMENT, unit.shipment


def question_streams(data: Data, world: World) -> Iterator[Stream]:
    """The same for the data of a statement."""
    yield from reach_streams(data["question"], data.get("witnesses", ()), world)
