"""Messages about recalls: ordered, begun, reported on, prolonged, finished, withdrawn; and disposals.

A ``…Request`` is what a client sends where the service adds what the ledger records.
"""

from __future__ import annotations

from schema.messages.fields import Choice, Flag, Grams, Id, Inner, Items, Message, Personal, Whole
from schema.messages.incidents import LIFT_REASONS
from schema.messages.written import Moment, Sha256

RECALL_REASONS = (
    *("positive", "pathogen", "residue", "labelling", "allergen", "papers_false", "foreign_body"),
    *("spoiled", "smuggled", "other"),
)
"""Why goods are called back."""
MEASURES = ("stop_sale", "seal", "tell_customers", "take_back", "public_notice", "destroy", "send_back")
"""What businesses have to do."""
EXTENSION_REASONS = ("many_holders", "goods_abroad", "awaiting_tests", "awaiting_disposal", "other")
"""Why a recall takes longer."""
RECALL_STATES = ("ordered", "started", "finished", "withdrawn")
OUTCOMES = ("found", "returned", "sold", "destroyed", "missing")
"""What became of recalled goods in one business's hands."""
LEVELS = (1, 2, 3)
MOST_NAMED = 500
MOST_HOLDERS = 900
MOST_DAYS = 60


def _about(text: str) -> dict[str, str]:
    return {"description": text}


def _note() -> Personal:
    return Personal(longest=1000, lines=True, metadata=_about("Note; kept private."))


def _named(text: str) -> Items:
    return Items(Id(), most=MOST_NAMED, distinct=True, metadata=_about(text))


def _recall() -> Id:
    return Id(required=True, metadata=_about("The recall."))


class RecallScope(Message):
    """The goods that are called back: one of the three, and all that is made of them."""

    lots = _named("Whole lots, wherever their goods are.")
    arrivals = _named("Containers or loads: every lot registered from them.")
    units = _named("Single units.")


class RecallHolder(Message):
    """A business that has such goods or sold them; added by the service."""

    organisation = Id(required=True, metadata=_about("The business."))
    grams = Grams(least=0, required=True)


class RecallOrderingRequest(Message):
    """Goods are called back. ``asked_at`` and ``digest`` confirm what the proposal answered."""

    question = Inner(RecallScope, required=True)
    asked_at = Id(required=True, metadata=_about("The position at which the proposal was asked."))
    digest = Sha256(required=True, metadata=_about("The proposal's digest."))
    case = Id(metadata=_about("The case that it is under; an authority's recall is under one."))
    exposure = Id(metadata=_about("The recorded exposure of that case that the goods were taken from."))
    level = Whole(least=1, most=3, required=True, metadata=_about("1 is the most dangerous."))
    reason = Choice(RECALL_REASONS, required=True, metadata=_about("Why they are called back."))
    measures = Items(
        Choice(MEASURES), required=True, distinct=True, metadata=_about("What businesses have to do.")
    )
    public = Flag(metadata=_about("Whether consumers are told on the code's page."))
    note = _note()


class RecallOrdering(RecallOrderingRequest):
    """Goods are called back, as the ledger records it."""

    witnesses = Items(
        Id(), least=0, most=MOST_NAMED, metadata=_about("Units that show such goods in the author's region.")
    )
    holders = Items(
        Inner(RecallHolder), least=0, most=MOST_HOLDERS, metadata=_about("Who has such goods or sold them.")
    )


class RecallStart(Message):
    """A business has begun with what a recall demands of it."""

    recall = _recall()
    happened_at = Moment(required=True)
    note = _note()


class RecallReportRequest(Message):
    """What became of the recalled goods in a business's hands, in grams; a later report replaces it."""

    recall = _recall()
    found_grams = Grams(least=0, required=True, metadata=_about("There and set aside."))
    returned_grams = Grams(least=0, metadata=_about("Sent back to who sent them."))
    sold_grams = Grams(least=0, metadata=_about("Sold and not got back."))
    destroyed_grams = Grams(least=0, metadata=_about("Destroyed, or handed to an authority."))
    missing_grams = Grams(least=0, metadata=_about("Should be there and is not."))
    evidence = Items(
        Sha256(), most=20, distinct=True, metadata=_about("SHA-256 of files that were uploaded before.")
    )
    note = _note()


class Accounted(Message):
    """What the ledger says of them, in grams; added by the service."""

    held = Grams(least=0, required=True)
    returned = Grams(least=0, required=True)
    sold = Grams(least=0, required=True)
    destroyed = Grams(least=0, required=True)


class RecallReport(RecallReportRequest):
    """A report, as the ledger records it."""

    accounted = Inner(Accounted, metadata=_about("What the ledger said of them then."))


class RecallExtension(Message):
    """A recall gets more time."""

    recall = _recall()
    days = Whole(least=1, most=MOST_DAYS, required=True, metadata=_about("Working days more."))
    reason = Choice(EXTENSION_REASONS, required=True, metadata=_about("Why."))
    note = _note()


class RecallFinishing(Message):
    """A recall is finished: everybody has reported, or its author goes without."""

    recall = _recall()
    lift = Flag(metadata=_about("Whether the goods may move again: nothing of them is dangerous any more."))
    without_reports = Flag(metadata=_about("Finish although somebody has not reported."))
    note = _note()


class RecallWithdrawal(Message):
    """A recall is taken back; its goods may move again."""

    recall = _recall()
    reason = Choice(LIFT_REASONS, required=True, metadata=_about("Why."))
    note = _note()


class DisposalRecord(Message):
    """Goods of a recall or a case were destroyed, handed over or sent back, as a statement says."""

    recall = Id(metadata=_about("The recall; or else the case."))
    case = Id(metadata=_about("The case, of goods that were held under it and not recalled."))
    statement = Id(
        required=True,
        metadata=_about("Position of goods-destroyed, goods-surrendered, or goods-shipped back or away."),
    )
    note = _note()
