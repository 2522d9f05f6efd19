"""What the public may know of a code: a white list, one value for the page and for the JSON.

Nothing here names a business that had the goods (only who issued a certificate), a container or a
quantity. The route is that of the batch, by cities and kinds of place, because a code says which batch a
carton is of and not which way it went.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.ledger.store import Connection
from service.storage import query

SHOWN = 4
"""Last characters of a certificate's number that are shown: enough to compare, too few to copy."""


@dataclass(frozen=True, slots=True)
class ConsumerCertificate:
    """A certificate of the batch; the number is masked."""

    kind: str
    issuer: str
    number: str
    issued_on: str
    result: str | None


@dataclass(frozen=True, slots=True)
class RoutePlace:
    """A city (six digits) and a kind of place (service.parties.state.FacilityKind)."""

    region: str
    kind: str


@dataclass(frozen=True, slots=True)
class PublicRecall:
    """That goods of the batch are called back, of which the public is told: how gravely, why, since when."""

    level: int
    reason: str
    ordered_on: str


@dataclass(frozen=True, slots=True)
class ConsumerView:
    """All that is shown of a code. ``state`` is ``quarantined``, ``released`` or ``held``."""

    code: str
    level: str
    serial: int
    batch: str
    gtin: str | None
    product: str
    product_en: str | None
    category: str
    specification: str
    temperature_class: str
    country: str | None
    establishment: str | None
    production_batch: str | None
    produced_on: str | None
    best_before: str | None
    port: str | None
    entry_on: str | None
    state: str
    certificates: tuple[ConsumerCertificate, ...]
    route: tuple[RoutePlace, ...]
    recall: PublicRecall | None = None


def masked(number: str) -> str:
    """A number with all but its last characters hidden; a short one is hidden whole."""
    shown = number[-SHOWN:] if len(number) > 2 * SHOWN else ""
    return "•" * (len(number) - len(shown)) + shown


async def consumer_view(conn: Connection, code: str) -> ConsumerView | None:
    """What the public may know of ``code`` (20 characters), or None where it was never issued."""
    row = await conn.fetchrow(query("codes/consumer.facts"), code)
    if row is None:
        return None
    facts = dict(row)
    lot, released, held = facts.pop("lot"), facts.pop("released"), facts.pop("held")
    papers = await conn.fetch(query("codes/consumer.certificates"), lot)
    places = await conn.fetch(query("codes/consumer.route"), lot)
    recall = await conn.fetchrow(query("codes/consumer.recall"), lot)
    return ConsumerView(
        **facts,
        state="held" if held else "released" if released else "quarantined",
        certificates=tuple(
            ConsumerCertificate(**{**paper, "number": masked(paper["number"])}) for paper in map(dict, papers)
        ),
        route=tuple(RoutePlace(place["region"], place["kind"]) for place in places),
        recall=None if recall is None else PublicRecall(**recall),
    )
