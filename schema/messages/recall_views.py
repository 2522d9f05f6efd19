"""What is told of recalls: documentation and white list in one."""

from __future__ import annotations

from marshmallow import fields

from schema.messages.fields import Choice, Flag, Id, Inner, Message, Text, Whole
from schema.messages.incident_views import HoldProposalView
from schema.messages.recalls import RECALL_STATES
from schema.messages.views import Listed, LotRef, PartyRef, words


class RecallHolderView(Message):
    """A business that would be told, and how much of it it has or sold."""

    organisation = Inner(PartyRef)
    grams = Whole(metadata=words("In store, on the road to it, or sold by it."))


class RecallProposalView(HoldProposalView):
    """What a recall would cover and whom it would address. Confirm it with ``asked_at`` and ``digest``."""

    holders = Listed(Inner(RecallHolderView))


class Amounts(Message):
    """What became of recalled goods, in grams, as a business reports it."""

    found = Whole()
    returned = Whole()
    sold = Whole()
    destroyed = Whole()
    missing = Whole()


class AccountedView(Message):
    """What the ledger accounts for, in grams."""

    held = Whole()
    returned = Whole()
    sold = Whole()
    destroyed = Whole()


class RecallPartView(Message):
    """One business's part of a recall."""

    organisation = Inner(PartyRef)
    grams = Whole(metadata=words("What it had or had sold when the recall was ordered."))
    started_at = Text(allow_none=True)
    start_overdue = Flag(metadata=words("Not begun, and the time is over."))
    reported_at = Text(allow_none=True)
    report_overdue = Flag(metadata=words("Had some, has not reported, and the last day is over."))
    report = Inner(Amounts, allow_none=True)
    accounted = Inner(
        AccountedView, allow_none=True, metadata=words("What the ledger says now; not asked of the past.")
    )
    located_grams = Whole(metadata=words("Found, sent back or destroyed, as reported."))
    located_percent = Whole(allow_none=True, metadata=words("Of what it had or had sold; rounded down."))
    evidence = Listed(Text(), metadata=words("SHA-256; GET /api/v1/files/SHA256."))
    note = fields.Dict(allow_none=True)
    position = Id(metadata=words("Position of what was said last."))


class DisposalView(Message):
    """Goods that were destroyed, handed over or sent away."""

    id = Id()
    statement = Id(metadata=words("Position of the statement that says so."))
    kind = Text()
    organisation = Inner(PartyRef)
    unit = Id()
    lot = Inner(LotRef)
    grams = Whole()
    happened_at = Text()
    evidence = Listed(Text())


class RecallView(Message):
    """A recall, as far as you may see it. ``overdue`` is derived from its clocks and never written."""

    id = Id()
    organisation = Inner(PartyRef, metadata=words("Who calls back."))
    case = Id(allow_none=True)
    level = Whole()
    reason = Text()
    measures = Listed(Text())
    public = Flag()
    drill = Flag(metadata=words("It is a drill: no goods are held, and the public is not told."))
    state = Text(metadata=words("ordered, started, finished or withdrawn."))
    hold = Id(allow_none=True, metadata=words("What keeps the goods where they are."))
    lots = Listed(Inner(LotRef))
    ordered_at = Text()
    start_by = Text(metadata=words("Until when everybody has begun."))
    finish_on = Text(metadata=words("The last day, in China."))
    calendar_until = Text(
        allow_none=True,
        metadata=words("Where the last day is beyond the announced holidays: until when these are known."),
    )
    overdue = Flag()
    started_at = Text(allow_none=True)
    ended_at = Text(allow_none=True)
    grams = Whole(metadata=words("Of the businesses told here: what they had or had sold."))
    located_grams = Whole()
    located_percent = Whole(allow_none=True)
    addressed = Whole(metadata=words("Businesses told here."))
    reported = Whole()
    note = fields.Dict(allow_none=True)
    position = Id()


class Extension(Message):
    """More time that was given."""

    finish_on = Text(attribute="from", metadata=words("The last day until then."))
    days = Whole(metadata=words("Working days more."))
    reason = Text()
    at = Text()


class RecallDetail(RecallView):
    """A recall with the businesses that it addresses, and what was disposed of."""

    extensions = Listed(Inner(Extension))
    parts = Listed(Inner(RecallPartView))
    disposals = Listed(Inner(DisposalView), metadata=words("The newest 200."))
    disposed_grams = Whole()


class RecallQuery(Message):
    """Which recalls."""

    state = Choice(RECALL_STATES)
    running = Flag(metadata=words("Only those that are not over."))
    case = Id()
    lot = Id()


class WayOut(Message):
    """A statement by which goods of a recall left for good."""

    statement = Id(metadata=words("Its position."))
    kind = Text()
    happened_at = Text()
