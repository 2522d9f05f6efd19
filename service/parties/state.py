"""Who takes part: organisations, facilities with zones, vehicles, users, tokens; and the policies in force.

All of it is reference data of the ledger: few rows that change rarely.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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
    """A filed place. ``zones`` are ``{"no": 1, "name": "…", "kind": ZoneKind}``, numbered from 1."""

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


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle of a carrier or store; its plate is personal and stands here as a commitment."""

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
    """An organisation's API token; only its digest is kept, outside the ledger."""

    id: int
    organisation: int
    scopes: list[str]
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy set in force for a region prefix (``""`` is everywhere); statements name its ``version``."""

    region: str
    document: dict[str, Any]
    version: int


ORGANISATION = Projection(Organisation, name="organisation", queries="parties/organisation", reference=True)
USCC = Projection(UsccHolder, name="uscc", queries="parties/uscc", key="uscc", reference=True)
FACILITY = Projection(Facility, name="facility", queries="parties/facility", reference=True)
VEHICLE = Projection(Vehicle, name="vehicle", queries="parties/vehicle", reference=True)
USER = Projection(User, name="user", queries="parties/user", reference=True)
TOKEN = Projection(Token, name="token", queries="parties/token", reference=True)
POLICY = Projection(Policy, name="policy", queries="parties/policy", key="region", reference=True)


def in_clear(value: str | dict[str, str] | None) -> str | None:
    """A text where it stands in clear; None where there is none or only a commitment to a sole trader's."""
    return value if isinstance(value, str) else None
