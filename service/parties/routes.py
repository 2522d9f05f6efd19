"""How parties are written over the interface: organisations, places, vehicles, ways in."""

from __future__ import annotations

from schema.messages.parties import (
    FacilityFiling,
    OrganisationRegistration,
    OrganisationReinstatement,
    OrganisationSuspension,
    VehicleRegistration,
)
from service.http.writes import Write
from service.parties import (
    FILE_FACILITY,
    REGISTER_ORGANISATION,
    REGISTER_VEHICLE,
    REINSTATE_ORGANISATION,
    SUSPEND_ORGANISATION,
)
from service.parties.credentials import routes as account_routes
from service.parties.filing import routes as filing_routes

TAG = "parties"


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
    *account_routes.WRITES,
    *filing_routes.WRITES,
)  # fmt: skip
