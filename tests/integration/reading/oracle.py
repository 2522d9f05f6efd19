"""The rules of visibility and tracing once more, as plainly as they can be said: loops over all rows.

Slow on purpose. It follows service/parties/visibility.py and service/tracing/accounts.py, not their SQL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from service.goods.state import Edge, Unit
from service.http.readers import Reader, ReaderKind
from service.tracing.walk import Direction
from tests.integration.reading.trade import Trade, organisations, region_of


def sees_unit(trade: Trade, reader: Reader, key: int) -> bool:
    """Whether ``reader`` sees a unit."""
    unit = trade.units.get(key)
    if unit is None:
        return False
    if reader.kind is ReaderKind.ORGANISATION:
        return reader.organisation in (unit.owner, unit.custodian) or _comes_to(trade, reader, unit)
    return sees_lot(trade, reader, unit.lot)


def _comes_to(trade: Trade, reader: Reader, unit: Unit) -> bool:
    return unit.shipment is not None and trade.shipments[unit.shipment].consignee == reader.organisation


def sees_lot(trade: Trade, reader: Reader, key: int) -> bool:
    """Whether ``reader`` sees a lot."""
    if key not in trade.lots:
        return False
    match reader.kind:
        case ReaderKind.AUDITOR:
            return True
        case ReaderKind.ORGANISATION:
            return _business_sees_lot(trade, reader, key)
        case ReaderKind.REGULATOR:
            return any(in_region(trade, reader, lot) for lot in _related(trade, key))
        case _:
            return False


def _business_sees_lot(trade: Trade, reader: Reader, key: int) -> bool:
    lot = trade.lots[key]
    importer = None if lot.arrival is None else trade.arrivals[lot.arrival].importer
    mine = next(each.uscc for each in organisations() if each.id == reader.organisation)
    return (
        lot.organisation == reader.organisation
        or importer == mine
        or any(sees_unit(trade, reader, unit.id) for unit in trade.units.values() if unit.lot == key)
    )


def in_region(trade: Trade, reader: Reader, lot: int) -> bool:
    """Whether goods of a lot are, were or are coming into the regulator's region."""
    return any(
        unit.region.startswith(reader.region)
        or (
            unit.shipment is not None
            and region_of(trade.shipments[unit.shipment].consignee).startswith(reader.region)
        )
        for unit in trade.units.values()
        if unit.lot == lot
    )


def _related(trade: Trade, key: int) -> set[int]:
    """The lot, all that it was made of, and all that was made of it."""
    above, below = {key}, {key}
    for _ in trade.lots:
        above |= {parent for lot in above for parent in trade.lots[lot].parents}
        below |= {lot.id for lot in trade.lots.values() if below & set(lot.parents)}
    return above | below


def sees_shipment(trade: Trade, reader: Reader, key: int) -> bool:
    """Whether ``reader`` sees a shipment."""
    shipment = trade.shipments.get(key)
    if shipment is None:
        return False
    match reader.kind:
        case ReaderKind.AUDITOR:
            return True
        case ReaderKind.ORGANISATION:
            aboard = {trade.units[unit].owner for unit in shipment.units}
            return reader.organisation in {shipment.consignor, shipment.consignee, *aboard}
        case ReaderKind.REGULATOR:
            ends = (shipment.consignor, shipment.consignee)
            return any(region_of(end).startswith(reader.region) for end in ends) or any(
                sees_unit(trade, reader, unit) for unit in shipment.units
            )
        case _:
            return False


def reached(trade: Trade, reader: Reader, start: Iterable[int], direction: Direction) -> set[int]:
    """Units and nodes that a trace reaches, by asking every edge again until nothing is new."""
    found = set(start)
    while True:
        new = {there for here, there in _steps(trade.edges, direction) if here in found} - found
        new = {node for node in new if _walks_on(trade, reader, node)}
        if not new:
            return {node for node in found if node not in trade.units or sees_unit(trade, reader, node)}
        found |= new


def _steps(edges: list[Edge], direction: Direction) -> Iterable[tuple[int, int]]:
    for edge in edges:
        if direction is Direction.DOWNSTREAM:
            yield edge.parent, edge.child
        else:
            yield edge.child, edge.parent


def _walks_on(trade: Trade, reader: Reader, node: int) -> bool:
    if reader.kind is not ReaderKind.ORGANISATION or node not in trade.units:
        return True
    return sees_unit(trade, reader, node)


def grams_by_lot(trade: Trade, nodes: set[int]) -> dict[int, Counter[str]]:
    """The account of each lot in grams, edge by edge and unit by unit."""
    result: dict[int, Counter[str]] = {}
    into_packs: Counter[int] = Counter()
    for unit in (trade.units[node] for node in nodes if node in trade.units):
        account = result.setdefault(unit.lot, Counter())
        account["entered"] += unit.in_grams
        account[unit.state] += unit.grams
        account["lost"] += unit.loss_grams
        account["sampled"] += unit.sample_grams
        account["destroyed"] += unit.destroyed_grams
        for edge in trade.edges:
            if edge.parent == unit.id:
                inside = edge.child in nodes and edge.child in trade.units
                to_node = {"process": "processed", "repack": "packed"}.get(edge.kind, "delivered")
                account["within" if inside else to_node] += edge.grams
        into_packs[unit.lot] += _out_of_packs(trade, nodes, unit)
    for lot, account in result.items():
        packed = account.pop("packed", 0)
        passed = min(packed, into_packs[lot])
        account["entered"] -= account.pop("within", 0) + passed
        account["lost"] += packed - passed
    return result


def _out_of_packs(trade: Trade, nodes: set[int], unit: Unit) -> int:
    """Grams of a unit that came out of repacking which the walk went into."""
    came = [edge for edge in trade.edges if edge.child == unit.id and edge.kind == "repack"]
    walked = {edge.child for edge in trade.edges if edge.parent in nodes and edge.parent in trade.units}
    return sum(edge.grams for edge in came if edge.parent in walked)


def holders(trade: Trade, nodes: set[int], lot: int) -> Counter[tuple[int, str, bool]]:
    """Grams on hand by keeper, state and whether they are of a derived lot."""
    found: Counter[tuple[int, str, bool]] = Counter()
    for unit in (trade.units[node] for node in nodes if node in trade.units):
        if unit.grams and unit.state != "in_transit":
            found[unit.custodian, unit.state, unit.lot != lot] += unit.grams
    return found


def on_road(trade: Trade, nodes: set[int], lot: int) -> Counter[tuple[int, bool]]:
    """Grams on the road by shipment and whether they are of a derived lot."""
    found: Counter[tuple[int, bool]] = Counter()
    for unit in (trade.units[node] for node in nodes if node in trade.units):
        if unit.grams and unit.state == "in_transit" and unit.shipment is not None:
            found[unit.shipment, unit.lot != lot] += unit.grams
    return found
