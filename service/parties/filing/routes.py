"""How what was filed is changed over the interface: places, their zones, vehicles, organisations."""

from __future__ import annotations

from schema.messages.filing import (
    FacilityChange,
    FacilityClosing,
    FacilityReinstatement,
    FacilitySuspension,
    OrganisationChange,
    VehicleChange,
    VehicleRetirement,
    ZoneRepartition,
)
from service.http.writes import Write
from service.parties.filing.changes import (
    CHANGE_FACILITY,
    CLOSE_FACILITY,
    REINSTATE_FACILITY,
    SUSPEND_FACILITY,
)
from service.parties.filing.vehicles import CHANGE_VEHICLE, RETIRE_VEHICLE
from service.parties.filing.zones import REPARTITION_ZONES
from service.parties.organisations import CHANGE_ORGANISATION

TAG = "parties"
_PLACE = "/api/v1/facilities/{facility:id}"
_AT_PLACE = "/api/v1/facilities/{facility}"

WRITES = (
    Write(
        f"{_PLACE}/changes", CHANGE_FACILITY, FacilityChange,
        "Tell what is different about a place of one's own", location=_AT_PLACE, tag=TAG,
        example={"changed_on": "2020-09-01", "filing": "备-2020-017"},
    ),
    Write(
        f"{_PLACE}/suspension", SUSPEND_FACILITY, FacilitySuspension,
        "Stop a place: its own manager, or the regulator of its region", location=_AT_PLACE, tag=TAG,
        example={"reason": "refrigeration_failure"},
    ),
    Write(
        f"{_PLACE}/reinstatement", REINSTATE_FACILITY, FacilityReinstatement,
        "Let a place work again that one had stopped", location=_AT_PLACE, tag=TAG,
        example={"reason": "remedied"},
    ),
    Write(
        f"{_PLACE}/closing", CLOSE_FACILITY, FacilityClosing,
        "Close a place for good", location=_AT_PLACE, tag=TAG, example={"reason": "ceased"},
    ),
    Write(
        f"{_PLACE}/repartition", REPARTITION_ZONES, ZoneRepartition,
        "The zones of a place were divided anew; goods stay on record where they lay",
        location=_AT_PLACE, tag=TAG,
        example={"happened_at": "2020-09-01T08:00+08:00", "gives_up": [4],
                 "zones": [{"name": "进口一区", "kind": "imported", "from": [2]},
                           {"name": "进口二区", "kind": "imported", "from": [2]}]},
    ),
    Write(
        "/api/v1/vehicles/{vehicle:id}/changes", CHANGE_VEHICLE, VehicleChange,
        "Tell what is different about a vehicle of one's own", tag=TAG,
        example={"kind": "truck", "plate": "鲁B00000"},
    ),
    Write(
        "/api/v1/vehicles/{vehicle:id}/retirement", RETIRE_VEHICLE, VehicleRetirement,
        "Retire a vehicle of one's own", tag=TAG,
    ),
    Write(
        "/api/v1/organisations/{organisation:id}/changes", CHANGE_ORGANISATION, OrganisationChange,
        "Tell what is different about an organisation",
        location="/api/v1/organisations/{organisation}", tag=TAG,
        example={"uscc": "91210100MA17366650", "roles": ["first_station", "cold_store"]},
    ),
)  # fmt: skip
