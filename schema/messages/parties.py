"""Messages about who takes part: organisations, facilities, vehicles, users, tokens, policies, signing in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import validates_schema

from schema.identifiers import is_sole_trader, parse_uscc
from schema.identifiers.uscc import failed_check
from schema.messages.fields import (
    Choice,
    Flag,
    Id,
    Inner,
    Items,
    Message,
    Parsed,
    Personal,
    ProblemError,
    Secret,
    Text,
    Whole,
)
from schema.messages.written import Country, Day, Issuer, Region, RegionPrefix
from schema.problems import Problem

ROLES = (
    *("regulator", "auditor", "first_station", "cold_store", "processor"),
    *("wholesaler", "retailer", "carrier", "importer", "platform"),
)
FACILITY_KINDS = (
    *("first_station", "central_warehouse", "third_party_store", "own_use_store"),
    *("processing_plant", "market", "shop", "restaurant"),
)
ZONE_KINDS = ("quarantine", "imported", "domestic", "independent")
VEHICLE_KINDS = ("truck", "container_truck", "van", "other")
USER_ROLES = ("manager", "staff")
SCOPES = ("goods:write", "goods:read", "parties:write", "regulator:read")
PAPERS = ("quarantine", "nucleic_acid", "disinfection", "customs_declaration")
CATEGORIES = ("aquatic", "poultry", "livestock", "other")


def _about(text: str) -> dict[str, str]:
    return {"description": text}


def _is_sole_trader(organisation: Mapping[str, Any]) -> bool:
    return is_sole_trader(organisation.get("uscc", ""))


def _parse_uscc_form(text: str) -> str:
    """The code without its check, which a reason may override."""
    return parse_uscc(text, override_reason="judged with the reason beside it")


class OrganisationRegistration(Message):
    """A legal body takes part. Said by the platform."""

    uscc = Parsed(_parse_uscc_form, required=True, metadata=_about("Unified social credit code (GB 32100)."))
    uscc_reason = Personal(
        longest=500, metadata=_about("Why the code is right although its check fails, as some real ones do.")
    )
    name = Personal(
        only_if=_is_sole_trader,
        required=True,
        metadata=_about("Name as registered. A sole trader's is private."),
    )
    name_en = Personal(only_if=_is_sole_trader, metadata=_about("Name in English."))
    roles = Items(
        Choice(ROLES), required=True, distinct=True, metadata=_about("What the organisation does here.")
    )
    region = Region(
        required=True, metadata=_about("Seat; for a regulator, its jurisdiction: 210100, 210000.")
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
    zones = Items(Inner(Zone), least=0, most=99, metadata=_about("Zones, in the order of their numbers."))


class VehicleRegistration(Message):
    """A vehicle of the own organisation."""

    kind = Choice(VEHICLE_KINDS, required=True, metadata=_about("What kind of vehicle it is."))
    plate = Personal(longest=20, required=True, metadata=_about("Number plate; kept private."))


class UserRegistration(Message):
    """A person who signs in: of the own organisation or, said by the platform, a manager of another."""

    organisation = Id(required=True, metadata=_about("Id of the organisation."))
    role = Choice(USER_ROLES, required=True, metadata=_about("Managers also register users, tokens, places."))
    name = Personal(required=True, longest=100, metadata=_about("The person's name; kept private."))


class UserRegistrationRequest(UserRegistration):
    """As it is sent: login and password stay outside the ledger."""

    login = Text(required=True, longest=100, metadata=_about("What the person signs in with; unique."))
    password = Secret(metadata=_about("12 to 128 characters. Left out: one is made."))


class UserDisabling(Message):
    """A person may not sign in any more."""

    user = Id(required=True, metadata=_about("Id of the user."))


class TokenIssue(Message):
    """An API token of the own organisation. Its secret is shown once, in the answer."""

    scopes = Items(Choice(SCOPES), required=True, distinct=True, metadata=_about("What it may be used for."))


class TokenRevocation(Message):
    """A token may not be used any more."""

    token = Id(required=True, metadata=_about("Id of the token."))


class SignIn(Message):
    """Login and password."""

    login = Text(required=True, longest=100, metadata=_about("Login."))
    password = Secret(required=True, metadata=_about("Password."))


class Issuers(Message):
    """Who may issue a kind of certificate; null, or left out, is anybody."""

    quarantine = Items(Issuer(), allow_none=True, metadata=_about("Of the quarantine certificate."))
    nucleic_acid = Items(Issuer(), allow_none=True, metadata=_about("Of the nucleic-acid certificate."))
    disinfection = Items(Issuer(), allow_none=True, metadata=_about("Of the disinfection certificate."))
    customs_declaration = Items(Issuer(), allow_none=True, metadata=_about("Of the customs declaration."))


def _days() -> Whole:
    return Whole(
        least=0, most=3650, allow_none=True, metadata=_about("Days after issue; null is without end.")
    )


class ValidityDays(Message):
    """How long a kind of certificate counts after its day of issue, where it does not say so itself."""

    quarantine = _days()
    nucleic_acid = _days()
    disinfection = _days()
    customs_declaration = _days()


class Enhanced(Message):
    """Goods under enhanced control: those that fit all that is named, and something must be."""

    country = Country(metadata=_about("Country of origin."))
    establishment = Text(longest=24, metadata=_about("Number of the establishment."))
    category = Choice(CATEGORIES, metadata=_about("Category of goods."))

    @validates_schema
    def _check_some(self, data: dict[str, Any], **_options: Any) -> None:
        if not data:
            raise ProblemError(Problem("policy.enhanced-empty"))


class PolicyDocument(Message):
    """What a region demands."""

    name = Text(required=True, metadata=_about("What the policy is called."))
    valid_from = Day(required=True, metadata=_about("The day on which it begins."))
    required = Items(
        Choice(PAPERS),
        required=True,
        least=0,
        distinct=True,
        metadata=_about("Certificates that a release needs."),
    )
    issuers = Inner(Issuers, required=True, metadata=_about("Approved issuers by certificate."))
    accept_port_sampling = Flag(required=True, metadata=_about("Whether samples taken at the port count."))
    announce_hours = Whole(
        required=True, least=0, most=720, metadata=_about("Hours before arrival for the announcement.")
    )
    weight_tolerance_permille = Whole(
        required=True, least=0, most=1000, metadata=_about("How far goods and papers may differ in weight.")
    )
    enhanced = Items(
        Inner(Enhanced), required=True, least=0, metadata=_about("Goods under enhanced control.")
    )
    accept_exit_certificates_of_other_provinces = Flag(
        required=True, metadata=_about("Whether goods of another province may skip the first station.")
    )
    back_dating_days = Whole(
        required=True, least=0, most=3650, metadata=_about("How far back a movement may be dated.")
    )
    certificate_validity_days = Inner(
        ValidityDays, required=True, metadata=_about("How long certificates count.")
    )


class PolicyEnactment(Message):
    """A policy for a region and all in it, until the next one. Said by its regulator or the platform."""

    region = RegionPrefix(required=True)
    document = Inner(PolicyDocument, required=True, metadata=_about("What is demanded."))
