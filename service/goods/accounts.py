"""The account of a unit: what may leave it, what is lost in it, what it is opened with. Pure arithmetic.

Rules kept here: nothing leaves a unit that is not in it, in grams and, where it counts them, in pieces; who
counts pieces states pieces; the last piece goes with the last gram. So ``in = on hand + out + loss`` holds at
every unit and nothing is negative. The functions return the row as it is afterwards, with its version as it
was: a projector sets that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from schema.problems import Refusal
from service.goods.state import Unit, UnitState


@dataclass(frozen=True, slots=True)
class Amount:
    """Pieces of the named pack level (None where packs were opened) and grams."""

    pieces: int | None
    grams: int


def take(unit: Unit, pieces: int | None, grams: int) -> Unit:
    """``unit`` after that much of it went into another unit. Raises Refusal ``unit.…``."""
    if grams < 1 or (pieces is not None and pieces < 1):
        raise Refusal("unit.nothing-taken", unit=unit.id, pieces=pieces, grams=grams)
    left = _less(unit, pieces, grams)
    out = None if unit.out_pieces is None else unit.out_pieces + (pieces or 0)
    return replace(
        unit, pieces=left.pieces, grams=left.grams, out_pieces=out, out_grams=unit.out_grams + grams
    )


def lose(unit: Unit, pieces: int | None, grams: int) -> Unit:
    """``unit`` after that much of it was declared lost; zero of either may be. Raises Refusal ``unit.…``."""
    if grams < 0 or (pieces is not None and pieces < 0):
        raise Refusal("unit.nothing-taken", unit=unit.id, pieces=pieces, grams=grams)
    left = _less(unit, pieces, grams)
    lost = None if unit.loss_pieces is None else unit.loss_pieces + (pieces or 0)
    return replace(
        unit, pieces=left.pieces, grams=left.grams, loss_pieces=lost, loss_grams=unit.loss_grams + grams
    )


def demand_counting(unit: Unit, pieces: int | None) -> None:
    """Pieces are stated where they count. Raises ``unit.pieces-missing`` or ``unit.pieces-not-counted``."""
    if unit.pieces is not None and pieces is None:
        raise Refusal("unit.pieces-missing", unit=unit.id, held=unit.pieces)
    if unit.pieces is None and pieces is not None:
        raise Refusal("unit.pieces-not-counted", unit=unit.id, asked=pieces)


def _less(unit: Unit, pieces: int | None, grams: int) -> Amount:
    """What is left on hand."""
    demand_counting(unit, pieces)
    if grams > unit.grams:
        raise Refusal("unit.insufficient-grams", unit=unit.id, asked=grams, held=unit.grams)
    if unit.pieces is None or pieces is None:
        return Amount(None, unit.grams - grams)
    if pieces > unit.pieces:
        raise Refusal("unit.insufficient-pieces", unit=unit.id, asked=pieces, held=unit.pieces)
    left = Amount(unit.pieces - pieces, unit.grams - grams)
    if (left.pieces == 0) != (left.grams == 0):
        raise Refusal("unit.remainder-mismatch", unit=unit.id, pieces=left.pieces, grams=left.grams)
    return left


def opened(
    *,
    id: int,
    lot: int,
    family: int,
    owner: int,
    custodian: int,
    facility: int | None,
    region: str,
    state: UnitState,
    pieces: int | None,
    grams: int,
    made_at: str,
    version: int,
    zone: int | None = None,
    shipment: int | None = None,
) -> Unit:
    """A new unit: all that came in is on hand."""
    nothing = None if pieces is None else 0
    return Unit(
        id=id,
        lot=lot,
        family=family,
        owner=owner,
        custodian=custodian,
        facility=facility,
        zone=zone,
        region=region,
        state=state.value,
        shipment=shipment,
        in_pieces=pieces,
        in_grams=grams,
        pieces=pieces,
        grams=grams,
        out_pieces=nothing,
        out_grams=0,
        loss_pieces=nothing,
        loss_grams=0,
        made_at=made_at,
        version=version,
    )


def drawn(parent: Unit, *, id: int, pieces: int | None, grams: int, made_at: str, version: int) -> Unit:
    """A new unit of what was taken from ``parent``: same lot, same hands, same place, same state."""
    return opened(
        id=id,
        lot=parent.lot,
        family=parent.family,
        owner=parent.owner,
        custodian=parent.custodian,
        facility=parent.facility,
        zone=parent.zone,
        region=parent.region,
        state=UnitState(parent.state),
        shipment=parent.shipment,
        pieces=pieces,
        grams=grams,
        made_at=made_at,
        version=version,
    )
