"""What must be admitted and what must be refused, as far as it is plain: in other words than the product's.

A product that refuses everything keeps every law of accounts; this is what it does not keep. Where the answer
depends on more than is said here – papers, policies, the crew of an intent – it is left open.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from schema import moments
from service.goods.state import SHIPMENT, UNIT, Unit
from service.ledger import Data
from service.parties import FACILITY, ORGANISATION
from tests.anything.seen import IN_STORE, Saying, Seen


class Verdict(Enum):
    """What becomes of a saying. ``SHORT`` is admitted, in breach: more was taken than was there."""

    ADMITTED = auto()
    SHORT = auto()
    REFUSED = auto()
    OPEN = auto()


FACTS = ("goods-sold", "unit-split", "goods-sampled", "goods-destroyed")
"""Facts about one unit that say how much of it went and nothing else that could be false."""
MAY_TAKE_WEIGHT_ALONE = ("goods-sampled", "goods-destroyed")


def verdict(saying: Saying, seen: Seen) -> Verdict:
    """Judge a saying on what ``seen`` shows, which is the ledger as it is."""
    kind, data = saying.kind.name, saying.data
    by = seen.by_key(ORGANISATION)[saying.actor.organisation]
    if kind in FACTS:
        if data.get("by") == "regulator":
            return Verdict.OPEN
        return _fact(kind, data, by.id, seen)
    if kind == "goods-shipped":
        return _shipped(data, by.id, seen)
    if kind == "goods-received":
        return _received(data, by.id, seen)
    if kind == "units-merged":
        return _merged(data, by.id, seen)
    if kind == "lot-released":
        return _released(data, by.id, seen)
    return Verdict.OPEN


def _in_hand(unit: Unit | None, by: int) -> bool:
    return unit is not None and unit.custodian == by and unit.state in IN_STORE


def _is_now(text: str, seen: Seen) -> bool:
    """Whether it is said to have happened this second: never too early, nor too late."""
    return abs(moments.parse(text).earliest - seen.now) < timedelta(seconds=1)


def fits(unit: Unit, pieces: int | None, grams: int) -> bool:
    """The law of an account: no more than there is, and the last piece goes with the last gram."""
    if not 0 < grams <= unit.grams or (unit.pieces is None) != (pieces is None):
        return False
    if unit.pieces is None or pieces is None:
        return True
    emptied = (pieces == unit.pieces, grams == unit.grams)
    return 0 < pieces <= unit.pieces and emptied in ((True, True), (False, False))


def _fact(kind: str, data: Data, by: int, seen: Seen) -> Verdict:
    unit = seen.by_key(UNIT).get(data["unit"])
    if unit is None or not _in_hand(unit, by):
        return Verdict.REFUSED
    parts = data.get("parts", [data])
    if any((unit.pieces is None) != ("pieces" not in part) for part in parts):
        return Verdict.REFUSED
    if len(parts) > 1 or not _is_now(data["happened_at"], seen):
        return Verdict.OPEN
    (part,) = parts
    pieces, grams = part.get("pieces"), part["grams"]
    if fits(unit, pieces, grams):
        return Verdict.ADMITTED
    if grams > unit.grams and (pieces is None or pieces > (unit.pieces or 0)):
        return Verdict.SHORT
    if kind in MAY_TAKE_WEIGHT_ALONE or grams > unit.grams or (pieces or 0) > (unit.pieces or 0):
        return Verdict.OPEN
    return Verdict.REFUSED


def _shipped(data: Data, by: int, seen: Seen) -> Verdict:
    """Refused where a unit is not free or holds too little; admitted where nothing else is asked."""
    units = seen.by_key(UNIT)
    left: dict[int, Any] = {}
    for item in data["items"]:
        unit = units.get(item["unit"])
        free = unit is not None and _in_hand(unit, by) and unit.state == "released"
        if unit is None or not free or unit.facility != data["facility"]:
            return Verdict.REFUSED
        if seen.holds_on(unit) and data.get("purpose", "trade") in ("trade", "return"):
            return Verdict.REFUSED
        pieces, grams = left.get(unit.id, (unit.pieces, unit.grams))
        if not _fits(pieces, grams, item):
            return Verdict.REFUSED
        left[unit.id] = (None if pieces is None else pieces - item["pieces"], grams - item["grams"])
    return Verdict.ADMITTED if _plain_road(data, seen) else Verdict.OPEN


def _fits(pieces: int | None, grams: int, item: Data) -> bool:
    asked = item.get("pieces")
    if not 0 < item["grams"] <= grams or (pieces is None) != (asked is None):
        return False
    if pieces is None or asked is None:
        return True
    return 0 < asked <= pieces and (asked == pieces) == (item["grams"] == grams)


def _plain_road(data: Data, seen: Seen) -> bool:
    """In trade, just now, to another filed place of the province that is in service; no crew, no truck."""
    places, organisations = seen.by_key(FACILITY), seen.by_key(ORGANISATION)
    origin, there = places[data["facility"]], places.get(data["destination"])
    if there is None or there.id == origin.id or {"vehicle", "handling", "purpose"} & set(data):
        return False
    open_there = there.active and there.filing and organisations[there.organisation].active
    same = there.region[:2] == origin.region[:2]
    return bool(origin.active and open_there and same and _is_now(data["departed_at"], seen))


def _received(data: Data, by: int, seen: Seen) -> Verdict:
    """A fact: all that is aboard, each unit once and exactly, is admitted, come what may."""
    shipment = seen.by_key(SHIPMENT)[data["shipment"]]
    if shipment.consignee != by or shipment.received_at is not None:
        return Verdict.REFUSED
    units = [seen.by_key(UNIT)[unit] for unit in shipment.units]
    aboard = Counter((u.id, u.pieces, u.grams) for u in units if u.grams)
    said = Counter((item["unit"], item.get("pieces"), item["grams"]) for item in data["items"])
    zones = {zone["no"] for zone in seen.by_key(FACILITY)[shipment.destination].zones}
    exact = aboard == said and (data.get("zone") is None or data["zone"] in zones)
    return Verdict.ADMITTED if exact and _is_now(data["happened_at"], seen) else Verdict.OPEN


def _merged(data: Data, by: int, seen: Seen) -> Verdict:
    """Alike and in one's hands, held or not."""
    units = [seen.by_key(UNIT).get(unit) for unit in data["units"]]
    if not all(_in_hand(unit, by) for unit in units):
        return Verdict.REFUSED
    traits = {(u.lot, u.owner, u.facility, u.zone, u.state, u.pack, u.packaging) for u in units if u}
    if len(traits) > 1 or any(unit is None or not unit.grams for unit in units):
        return Verdict.REFUSED
    return Verdict.ADMITTED if _is_now(data["happened_at"], seen) else Verdict.OPEN


def _released(data: Data, by: int, seen: Seen) -> Verdict:
    """Never more than is there, never what is held or was released before."""
    unit = seen.by_key(UNIT).get(data["unit"])
    if unit is None or unit.custodian != by or unit.state != "quarantined" or seen.holds_on(unit):
        return Verdict.REFUSED
    return Verdict.OPEN if fits(unit, data["pieces"], data["grams"]) else Verdict.REFUSED
