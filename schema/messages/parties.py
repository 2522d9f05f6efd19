"""Messages about who takes part: organisations, facilities, and vehicles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import validates_schema

from schema.identifiers import is_sole_trader, parse_uscc
from schema.identifiers.uscc import failed_check
from schema.messages.fields import (
    About,
    Choice,
    Id,
    Inner,
    Items,
    Message,
    Personal,
    ProblemError,
    Text,
)
from schema.messages.policies import FACILITY_KINDS, ZONE_KINDS
from schema.messages.written import Day, Region, Uscc

ROLES = (
    *("regulator", "auditor", "first_station", "cold_store", "processor"),
    *("wholesaler", "retailer", "carrier", "importer", "platform"),
)
VEHICLE_KINDS = ("truck", "container_truck", "van", "other")


def _about(text: str) -> dict[str, str]:
    return {"description": text}


def _is_sole_trader(organisation: Mapping[str, Any]) -> bool:
    return is_sole_trader(organisation.get("uscc", ""))


def _parse_uscc_form(text: str) -> str:
    """The code without its check, which a reason may override."""
    return parse_uscc(text, override_reason="judged with the reason beside it")


class OrganisationRegistration(Message):
    """A legal body takes part. Said by the platform."""

    uscc = Uscc(
        _parse_uscc_form,
        about=About.MADE,
        required=True,
        metadata=_about("Unified social credit code (GB 32100). A sole trader's is private."),
    )
    uscc_reason = Personal(
        longest=500, metadata=_about("Why the code is right although its check fails, as some real ones do.")
    )
    name = Personal(
        only_if=_is_sole_trader,
        about=About.MADE,
        required=True,
        metadata=_about("Name as registered. A sole trader's is private."),
    )
    name_en = Personal(only_if=_is_sole_trader, about=About.MADE, metadata=_about("Name in English."))
    roles = Items(
        Choice(ROLES), required=True, distinct=True, metadata=_about("What the organisation does here.")
    )
    region = Region(
        country=True,
        required=True,
        metadata=_about("Seat; for a regulator, its jurisdiction: 210100, 210000; 100000 is the country."),
    )

    @validates_schema
    def _check_uscc(self, data: dict[str, Any], **_options: Any) -> None:
        failure = failed_check(data["uscc"])
        if failure is not None and "uscc_reason" not in data:
            raise ProblemError(failure.at("/uscc"))


class OrganisationSuspension(Message):
    """An organisation may say nothing new until it is reinstated. Said by the platform."""

    organisation = Id(required=True, metadata=_about("Id of the organisation."))
    reason = Personal(
        longest=500, lines=True, required=True, metadata=_about("Why. Free text is kept private.")
    )


class OrganisationReinstatement(OrganisationSuspension):
    """A suspended organisation may speak again. Said by the platform."""


class Zone(Message):
    """A part of a facility; its number is its place in the list, from 1."""

    name = Text(required=True, longest=60, metadata=_about("What it is called on site."))
    kind = Choice(ZONE_KINDS, required=True, metadata=_about("What it is dedicated to."))


class FacilityFiling(Message):
    """A place of the own organisation, with its filing (备案) and zones."""

    kind = Choice(FACILITY_KINDS, required=True, metadata=_about("What kind of place it is."))
    name = Personal(
        of_speaker=is_sole_trader,
        required=True,
        metadata=_about("Name of the place. A sole trader's is private, as is its address."),
    )
    name_en = Personal(of_speaker=is_sole_trader, metadata=_about("Name in English."))
    region = Region(required=True, metadata=_about("Region in which it lies, six digits."))
    address = Personal(of_speaker=is_sole_trader, required=True, metadata=_about("Address."))
    filing = Text(longest=60, metadata=_about("Filing number (备案号); stores must have one."))
    began_on = Day(metadata=_about("When it was entered in the business register; the clock counts from it."))
    zones = Items(Inner(Zone), least=0, most=99, metadata=_about("Zones, in the order of their numbers."))


class VehicleRegistration(Message):
    """A vehicle of the own organisation."""

    kind = Choice(VEHICLE_KINDS, required=True, metadata=_about("What kind of vehicle it is."))
    plate = Personal(longest=20, required=True, metadata=_about("Number plate; kept private."))
