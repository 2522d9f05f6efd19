"""Messages about cases: opened, tested, asked what is exposed, closed and opened again; requests under them.

A ``…Request`` is what a client sends where the service adds what the ledger records.
"""

from __future__ import annotations

from marshmallow import fields

from schema.messages.fields import (
    Choice,
    Flag,
    Grams,
    Id,
    Inner,
    Items,
    Message,
    Personal,
    Pieces,
    Text,
    Whole,
)
from schema.messages.incidents import HOLD_REASONS, LIFT_REASONS, HoldPlacing, HoldQuestion
from schema.messages.policies import ExposureTerms
from schema.messages.written import Moment, Sha256

HAZARDS = ("sars_cov_2", "asf", "listeria", "vibrio", "residue", "other")
"""What is suspected: SARS-CoV-2 on packaging, African swine fever, bacteria, residues."""
STAGES = ("screening", "retest", "confirmation")
RESULTS = ("positive", "negative", "inconclusive")
ASKS = ("seal_stock", "stop_sale", "disinfect", "give_records", "sample", "count")
"""What operators are asked to do."""
ANSWERS = ("done", "partly", "not_done")
WITHDRAWALS = ("not_needed", "error", "by_others")
CASE_CONCLUSIONS = ("no_hazard", "disposed", "returned", "disinfected", "recalled", "transferred", "other")
"""How a case ends."""
REOPENINGS = ("new_result", "new_goods", "error", "other")
CASE_STATES = ("suspected", "confirmed", "cleared", "closed")
REQUEST_STATES = ("open", "acknowledged", "answered", "withdrawn")
MOST_NAMED = 100
MOST_COUNTED = 500
MOST_HELD = 500
MOST_HOURS = 24 * 90


def about(text: str) -> dict[str, str]:
    return {"description": text}


def note() -> Personal:
    return Personal(longest=1000, lines=True, metadata=about("Note; kept private."))


def _named(text: str) -> Items:
    return Items(Id(), most=MOST_NAMED, distinct=True, metadata=about(text))


class ZoneRef(Message):
    """A zone of a place."""

    facility = Id(required=True, metadata=about("The place."))
    zone = Whole(least=1, required=True, metadata=about("Number of the zone."))


class CaseSubject(Message):
    """What a case is about: one of the five, and the sample that brought it."""

    lots = _named("Whole lots.")
    arrivals = _named("Containers or loads: every lot registered from them.")
    units = _named("Single units.")
    zone = Inner(ZoneRef, metadata=about("A zone: whatever was in it."))
    vehicle = Id(metadata=about("A vehicle: whatever was on it."))
    sample = Id(metadata=about("The sample that was positive."))


class CaseOpeningRequest(Message):
    """An authority opens a case: something is suspected."""

    number = Text(longest=50, required=True, metadata=about("Number of the authority's case file."))
    hazard = Choice(HAZARDS, required=True, metadata=about("What is suspected."))
    subject = Inner(CaseSubject, required=True, metadata=about("What the suspicion is about."))
    sampled_at = Moment(metadata=about("When it was sampled; the look-back counts from there."))
    drill = Flag(metadata=about("Whether it is a drill: it restrains no goods and is not public."))
    note = note()


class CaseOpening(CaseOpeningRequest):
    """An authority opens a case, as the ledger records it."""

    witnesses = Items(
        Id(), least=0, most=MOST_NAMED, metadata=about("Units that show such goods in the author's region.")
    )


class CaseTest(Message):
    """A result: of the screening, of a re-test, of the confirmation."""

    case = Id(required=True, metadata=about("The case."))
    stage = Choice(STAGES, required=True, metadata=about("Which test it is."))
    result = Choice(RESULTS, required=True, metadata=about("What it showed."))
    test = Text(longest=60, required=True, metadata=about("Number of the test."))
    sample = Id(metadata=about("The sample that was tested."))
    sampled_at = Moment(metadata=about("When that was taken."))
    note = note()


class CaseTerms(ExposureTerms):
    """What makes goods exposed, where it is not to be as the policy says."""

    look_back_days = Whole(least=0, most=365, metadata=about("So many days before the sample."))


class ExposureRecording(Message):
    """What is exposed is asked, and recorded as it is known. The service adds the question with all that it
    did not say, the position, the answer's digest and its sums."""

    case = Id(required=True, metadata=about("The case; the question begins from its subject."))
    terms = Inner(CaseTerms, metadata=about("What is not to be as the policy says."))
    question = fields.Dict(metadata=about("The question with all that it did not say."))
    asked_at = Id(metadata=about("All statements before this position counted."))
    digest = Sha256(metadata=about("The answer's digest."))
    counts = fields.Dict(metadata=about("The answer's sums."))


