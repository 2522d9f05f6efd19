"""Who takes part: organisations, facilities with zones, vehicles, users, tokens; and the policies in force.

All of it is reference data of the ledger: few rows that change rarely.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from schema.messages.policies import DEFAULT_KIND
from service.ledger import Projection


class Role(StrEnum):
    """What an organisation may do here."""

    PLATFORM = "platform"
    REGULATOR = "regulator"
    AUDITOR = "auditor"
    FIRST_STATION = "first_station"
    COLD_STORE = "cold_store"
    PROCESSOR = "processor"
    WHOLESALER = "wholesaler"
    RETAILER = "retailer"
    CARRIER = "carrier"
    IMPORTER = "importer"


class FacilityKind(StrEnum):
    """Filed places. Only a first-station store or central warehouse may take goods from a port first."""

    FIRST_STATION = "first_station"
    CENTRAL_WAREHOUSE = "central_warehouse"
    THIRD_PARTY_STORE = "third_party_store"
    OWN_USE_STORE = "own_use_store"
    PROCESSING_PLANT = "processing_plant"
    MARKET = "market"
    SHOP = "shop"
    RESTAURANT = "restaurant"


FIRST_STATIONS = frozenset({FacilityKind.FIRST_STATION, FacilityKind.CENTRAL_WAREHOUSE})
"""The only places where goods from a port or another province may be stored first."""


class ZoneKind(StrEnum):
    """What a zone is dedicated to: goods before release, released imported goods, domestic goods."""

    QUARANTINE = "quarantine"
    IMPORTED = "imported"
    DOMESTIC = "domestic"
    INDEPENDENT = "independent"


BEFORE_RELEASE = frozenset({ZoneKind.QUARANTINE, ZoneKind.INDEPENDENT})
"""Where goods may lie until they are released."""


class Keeper(StrEnum):
    """Who may put a place out of service: its own manager, or the regulator of its region. Each lets it work
    again only as far as it stopped it."""

    OWNER = "owner"
    AUTHORITY = "authority"


class UserRole(StrEnum):
    """A manager also registers users, tokens and facilities of the own organisation."""

    MANAGER = "manager"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A legal body. ``region`` is where it is seated; for a regulator, its jurisdiction (``210100``).

    A sole trader's name is personal: ``name`` is empty here and the statement holds a commitment to it.
    """

    id: int
    uscc: str
    name: str
    name_en: str | None
    roles: list[str]
    region: str
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class UsccHolder:
    """Which organisation a social credit code belongs to: one only."""

    uscc: str
    organisation: int
    version: int


