"""Every kind of movement, said once, and how it might have been said instead.

A ``Told`` is made by a function of a fresh scene, so that two scenes tell the same story up to a point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.goods.corrections import CORRECT
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
from service.goods.state import CORRECTION, EDGE, UNIT, Unit, UnitState
from service.ledger import Data, Kind, Statement
from tests.unit.goods.movements.scene import (
    DALIAN_STORE,
    IMPORTED,
    INDEPENDENT,
    QINGDAO,
    QINGDAO_MARKET,
    SHOP,
    WATCH,
    WUHAN,
    WUHAN_SHOP,
    WUHAN_STORE,
    Scene,
    portion,
)


@dataclass(frozen=True)
class Told:
    """What was said ``by`` an organisation, and by a name each how it might have been said ``instead``."""

    kind: Kind
    data: Data
    by: int = QINGDAO
    instead: Mapping[str, Data] = field(default_factory=dict)


Tell = Callable[[Scene], Told]
TELL: dict[str, Tell] = {}


def tells(kind: Kind) -> Callable[[Tell], Tell]:
    def add(tell: Tell) -> Tell:
        TELL[kind.name] = tell
        return tell

    return add


def taken(unit: Unit, pieces: int | None, grams: int, **more: Any) -> Data:
    return {**portion(unit, pieces, grams), **more}


def amounts(make: Callable[[int, int], Data]) -> dict[str, Data]:
    """Of ten pieces and a kilogram four and 400 g were said: more, less, and another weight."""
    return {"more": make(5, 500), "less": make(3, 300), "weight": make(4, 380)}


@tells(SELL)
def _(scene: Scene) -> Told:
    unit, now = scene.unit(10, 1000, at=WUHAN_SHOP), scene.time()

    def sold(pieces: int, grams: int, at: str = now) -> Data:
        return taken(unit, pieces, grams, happened_at=at)

    return Told(SELL, sold(4, 400), SHOP, amounts(sold) | {"time": sold(4, 400, "2020-08-16")})


@tells(SPLIT)
def _(scene: Scene) -> Told:
    unit, now = scene.unit(10, 1000), scene.time()

    def split(*parts: tuple[int, int]) -> Data:
        told = [{"pieces": pieces, "grams": grams} for pieces, grams in parts]
        return {"unit": unit.id, "parts": told, "happened_at": now}

    instead = amounts(lambda pieces, grams: split((pieces, grams), (2, 200)))
    instead |= {"one part": split((4, 400)), "three parts": split((4, 400), (2, 200), (1, 100))}
    return Told(SPLIT, split((4, 400), (2, 200)), instead=instead)


@tells(STORE)
def _(scene: Scene) -> Told:
    unit, now = scene.unit(10, 1000), scene.time()

    def stored(zone: int) -> Data:
        return {"unit": unit.id, "zone": zone, "happened_at": now}

    return Told(STORE, stored(IMPORTED), instead={"zone": stored(INDEPENDENT)})


@tells(SHIP)
def _(scene: Scene) -> Told:
    unit, other, now = scene.unit(10, 1000), scene.unit(20, 3000), scene.time()

    def shipped(pieces: int, grams: int, **changed: Any) -> Data:
        items = [taken(unit, pieces, grams), taken(other, 10, 1500)]
        return scene.ship(unit, items=items, departed_at=now, **changed)

    instead = amounts(shipped) | {
        "destination": shipped(4, 400, to=DALIAN_STORE + 1),
        "purpose": shipped(4, 400, purpose="return"),
        "waybill": shipped(4, 400, waybill={"number": "YD-2"}),
        "one item": scene.ship(unit, items=[taken(unit, 4, 400)], departed_at=now),
    }
    return Told(SHIP, shipped(4, 400), instead=instead)


@tells(RECEIVE)
def _(scene: Scene) -> Told:
    sent = scene.say(SHIP, scene.ship(scene.unit(10, 1000)), QINGDAO)
    unit, now = scene.now_in(sent.outcome["units"][0]), scene.time()

    def received(pieces: int, grams: int, **changed: Any) -> Data:
        item = taken(unit, pieces, grams, reason="damaged")
        return scene.receive(sent, [item], **{"happened_at": now, **changed})

    instead = amounts(received) | {
        "all": received(10, 1000),
        "zone": received(4, 400, zone=IMPORTED),
        "seals": received(4, 400, seals_intact=True),
    }
    return Told(RECEIVE, received(4, 400), WUHAN, instead)


@tells(REJECT)
def _(scene: Scene) -> Told:
    sent = scene.say(SHIP, scene.ship(scene.unit(10, 1000)), QINGDAO)
    unit, now = scene.now_in(sent.outcome["units"][0]), scene.time()

    def rejected(pieces: int, grams: int, reason: str = "damaged") -> Data:
        item = taken(unit, pieces, grams, reason=reason)
        return {"shipment": sent.outcome["shipment"], "items": [item], "happened_at": now}

    instead = amounts(rejected) | {"all": rejected(10, 1000), "reason": rejected(4, 400, "papers")}
    return Told(REJECT, rejected(4, 400), WUHAN, instead)


@tells(PROCESS)
def _(scene: Scene) -> Told:
    unit, other = scene.unit(10, 1000), scene.unit(20, 2000)
    outputs = [scene.output(0), scene.output(0)]
    now = scene.time()

    def processed(pieces: int, grams: int, loss: int = 0, **changed: Any) -> Data:
        made = {**outputs[0], "grams": grams + 500 - loss, **changed}
        inputs = taken(unit, pieces, grams), taken(other, 5, 500)
        told = scene.process(*inputs, outputs=[made], loss_grams=loss, happened_at=now)
        return told | ({"loss_reason": "drip"} if loss else {})

    two = [{**outputs[0], "grams": 600}, {**outputs[1], "grams": 300}]
    instead = amounts(processed) | {
        "loss": processed(4, 400, 50),
        "product": processed(4, 400, product="冻牛肉丁"),
        "two outputs": scene.process(taken(unit, 4, 400), taken(other, 5, 500), outputs=two, happened_at=now),
    }
    return Told(PROCESS, processed(4, 400), instead=instead)


@tells(MERGE)
def _(scene: Scene) -> Told:
    lot = scene.lot()
    units = [scene.unit(pieces, 100 * pieces, lot=lot) for pieces in (10, 5, 3)]
    now = scene.time()

    def merged(*places: int) -> Data:
        return {"units": [units[place].id for place in places], "happened_at": now}

    return Told(MERGE, merged(0, 1), instead={"a third": merged(0, 1, 2), "another": merged(0, 2)})


@tells(REPACK)
def _(scene: Scene) -> Told:
    unit, now = scene.unit(10, 1000), scene.time()

    def repacked(pieces: int, grams: int, pack: str = "bag") -> Data:
        into = [{"pack": pack, "pieces": 2 * pieces, "grams": grams}]
        return taken(unit, pieces, grams, into=into, loss_grams=0, happened_at=now)

    opened = taken(unit, 4, 400, into=[{"pack": "bag", "grams": 400}], loss_grams=0, happened_at=now)
    instead = amounts(repacked) | {"pack": repacked(4, 400, "tray"), "opened": opened}
    return Told(REPACK, repacked(4, 400), instead=instead)


@tells(TRANSFER)
def _(scene: Scene) -> Told:
    unit, now = scene.unit(10, 1000), scene.time()

    def transferred(to: int) -> Data:
        document = {"kind": "contract", "number": "HT-1"}
        return {"unit": unit.id, "to": to, "document": document, "happened_at": now}

    return Told(TRANSFER, transferred(SHOP), instead={"owner": transferred(WUHAN)})


@tells(SAMPLE)
def _(scene: Scene) -> Told:
    unit, now = scene.unit(10, 1000), scene.time()

    def sampled(pieces: int, grams: int, by: str = "own") -> Data:
        told = {"purpose": "quality", "by": by, "samples": ["Y-1"], "happened_at": now}
        return taken(unit, pieces, grams, **told)

    return Told(SAMPLE, sampled(4, 400), instead=amounts(sampled))


@tells(DESTROY)
def _(scene: Scene) -> Told:
    unit, now = scene.unit(10, 1000), scene.time()

    def destroyed(pieces: int, grams: int) -> Data:
        told = {"method": "incineration", "evidence": ["0" * 64], "happened_at": now}
        return taken(unit, pieces, grams, **told)

    return Told(DESTROY, destroyed(4, 400), instead=amounts(destroyed))


@tells(SURRENDER)
def _(scene: Scene) -> Told:
    unit, now = scene.unit(10, 1000), scene.time()

    def surrendered(pieces: int, grams: int) -> Data:
        return taken(unit, pieces, grams, authority=WATCH, document="KY-1", happened_at=now)

    return Told(SURRENDER, surrendered(4, 400), instead=amounts(surrendered))


@tells(COUNT)
def _(scene: Scene) -> Told:
    unit, now = scene.unit(10, 1000), scene.time()

    def counted(pieces: int, grams: int) -> Data:
        item = taken(unit, pieces, grams, reason="missing")
        return {"facility": unit.facility, "items": [item], "happened_at": now}

    instead = amounts(counted) | {"a surplus": counted(12, 1200), "no difference": counted(10, 1000)}
    return Told(COUNT, counted(4, 400), instead=instead)


@tells(FIND)
def _(scene: Scene) -> Told:
    told = scene.found()
    changes = {"grams": 200_000}, {"grams": 260_000, "pieces": 13}, {"product": "冻猪肉"}
    return Told(FIND, told, instead={str(change): told | change for change in changes})


@tells(ADMIT)
def _(scene: Scene) -> Told:
    sent = scene.say(SHIP, scene.ship(scene.unit(10, 1000, at=WUHAN_STORE), QINGDAO_MARKET), WUHAN)
    now = scene.time()

    def admitted(at: str) -> Data:
        return {"shipment": sent.outcome["shipment"], "happened_at": at}

    return Told(ADMIT, admitted(now), instead={"time": admitted(scene.time(seconds=1))})


@tells(OFFER)
def _(scene: Scene) -> Told:
    unit, now = scene.unit(10, 1000, at=WUHAN_SHOP), scene.time()

    def offered(zone: int) -> Data:
        return {"unit": unit.id, "zone": zone, "happened_at": now}

    # The other zones are not for goods on sale: what can be mended is when it was.
    return Told(OFFER, offered(IMPORTED), SHOP, {"time": offered(IMPORTED) | {"happened_at": "2020-08-17"}})


EACH = [(name, word) for name, tell in TELL.items() for word in tell(Scene()).instead]
"""Each kind, and each way in which it might have been said instead."""


def correction(position: int, replacement: Data | None, reason: str = "typing") -> Data:
    return {"position": position, "reason": reason, "replacement": replacement}


def correct(scene: Scene, position: int, replacement: Data | None, by: int) -> Statement:
    return scene.say(CORRECT, correction(position, replacement), by)


POSITIONS = ("version", "placed", "vacated")
"""Columns that say which statement it was."""


def state(scene: Scene) -> dict[str, dict[Any, Any]]:
    """Every row that may change, without its version; those that were withdrawn are as if not there."""
    found: dict[str, dict[Any, Any]] = {}
    for name, projection in scene.history.projections.items():
        if projection.log or projection is CORRECTION or not projection.kept:
            continue
        columns = [column for column in projection.columns if column not in POSITIONS]
        rows = scene.history.world.table(projection)
        found[name] = {
            key: {column: getattr(row, column) for column in columns}
            for key, row in rows.items()
            if not _is_withdrawn(row)
        }
    return found


def _is_withdrawn(row: Any) -> bool:
    if isinstance(row, Unit):
        return row.state == UnitState.WITHDRAWN
    return bool(getattr(row, "withdrawn", False))


def demand_conservation(scene: Scene) -> None:
    """Every account balances, nothing is negative, and the edges that stand sum to the accounts."""
    superseded = {row.position for row in scene.history.rows(CORRECTION)}
    edges = [edge for edge in scene.history.rows(EDGE) if edge.version not in superseded]
    for unit in scene.history.rows(UNIT):
        went = unit.out_grams, unit.loss_grams, unit.sample_grams, unit.destroyed_grams
        assert unit.in_grams == unit.grams + sum(went), unit
        assert min(unit.in_grams, unit.grams, *went) >= 0, unit
        assert unit.out_grams == sum(edge.grams for edge in edges if edge.parent == unit.id), unit
        came = [edge.grams for edge in edges if edge.child == unit.id]
        assert not came or unit.in_grams >= sum(came), unit
        if unit.in_pieces is not None:
            gone = (unit.out_pieces, unit.loss_pieces, unit.sample_pieces, unit.destroyed_pieces)
            assert unit.in_pieces == (unit.pieces or 0) + sum(each or 0 for each in gone), unit
            assert (unit.pieces == 0) == (unit.grams == 0), unit
