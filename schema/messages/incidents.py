"""Messages about holds and findings: placed, lifted; raised, answered, assigned, closed."""

from __future__ import annotations

from schema.messages.fields import Choice, Flag, Id, Inner, Items, Message, Personal, Text, Whole
from schema.messages.written import Sha256

HOLD_REASONS = (
    *("positive", "suspected_positive", "papers_false", "unlabelled", "temperature", "spoiled"),
    *("smuggled", "recall", "court_order", "other"),
)
"""Why goods are held. A closed set, as in all statements: whatever else is to be said is a note."""
LIFT_REASONS = ("test_negative", "papers_in_order", "remedied", "disposed", "order_ended", "error", "other")
"""Why they are held no more."""
INSPECTED = (
    *("papers-missing", "papers-differ", "unlabelled", "not-disinfected", "temperature", "zones-mixed"),
    *("record-missing", "record-false", "staff-overdue", "other"),
)
"""What an inspector finds; each is the code ``inspection.…`` of the catalogue."""
EXPLANATIONS = (
    *("remedied", "recorded_late", "typing_error", "emergency", "by_others", "disputed"),
    *("destroyed", "returned", "retested", "other"),
)
"""What the owner of a finding says to it."""
CONCLUSIONS = ("resolved", "warned", "fined", "licence_suspended", "prosecuted", "transferred", "dismissed")
"""How a finding ends."""
HOLD_KINDS = ("order", "breach", "own", "recall")
FINDING_STATES = ("open", "answered", "closed")
MOST_NAMED = 100
MOST_DAYS = 365


def _about(text: str) -> dict[str, str]:
    return {"description": text}


def _note() -> Personal:
    return Personal(longest=1000, lines=True, metadata=_about("Note; kept private."))


def _named(text: str) -> Items:
    return Items(Id(), most=MOST_NAMED, distinct=True, metadata=_about(text))


class HoldQuestion(Message):
    """The goods that a hold names: one of the three. It covers all that is made of them as well."""

    lots = _named("Whole lots, wherever their goods are.")
    arrivals = _named("Containers or loads: every lot registered from them, already or later.")
    units = _named("Single units.")


class HoldPlacingRequest(Message):
    """Goods are held. ``asked_at`` and ``digest`` confirm what GET /api/v1/hold-proposals answered."""

    question = Inner(HoldQuestion, required=True)
    asked_at = Id(required=True, metadata=_about("The position at which the proposal was asked."))
    digest = Sha256(required=True, metadata=_about("The proposal's digest."))
    reason = Choice(HOLD_REASONS, required=True, metadata=_about("Why they are held."))
    case_number = Text(longest=50, metadata=_about("Number of the authority's case file."))
    case = Id(metadata=_about("The case under which they are held, which the author leads."))
    note = _note()


class HoldPlacing(HoldPlacingRequest):
    """Goods are held, as the ledger records it."""

    witnesses = Items(
        Id(), least=0, most=MOST_NAMED, metadata=_about("Units that show such goods in the author's region.")
    )


class HoldLifting(Message):
    """A hold is lifted: by who placed it, or a regulator of its region."""

    hold = Id(required=True, metadata=_about("The hold."))
    reason = Choice(LIFT_REASONS, required=True, metadata=_about("Why the goods are held no more."))
    test = Text(longest=60, metadata=_about("Number of the test certificate that it rests on."))
    note = _note()


class FindingRaising(Message):
    """An inspector's finding about a place of the own region."""

    facility = Id(required=True, metadata=_about("The place; who runs it answers."))
    rule = Choice(INSPECTED, required=True, metadata=_about("What was found."))
    lots = _named("Lots that it is about.")
    days = Whole(least=1, most=MOST_DAYS, metadata=_about("Days to answer; else the policy's."))
    note = _note()


class FindingAnswer(Message):
    """The owner of a finding answers it."""

    finding = Id(required=True, metadata=_about("The finding."))
    explanation = Choice(EXPLANATIONS, required=True, metadata=_about("What there is to say."))
    evidence = Items(
        Sha256(), most=20, distinct=True, metadata=_about("SHA-256 of files that were uploaded before.")
    )
    note = _note()


class FindingAssignment(Message):
    """A finding gets another owner or another due time, and is open again."""

    finding = Id(required=True, metadata=_about("The finding."))
    owner = Id(metadata=_about("The organisation that answers from now on."))
    days = Whole(least=1, most=MOST_DAYS, metadata=_about("Days to answer, from now."))
    note = _note()


class FindingClosure(Message):
    """A finding is closed."""

    finding = Id(required=True, metadata=_about("The finding."))
    conclusion = Choice(CONCLUSIONS, required=True, metadata=_about("How it ends."))
    lift = Flag(metadata=_about("Whether the hold that it brought is lifted at once."))
    note = _note()
