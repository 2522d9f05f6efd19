"""What goods are in the ledger's eyes: arrivals, lots, units, papers, releases, shipments, and their edges.

Quantities are integers: pieces of the named pack level, and grams. A unit's account always balances:
``in = on hand + out + loss + samples + destroyed``, in grams and, where it counts them, in pieces; nothing is
ever negative.
Moments are text as said (schema.moments): a day or a minute with its offset.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from schema.messages.written import COLD_CHAIN_IMPORT
from service.ledger import Projection


class Paper(StrEnum):
    """The three certificates, the customs declaration, and what other goods come with."""

    QUARANTINE = "quarantine"
    NUCLEIC_ACID = "nucleic_acid"
    DISINFECTION = "disinfection"
    CUSTOMS_DECLARATION = "customs_declaration"
    ORIGIN = "origin"
    QUALITY_TEST = "quality_test"


class UnitState(StrEnum):
    """Where a unit stands between the port and the plate. Holds cut across (service/incidents)."""

    QUARANTINED = "quarantined"
    RELEASED = "released"
    IN_TRANSIT = "in_transit"
    SOLD = "sold"
    SURRENDERED = "surrendered"
    WITHDRAWN = "withdrawn"


class Packaging(StrEnum):
    """Whether the packs are as they were packed; of opened packs only grams count."""

    SEALED = "sealed"
    OPENED = "opened"


class Pack(StrEnum):
    """The pack level that a unit's pieces count."""

    CARTON = "carton"
    BAG = "bag"
    TRAY = "tray"
    PIECE = "piece"
    DRUM = "drum"
    BLOCK = "block"
    PALLET = "pallet"


class Purpose(StrEnum):
    """What goods are shipped for. Held goods go to quarantine or disposal only."""

    TRADE = "trade"
    RETURN = "return"
    QUARANTINE = "quarantine"
    DISPOSAL = "disposal"


class MovementKind(StrEnum):
    """Why goods went from one unit to another."""

    RELEASE = "release"
    SHIP = "ship"
    RECEIVE = "receive"
    SPLIT = "split"
    MERGE = "merge"
    REPACK = "repack"
    PROCESS = "process"
    RETURN = "return"
    REJECT = "reject"
    SELL = "sell"
    SURRENDER = "surrender"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A container, or a load without one, announced to a first station. The root of a family of lots.

    ``regime`` says under which policies its goods come; ``registered_grams`` is what of it was registered.
    ``opened_in`` is the position at which its opening was recorded.
    """

    id: int
    organisation: int
    facility: int
    source: str
    container: str | None
    seal: str | None
    voyage: str | None
    importer: str
    port: str
    entry_on: str
    expected_at: str
    opened_at: str | None
    seal_intact: bool | None
    details: dict[str, Any]
    version: int
    regime: str = COLD_CHAIN_IMPORT
    registered_grams: int = 0
    withdrawn: bool = False
    opened_in: int | None = None


@dataclass(frozen=True, slots=True)
class Lot:
    """What one batch code means: made at first registration or a transformation, never changed by shipping.

    ``parents`` are the lots that a transformation took; ``arrival`` is None then. ``certificates`` are keys.
    Of goods that were found or seized without papers, what nobody knows is None.
    """

    id: int
    family: int
    code: str
    organisation: int
    facility: int
    arrival: int | None
    parents: list[int]
    product: str
    product_en: str | None
    category: str
    specification: str
    hs: str | None
    gtin: str | None
    temperature_class: str
    country: str | None
    establishment: str | None
    production_batch: str | None
    produced_on: str | None
    best_before: str | None
    received_at: str
    pieces: int | None
    grams: int
    released_pieces: int
    released_grams: int
    certificates: list[str]
    details: dict[str, Any]
    version: int
    regime: str = COLD_CHAIN_IMPORT
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A parcel of one lot in one custody. Made by one statement; from then on it only shrinks.

    ``owner`` may be another than ``custodian``, who keeps it. ``pieces`` count packs of the level ``pack``;
    the columns are None where the packs were opened and only grams count. ``facility`` is None in transit.
    A sold unit stays with its seller's names, on hand as what was sold; a withdrawn one is as if never
    made. ``holds`` are ids of holds that it bears itself, those that were lifted included.

    Where it stays, or stayed last, it has been from the second ``since`` (UTC, since 1970), as the statement
    at ``placed`` says, to the second ``until``, as the one at ``vacated`` says: None while it is there
    (whereabouts.py keeps these four; stays that ended are rows of their own).
    """

    id: int
    lot: int
    family: int
    owner: int
    custodian: int
    facility: int | None
    zone: int | None
    region: str
    state: str
    shipment: int | None
    pack: str
    packaging: str
    in_pieces: int | None
    in_grams: int
    pieces: int | None
    grams: int
    out_pieces: int | None
    out_grams: int
    loss_pieces: int | None
    loss_grams: int
    sample_pieces: int | None
    sample_grams: int
    destroyed_pieces: int | None
    destroyed_grams: int
    holds: list[int]
    made_at: str
    version: int
    since: int = 0
    placed: int = 0
    until: int | None = None
    vacated: int | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """Goods that went from a parent to a child: units, or the node of a transformation between them.

    It happened in the seconds from ``earliest`` to ``latest`` (UTC, since 1970).
    """

    id: int
    parent: int
    child: int
    family: int
    kind: str
    pieces: int | None
    grams: int
    happened_at: str
    version: int
    earliest: int = 0
    latest: int = 0


