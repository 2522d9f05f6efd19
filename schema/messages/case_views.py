"""What is told of cases and of requests under them: documentation and white list in one."""

from __future__ import annotations

from marshmallow import fields

from schema.messages.cases import CASE_STATES, HAZARDS, REQUEST_STATES
from schema.messages.fields import Choice, Flag, Id, Inner, Message, Text, Whole
from schema.messages.views import Listed, LotRef, PartyRef, PlaceRef, words


class CaseTestView(Message):
    """A result on record."""

    stage = Text()
    result = Text()
    number = Text(metadata=words("Number of the test."))
    position = Id()
    at = Text(metadata=words("When it was recorded."))


class CaseView(Message):
    """A case. What it is about and what it found is told to who leads it; other authorities, in whose region
    something was asked, learn that there is one."""

    id = Id()
    organisation = Inner(PartyRef, metadata=words("The authority that opened it."))
    region = Text()
    number = Text(metadata=words("The authority's own number."))
    hazard = Text()
    drill = Flag(metadata=words("A drill: it restrains no goods and is not public."))
    state = Text(metadata=words("suspected, confirmed, cleared or closed."))
    leads = Flag(metadata=words("Whether you lead it, or may see all of it."))
    subject = fields.Dict(allow_none=True, metadata=words("What it is about; for who leads it."))
    opened_at = Text()
    opened_in = Id(metadata=words("Position of its opening."))
    sampled_at = Text(allow_none=True)
    confirmed_in = Id(allow_none=True)
    cleared_in = Id(allow_none=True)
    closed_in = Id(allow_none=True)
    conclusion = Text(allow_none=True)
    tests = Listed(Inner(CaseTestView))
    note = fields.Dict(allow_none=True)
    holds = Whole(allow_none=True, metadata=words("How many holds were placed under it; for who leads it."))
    holds_in_force = Whole(allow_none=True)
    requests = Whole(metadata=words("How many requests under it you may see."))
    waiting = Whole(metadata=words("Of these, neither answered nor withdrawn."))
    overdue = Whole(metadata=words("Of these, past their due time."))
    position = Id(metadata=words("Position of its last step."))


class CaseExposureView(Message):
    """What was known of an exposure, and when."""

    id = Id()
    question = fields.Dict()
    asked_at = Id(metadata=words("All statements before this position counted."))
    digest = Text(metadata=words("SHA-256 of the answer; asked again at that position it is the same."))
    counts = fields.Dict(metadata=words("The answer's sums."))
    recorded_at = Text()
    position = Id()


class CaseHoldView(Message):
    """A hold under a case."""

    id = Id()
    exposure = Id(allow_none=True, metadata=words("The answer on record whose goods it holds."))
    reason = Text()
    placed_at = Text()
    lifted_at = Text(allow_none=True)
    lifted_because = Text(allow_none=True)
    drill = Flag()
    named = Whole(metadata=words("How many lots, arrivals or units it names."))
    names = Text(metadata=words("lots, arrivals or units."))


class CaseStepView(Message):
    """A step of a case."""

    position = Id()
    kind = Text()
    organisation = Inner(PartyRef)
    at = Text()
    about = Id(allow_none=True, metadata=words("What it made or changed, besides the case."))


class CaseHolderView(Message):
    """Who has goods that a case is about or holds, at a place of your region: whom to ask."""

    organisation = Inner(PartyRef)
    facility = Inner(PlaceRef, allow_none=True)
    units = Whole()
    grams = Whole()
    requests = Whole(metadata=words("Requests to it under the case that were not withdrawn."))


class CaseTask(Message):
    """Something that is to be done next."""

    what = Text(
        metadata=words("test, retest, confirm, expose, hold, request, overdue, lift, close: a word each.")
    )
    count = Whole(allow_none=True)


class CaseDetail(CaseView):
    """A case as one file: what was known when, its holds, what is to be done next."""

    exposures = Listed(Inner(CaseExposureView))
    hold_list = Listed(Inner(CaseHoldView))
    holders = Listed(Inner(CaseHolderView), metadata=words("In your region; the greatest 200."))
    next = Listed(Inner(CaseTask))


class CaseQuery(Message):
    """Which cases."""

    state = Choice(CASE_STATES)
    hazard = Choice(HAZARDS)
    drill = Flag()
    number = Text(longest=50, metadata=words("Part of its number."))


class CountedView(Message):
    """What was found of a unit."""

    unit = Id()
    pieces = Whole(allow_none=True)
    grams = Whole()


class AskedGoodsView(Message):
    """What the addressee has of the goods that a request is about."""

    id = Id()
    lot = Inner(LotRef)
    facility = Inner(PlaceRef, allow_none=True)
    zone = Whole(allow_none=True)
    pieces = Whole(allow_none=True)
    grams = Whole()


class CaseRequestView(Message):
    """What an authority asked of a business. ``overdue`` is derived: not answered by its due time."""

    id = Id()
    case = Id(allow_none=True, metadata=words("The case; for authorities."))
    case_number = Text(metadata=words("The authority's number of the case."))
    hazard = Text()
    drill = Flag()
    organisation = Inner(PartyRef, metadata=words("The authority that asks."))
    addressee = Inner(PartyRef)
    facility = Inner(PlaceRef, allow_none=True)
    asks = Listed(Text(), metadata=words("What is to be done."))
    lots = Listed(Inner(LotRef), metadata=words("Those named that you may see."))
    stock = Listed(Inner(AskedGoodsView), metadata=words("What the addressee has of them; the first 500."))
    state = Text()
    overdue = Flag()
    made_at = Text()
    due_at = Text()
    acknowledged_at = Text(allow_none=True)
    answered_at = Text(allow_none=True)
    answered_in = Id(allow_none=True, metadata=words("Position of the answer; its note is read there."))
    answer = Text(allow_none=True)
    counted = Listed(Inner(CountedView))
    evidence = Listed(Text(), metadata=words("SHA-256; GET /api/v1/files/SHA256."))
    note = fields.Dict(allow_none=True)
    answer_note = fields.Dict(allow_none=True)
    withdrawn_because = Text(allow_none=True)
    position = Id()


class CaseRequestQuery(Message):
    """Which requests."""

    state = Choice(REQUEST_STATES)
    overdue = Flag()
    case = Id(metadata=words("Those of a case; for authorities."))


class PlacedHold(Message):
    """A hold that was placed under a case."""

    hold = Id()
    position = Id()
    lots = Whole(metadata=words("Whole lots and arrivals that it covers."))
    units = Whole(metadata=words("Single units that it covers."))
    added = Whole(metadata=words("Of these, only because of what moved since the answer's position."))


class CaseHolds(Message):
    """What was held: one hold for each part of a large answer."""

    asked_at = Id()
    holds = Listed(Inner(PlacedHold))
    elsewhere = Whole(metadata=words("Units that were reached and do not concern your region: not held."))


class LiftedHolds(Message):
    """Which holds of a case were lifted."""

    holds = Listed(Id())


class AlarmAnswer(CaseHolds):
    """A case that was opened, what is exposed as it is known, and what is held."""

    case = Id()
    exposure = Id()
    counts = fields.Dict()