class CaseHolding(Message):
    """Goods that a recorded answer reached are held: as whole lots where all of a lot was reached."""

    exposure = Id(required=True, metadata=about("The answer on record."))
    tiers = Items(
        Whole(least=0, most=5), most=6, distinct=True, required=True, metadata=about("Which tiers.")
    )
    reason = Choice(HOLD_REASONS, metadata={**about("Why."), "default": "suspected_positive"})
    note = note()


class HeldGoods(HoldQuestion):
    """What one hold of an answer names."""

    lots = Items(Id(), most=MOST_HELD, metadata=about("Whole lots."))
    units = Items(Id(), most=MOST_HELD, metadata=about("Single units."))


class HeldPart(HoldPlacing):
    """Goods that a recorded answer reached are held: as much of them as one statement names."""

    question = Inner(HeldGoods, required=True)
    exposure = Id(required=True, metadata=about("The answer on record."))


class Alarm(CaseOpeningRequest):
    """A case is opened, what is exposed is asked and recorded, and what tiers reach is held: at once."""

    terms = Inner(CaseTerms, metadata=about("What is not to be as the policy says."))
    hold_tiers = Items(
        Whole(least=0, most=5), most=6, distinct=True, required=True, metadata=about("Which tiers are held.")
    )
    reason = Choice(HOLD_REASONS, metadata={**about("Why."), "default": "suspected_positive"})


class CaseLifting(Message):
    """Holds of a case are lifted: those named, else all that are in force."""

    holds = _named("Holds of the case.")
    reason = Choice(LIFT_REASONS, required=True, metadata=about("Why the goods are held no more."))
    test = Text(longest=60, metadata=about("Number of the test that it rests on."))
    note = note()


class CaseClosure(Message):
    """A case is closed."""

    case = Id(required=True, metadata=about("The case."))
    conclusion = Choice(CASE_CONCLUSIONS, required=True, metadata=about("How it ended."))
    note = note()


class CaseReopening(Message):
    """A case that was closed or cleared is opened again."""

    case = Id(required=True, metadata=about("The case."))
    reason = Choice(REOPENINGS, required=True, metadata=about("Why."))
    note = note()


class CaseRequestMaking(Message):
    """A business is asked to do something under a case."""

    case = Id(required=True, metadata=about("The case."))
    to = Id(required=True, metadata=about("The business, of the own region."))
    facility = Id(metadata=about("Its place that this is about; then the place is in the own region."))
    asks = Items(
        Choice(ASKS), most=len(ASKS), distinct=True, required=True, metadata=about("What is to be done.")
    )
    lots = _named("Lots that it is about.")
    units = _named("Units that it is about.")
    hours = Whole(least=1, most=MOST_HOURS, required=True, metadata=about("Hours until it is due."))
    note = note()
    witnesses = Items(
        Id(), least=0, most=MOST_NAMED, metadata=about("Units that show such goods in the author's region.")
    )


class CaseRequestAcknowledgement(Message):
    """The addressee has seen a request."""

    request = Id(required=True, metadata=about("The request."))


class CountedGoods(Message):
    """How much of a unit is there."""

    unit = Id(required=True)
    pieces = Pieces(least=0, metadata=about("Pieces that are there, 0 for none."))
    grams = Grams(least=0, required=True, metadata=about("Grams that are there, 0 for none."))


class CaseRequestAnswer(Message):
    """The addressee answers; what it says later is added."""

    request = Id(required=True, metadata=about("The request."))
    answer = Choice(ANSWERS, required=True, metadata=about("Whether it was done."))
    counted = Items(Inner(CountedGoods), most=MOST_COUNTED, metadata=about("What was found, unit by unit."))
    evidence = Items(
        Sha256(), most=20, distinct=True, metadata=about("SHA-256 of files that were uploaded before.")
    )
    note = note()


class CaseRequestWithdrawal(Message):
    """A request is not needed any more."""

    request = Id(required=True, metadata=about("The request."))
    reason = Choice(WITHDRAWALS, required=True, metadata=about("Why."))


class CaseRequestExtension(Message):
    """A request is due later."""

    request = Id(required=True, metadata=about("The request."))
    hours = Whole(least=1, most=MOST_HOURS, required=True, metadata=about("Hours from now."))
