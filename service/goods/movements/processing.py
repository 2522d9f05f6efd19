"""Goods become other goods: k units go into a node, m new lots come out of it, with the yield declared.

Rules kept here: every gram that goes in comes out or is declared lost; what is made lasts no longer than
the shortest-lived of what went in and is dated no earlier than the oldest of it. New lots inherit every
certificate, every hold, and the family of the lot with the most grams, then the lowest id.

A fact: goods that were held, in quarantine, or of several owners, and a place where nobody may process, are
recorded, in breach.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from schema import moments
from schema.moments import Moment
from schema.problems import Refusal
from service.codes.state import ISSUED_CODE
from service.goods import timing
from service.goods.accounts import Way, opened
from service.goods.batch_codes import issued, unused_batch_code
from service.goods.movements import flow, rules
from service.goods.movements.telling import Telling, streams, tell
from service.goods.state import LOT, UNIT, Lot, MovementKind, Pack, Unit, UnitState
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import FACILITY, ORGANISATION, Facility, FacilityKind, Role

PLANTS = (
    FacilityKind.PROCESSING_PLANT,
    FacilityKind.FIRST_STATION,
    FacilityKind.CENTRAL_WAREHOUSE,
    FacilityKind.OWN_USE_STORE,
)


MOST_PARENTAGES = 1000
"""Every output is made of every lot that went in: so many such pairs have a place in one statement."""


@dataclass(frozen=True, slots=True)
class _Origin:
    """What the outputs have from the inputs: the lots (the one that gives the family first) and the owner."""

    lots: Sequence[Lot]
    owner: int

    @property
    def certificates(self) -> list[str]:
        return sorted({key for lot in self.lots for key in lot.certificates})


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """``node`` of the outcome stands between the inputs and the outputs in every trace; ``yield_permille`` is
    how much of what went in came out."""
    facility = rules.own_facility(data["facility"], ctx, world)
    telling = tell("goods-processed", data, ctx, world, facility)
    units = [_input(item, place, telling, world) for place, item in enumerate(data["inputs"])]
    came_out = _balanced(data)
    origin = _origin(data["inputs"], units, lambda lot: rules.known_lot(lot, world))
    telling.broken += (*rules.out_of_service(facility), *_plant(facility, world), *_owners(units))
    _outputs(data["outputs"], origin, telling.moment, facility.region, world)
    made = [ctx.id(place) for place in range(1, len(data["outputs"]) + 1)]
    for output, child in zip(data["outputs"], made, strict=True):
        telling.accounts.give(ctx.id(), child, output.get("pieces"), output["grams"])
    if data["loss_grams"]:
        telling.accounts.give(ctx.id(), Way.LOSS, None, data["loss_grams"])
    outcome = {
        "node": ctx.id(),
        "family": origin.lots[0].family,
        "owner": origin.owner,
        "lots": made,
        "units": made,
        "yield_permille": came_out * 1000 // (came_out + data["loss_grams"]),
        "holds": sorted({hold.id for unit in units for hold in rules.holds_on(unit, world)}),
        **telling.accounts.outcome,
    }
    return telling.decided(outcome, [*made, *(lot.id for lot in origin.lots)], holding=True)


def _input(item: Data, place: int, telling: Telling, world: World) -> Unit:
    """A unit that went into the node."""
    pointer, ctx = f"/inputs/{place}", telling.ctx
    unit = rules.unit_in_hand(item["unit"], ctx, world, f"{pointer}/unit")
    rules.unit_at(unit, telling.facility, f"{pointer}/unit")
    timing.after_made(telling.moment, unit)
    telling.broken += rules.not_free(unit, world, f"{pointer}/unit")
    telling.accounts.took(unit, item.get("pieces"), item["grams"], ctx.id(), pointer)
    return unit


def _plant(facility: Facility, world: World) -> Iterator[Refusal]:
    """The rules that one breaks who processes where goods may not be opened, or without being a processor."""
    processor = world.get(ORGANISATION, facility.organisation)
    if processor is None or Role.PROCESSOR not in processor.roles:
        yield Refusal("process.not-a-processor", organisation=facility.organisation)
    if facility.kind not in PLANTS:
        yield Refusal(
            "process.facility-unfit",
            field="/facility",
            facility=facility.id,
            kind=facility.kind,
            allowed=", ".join(PLANTS),
        )


def _owners(units: Sequence[Unit]) -> Iterator[Refusal]:
    """Processing must not pass goods from one owner to another."""
    owners = sorted({unit.owner for unit in units})
    if len(owners) > 1:
        yield Refusal("process.owners-differ", field="/inputs", owner=owners[0], other=owners[1])


def _balanced(data: Data) -> int:
    """The grams that came out."""
    came_in = sum(item["grams"] for item in data["inputs"])
    came_out: int = sum(output["grams"] for output in data["outputs"])
    lost = data["loss_grams"]
    if came_in != came_out + lost:
        raise Refusal(
            "process.yield-unbalanced",
            field="/loss_grams",
            inputs=came_in,
            outputs=came_out,
            loss=lost,
            difference=came_in - came_out - lost,
        )
    if lost and not data.get("loss_reason"):
        raise Refusal("process.loss-reason-missing", field="/loss_reason", loss=lost)
    return came_out


def _origin(inputs: Sequence[Data], units: Sequence[Unit], lot_of: Callable[[int], Lot]) -> _Origin:
    """Lots and owner of what was made: both are those of the most grams, then of the lowest id."""
    grams: Counter[int] = Counter()
    owned: Counter[int] = Counter()
    for item, unit in zip(inputs, units, strict=True):
        grams[unit.lot] += item["grams"]
        owned[unit.owner] += item["grams"]
    return _Origin([lot_of(lot) for lot in _most_first(grams)], _most_first(owned)[0])


def _most_first(grams: Counter[int]) -> list[int]:
    return sorted(grams, key=lambda id_: (-grams[id_], id_))


def _outputs(outputs: Sequence[Data], origin: _Origin, moment: Moment, region: str, world: World) -> None:
    if len(origin.lots) * len(outputs) > MOST_PARENTAGES:
        raise Refusal(
            "process.too-many-lots",
            field="/outputs",
            inputs=len(origin.lots),
            outputs=len(outputs),
            most=MOST_PARENTAGES,
        )
    codes: set[str] = set()
    for place, output in enumerate(outputs):
        pointer = f"/outputs/{place}"
        code = unused_batch_code(output["code"], region, world, f"{pointer}/code")
        if code in codes:
            raise Refusal("lot.code-used", field=f"{pointer}/code", code=code)
        codes.add(code)
        _keeps(output["best_before"], origin, f"{pointer}/best_before")
        _dated(output["produced_on"], origin, moment, f"{pointer}/produced_on")


def _keeps(best_before: str, origin: _Origin, pointer: str) -> None:
    """Nothing lasts longer than what it was made of. Goods without papers say nothing of it."""
    known = [(moments.parse_day(lot.best_before), lot.id) for lot in origin.lots if lot.best_before]
    latest, lot = min(known, default=(moments.parse_day(best_before), 0))
    if moments.parse_day(best_before) > latest:
        raise Refusal(
            "process.best-before-later",
            field=pointer,
            best_before=best_before,
            lot=lot,
            latest=latest.isoformat(),
        )


def _dated(produced_on: str, origin: _Origin, moment: Moment, pointer: str) -> None:
    """Dated no earlier than the oldest input, and not after it was made (oldest date wins: EU 16/2012)."""
    produced = moments.parse(produced_on)
    known = [(moments.parse_day(lot.produced_on), lot.id) for lot in origin.lots if lot.produced_on]
    earliest, lot = min(known, default=(produced.day, 0))
    if produced.day < earliest:
        raise Refusal(
            "process.produced-before-inputs",
            field=pointer,
            produced=produced_on,
            lot=lot,
            earliest=earliest.isoformat(),
        )
    if moment.certainly_before(produced):
        raise Refusal("process.produced-after", field=pointer, produced=produced_on, happened=moment.text)


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """What is left of the inputs, the node's edges, and a lot, a unit and a code for each output."""
    data, outcome, at = statement.data, statement.outcome, statement.data["happened_at"]
    units = [world.row(UNIT, item["unit"]) for item in data["inputs"]]
    origin = _origin(data["inputs"], units, lambda lot: world.row(LOT, lot))
    region = world.row(FACILITY, data["facility"]).region
    made: dict[int, Unit] = {}
    for output, lot, child in zip(data["outputs"], outcome["lots"], outcome["units"], strict=True):
        yield _lot(statement, output, lot, origin, position)
        yield issued(output["code"], lot, position)
        made[child] = opened(
            id=child,
            lot=lot,
            family=outcome["family"],
            owner=origin.owner,
            custodian=statement.actor.organisation,
            facility=data["facility"],
            region=region,
            state=UnitState.RELEASED,
            pieces=output.get("pieces"),
            grams=output["grams"],
            pack=Pack(output.get("pack", Pack.CARTON)),
            made_at=at,
            version=position,
            holds=outcome["holds"],
        )
    yield from flow.rows(statement, position, world, MovementKind.PROCESS, at, made)
    yield from flow.parentage(position, [lot.id for lot in origin.lots], outcome["lots"])
    touched = [*outcome["lots"], *(lot.id for lot in origin.lots)]
    yield from flow.events(statement, position, touched, data["facility"], at)


