"""Lists to choose from, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from schema.clock import CHINA
from service.web.formats import kilograms, number
from service.web.forms import Option
from service.web.visits import Visit

_FACILITIES = 200


def words(visit: Visit, group: str, values: Iterable[str]) -> tuple[Option, ...]:
    """A closed set, each value under its name."""
    return tuple(Option(value, visit.t(f"{group}.{value}")) for value in values)


def yes_no(visit: Visit) -> tuple[Option, ...]:
    """Yes or no."""
    return words(visit, "answer", ("yes", "no"))


def named(visit: Visit, thing: Mapping[str, Any]) -> str:
    """The name of an organisation or a place in the visit's language; its number where that is private."""
    return str((visit.language == "en" and thing["name_en"]) or thing["name"] or f"#{thing['id']}")


def product(visit: Visit, lot: Mapping[str, Any]) -> str:
    """What the goods of a lot are, in the visit's language."""
    return str((visit.language == "en" and lot["product_en"]) or lot["product"])


def facilities(visit: Visit, rows: Iterable[Mapping[str, Any]]) -> tuple[Option, ...]:
    """Places by their ids, with what they are."""
    return tuple(
        Option(str(row["id"]), f"{named(visit, row)} · {visit.t('facility_kind.' + row['kind'])}")
        for row in rows
    )


def vehicle(visit: Visit, row: Mapping[str, Any]) -> str:
    """A vehicle by its plate; by its number where that may not be read."""
    return f"{visit.t('vehicle_kind.' + row['kind'])} {row['plate'].get('value', row['id'])}"


def zones(visit: Visit, facility: Mapping[str, Any], kinds: Iterable[str]) -> tuple[Option, ...]:
    """The open zones of a place that are for ``kinds``, by their numbers."""
    wanted = frozenset(kinds)
    return tuple(
        Option(str(zone["no"]), f"{zone['no']} · {zone['name']} · {visit.t('zone_kind.' + zone['kind'])}")
        for zone in facility["zones"]
        if zone["kind"] in wanted and not zone["closed"]
    )


async def own_facilities(visit: Visit) -> list[dict[str, Any]]:
    """The places of the reader's organisation that are in service."""
    listing = await visit.ask_list(
        "facilities", {"organisation": str(visit.reader.organisation)}, limit=_FACILITIES
    )
    return [row for row in listing.items if row["active"]]


def now() -> str:
    """This minute by China's clock, as a form's clock field writes it."""
    return f"{datetime.now(UTC).astimezone(CHINA):%Y-%m-%dT%H:%M}"


def today() -> str:
    """This day in China."""
    return now()[:10]


def amount(visit: Visit, pieces: int | None, grams: int) -> str:
    """So many pieces and so much weight."""
    weight = visit.t("format.kilograms", kg=kilograms(grams))
    return weight if pieces is None else f"{visit.t('format.pieces', count=number(pieces))} · {weight}"


def unit_line(visit: Visit, unit: Mapping[str, Any]) -> str:
    """A unit to choose: which lot, how much of it, where."""
    place = named(visit, unit["facility"]) if unit["facility"] else visit.t("unit_state.in_transit")
    held = amount(visit, unit["pieces"], unit["grams"])
    return f"{product(visit, unit['lot'])} · {held} · {place} · {visit.t('unit.number', id=unit['id'])}"
