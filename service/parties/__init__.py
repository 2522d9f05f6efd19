"""Who takes part, and who may say what: organisations, facilities, vehicles, users, tokens, policies.

Rules that it keeps: the platform registers organisations; an organisation's managers register its own users,
tokens, facilities and vehicles; a regulator enacts policy within its jurisdiction; whoever is suspended,
disabled or revoked says nothing more. What is not yours is refused with the words of what does not exist.
Credentials and personal values are outside the ledger (credentials.py, personal.py).
"""

from typing import Any

from service.ledger import Projection
from service.parties.facilities import FILE_FACILITY, REGISTER_VEHICLE
from service.parties.founding import OPEN_LEDGER
from service.parties.lookups import (
    organisation_by_uscc,
    organisation_by_uscc_streams,
    policy_for,
    policy_regions,
    policy_streams,
)
from service.parties.organisations import (
    REGISTER_ORGANISATION,
    REINSTATE_ORGANISATION,
    SUSPEND_ORGANISATION,
)
from service.parties.people import DISABLE_USER, ISSUE_TOKEN, REGISTER_USER, REVOKE_TOKEN
from service.parties.policies import ENACT_POLICY, shipped_policies
from service.parties.standing import STANDING, Scope
from service.parties.state import (
    BEFORE_RELEASE,
    FACILITY,
    FIRST_STATIONS,
    ORGANISATION,
    POLICY,
    TOKEN,
    USCC,
    USER,
    VEHICLE,
    Facility,
    FacilityKind,
    Organisation,
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
    REGISTER_ORGANISATION,
    SUSPEND_ORGANISATION,
    REINSTATE_ORGANISATION,
    FILE_FACILITY,
    REGISTER_VEHICLE,
    REGISTER_USER,
    DISABLE_USER,
    ISSUE_TOKEN,
    REVOKE_TOKEN,
    ENACT_POLICY,
]
PROJECTIONS: list[Projection[Any]] = [ORGANISATION, USCC, FACILITY, VEHICLE, USER, TOKEN, POLICY]

__all__ = [
    "BEFORE_RELEASE",
    "DISABLE_USER",
    "ENACT_POLICY",
    "FACILITY",
    "FILE_FACILITY",
    "FIRST_STATIONS",
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
    "REVOKE_TOKEN",
    "STANDING",
    "SUSPEND_ORGANISATION",
    "TOKEN",
    "USCC",
    "USER",
    "VEHICLE",
    "Facility",
    "FacilityKind",
    "Organisation",
    "Policy",
    "Role",
    "Scope",
    "Token",
    "UsccHolder",
    "User",
    "UserRole",
    "Vehicle",
    "ZoneKind",
    "organisation_by_uscc",
    "organisation_by_uscc_streams",
    "policy_for",
    "policy_regions",
    "policy_streams",
    "shipped_policies",
]
