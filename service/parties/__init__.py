"""Who takes part, and who may say what: organisations, facilities, vehicles, users, tokens, policies.

Rules that it keeps: the platform registers organisations; an organisation's managers register its own users,
tokens, facilities and vehicles; a regulator enacts policy within its jurisdiction; whoever is suspended,
disabled or revoked says nothing more. What is not yours is refused with the words of what does not exist.
Credentials and personal values are outside the ledger (credentials.py, personal.py).
"""

from service.parties.lookups import (
    organisation_by_uscc,
    organisation_by_uscc_streams,
    policy_for,
    policy_regions,
    policy_streams,
)
from service.parties.standing import STANDING, Scope
from service.parties.state import (
    FACILITY,
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

PROJECTIONS = [ORGANISATION, USCC, FACILITY, VEHICLE, USER, TOKEN, POLICY]

__all__ = [
    "FACILITY",
    "ORGANISATION",
    "POLICY",
    "PROJECTIONS",
    "STANDING",
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
]