@dataclass(frozen=True, slots=True)
class Facility:
    """A filed place.

    ``zones`` are ``{"no": 1, "name": "…", "kind": ZoneKind, "edition": 7, "from": [], "closed": False}``:
    ``edition`` is the position that defined the zone, ``from`` the zones that it was made of. A number is
    given once; a zone that was re-partitioned stays on the list, closed. ``suspended`` names each keeper who
    stopped the place and ``reason`` is the last one given; ``closed`` is for good. ``active`` is neither.
    """

    id: int
    organisation: int
    kind: str
    name: str
    name_en: str | None
    region: str
    address: str
    filing: str | None
    zones: list[dict[str, Any]]
    active: bool
    version: int
    closed: bool = False
    suspended: list[str] = field(default_factory=list)
    reason: str | None = None
    began_on: str | None = None


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle of a carrier or store; its plate is personal and stands here as a commitment. One that was
    retired is not active and never will be."""

    id: int
    organisation: int
    kind: str
    plate: dict[str, str]
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class User:
    """A person who signs in; login, name and password are outside the ledger."""

    id: int
    organisation: int
    role: str
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class Token:
    """An organisation's API token; only its digest is kept, outside the ledger.

    ``networks`` are those that it may be used from (CIDR; none: any), ``expires_at`` is an instant,
    ``issued_by`` the user who issued it (None: another token did). ``signs`` says that a device has a key for
    it: it says nothing unsigned any more, also when the key is revoked.
    """

    id: int
    organisation: int
    scopes: list[str]
    networks: list[str]
    expires_at: str
    issued_by: int | None
    active: bool
    version: int
    signs: bool = False


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """The key of a device that signs what a token says: Ed25519, the public half in base64.

    ``device`` is a word and ``number`` the operator's own, where devices are numbered. ``origin`` is the name
    of the ledger that the key was registered in, and so signs for.
    """

    id: int
    organisation: int
    token: int
    public_key: str
    device: str
    number: int | None
    origin: str
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class Policies:
    """What judging needs of the policies of a region prefix (``""`` is everywhere), of all regimes.

    ``editions`` are ``{"position", "regime", "begins", "ends", "document"}``: of each regime the one that
    began last and those that will begin; earlier ones are kept as :class:`Edition`. Instants are recorded
    times as text, ``ends`` may be None.
    """

    region: str
    editions: list[dict[str, Any]]
    version: int


@dataclass(frozen=True, slots=True)
class Edition:
    """A policy that was enacted, by its position; kept for ever. A withdrawn one never began."""

    id: int
    region: str
    regime: str
    begins: str
    ends: str | None
    document: dict[str, Any]
    organisation: int
    enacted_at: str
    withdrawn_at: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy in force somewhere at a time; no row. Statements name its ``version``: where it was enacted.

    ``document`` says everything: what the enacted one leaves out has its default.
    """

    region: str
    regime: str
    document: dict[str, Any]
    version: int

    def back_dating_days(self, kind: str) -> int:
        """How far back a statement of ``kind`` may be dated."""
        days: int | dict[str, int] = self.document["back_dating_days"]
        if isinstance(days, int):
            return days
        return days.get(kind, days[DEFAULT_KIND])


class PersonKind(StrEnum):
    """What a person is here; ``statement`` is whoever one speaks of who is not registered."""

    USER = "user"
    STAFF = "staff"
    ORGANISATION = "organisation"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who touches goods; who it is stands outside the ledger.

    ``tests`` are the newest ones, at most one a day of each kind: ``{"test", "on", "clears"}``, oldest first.
    """

    id: int
    organisation: int
    role: str
    facility: int | None
    tests: list[dict[str, Any]]
    vaccinated_on: str | None
    left_on: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Shift:
    """Who was assigned to work where and when."""

    id: int
    organisation: int
    facility: int
    zone: int | None
    bay: str | None
    crew: list[int]
    begins_at: str
    ends_at: str
    version: int


@dataclass(frozen=True, slots=True)
class Person:
    """Whose personal data were erased, or are kept for cases. ``key`` is ``kind/subject``; ``erased`` is the
    position of the newest erasure."""

    key: str
    kind: str
    subject: int
    organisation: int
    kept_for: list[str]
    erased: int | None
    reason: str | None
    version: int


ORGANISATION = Projection(Organisation, name="organisation", queries="parties/organisation", reference=True)
USCC = Projection(UsccHolder, name="uscc", queries="parties/uscc", key="uscc", reference=True)
FACILITY = Projection(Facility, name="facility", queries="parties/facility", reference=True)
VEHICLE = Projection(Vehicle, name="vehicle", queries="parties/vehicle", reference=True)
USER = Projection(User, name="user", queries="parties/user", reference=True)
TOKEN = Projection(Token, name="token", queries="parties/token", reference=True)
DEVICE_KEY = Projection(DeviceKey, name="device_key", queries="parties/device_key", reference=True)
POLICY = Projection(Policies, name="policy", queries="parties/policy", key="region", reference=True)
EDITION = Projection(Edition, name="edition", queries="parties/edition")
# Tested every other day, so no reference: each row would make every process forget all it remembers.
STAFF = Projection(Staff, name="staff", queries="parties/staff")
SHIFT = Projection(Shift, name="shift", queries="parties/shift")
PERSON = Projection(Person, name="person", queries="parties/person", key="key")


def in_clear(value: str | dict[str, str] | None) -> str | None:
    """A text where it stands in clear; None where there is none or only a commitment to a sole trader's."""
    return value if isinstance(value, str) else None
