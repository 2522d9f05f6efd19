"""Messages about what becomes of what was filed: places and vehicles changed, stopped and given up; zones
re-partitioned; organisations changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schema.identifiers import is_sole_trader, parse_uscc
from schema.messages.fields import About, Choice, Id, Inner, Items, Message, Personal, Text, Whole
from schema.messages.parties import ROLES, VEHICLE_KINDS, Zone
from schema.messages.written import Day, Moment, Uscc

SUSPENSIONS = (
    *("maintenance", "season", "refrigeration_failure", "contamination"),
    *("inspection_failed", "filing_lapsed", "order", "other"),
)
"""Why a place stops. A closed set, as in all statements: whatever else is to be said is a remark."""
REINSTATEMENTS = ("remedied", "season", "order_lifted", "error", "other")
"""Why it works again."""
CLOSURES = ("ceased", "moved", "licence_withdrawn", "order", "other")
"""Why it is closed for good."""


def _about(text: str) -> dict[str, str]:
    return {"description": text}


def _remark() -> Personal:
    return Personal(longest=500, lines=True, metadata=_about("Remark; kept private."))


class FacilityChange(Message):
    """What is different about a place of one's own. What is left out stays; its region is for good."""

    facility = Id(required=True, metadata=_about("The place."))
    changed_on = Day(required=True, metadata=_about("The day of the change; the clock counts from it."))
    name = Personal(of_speaker=is_sole_trader, metadata=_about("Its new name."))
    name_en = Personal(of_speaker=is_sole_trader, metadata=_about("Its new name in English."))
    address = Personal(of_speaker=is_sole_trader, metadata=_about("Its new address in the same region."))
    filing = Text(longest=60, metadata=_about("Its new filing number (备案号)."))


class FacilitySuspension(Message):
    """A place stops: said by its own manager or the regulator of its region."""

    facility = Id(required=True, metadata=_about("The place."))
    reason = Choice(SUSPENSIONS, required=True, metadata=_about("Why it stops."))
    remark = _remark()


class FacilityReinstatement(Message):
    """A place that was stopped works again, as far as the same one had stopped it."""

    facility = Id(required=True, metadata=_about("The place."))
    reason = Choice(REINSTATEMENTS, required=True, metadata=_about("Why it works again."))
    remark = _remark()


class FacilityClosing(Message):
    """A place is closed for good."""

    facility = Id(required=True, metadata=_about("The place."))
    reason = Choice(CLOSURES, required=True, metadata=_about("Why it is closed."))
    remark = _remark()


def _number(**kwargs: Any) -> Whole:
    return Whole(least=1, most=999, **kwargs)


class NewZone(Zone):
    """A zone that was made of others, whose numbers are never used again."""

    made_from = Items(
        _number(),
        data_key="from",
        attribute="from",
        load_default=list,
        least=0,
        most=99,
        distinct=True,
        metadata=_about("Numbers of the zones that it was made of; none where the place grew."),
    )


class ZoneRepartition(Message):
    """The zones of a place of one's own were divided anew. Goods stay on record where they lay."""

    facility = Id(required=True, metadata=_about("The place."))
    happened_at = Moment(required=True)
    zones = Items(
        Inner(NewZone),
        load_default=list,
        least=0,
        most=99,
        metadata=_about("The new zones, in their order; none where some are only given up."),
    )
    gives_up = Items(
        _number(), most=99, distinct=True, metadata=_about("Zones that are given up and have no successor.")
    )


class VehicleChange(Message):
    """What is different about a vehicle of one's own. What is left out stays."""

    vehicle = Id(required=True, metadata=_about("The vehicle."))
    kind = Choice(VEHICLE_KINDS, metadata=_about("What kind of vehicle it is."))
    plate = Personal(longest=20, metadata=_about("Its new number plate; kept private."))


class VehicleRetirement(Message):
    """A vehicle of one's own is not used any more."""

    vehicle = Id(required=True, metadata=_about("The vehicle."))


def _is_sole_trader(organisation: Mapping[str, Any]) -> bool:
    return is_sole_trader(organisation.get("uscc", ""))


def _parse_registered(text: str) -> str:
    """The code in its written form. Whether its check holds was judged when it was registered."""
    return parse_uscc(text, override_reason="compared with the registered one")


class OrganisationChange(Message):
    """What is different about an organisation. What is left out stays. Said by the platform."""

    organisation = Id(required=True, metadata=_about("Id of the organisation."))
    uscc = Uscc(
        _parse_registered, required=True, metadata=_about("Its social credit code; it tells what is private.")
    )
    name = Personal(
        only_if=_is_sole_trader,
        about=About.NAMED,
        metadata=_about("New name. A sole trader's is private."),
    )
    name_en = Personal(only_if=_is_sole_trader, about=About.NAMED, metadata=_about("New name in English."))
    roles = Items(Choice(ROLES), distinct=True, metadata=_about("All that it does here from now on."))
