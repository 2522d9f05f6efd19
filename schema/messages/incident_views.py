"""What is told of holds, findings and refused intents: documentation and white list in one."""

from __future__ import annotations

from marshmallow import fields

from schema.messages.fields import Choice, Flag, Id, Inner, Message, Parsed, Text, Whole
from schema.messages.incidents import FINDING_STATES, HOLD_KINDS, MOST_NAMED
from schema.messages.scans import Ground
from schema.messages.views import Listed, LotRef, PartyRef, PlaceRef, Want, words
from schema.messages.written import Region
from schema.problems import Problem


def _ids(text: str) -> str:
    keys = text.split(",")
    if len(keys) > MOST_NAMED:
        raise Problem("message.count", field=None, causes=(), least=1, most=MOST_NAMED, actual=len(keys))
    for key in keys:
        if not (key.isascii() and key.isdigit() and len(key) < 16):
            raise Problem("message.integer")
    return ",".join(sorted(set(keys), key=int))


class Ids(Parsed):
    """Ids with commas between them, in an address."""

    def __init__(self, text: str) -> None:
        super().__init__(_ids, metadata={**words(text), "pattern": "[0-9]+(,[0-9]+)*"})


class HoldProposalQuery(Message):
    """The goods that one is about to hold: one of the three."""

    lots = Ids("Whole lots, with commas between them.")
    arrivals = Ids("Containers or loads.")
    units = Ids("Single units.")
    position = Id(metadata=words("As of this position; left out: now. To check an old hold's digest."))


class PlaceShare(Message):
    """How much of it is at one place; a place of null is on the road."""

    facility = Inner(PlaceRef, allow_none=True)
    region = Text()
    custodian = Inner(PartyRef)
    units = Whole()
    pieces = Whole(allow_none=True)
    grams = Whole()


class OwnerShare(Message):
    """How much of it belongs to one owner."""

    owner = Inner(PartyRef)
    units = Whole()
    grams = Whole()


class HoldProposalView(Message):
    """What a hold would cover. Confirm it by sending ``asked_at`` and ``digest`` with the hold."""

    asked_at = Id(metadata=words("All statements before this position count."))
    digest = Text(metadata=words('SHA-256 of {"lots": […], "units": […]}, ids ascending, canonical JSON.'))
    lots = Whole(metadata=words("Lots held as a whole."))
    units = Whole()
    pieces = Whole(allow_none=True, metadata=words("On hand or on the road; null where not all are counted."))
    grams = Whole(metadata=words("On hand or on the road."))
    gone_grams = Whole(metadata=words("Sold or surrendered: covered, and no longer there."))
    first_lots = Listed(Inner(LotRef), metadata=words("The first 200."))
    first_units = Listed(Id(), metadata=words("The first 200."))
    places = Listed(Inner(PlaceShare))
    owners = Listed(Inner(OwnerShare))


class HoldView(Message):
    """A hold and what it covers now, as far as you may see it."""

    id = Id()
    kind = Text(
        metadata=words("order: of an authority; breach: by a rule; own: of the keeper; recall: of a recall.")
    )
    organisation = Inner(PartyRef, allow_none=True)
    region = Text(allow_none=True)
    reason = Text(metadata=words("A word of a closed set; of a breach the rule's code."))
    question = fields.Dict(
        allow_none=True, metadata=words("What it names; for who placed it and authorities.")
    )
    case_number = Text(allow_none=True)
    case = Id(allow_none=True, metadata=words("The case that it was placed under."))
    drill = Flag(metadata=words("A drill's: on record, and on no goods."))
    note = fields.Dict(allow_none=True)
    asked_at = Id(allow_none=True)
    digest = Text(allow_none=True)
    finding = Id(allow_none=True)
    placed_at = Text()
    lifted_at = Text(allow_none=True)
    lifted_by = Inner(PartyRef, allow_none=True)
    lifted_because = Text(allow_none=True)
    lifted_on_test = Text(allow_none=True)
    lifted_note = fields.Dict(allow_none=True)
    lots = Whole()
    units = Whole()
    pieces = Whole(allow_none=True)
    grams = Whole()
    position = Id()


class HoldDetail(HoldView):
    """A hold with the places where what it covers is."""

    places = Listed(Inner(PlaceShare))
    first_lots = Listed(Inner(LotRef), metadata=words("The first 200."))


class HoldQuery(Message):
    """Which holds."""

    in_force = Flag()
    kind = Choice(HOLD_KINDS)
    lot = Id(metadata=words("Holds on this lot or on units of it."))


class FindingView(Message):
    """A finding. ``overdue`` is derived: still open after its due time."""

    id = Id()
    statement = Id(metadata=words("Position of the statement that brought it."))
    kind = Text(metadata=words("Kind of that statement."))
    rules = Listed(Inner(Want), metadata=words("What is wrong, in words."))
    organisation = Inner(PartyRef, metadata=words("Whose statement it is about, or the inspector."))
    facility = Inner(PlaceRef, allow_none=True)
    region = Text()
    owner = Inner(PartyRef, metadata=words("Who must answer."))
    lots = Listed(Inner(LotRef))
    hold = Id(allow_none=True)
    hold_in_force = Flag(allow_none=True)
    state = Text(metadata=words("open, answered or closed."))
    overdue = Flag()
    raised_at = Text()
    due_at = Text()
    answer = Text(allow_none=True)
    answered_at = Text(allow_none=True)
    answered_in = Id(allow_none=True, metadata=words("Position of the answer; its note is read there."))
    note = fields.Dict(allow_none=True)
    evidence = Listed(Text(), metadata=words("SHA-256; GET /api/v1/files/SHA256."))
    closed_at = Text(allow_none=True)
    closed_by = Inner(PartyRef, allow_none=True)
    conclusion = Text(allow_none=True)
    position = Id()
    grounds = Listed(
        Inner(Ground), metadata=words("Of a suspicion: what it rests on, as far as you may see it.")
    )


class FindingQuery(Message):
    """Which findings."""

    state = Choice(FINDING_STATES)
    overdue = Flag()
    region = Region()
    owner = Id()
    rule = Text(longest=60, metadata=words("Code of a rule, such as unit.held."))


class RefusedIntentView(Message):
    """What somebody was about to do and a rule refused. Repeats within a minute are counted."""

    id = Id()
    first_at = Text()
    last_at = Text()
    times = Whole()
    kind = Text()
    organisation = Inner(PartyRef)
    account = Id(allow_none=True, metadata=words("The user; null for a token."))
    token = Id(allow_none=True)
    facility = Inner(PlaceRef, allow_none=True)
    region = Text()
    rules = Listed(Inner(Want))
    units = Listed(Id())
    lots = Listed(Inner(LotRef))


class RefusedIntentQuery(Message):
    """Which refused intents."""

    kind = Text(longest=60)
    organisation = Id()
    rule = Text(longest=60)
