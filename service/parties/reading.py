"""GET routes of the register: who takes part, and one's own vehicles.

What of it may be seen is written down in visibility.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schema.messages import register_views as views
from service.http.keys import REGISTER_KEYS
from service.http.paging import Slice
from service.http.reads import Ask, Read
from service.parties.visibility import not_found, sight
from service.storage import query

_FILE = "parties/read_register"
_TAG = "parties"


def _cursor(ask: Ask) -> int | str | None:
    return ask.page.after[0] if ask.page.after else None


def _registered_as(ask: Ask) -> str | None:
    """What stands in the register for the code that is asked for."""
    uscc = ask.query.get("uscc")
    return None if uscc is None else ask.request.app[REGISTER_KEYS].of(uscc)


async def _page(ask: Ask, name: str, *arguments: object, key: str = "id") -> Slice[dict[str, Any]]:
    rows = await ask.pool.fetch(query(f"{_FILE}.{name}"), *arguments)
    return ask.page.cut([dict(row) for row in rows], lambda row: (row[key],))


async def _one(ask: Ask, name: str, key: int) -> dict[str, Any]:
    """Raises Problem ``request.not-found``."""
    if await ask.pool.fetchval(query(f"{_FILE}.{name}_sees"), *sight(ask.reader), key):
        row = await ask.pool.fetchrow(query(f"{_FILE}.{name}_row"), key)
        if row is not None:
            return dict(row)
    raise not_found()


async def _organisations(ask: Ask) -> Slice[dict[str, Any]]:
    filters = [_registered_as(ask), ask.query.get("name")]
    who = sight(ask.reader)
    return await _page(ask, "organisations_page", *who, _cursor(ask), ask.page.wanted, *filters)


async def _organisation(ask: Ask) -> dict[str, Any]:
    return await _one(ask, "organisations", ask.path["organisation"])


async def _facilities(ask: Ask) -> Slice[dict[str, Any]]:
    filters = [_registered_as(ask), *(ask.query.get(name) for name in ("organisation", "kind"))]
    who = sight(ask.reader)
    return await _page(ask, "facilities_page", *who, _cursor(ask), ask.page.wanted, *filters)


async def _facility(ask: Ask) -> dict[str, Any]:
    return await _one(ask, "facilities", ask.path["facility"])


async def _own(ask: Ask, name: str) -> Slice[dict[str, Any]]:
    who = (str(ask.reader.kind), ask.reader.organisation)
    return await _page(ask, name, *who, _cursor(ask), ask.page.wanted)


async def _vehicles(ask: Ask) -> Slice[dict[str, Any]]:
    return await _own(ask, "vehicles_page")


READS: Sequence[Read] = (
    Read("/api/v1/organisations", "organisations", "Organisations that you may see, or one by its code",
         _organisations, views.OrganisationView, views.OrganisationSearch, cursor=(int,), tag=_TAG),
    Read("/api/v1/organisations/{organisation:id}", "organisation", "An organisation",
         _organisation, views.OrganisationView, tag=_TAG),
    Read("/api/v1/facilities", "facilities", "Facilities that you may see, or those of an exact code",
         _facilities, views.FacilityView, views.FacilityQuery, cursor=(int,), tag=_TAG),
    Read("/api/v1/facilities/{facility:id}", "facility", "A facility with its zones",
         _facility, views.FacilityView, tag=_TAG),
    Read("/api/v1/vehicles", "vehicles", "Your vehicles",
         _vehicles, views.VehicleView, cursor=(int,), personal=True, tag=_TAG),
)  # fmt: skip