def _lot(statement: Statement, output: Data, lot: int, origin: _Origin, position: int) -> Lot:
    """A lot whose goods are released from the start: its parents went through the gate."""
    parent = origin.lots[0]
    return Lot(
        id=lot,
        family=parent.family,
        code=output["code"],
        organisation=statement.actor.organisation,
        facility=statement.data["facility"],
        arrival=None,
        parents=[each.id for each in origin.lots],
        product=output["product"],
        product_en=output.get("product_en"),
        category=output["category"],
        specification=output["specification"],
        hs=output["hs"],
        gtin=output.get("gtin"),
        temperature_class=output["temperature_class"],
        country=parent.country,
        establishment=parent.establishment,
        production_batch=output["production_batch"],
        produced_on=output["produced_on"],
        best_before=output["best_before"],
        received_at=statement.data["happened_at"],
        pieces=output.get("pieces"),
        grams=output["grams"],
        released_pieces=output.get("pieces") or 0,
        released_grams=output["grams"],
        certificates=origin.certificates,
        details={},
        version=position,
        regime=parent.regime,
    )


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The inputs with their lots, the plant with its policy, the codes that must be new, and the crew."""
    inputs = [item["unit"] for item in data["inputs"]]
    yield from streams(data, inputs, world)
    yield from rules.lot_streams(inputs, world)
    yield from rules.facility_streams(data["facility"], world)
    yield from ((ISSUED_CODE, output["code"]) for output in data["outputs"])


PROCESS = Kind("goods-processed", {2: decide}, project, reads, made=("outputs/*/code",))
