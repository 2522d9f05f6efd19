"""The first registration of a lot: what came out of an arrival gets one batch code and one quarantined unit.

Rules kept here: a lot is registered by the first station that its arrival was announced to, in a quarantine
or independent zone there; its code is new and of that region; goods are produced, frozen, entered and
received in this order; quantities are ones that goods can have. What cannot be, is refused. What should not
be but may be so, such as an HS code that fits the category badly, is recorded in breach.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from schema.identifiers import is_cold_chain
from schema.moments import Moment, parse
from schema.problems import Refusal
from service.codes.state import ISSUED_CODE, IssuedCode
from service.goods import accounts
from service.goods.arrivals import own_arrival
from service.goods.batch_codes import issued, unused_batch_code
from service.goods.movements.flow import events, parentage
from service.goods.movements.rules import facility_streams, zone_of, zone_unfit
from service.goods.state import ARRIVAL, Arrival, Event, Lot, Parentage, Unit, UnitState
from service.goods.stations import first_station
from service.goods.timing import happened
from service.incidents.breaches import decided
from service.incidents.restraint import hold_streams, holds_in_force
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import (
    FACILITY,
    organisation_by_uscc,
    organisation_by_uscc_streams,
    policy_for,
)


class Category(StrEnum):
    """What kind of food it is."""

    AQUATIC = "aquatic"
    POULTRY = "poultry"
    LIVESTOCK = "livestock"
    OTHER = "other"


class TemperatureClass(StrEnum):
    """How it is kept."""

    FROZEN = "frozen"
    CHILLED = "chilled"


MOST_PIECES = 1_000_000
"""Every case may get a code of its own; more cases than this are more than one consignment."""

MOST_GRAMS = 10_000_000_000
"""10,000 t: the hold of a large reefer ship."""

CONTAINER_GRAMS = 36_000_000
"""36 t: the greatest gross mass of a freight container (ISO 668:2020), so more cannot come out of one."""

_HEADINGS: dict[str, tuple[str, ...]] = {
    Category.AQUATIC: ("03", "0508", "1604", "1605"),
    Category.POULTRY: ("0207", "0209", "0210", "0504", "1601", "1602"),
    Category.LIVESTOCK: (
        *("0201", "0202", "0203", "0204", "0205", "0206", "0208", "0209", "0210"),
        *("0504", "1601", "1602"),
    ),
}
"""HS chapters and headings under which each category is declared; ``other`` may be anything."""

_OF_THE_ROW = frozenset(
    (
        *("arrival", "facility", "code", "product", "product_en", "category", "specification", "gtin", "hs"),
        *("pieces", "grams", "temperature_class", "country", "establishment", "production_batch"),
        *("produced_on", "best_before", "received_at"),
    )
)


def _register(data: Data, ctx: Context, world: World) -> Decision:
    arrival = own_arrival(data["arrival"], ctx, world)
    facility = first_station(data["facility"], ctx, world)
    if arrival.facility != facility.id:
        raise Refusal(
            "lot.other-facility", field="/facility", facility=facility.id, announced=arrival.facility
        )
    policy = policy_for(world, facility.region, ctx.recorded)
    zone = zone_of(facility, data["zone"])
    for unfit in zone_unfit(zone, facility, UnitState.QUARANTINED):
        raise unfit
    code = unused_batch_code(data["code"], facility.region, world)
    received = happened(data["received_at"], ctx, policy, "/received_at")
    _dates_in_order(data, arrival, received)
    _possible_quantities(data, arrival)
    importer = organisation_by_uscc(world, arrival.importer)
    outcome = {
        "lot": ctx.id(0),
        "unit": ctx.id(1),
        "units": [ctx.id(1)],
        "flows": [[None, ctx.id(1), data["pieces"], data["grams"]]],
        "code": code,
        "owner": ctx.actor.organisation if importer is None else importer.id,
        "custodian": ctx.actor.organisation,
        "holds": [hold.id for hold in holds_in_force((), arrival.id, world)],
    }
    return decided(ctx, outcome, policy, [*_doubts(data)], facility=facility, lots=[ctx.id(0)], holding=True)


def _dates_in_order(data: Data, arrival: Arrival, received: Moment) -> None:
    produced = parse(data["produced_on"])
    made = produced
    if data.get("frozen_on") is not None:
        made = parse(data["frozen_on"])
        if made.certainly_before(produced):
            raise Refusal(
                "lot.frozen-before-produced", field="/frozen_on", frozen=made.text, produced=produced.text
            )
    if received.certainly_before(made):
        raise Refusal(
            "lot.received-before-made", field="/received_at", received=received.text, made=made.text
        )
    if received.certainly_before(parse(arrival.entry_on)):
        raise Refusal(
            "lot.received-before-entry",
            field="/received_at",
            received=received.text,
            entry=arrival.entry_on,
        )
    if not produced.certainly_before(parse(data["best_before"])):
        raise Refusal(
            "lot.best-before-too-early",
            field="/best_before",
            best_before=data["best_before"],
            produced=produced.text,
        )


def _possible_quantities(data: Data, arrival: Arrival) -> None:
    pieces, grams, gross = data["pieces"], data["grams"], data.get("gross_grams")
    if not 1 <= pieces <= MOST_PIECES:
        raise Refusal("lot.pieces-out-of-range", field="/pieces", pieces=pieces, most=MOST_PIECES)
    most = MOST_GRAMS if arrival.container is None else CONTAINER_GRAMS
    if not 1 <= grams <= most:
        raise Refusal("lot.grams-out-of-range", field="/grams", grams=grams, most=most)
    if gross is not None and gross < grams:
        raise Refusal("lot.gross-below-net", field="/gross_grams", gross=gross, net=grams)


def _doubts(data: Data) -> Iterator[Refusal]:
    """What is recorded in breach."""
    hs, category = data["hs"], data["category"]
    if not is_cold_chain(hs):
        yield Refusal("lot.hs-not-cold-chain", field="/hs", hs=hs)
    if category in _HEADINGS and not hs.startswith(_HEADINGS[category]):
        yield Refusal("lot.hs-unlike-category", field="/hs", hs=hs, category=category)
    if data.get("seal_intact") is False:
        yield Refusal("lot.seal-broken", field="/seal_intact", code=data["code"])


def _registered(
    statement: Statement, position: int, world: World
) -> Iterator[Lot | Unit | Parentage | IssuedCode | Event]:
    data, outcome = statement.data, statement.outcome
    yield _lot(data, outcome, statement.actor.organisation, position)
    yield accounts.opened(
        id=outcome["unit"],
        lot=outcome["lot"],
        family=data["arrival"],
        owner=outcome["owner"],
        custodian=outcome["custodian"],
        facility=data["facility"],
        zone=data["zone"],
        region=world.row(FACILITY, data["facility"]).region,
        state=UnitState.QUARANTINED,
        pieces=data["pieces"],
        grams=data["grams"],
        made_at=data["received_at"],
        version=position,
        holds=outcome["holds"],
    )
    yield from parentage(position, [data["arrival"]], [outcome["lot"]])
    yield issued(outcome["code"], outcome["lot"], position)
    yield from events(statement, position, [outcome["lot"]], data["facility"], data["received_at"])


def _lot(data: Data, outcome: Data, organisation: int, position: int) -> Lot:
    details: dict[str, Any] = {name: value for name, value in data.items() if name not in _OF_THE_ROW}
    return Lot(
        id=outcome["lot"],
        family=data["arrival"],
        code=outcome["code"],
        organisation=organisation,
        facility=data["facility"],
        arrival=data["arrival"],
        parents=[],
        product=data["product"],
        product_en=data.get("product_en"),
        category=data["category"],
        specification=data["specification"],
        hs=data["hs"],
        gtin=data.get("gtin"),
        temperature_class=data["temperature_class"],
        country=data["country"],
        establishment=data["establishment"],
        production_batch=data["production_batch"],
        produced_on=data["produced_on"],
        best_before=data["best_before"],
        received_at=data["received_at"],
        pieces=data["pieces"],
        grams=data["grams"],
        released_pieces=0,
        released_grams=0,
        certificates=[],
        details=details,
        version=position,
    )


def _reads(data: Data, world: World) -> Iterator[Stream]:
    yield ARRIVAL, data["arrival"]
    yield ISSUED_CODE, data["code"]
    yield from facility_streams(data["facility"], world)
    yield from hold_streams((), data["arrival"], world)
    arrival = world.peek(ARRIVAL, data["arrival"])
    if arrival is not None:
        yield from organisation_by_uscc_streams(world, arrival.importer)


REGISTER = Kind("lot-registered", {2: _register}, _registered, _reads)
KINDS = [REGISTER]
