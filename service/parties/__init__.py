"""Who takes part, and who may say what: organisations, facilities, vehicles, users, tokens, policies.

Rules that it keeps: the platform registers organisations; an organisation's managers register its own users,
tokens, facilities and vehicles; a regulator enacts policy within its jurisdiction; whoever is suspended,
disabled or revoked says nothing more. What is not yours is refused with the words of what does not exist.
Credentials and personal values are outside the ledger (credentials/, personal.py).
"""

from typing import Any

from service.ledger import Projection
from service.parties import device_keys, ledger_keys, people, succession
from service.parties.filing import changes, facilities, vehicles, zones
from service.parties.filing.facilities import FILE_FACILITY
from service.parties.filing.vehicles import REGISTER_VEHICLE
from service.parties.founding import OPEN_LEDGER
from service.parties.identity import IDENTITY
from service.parties.lookups import (
    organisation_by_uscc,
    organisation_by_uscc_streams,
    policy_after_release,
    policy_for,
    policy_regions,
    policy_streams,
)
from service.parties.organisations import (
    CHANGE_ORGANISATION,
    REGISTER_ORGANISATION,
    REINSTATE_ORGANISATION,
    SUSPEND_ORGANISATION,
)
from service.parties.people import (
    DISABLE_USER,
    INVITE_USER,
    ISSUE_TOKEN,
    REGISTER_USER,
    RESET_SECOND_FACTOR,
    REVOKE_TOKEN,
    WITHDRAW_INVITATION,
)
from service.parties.persons import erasure, staff
from service.parties.persons.staff import crew_breaches, crew_streams
from service.parties.policies.enacting import (
    ENACT_POLICY,
    WITHDRAW_POLICY,
    shipped_enactments,
    shipped_policies,
)
from service.parties.standing import STANDING, Scope
from service.parties.state import (
    BEFORE_RELEASE,
    DEVICE_KEY,
    EDITION,
    FACILITY,
    FIRST_STATIONS,
    ORGANISATION,
    POLICY,
    TOKEN,
    USCC,
    USER,
    VEHICLE,
    Edition,
    Facility,
    FacilityKind,
    Organisation,
    Policies,
    Policy,
    Role,
    Token,
    UsccHolder,
    User,
    UserRole,
    Vehicle,
    ZoneKind,
)

KINDS = [
    OPEN_LEDGER,
    *ledger_keys.KINDS,
    *succession.KINDS,
    REGISTER_ORGANISATION,
    SUSPEND_ORGANISATION,
    REINSTATE_ORGANISATION,
    CHANGE_ORGANISATION,
    *facilities.KINDS,
    *changes.KINDS,
    *zones.KINDS,
    *vehicles.KINDS,
    *staff.KINDS,
    *erasure.KINDS,
    *people.KINDS,
    *device_keys.KINDS,
    ENACT_POLICY,
    WITHDRAW_POLICY,
]
PROJECTIONS: list[Projection[Any]] = [
    IDENTITY,
    ORGANISATION,
    USCC,
    FACILITY,
    VEHICLE,
    USER,
    TOKEN,
    DEVICE_KEY,
    POLICY,
    EDITION,
    *staff.PROJECTIONS,
    *erasure.PROJECTIONS,
]

__all__ = [
    "BEFORE_RELEASE",
    "DISABLE_USER",
    "EDITION",
    "ENACT_POLICY",
    "FACILITY",
    "FILE_FACILITY",
    "FIRST_STATIONS",
    "INVITE_USER",
    "ISSUE_TOKEN",
    "KINDS",
    "OPEN_LEDGER",
    "ORGANISATION",
    "POLICY",
    "PROJECTIONS",
    "REGISTER_ORGANISATION",
    "REGISTER_USER",
    "REGISTER_VEHICLE",
    "REINSTATE_ORGANISATION",
    "RESET_SECOND_FACTOR",
    "REVOKE_TOKEN",
    "STANDING",
    "SUSPEND_ORGANISATION",
    "TOKEN",
    "USCC",
    "USER",
    "VEHICLE",
    "WITHDRAW_INVITATION",
    "WITHDRAW_POLICY",
    "Edition",
    "Facility",
    "FacilityKind",
    "Organisation",
    "Policies",
    "Policy",
    "Role",
    "Scope",
    "Token",
    "UsccHolder",
    "User",
    "UserRole",
    "Vehicle",
    "ZoneKind",
    "crew_breaches",
    "crew_streams",
    "organisation_by_uscc",
    "organisation_by_uscc_streams",
    "policy_after_release",
    "policy_for",
    "policy_regions",
    "policy_streams",
    "shipped_enactments",
    "shipped_policies",
]
