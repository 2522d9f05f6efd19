"""What is said of units: stored, shipped, received, divided, joined, made into others, used up, counted."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from service.goods.movements import (
    ADMIT,
    COUNT,
    DESTROY,
    FIND,
    MERGE,
    OFFER,
    PROCESS,
    RECEIVE,
    REJECT,
    REPACK,
    SAMPLE,
    SELL,
    SHIP,
    SPLIT,
    STORE,
    SURRENDER,
    TRANSFER,
)
from service.goods.movements.zoning import CLEAR_ZONE, ZONE_USE
from service.goods.state import SHIPMENT, UNIT, Shipment, Unit, UnitState
from service.ledger import Data, Kind
from service.parties import FACILITY, VEHICLE, Facility
from tests.anything.seen import NothingToSayError, Saying, Seen

ZONES = {UnitState.QUARANTINED: ("quarantine", "independent"), UnitState.RELEASED: ("imported",)}
COUNTERS = ("market", "shop", "restaurant")
PLANTS = ("processing_plant", "first_station")


def _told(seen: Seen, organisation: int) -> Data:
    """When it happened and, perhaps, by whom."""
    return {"happened_at": seen.when(), **seen.handling(organisation)}


def _of(seen: Seen, kind: Kind, unit: Unit, **data: Any) -> Saying:
    """A statement of what is in somebody's hands."""
    said = {"unit": seen.unit_id(unit), **data, **_told(seen, unit.custodian)}
    return Saying(kind, said, seen.actor(unit.custodian))


def _at(seen: Seen, *kinds: str) -> tuple[Facility, list[Unit]]:
    """A place of such a kind with the units in it; any place with units, now and then."""
    places = seen.by_key(FACILITY)
    lying: dict[int, list[Unit]] = defaultdict(list)
    # Free ones, mostly; else the held ones as well.
    for unit in seen.units(UnitState.RELEASED, held=None if seen.rarely(0.1) else False):
        if unit.facility is not None:
            lying[unit.facility].append(unit)
    fit = [place for place in lying if not kinds or places[place].kind in kinds]
    place = seen.pick(list(lying) if seen.rarely() else fit)
    return places[place], lying[place]


def store(seen: Seen) -> Saying:
    """Into a zone of the same place."""
    unit = seen.unit()
    place = seen.by_key(FACILITY).get(unit.facility) or seen.facility()
    return _of(seen, STORE, unit, zone=seen.zone(place, *ZONES.get(UnitState(unit.state), ("imported",))))


def clear_zone(seen: Seen) -> Saying:
    """Nothing is in it any more, says the store."""
    known = [(use.key, use.families) for use in seen.rows(ZONE_USE)]
    if seen.rarely(0.1):
        place = seen.facility()
        facility, zone = place.id, seen.zone(place, "independent")
    else:
        facility, zone = map(int, seen.pick([key for key, families in known if families]).split("/"))
    organisation = seen.by_key(FACILITY)[facility].organisation
    data = {"facility": facility, "zone": zone, "happened_at": seen.when()}
    return Saying(CLEAR_ZONE, data, seen.actor(organisation))


def ship(seen: Seen) -> Saying:
    """To another place."""
    place, units = _at(seen)
    if seen.rarely():
        units = [*units, seen.unit()]
    purpose = seen.pick(["trade", "trade", "trade", "return", "quarantine", "disposal"])
    others = [each for each in seen.rows(FACILITY) if each.active and each.filing and each.id != place.id]
    destination = seen.facility() if seen.rarely() else seen.pick(others)
    vehicles = seen.rows(VEHICLE)
    data = {
        "facility": place.id,
        "destination": destination.id,
        "items": seen.portions(units),
        "departed_at": seen.when(),
        **({"purpose": purpose} if purpose != "trade" else {}),
        **({"vehicle": seen.pick(vehicles).id} if vehicles and seen.rarely(0.3) else {}),
        **seen.handling(place.organisation),
    }
    return Saying(SHIP, data, seen.actor(place.organisation))


def _incoming(seen: Seen) -> Shipment:
    found = seen.rows(SHIPMENT)
    under_way = [shipment for shipment in found if shipment.received_at is None and not shipment.withdrawn]
    shipment: Shipment = seen.pick(found if seen.rarely() else under_way)
    return shipment


def receive(seen: Seen) -> Saying:
    """What arrived: all of it, less, more, nothing."""
    shipment = _incoming(seen)
    units = [seen.by_key(UNIT)[unit] for unit in shipment.units]
    place = seen.by_key(FACILITY)[shipment.destination]
    data = {
        "shipment": shipment.id,
        "items": [_arrived(seen, unit) for unit in units if unit.grams or seen.rarely()],
        **_told(seen, shipment.consignee),
        **({"zone": seen.zone(place, "imported")} if place.zones and seen.rarely(0.7) else {}),
        **({"seals_intact": not seen.rarely(0.2)} if seen.rarely(0.5) else {}),
    }
    if not data["items"] or seen.rarely(0.02):
        data["items"] = [*data["items"], {"unit": units[0].id, "grams": 1}]
    return Saying(RECEIVE, data, seen.actor(shipment.consignee))


