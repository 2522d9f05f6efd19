"""The account of a unit: what leaves it and which way, what it is opened with. Pure arithmetic.

Rules kept here: nothing leaves a unit that is not in it, in grams and, where it counts them, in pieces; who
counts pieces states pieces; the last piece goes with the last gram. So ``in = on hand + out + loss +
samples + destroyed`` holds at every unit and nothing is negative. The functions return the row as it is
afterwards, with its version as it was: a projector sets that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from schema.problems import Refusal
from service.goods.state import Pack, Packaging, Unit, UnitState


class Way(StrEnum):
    """How goods leave a unit: into another one, or for good. The names are those of the account's columns."""

    OUT = "out"
    LOSS = "loss"
    SAMPLE = "sample"
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True)
class Amount:
    """Pieces of the named pack level (None where packs were opened) and grams."""

    pieces: int | None
    grams: int


def take(unit: Unit, pieces: int | None, grams: int, way: Way = Way.OUT) -> Unit:
    """``unit`` after that much of it left. Raises Refusal ``unit.…``."""
    demand_something(unit, pieces, grams)
    _check(unit, pieces, grams)
    return moved(unit, pieces, grams, way)


def lose(unit: Unit, pieces: int | None, grams: int, way: Way = Way.LOSS) -> Unit:
    """``unit`` after that much of it was gone for good; zero of either may be. Raises Refusal ``unit.…``."""
    if grams < 0 or (pieces is not None and pieces < 0):
        raise Refusal("unit.nothing-taken", unit=unit.id, pieces=pieces, grams=grams)
    _check(unit, pieces, grams)
    return moved(unit, pieces, grams, way)


def demand_something(unit: Unit, pieces: int | None, grams: int) -> None:
    """What goes into another unit is at least a piece and a gram. Raises Refusal ``unit.nothing-taken``."""
    if grams < 1 or (pieces is not None and pieces < 1):
        raise Refusal("unit.nothing-taken", unit=unit.id, pieces=pieces, grams=grams)


def demand_counting(unit: Unit, pieces: int | None) -> None:
    """Pieces are stated where they count. Raises ``unit.pieces-missing`` or ``unit.pieces-not-counted``."""
    if unit.pieces is not None and pieces is None:
        raise Refusal("unit.pieces-missing", unit=unit.id, held=unit.pieces)
    if unit.pieces is None and pieces is not None:
        raise Refusal("unit.pieces-not-counted", unit=unit.id, asked=pieces)


def left(unit: Unit, pieces: int | None, grams: int) -> Amount:
    """What is on hand after that much left, be it less than nothing."""
    remaining = None if unit.pieces is None else unit.pieces - (pieces or 0)
    return Amount(remaining, unit.grams - grams)


def _check(unit: Unit, pieces: int | None, grams: int) -> None:
    demand_counting(unit, pieces)
    remaining = left(unit, pieces, grams)
    if remaining.grams < 0:
        raise Refusal("unit.insufficient-grams", unit=unit.id, asked=grams, held=unit.grams)
    if remaining.pieces is None:
        return
    if remaining.pieces < 0:
        raise Refusal("unit.insufficient-pieces", unit=unit.id, asked=pieces, held=unit.pieces)
    if (remaining.pieces == 0) != (remaining.grams == 0):
        raise Refusal("unit.remainder-mismatch", unit=unit.id, pieces=remaining.pieces, grams=remaining.grams)


def moved(unit: Unit, pieces: int | None, grams: int, way: Way) -> Unit:
    """``unit`` after that much left it, unchecked; with negative amounts, after that much came back."""
    remaining = left(unit, pieces, grams)
    gone: int | None = getattr(unit, f"{way}_pieces")
    changes: dict[str, Any] = {
        f"{way}_pieces": None if gone is None else gone + (pieces or 0),
        f"{way}_grams": getattr(unit, f"{way}_grams") + grams,
    }
    return replace(unit, pieces=remaining.pieces, grams=remaining.grams, **changes)


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
    pack: Pack = Pack.CARTON,
    holds: Iterable[int] = (),
) -> Unit:
    """A new unit: all that came in is on hand. Whoever counts no pieces has opened packs."""
    nothing = None if pieces is None else 0
    packaging = Packaging.OPENED if pieces is None else Packaging.SEALED
    gone: dict[str, Any] = {f"{way}_pieces": nothing for way in Way} | {f"{way}_grams": 0 for way in Way}
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
        pack=pack.value,
        packaging=packaging.value,
        in_pieces=pieces,
        in_grams=grams,
        pieces=pieces,
        grams=grams,
        holds=list(holds),
        made_at=made_at,
        version=version,
        **gone,
    )


def drawn(
    parent: Unit,
    *,
    id: int,
    pieces: int | None,
    grams: int,
    made_at: str,
    version: int,
    holds: Iterable[int] = (),
) -> Unit:
    """A unit of what was taken from ``parent``: its lot, hands, place, state and holds, and ``holds``."""
    unit = opened(
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
        pack=Pack(parent.pack),
        pieces=pieces,
        grams=grams,
        made_at=made_at,
        version=version,
        holds=sorted({*parent.holds, *holds}),
    )
    return replace(unit, packaging=parent.packaging)