@dataclass(frozen=True, slots=True)
class Certificate:
    """A paper, known by ``issuer/number``. Released never exceeds what it certifies (``pieces``, ``grams``).

    ``happened_at`` is when it was sampled or disinfected. ``covers`` is what it says of the goods, and
    ``named_grams`` the registered net weight of all ``lots`` that it names, to compare that with.
    """

    key: str
    id: int
    kind: str
    issuer: str
    number: str
    organisation: int
    issued_on: str
    valid_until: str | None
    happened_at: str | None
    result: str | None
    inner_sample: bool
    sampled_where: str | None
    pieces: int | None
    grams: int | None
    released_pieces: int
    released_grams: int
    lots: list[int]
    named_grams: int
    file: str | None
    covers: dict[str, Any]
    details: dict[str, Any]
    version: int
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A scanned paper by its SHA-256, and the certificates that it shows."""

    sha256: str
    certificates: list[str]
    version: int


@dataclass(frozen=True, slots=True)
class Release:
    """A release with its exit certificate, found by ``code`` without an account."""

    id: int
    code: str
    lot: int
    unit: int
    organisation: int
    facility: int
    pieces: int | None
    grams: int
    certificates: list[str]
    happened_at: str
    version: int
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Shipment:
    """Units on the road from one facility to another, with the waybill; open until received.

    ``passes`` is whether the consignee becomes the owner, too: a third-party store keeps what others own.
    ``admitted_at`` is when a market's gate let it in.
    """

    id: int
    consignor: int
    consignee: int
    origin: int
    destination: int
    units: list[int]
    vehicle: int | None
    waybill: dict[str, Any]
    departed_at: str
    received_at: str | None
    purpose: str
    passes: bool
    withdrawn: bool
    version: int
    admitted_at: str | None = None


@dataclass(frozen=True, slots=True)
class Parentage:
    """A lot that was made of another one, or registered from an arrival."""

    id: int
    parent: int
    child: int
    version: int


@dataclass(frozen=True, slots=True)
class Reliance:
    """A release of a lot, and a certificate that carried part of it; None where it needed no paper."""

    id: int
    release: int
    lot: int
    certificate: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Correction:
    """The statement at ``position`` was corrected by the one at ``correction``.

    Corrections form a chain that begins at ``root``, a statement of ``kind`` by ``author``: who corrects a
    correction names its position. ``withdrawn``: nothing stands in its place. What it moved stays in traces,
    marked, until an authority excludes it.
    """

    position: int
    correction: int
    root: int
    kind: str
    organisation: int
    author: int
    reason: str
    withdrawn: bool
    corrected_at: str
    excluded_by: int | None
    excluded_at: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file, by its SHA-256, that shows what happened to a unit: whoever sees the unit may see it."""

    id: int
    unit: int
    lot: int
    kind: str
    file: str
    happened_at: str
    version: int


@dataclass(frozen=True, slots=True)
class Event:
    """A line in a lot's history: the statement at ``id // 1000`` touched ``lot``."""

    id: int
    lot: int
    kind: str
    organisation: int
    facility: int | None
    happened_at: str
    version: int


ARRIVAL = Projection(Arrival, name="arrival", queries="goods/arrival", history="id")
LOT = Projection(Lot, name="lot", queries="goods/lot", history="id")
UNIT = Projection(Unit, name="unit", queries="goods/unit", history="id")
EDGE = Projection(Edge, name="edge", queries="goods/edge", log=True)
LEAVING = EDGE.index("leaving", by="parent")
PARENTAGE = Projection(Parentage, name="parentage", queries="goods/parentage", log=True)
MADE_OF = PARENTAGE.index("made_of", by="parent")
CERTIFICATE = Projection(
    Certificate, name="certificate", queries="goods/certificate", key="key", history="id"
)
PAPER_FILE = Projection(PaperFile, name="file", queries="goods/paper_file", key="sha256")
RELEASE = Projection(Release, name="release", queries="goods/release", history="id")
RELIANCE = Projection(Reliance, name="reliance", queries="goods/reliance", log=True)
RELEASES_OF = RELIANCE.index("of_lot", by="lot")
RELEASED_ON = RELIANCE.index("on_certificate", by="certificate")
CORRECTION = Projection(
    Correction, name="correction", queries="goods/correction", key="position", history="position"
)
SHIPMENT = Projection(Shipment, name="shipment", queries="goods/shipment", history="id")
EVENT = Projection(Event, name="event", queries="goods/event", log=True)
EVIDENCE = Projection(Evidence, name="evidence", queries="goods/evidence", log=True)