def _arrived(seen: Seen, unit: Unit) -> Data:
    counted = unit.pieces is not None
    roll = seen.chance.random()
    if roll < 0.7:
        return {"unit": unit.id, "grams": unit.grams, **({"pieces": unit.pieces} if counted else {})}
    if roll < 0.78:
        return {"unit": unit.id, "grams": 0, **({"pieces": 0} if counted else {}), "reason": "missing"}
    reason = {} if seen.rarely(0.2) else {"reason": "damaged"}
    return {"unit": unit.id, **seen.amount(unit), **reason}


def reject(seen: Seen) -> Saying:
    """Turned away at the door."""
    shipment = _incoming(seen)
    aboard = [seen.by_key(UNIT)[unit] for unit in shipment.units]
    items = [{**item, "reason": "damaged"} for item in seen.portions([u for u in aboard if u.grams])]
    data = {"shipment": shipment.id, "items": items, **_told(seen, shipment.consignee)}
    return Saying(REJECT, data, seen.actor(shipment.consignee))


def split(seen: Seen) -> Saying:
    """Parts of it become units."""
    unit = seen.unit()
    parts = []
    for _ in range(seen.chance.choice([1, 1, 2])):
        part = seen.amount(unit)
        parts.append({name: max(value // 2, 1) for name, value in part.items()} if seen.rarely(0.6) else part)
    return _of(seen, SPLIT, unit, parts=parts)


def merge(seen: Seen) -> Saying:
    """Several become one."""
    alike = defaultdict(list)
    for unit in seen.units():
        traits = (unit.lot, unit.owner, unit.facility, unit.zone, unit.state, unit.pack, unit.packaging)
        alike[traits].append(unit)
    groups = [group for group in alike.values() if len(group) > 1]
    units = seen.pick(groups)[:3] if groups and not seen.rarely(0.1) else seen.some(seen.units(), 3)
    if len(units) < 2:
        raise NothingToSayError
    data = {"units": [unit.id for unit in units], **_told(seen, units[0].custodian)}
    return Saying(MERGE, data, seen.actor(units[0].custodian))


def repack(seen: Seen) -> Saying:
    """Cartons into bags, or opened."""
    unit = seen.unit(UnitState.RELEASED)
    taken = seen.amount(unit)
    loss = seen.pick([0, 0, min(300, taken["grams"] - 1)])
    made = taken["grams"] - loss - (1 if seen.rarely(0.03) else 0)
    bags = min(40, max(made // 500, 1))
    packed = {"pack": "bag", "grams": made, **({"pieces": bags} if "pieces" in taken else {})}
    into = [packed if seen.rarely(0.7) else {"pack": "piece", "grams": made}]
    reason = {"loss_reason": "drip"} if loss and not seen.rarely() else {}
    return _of(seen, REPACK, unit, **taken, into=into, loss_grams=loss, **reason)


def process(seen: Seen) -> Saying:
    """Goods become other goods."""
    place, units = _at(seen, *PLANTS)
    inputs = seen.portions(units)
    came_in = sum(item["grams"] for item in inputs)
    loss = seen.chance.randint(0, came_in // 10)
    made = max(came_in - loss, 1) + (1 if seen.rarely(0.03) else 0)
    shares = [made] if made < 2 or seen.rarely(0.6) else [made // 2, made - made // 2]
    data = {
        "facility": place.id,
        "inputs": inputs,
        "outputs": [_output(seen, place, grams) for grams in shares],
        "loss_grams": loss,
        **({"loss_reason": "trimming"} if loss and not seen.rarely(0.02) else {}),
        **_told(seen, place.organisation),
    }
    return Saying(PROCESS, data, seen.actor(place.organisation))


def _output(seen: Seen, place: Facility, grams: int) -> Data:
    return {
        "code": seen.code(place.region),
        "product": "冻牛肉块",
        "category": "livestock",
        "specification": "500 g/袋",
        "hs": "0202300090",
        "temperature_class": "frozen",
        "production_batch": "K1",
        "produced_on": "2020-05-20",
        "best_before": "2022-06-01" if seen.rarely(0.03) else "2020-08-27",
        "grams": grams,
        **({"pieces": min(seen.chance.randint(1, 30), grams)} if seen.rarely(0.6) else {}),
    }


def sell(seen: Seen) -> Saying:
    """Over the counter."""
    _, units = _at(seen, *COUNTERS)
    unit = seen.unit() if seen.rarely(0.1) else seen.pick(units)
    return _of(seen, SELL, unit, **seen.amount(unit))


def offer(seen: Seen) -> Saying:
    """Put on sale."""
    place, units = _at(seen, *COUNTERS)
    zone = {"zone": seen.zone(place, "imported")} if place.zones and not seen.rarely() else {}
    return _of(seen, OFFER, seen.pick(units), **zone)


def admit(seen: Seen) -> Saying:
    """A market's gate."""
    places = seen.by_key(FACILITY)
    shipments = [s for s in seen.rows(SHIPMENT) if s.received_at is None and not s.withdrawn]
    to_market = [s for s in shipments if places[s.destination].kind == "market"]
    shipment = seen.pick(seen.rows(SHIPMENT) if seen.rarely(0.1) else to_market)
    data = {"shipment": shipment.id, **_told(seen, shipment.consignee)}
    return Saying(ADMIT, data, seen.actor(shipment.consignee))


def transfer(seen: Seen) -> Saying:
    """It changes its owner."""
    unit = seen.unit()
    to = seen.pick([organisation.id for organisation in seen.organisations()])
    document = {"kind": "contract", "number": "C-1"}
    data = {"unit": seen.unit_id(unit), "to": to, "document": document, **_told(seen, unit.custodian)}
    return Saying(TRANSFER, data, seen.actor(seen.pick([unit.owner, unit.custodian])))


def _used_up(seen: Seen, unit: Unit) -> Data:
    """A little of it, often without a whole pack."""
    amount = seen.amount(unit)
    if amount.get("pieces") and unit.grams > 100 and seen.rarely(0.5):
        return {"pieces": 0, "grams": min(amount["grams"], 100)}
    return amount


def sample(seen: Seen) -> Saying:
    """Taken for a test."""
    unit = seen.unit()
    by: Data = {"by": "own"}
    if seen.rarely(0.4):
        by = {"by": "regulator", **({} if seen.rarely() else {"authority": _authority(seen)})}
    return _of(seen, SAMPLE, unit, **_used_up(seen, unit), **by, purpose="nucleic_acid", samples=["S-1"])


def _authority(seen: Seen) -> int:
    regulators = seen.organisations("regulator")
    return int(seen.pick(seen.organisations() if seen.rarely() else regulators).id)


def destroy(seen: Seen) -> Saying:
    """Destroyed."""
    unit = seen.unit()
    evidence = {"evidence": ["ab" * 32]} if seen.rarely(0.7) else {}
    return _of(seen, DESTROY, unit, **_used_up(seen, unit), method="incineration", **evidence)


def surrender(seen: Seen) -> Saying:
    """Handed to the state."""
    unit = seen.unit()
    return _of(seen, SURRENDER, unit, **seen.amount(unit), authority=_authority(seen), document="没收-1")


def count(seen: Seen) -> Saying:
    """Counted in the store."""
    lying = defaultdict(list)
    for unit in seen.units():
        lying[unit.facility].append(unit)
    place = seen.pick([facility for facility in lying if facility is not None])
    items = [_counted(seen, unit) for unit in seen.some(lying[place], 3)]
    organisation = seen.by_key(FACILITY)[place].organisation
    data = {"facility": place, "items": items, **_told(seen, organisation)}
    return Saying(COUNT, data, seen.actor(organisation))


def _counted(seen: Seen, unit: Unit) -> Data:
    pieces, grams = unit.pieces, unit.grams
    roll = seen.chance.random()
    if roll < 0.3:
        return {"unit": unit.id, "grams": grams, **({} if pieces is None else {"pieces": pieces})}
    if roll < 0.4:
        pieces, grams = None if pieces is None else 0, 0
    else:
        grams = max(grams + seen.chance.randint(-30_000, 30_000), 0)
        pieces = None if pieces is None else max(pieces + seen.chance.randint(-2, 2), 0)
    reason = {} if seen.rarely() else {"reason": "miscounted"}
    return {"unit": unit.id, "grams": grams, **({} if pieces is None else {"pieces": pieces}), **reason}


def find(seen: Seen) -> Saying:
    """Goods that nobody knew of."""
    place = seen.facility()
    pieces = seen.chance.randint(1, 9)
    data = {
        "facility": place.id,
        "zone": seen.zone(place, "quarantine"),
        "how": seen.pick(["found", "seized", "unlabelled"]),
        "circumstances": "in_store",
        "product": "冻品",
        "category": "other",
        "temperature_class": "frozen",
        "grams": pieces * 10_000,
        **({"pieces": pieces} if seen.rarely(0.7) else {}),
        "code": seen.code(place.region),
        **_told(seen, place.organisation),
    }
    return Saying(FIND, data, seen.actor(place.organisation))
