"""How parties are written over the interface: organisations, places, vehicles, people, tokens, policies."""

from __future__ import annotations

from schema.messages.answers import PasswordOnce, SecretOnce
from schema.messages.parties import (
    FacilityFiling,
    OrganisationRegistration,
    OrganisationReinstatement,
    OrganisationSuspension,
    PolicyEnactment,
    TokenIssue,
    TokenRevocation,
    UserDisabling,
    UserRegistrationRequest,
    VehicleRegistration,
)
from service.http.authentication import DOOR
from service.http.writes import Draft, Write
from service.parties import (
    DISABLE_USER,
    ENACT_POLICY,
    FILE_FACILITY,
    ISSUE_TOKEN,
    REGISTER_ORGANISATION,
    REGISTER_USER,
    REGISTER_VEHICLE,
    REINSTATE_ORGANISATION,
    REVOKE_TOKEN,
    SUSPEND_ORGANISATION,
)
from service.parties.credentials import new_token

TAG = "parties"


async def _enrol(draft: Draft) -> Draft:
    """Login and password are kept beside the statement and never in it."""
    data = dict(draft.data)
    login, password = data.pop("login"), data.pop("password", None)
    aside, once = await draft.app[DOOR].credentials.enrol(login, password, data["name"])
    return draft.with_data(data).keeping(aside, once)


async def _make_token(draft: Draft) -> Draft:
    aside, once = new_token()
    return draft.keeping(aside, once)


WRITES = (
    Write(
        "/api/v1/organisations", REGISTER_ORGANISATION, OrganisationRegistration,
        "Register an organisation", location="/api/v1/organisations/{organisation}", tag=TAG,
        example={"uscc": "91210100MA17366650", "name": "示例冷链有限公司", "roles": ["first_station"],
                 "region": "210100"},
    ),
    Write(
        "/api/v1/organisations/{organisation:id}/suspension", SUSPEND_ORGANISATION, OrganisationSuspension,
        "Suspend an organisation: it may say nothing new", tag=TAG,
    ),
    Write(
        "/api/v1/organisations/{organisation:id}/reinstatement", REINSTATE_ORGANISATION,
        OrganisationReinstatement, "Let a suspended organisation speak again", tag=TAG,
    ),
    Write(
        "/api/v1/facilities", FILE_FACILITY, FacilityFiling,
        "File a place of one's own, with its zones", location="/api/v1/facilities/{facility}", tag=TAG,
        example={"kind": "first_station", "name": "一号首站冷库", "region": "370200",
                 "address": "示例路 1 号", "filing": "备-2020-001",
                 "zones": [{"name": "待检区", "kind": "quarantine"}, {"name": "进口区", "kind": "imported"}]},
    ),
    Write(
        "/api/v1/vehicles", REGISTER_VEHICLE, VehicleRegistration,
        "Register a vehicle of one's own", location="/api/v1/vehicles/{vehicle}", tag=TAG,
    ),
    Write(
        "/api/v1/users", REGISTER_USER, UserRegistrationRequest,
        "Register a person who signs in", prepare=_enrol, once=PasswordOnce,
        location="/api/v1/users/{user}", tag=TAG,
    ),
    Write(
        "/api/v1/users/{user:id}/disabling", DISABLE_USER, UserDisabling,
        "Disable a user: no sign-in any more", tag=TAG,
    ),
    Write(
        "/api/v1/tokens", ISSUE_TOKEN, TokenIssue,
        "Issue an API token; its secret is in the first answer only", prepare=_make_token, once=SecretOnce,
        location="/api/v1/tokens/{token}", tag=TAG, example={"scopes": ["goods:read", "goods:write"]},
    ),
    Write(
        "/api/v1/tokens/{token:id}/revocation", REVOKE_TOKEN, TokenRevocation,
        "Revoke an API token", tag=TAG,
    ),
    Write(
        "/api/v1/policies", ENACT_POLICY, PolicyEnactment,
        "Enact a region's policy until the next one", tag=TAG,
    ),
)  # fmt: skip
