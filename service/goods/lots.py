"""The first registration of a lot: what came out of an arrival gets one batch code and one quarantined unit.

Rules kept here: a lot is registered by the first station that its arrival was announced to, in a zone that
the policy of its regime has for goods before release (afterwards, where that knows no quarantine), with the
particulars that it asks for; its code is new and of that region; goods are produced, frozen, entered and
received in this order; quantities are ones that goods can have. What cannot be, is refused. What should not
be but may be so, such as an HS code that fits the category badly, more in all than a container holds, or an
import of the cold chain under a regime that asks less, is recorded in breach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Any

from schema.identifiers import is_cold_chain
from schema.moments import Moment, parse
from schema.problems import Refusal
from service.codes.state import ISSUED_CODE, IssuedCode
from service.goods import accounts
from service.goods.arrivals import own_arrival
from service.goods.batch_codes import issued, unused_batch_code
from service.goods.movements import zoning
from service.goods.movements.flow import events, parentage
from service.goods.movements.rules import facility_streams
from service.goods.movements.zoning import ZoneUse
from service.goods.state import ARRIVAL, Arrival, Event, Lot, Parentage, Unit, UnitState
from service.goods.stations import first_station, first_zone
from service.goods.timing import happened
from service.incidents.breaches import decided
from service.incidents.restraint import hold_streams, holds_in_force
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import (
    FACILITY,
    Policy,
    organisation_by_uscc,
    organisation_by_uscc_streams,
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

HOME = "CHN"

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
    facility, policy = first_station(data["facility"], arrival.regime, ctx, world)
    if arrival.facility != facility.id:
        raise Refusal(
            "lot.other-facility", field="/facility", facility=facility.id, announced=arrival.facility
        )
    _complete(data, policy)
    state = UnitState.QUARANTINED if policy.document["quarantine"] else UnitState.RELEASED
    zone = first_zone(data["zone"], facility, state, policy)
    for mixed in zoning.mixed(zone, facility, [arrival.id], policy, world):
        raise mixed
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
        "state": state.value,
        "holds": [hold.id for hold in holds_in_force((), arrival.id, world)],
        **zoning.occupies(zone, facility, [arrival.id], policy, world),
    }
    doubts = [*_doubts(data, policy)]
    # Too much in all is a matter of weights or numbers: it is to be explained, and holds nothing.
    broken, holding = [*doubts, *_overfull(data, arrival)], bool(doubts)
    return decided(ctx, outcome, policy, broken, facility=facility, lots=[ctx.id(0)], holding=holding)


def _complete(data: Data, policy: Policy) -> None:
    """All that goods of the regime must state is stated."""
    for name in policy.document["particulars"]:
        if data.get(name) is None:
            raise Refusal("lot.particular-missing", field=f"/{name}", missing=name, regime=policy.regime)


def _dates_in_order(data: Data, arrival: Arrival, received: Moment) -> None:
    produced, frozen = _moment(data, "produced_on"), _moment(data, "frozen_on")
    if produced is not None and frozen is not None and frozen.certainly_before(produced):
        raise Refusal(
            "lot.frozen-before-produced", field="/frozen_on", frozen=frozen.text, produced=produced.text
        )
    made = frozen or produced
    if made is not None and received.certainly_before(made):
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
    best_before = _moment(data, "best_before")
    if produced is not None and best_before is not None and not produced.certainly_before(best_before):
        raise Refusal(
            "lot.best-before-too-early",
            field="/best_before",
            best_before=best_before.text,
            produced=produced.text,
        )


def _moment(data: Data, name: str) -> Moment | None:
    return None if data.get(name) is None else parse(data[name])


def _possible_quantities(data: Data, arrival: Arrival) -> None:
    pieces, grams, gross = data["pieces"], data["grams"], data.get("gross_grams")
    if not 1 <= pieces <= MOST_PIECES:
        raise Refusal("lot.pieces-out-of-range", field="/pieces", pieces=pieces, most=MOST_PIECES)
    most = MOST_GRAMS if arrival.container is None else CONTAINER_GRAMS
    if not 1 <= grams <= most:
        raise Refusal("lot.grams-out-of-range", field="/grams", grams=grams, most=most)
    if gross is not None and gross < grams:
        raise Refusal("lot.gross-below-net", field="/gross_grams", gross=gross, net=grams)


def _doubts(data: Data, policy: Policy) -> Iterator[Refusal]:
    """What is recorded in breach."""
    hs, category = data.get("hs"), data["category"]
    if hs is not None and policy.document["cold_chain"] and not is_cold_chain(hs):
        yield Refusal("lot.hs-not-cold-chain", field="/hs", hs=hs)
    if hs is not None and category in _HEADINGS and not hs.startswith(_HEADINGS[category]):
        yield Refusal("lot.hs-unlike-category", field="/hs", hs=hs, category=category)
    if data.get("seal_intact") is False:
        yield Refusal("lot.seal-broken", field="/seal_intact", code=data["code"])
    if not policy.document["cold_chain"] and _is_cold_import(data):
        yield Refusal("lot.regime-unfit", field="/arrival", country=data["country"], regime=policy.regime)


def _is_cold_import(data: Data) -> bool:
    """Cold-chain food from abroad: by its tariff code, or by what it is and how it is kept."""
    if data.get("country") in (None, HOME):
        return False
    if data.get("hs") is not None:
        return is_cold_chain(data["hs"])
    return data["category"] in _HEADINGS and data["temperature_class"] in [*TemperatureClass]


def _overfull(data: Data, arrival: Arrival) -> Iterator[Refusal]:
    """All that came out of a container together, though each lot alone would have fitted into it."""
    grams = arrival.registered_grams + data["grams"]
    if arrival.container is not None and grams > CONTAINER_GRAMS:
        yield Refusal(
            "lot.container-overfull",
            field="/grams",
            container=arrival.container,
            grams=grams,
            most=CONTAINER_GRAMS,
        )


def _registered(
    statement: Statement, position: int, world: World
) -> Iterator[Arrival | Lot | Unit | Parentage | ZoneUse | IssuedCode | Event]:
    data, outcome = statement.data, statement.outcome
    arrival = world.row(ARRIVAL, data["arrival"])
    yield replace(arrival, registered_grams=arrival.registered_grams + data["grams"], version=position)
    yield _lot(data, outcome, statement.actor.organisation, position, arrival.regime)
    yield accounts.opened(
        id=outcome["unit"],
        lot=outcome["lot"],
        family=data["arrival"],
        owner=outcome["owner"],
        custodian=outcome["custodian"],
        facility=data["facility"],
        zone=data["zone"],
        region=world.row(FACILITY, data["facility"]).region,
        state=UnitState(outcome["state"]),
        pieces=data["pieces"],
        grams=data["grams"],
        made_at=data["received_at"],
        version=position,
        holds=outcome["holds"],
    )
    yield from parentage(position, [data["arrival"]], [outcome["lot"]])
    yield from zoning.entered(statement, position)
    yield issued(outcome["code"], outcome["lot"], position)
    yield from events(statement, position, [outcome["lot"]], data["facility"], data["received_at"])


def _lot(data: Data, outcome: Data, organisation: int, position: int, regime: str) -> Lot:
    is_free = outcome["state"] == UnitState.RELEASED
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
        hs=data.get("hs"),
        gtin=data.get("gtin"),
        temperature_class=data["temperature_class"],
        country=data.get("country"),
        establishment=data.get("establishment"),
        production_batch=data.get("production_batch"),
        produced_on=data.get("produced_on"),
        best_before=data.get("best_before"),
        received_at=data["received_at"],
        pieces=data["pieces"],
        grams=data["grams"],
        released_pieces=data["pieces"] if is_free else 0,
        released_grams=data["grams"] if is_free else 0,
        certificates=[],
        details=details,
        version=position,
        regime=regime,
    )


def _reads(data: Data, world: World) -> Iterator[Stream]:
    yield ARRIVAL, data["arrival"]
    yield ISSUED_CODE, data["code"]
    yield from facility_streams(data["facility"], world)
    yield from hold_streams((), data["arrival"], world)
    arrival = world.peek(ARRIVAL, data["arrival"])
    if arrival is not None:
        yield from organisation_by_uscc_streams(world, arrival.importer)


REGISTER = Kind("lot-registered", {4: _register}, _registered, _reads, made=("code",))
KINDS = [REGISTER]
