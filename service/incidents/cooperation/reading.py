"""GET routes of co-operation. Who sees which is written down in service/parties/visibility.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from schema.identifiers import prefix
from schema.messages.cooperation import CooperationDetail, CooperationQuery, CooperationView
from service.http.paging import Slice
from service.http.reads import Ask, Read
from service.incidents.cooperation.state import CooperationState, Direction
from service.ledger.statement import instant
from service.parties.shelves import Row, Shelf
from service.storage import query

COOPERATIONS = Shelf("incidents/read_cooperation")
TAG = "incidents"


async def _page(ask: Ask) -> Slice[Row]:
    page = await COOPERATIONS.page(ask, *map(ask.query.get, ("state", "direction", "case")))
    return Slice([_told(row, ask) for row in page.items], page.next)


async def one(ask: Ask) -> Row:
    """What was asked here with the goods that went there; those of another ledger are in its package."""
    found = await COOPERATIONS.one(ask, ask.path["cooperation"])
    goods: Sequence[Row] = []
    if found["direction"] == Direction.ASKED:
        goods = await goods_of(ask.pool, found)
    return {**_told(found, ask), "goods": goods}


async def goods_of(pool: Any, found: Mapping[str, Any]) -> list[Row]:
    """What went to the region that is asked, of the lots that are named."""
    rows = await pool.fetch(query("incidents/read_cooperation.goods"), found["lots"], prefix(found["region"]))
    return [dict(row) for row in rows]


def _told(row: Row, ask: Ask) -> Row:
    waiting = row["state"] != CooperationState.ANSWERED
    return row | {"overdue": waiting and row["due_at"] < instant(ask.now())}


READS: Sequence[Read] = (
    Read("/api/v1/cooperations", "cooperations",
         "What authorities asked of each other, as far as it concerns you, newest first", _page,
         CooperationView, CooperationQuery, cursor=(int,), tag=TAG, past=True),
    Read("/api/v1/cooperations/{cooperation:id}", "cooperation", "One of them with its goods", one,
         CooperationDetail, tag=TAG, past=True),
)  # fmt: skip
