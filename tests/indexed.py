"""The trace index's arrays made of the rows of a history, without a database; and questions asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from service.goods.disinfection import DISINFECTION
from service.goods.state import CORRECTION, EDGE, LOT, SHIPMENT, UNIT, MovementKind
from service.goods.whereabouts import HANDLING, STAY
from service.ledger.history import SUPERSEDED
from service.parties import FACILITY
from service.tracing.exposure.question import Answer, Question
from service.tracing.index.arrays import Arrays
from service.tracing.index.columns import NONE
from service.tracing.index.exposure import Seeds, answer, exposed
from service.tracing.index.grounds import Grounds
from service.tracing.index.rows import few
from service.tracing.index.units import STATES
from tests.anything.seen import Rows
from tests.exposed import Exposed

Row = dict[str, Any]
_MIXES = {MovementKind.PROCESS: 1, MovementKind.REPACK: 2}


class Indexed:
    """Arrays that follow a history: what was written from a position on is taken in, as a follower does."""

    def __init__(self) -> None:
        self.arrays = Arrays()
        self.grounds = Grounds(self.arrays)

    def follow(self, rows: Rows, position: int) -> None:
        """Take in whatever was recorded up to, and without, a position."""
        arrays, since = self.arrays, self.arrays.position
        new = {p.name: [row for row in rows(p) if row.version >= since] for p in _FOLLOWED}
        arrays.put("lot_ids", few("lot_ids", ({"id": lot.id} for lot in new[LOT.name])))
        for name, columns in _columns(new).items():
            arrays.put(name, few(name, columns))
        arrays.handlings.put([asdict(row) for row in new[HANDLING.name]], arrays.nodes)
        arrays.link()
        arrays.position = position
        zones = [
            {"facility": place.id, "zone": zone["no"], "kind": zone["kind"]}
            for place in new[FACILITY.name]
            for zone in place.zones
        ]
        old = [each for each in rows(SUPERSEDED) if each.stream == DISINFECTION.name and each.since >= since]
        forms = [each.row for each in old] + [asdict(row) for row in new[DISINFECTION.name]]
        self.grounds.put(zones, sorted(forms, key=lambda form: form["version"]), position)

    def ask(self, rows: Rows, asked: Question) -> Answer:
        """The answer; where it begins is told by the oracle, for that is SQL's affair."""
        walk = Exposed(rows, asked, cuts=True)
        units, lots = walk.seeds()
        ring = list(walk.ring(lots))
        seeds = Seeds(
            self.arrays.nodes.find(np.array(sorted(units), np.int64)),
            self.arrays.nodes.find(np.array([unit for unit, _ in ring], np.int64)),
            np.array([tier for _, tier in ring], np.int64),
            self.grounds.place(asked),
        )
        return answer(asked, exposed(self.grounds, asked, seeds))


_FOLLOWED = (LOT, SHIPMENT, UNIT, EDGE, CORRECTION, STAY, HANDLING, FACILITY, DISINFECTION)


def _known(value: int | None) -> int:
    return NONE if value is None else value


def _columns(new: Mapping[str, list[Any]]) -> Mapping[str, list[Row]]:
    """Rows as the queries of the index give them."""
    return {
        "shipments": [{"id": row.id, "vehicle": _known(row.vehicle)} for row in new[SHIPMENT.name]],
        "units": [_unit(row) for row in new[UNIT.name]],
        "edges": [_edge(row) for row in new[EDGE.name]],
        "corrections": [
            {
                "position": row.position,
                "correction": row.correction,
                "excluded_in": NONE if row.excluded_by is None else row.version,
            }
            for row in new[CORRECTION.name]
        ],
        "stays": [{name: _known(value) for name, value in asdict(row).items()} for row in new[STAY.name]],
    }


def _unit(row: Any) -> Row:
    told = {name: _known(value) for name, value in asdict(row).items()}
    return told | {
        "state": STATES.index(row.state),
        "sealed": int(row.packaging == "sealed"),
        "there": int(row.until is None),
    }


def _edge(row: Any) -> Row:
    return asdict(row) | {"mixes": _MIXES.get(row.kind, 0), "pieces": _known(row.pieces)}
