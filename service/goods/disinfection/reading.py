"""GET routes of disinfections. Who sees which is written down in service/parties/visibility.py."""

from __future__ import annotations

from collections.abc import Sequence

from schema.messages.disinfection import DisinfectionQuery, DisinfectionView
from service.http.paging import Slice
from service.http.reads import Ask, Read
from service.parties.shelves import Row, Shelf

DISINFECTIONS = Shelf("goods/read_disinfections")


async def _disinfections(ask: Ask) -> Slice[Row]:
    filters = map(ask.query.get, ("subject", "target", "facility", "accepted"))
    return await DISINFECTIONS.page(ask, *filters)


async def _disinfection(ask: Ask) -> Row:
    return await DISINFECTIONS.one(ask, ask.path["disinfection"])


READS: Sequence[Read] = (
    Read("/api/v1/disinfections", "disinfections", "Disinfections of yours or in your region, newest first",
         _disinfections, DisinfectionView, DisinfectionQuery, cursor=(int,), past=True),
    Read("/api/v1/disinfections/{disinfection:id}", "disinfection", "A disinfection", _disinfection,
         DisinfectionView, past=True),
)  # fmt: skip
