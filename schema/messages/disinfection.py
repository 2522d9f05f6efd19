"""Messages about disinfection of goods, zones, vehicles, bays and equipment, and what is told of it."""

from __future__ import annotations

from schema.messages.fields import Choice, Flag, Id, Inner, Items, Message, Personal, Pieces, Text, Whole
from schema.messages.movements import ShortCode
from schema.messages.policies import AGENTS
from schema.messages.views import Listed, PartyRef, PlaceRef, words
from schema.messages.written import Moment, Sha256

SUBJECTS = ("unit", "lot", "zone", "vehicle", "bay", "equipment")
"""What is disinfected; each is a member of the message."""
GROUNDS = ("inspected_on_site", "evidence_checked", "laboratory_tested", "other")
"""On what a regulator accepts a disinfection."""
MAX_CREW = 50


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class DisinfectionRecord(Message):
    """Something was disinfected: a unit or lot of goods, or a zone, vehicle, bay or piece of equipment."""

    facility = Id(metadata=_about("Where: a place of one's own. Left out for goods and vehicles."))
    unit = Id(metadata=_about("The unit of goods."))
    lot = Id(metadata=_about("The lot of goods, all of it."))
    zone = Whole(least=1, most=999, metadata=_about("Number of the zone."))
    vehicle = Id(metadata=_about("The vehicle: one's own, or a carrier's."))
    bay = ShortCode(metadata=_about("The bay, as movements name it, such as D3."))
    equipment = ShortCode(metadata=_about("The forklift or other equipment, such as FL-2."))
    happened_at = Moment(required=True)
    agent = Choice(AGENTS, required=True, metadata=_about("What disinfects."))
    agent_name = Text(longest=60, metadata=_about("Its name; demanded where it is another agent."))
    milligrams_per_litre = Whole(least=0, most=1_000_000, metadata=_about("Concentration of what acts."))
    contact_minutes = Whole(least=0, most=1440, metadata=_about("How long it acted."))
    pieces = Pieces(metadata=_about("Pieces that were disinfected; demanded of goods that are counted."))
    square_metres = Whole(least=1, most=1_000_000, metadata=_about("Area that was disinfected."))
    terminal = Flag(metadata=_about("Whether this ended a contamination (终末消毒)."))
    crew = Items(Id(), most=MAX_CREW, distinct=True, metadata=_about("Staff who did it, by their ids."))
    file = Sha256(metadata=_about("SHA-256 of the evidence, uploaded before."))
    remark = Personal(longest=500, lines=True, metadata=_about("Remark; kept private."))


class DisinfectionAcceptance(Message):
    """A regulator accepts a disinfection: from now on it may cut what a case reaches."""

    disinfection = Id(required=True, metadata=_about("The disinfection."))
    grounds = Choice(GROUNDS, required=True, metadata=_about("On what it is accepted."))
    remark = Personal(longest=500, lines=True, metadata=_about("Remark; kept private."))


class DisinfectionView(Message):
    """A disinfection. ``recorded_at`` tells what was already known then; ``accepted_by`` who accepts it."""

    id = Id()
    organisation = Inner(PartyRef)
    facility = Inner(PlaceRef, allow_none=True)
    region = Text()
    subject = Text(metadata=words("unit, lot, zone, vehicle, bay or equipment."))
    target = Id(allow_none=True, metadata=words("Id of the unit, lot or vehicle; number of the zone."))
    label = Text(allow_none=True, metadata=words("Name of the bay or equipment."))
    agent = Text()
    agent_name = Text(allow_none=True)
    milligrams_per_litre = Whole(allow_none=True)
    contact_minutes = Whole(allow_none=True)
    pieces = Whole(allow_none=True)
    of_pieces = Whole(allow_none=True, metadata=words("How many pieces there were then."))
    square_metres = Whole(allow_none=True)
    terminal = Flag()
    crew = Listed(Id())
    happened_at = Moment()
    recorded_at = Text()
    file = Text(allow_none=True)
    broken = Listed(Text(), metadata=words("Codes of the rules that it broke."))
    accepted_by = Inner(PartyRef, allow_none=True)
    accepted_at = Text(allow_none=True, metadata=words("When the acceptance was recorded."))
    grounds = Text(allow_none=True)
    position = Id()


class DisinfectionQuery(Message):
    """Which disinfections."""

    subject = Choice(SUBJECTS)
    target = Id()
    facility = Id()
    accepted = Flag()
