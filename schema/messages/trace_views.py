"""What a trace answers: documentation and white list in one."""

from __future__ import annotations

from schema.messages.fields import Choice, Flag, Id, Inner, Message, Text, Whole
from schema.messages.movements import SHORTFALLS
from schema.messages.views import Listed, LotRef, PaperRef, PartyRef, PlaceRef, UnitView, words
from schema.messages.written import Day, Moment


class AmountView(Message):
    """So much; pieces are null where not all were counted."""

    pieces = Whole(allow_none=True)
    grams = Whole()


class AccountView(Message):
    """entered = quarantined + released + in_transit + sold + surrendered + lost + sampled + destroyed
    + processed + delivered.
    """

    entered = Inner(AmountView)
    surplus = Inner(AmountView, metadata=words("Of what entered: brought to light by stock differences."))
    quarantined = Inner(AmountView)
    released = Inner(AmountView)
    in_transit = Inner(AmountView)
    sold = Inner(AmountView)
    surrendered = Inner(AmountView)
    lost = Inner(AmountView)
    sampled = Inner(AmountView)
    destroyed = Inner(AmountView)
    processed = Inner(AmountView)
    delivered = Inner(AmountView)


class DerivedView(Message):
    """What was made of the goods, all derived lots together."""

    lots = Whole()
    account = Inner(AccountView)


class LotAccount(Message):
    """The account of one lot."""

    lot = Inner(LotRef)
    units = Whole()
    account = Inner(AccountView)


class HolderView(AmountView):
    """Who has how much now. ``derived``: of what was made of the goods, not of the goods themselves."""

    organisation = Inner(PartyRef)
    facility = Inner(PlaceRef, allow_none=True)
    state = Text()
    derived = Flag()
    units = Whole()


class RoadView(AmountView):
    """What is on the road by one shipment."""

    shipment = Id()
    consignor = Inner(PartyRef)
    consignee = Inner(PartyRef)
    origin = Inner(PlaceRef)
    destination = Inner(PlaceRef)
    departed_at = Moment()
    derived = Flag()
    units = Whole()


class DeliveredView(AmountView):
    """What a customer got by one shipment: one step down, and no further."""

    shipment = Id()
    consignee = Inner(PartyRef)
    destination = Inner(PlaceRef)
    departed_at = Moment()
    received_at = Moment(allow_none=True)
    derived = Flag()


class LossView(AmountView):
    """A declared loss, in a unit."""

    unit = Id()
    organisation = Inner(PartyRef)
    facility = Inner(PlaceRef, allow_none=True)
    shipment = Id(allow_none=True)
    reason = Choice(SHORTFALLS, allow_none=True)
    derived = Flag()


class ProcessView(Message):
    """A transformation: taken + others = made + lost. Null where you may not see all that went in."""

    node = Id()
    happened_at = Moment()
    taken_grams = Whole(metadata=words("Of the goods that are traced."))
    others_grams = Whole(allow_none=True)
    made_grams = Whole(allow_none=True)
    lost_grams = Whole(allow_none=True)


class EndView(Message):
    """One end of a movement: a unit, or the node of a transformation."""

    unit = Id(allow_none=True)
    process = Id(allow_none=True)
    organisation = Inner(PartyRef, allow_none=True)
    facility = Inner(PlaceRef, allow_none=True)
    lot = Id(allow_none=True)
    held = Flag(metadata=words("Whether a hold is in force on it."))


class FlowView(AmountView):
    """A movement of goods."""

    id = Id()
    kind = Text()
    happened_at = Moment()
    source = Inner(EndView)
    target = Inner(EndView)
    shipment = Id(allow_none=True)
    position = Id()
    corrected_by = Id(
        allow_none=True, metadata=words("The statement that withdrew or replaced it: it counts no more.")
    )


class FlowPage(Message):
    """The first page of movements; more at …/flows with the cursor."""

    items = Listed(Inner(FlowView))
    next = Text(allow_none=True)


class UnitPage(Message):
    """The first page of units; more at …/units with the cursor."""

    items = Listed(Inner(UnitView))
    next = Text(allow_none=True)


class TraceQuery(Message):
    """How fresh a trace must be."""

    at_least = Id(
        metadata=words(
            "Statements before this position must be known to the answer, such as the position that an own"
            " statement was acknowledged with, plus one. It waits two seconds for that at most."
        )
    )


class TraceHead(Message):
    """What every trace begins with."""

    position = Id(metadata=words("Statements before this position are known to the answer, and no others."))
    lot = Inner(LotRef)
    unit = Id(allow_none=True)
    direction = Text()
    complete = Flag(metadata=words("False for a business, whose trace ends one step away, always."))
    processing = Listed(Inner(ProcessView))
    flows = Inner(FlowPage)
    units = Inner(UnitPage)


class DownstreamView(TraceHead):
    """Where goods are now."""

    account = Inner(AccountView)
    derived = Inner(DerivedView)
    holders = Listed(Inner(HolderView))
    in_transit = Listed(Inner(RoadView))
    sold = Listed(Inner(HolderView))
    delivered = Listed(Inner(DeliveredView))
    losses = Listed(Inner(LossView), metadata=words("The greatest 200; the account has their sum."))


class StateTotal(AmountView):
    """How much is on hand in a state; goods that were sold are what was sold."""

    state = Text()
    derived = Flag()
    organisations = Whole(metadata=words("With how many organisations."))
    units = Whole()


class TotalsView(Message):
    """What a way down comes to: no list grows with it."""

    position = Id(metadata=words("Statements before this position are known to the answer, and no others."))
    lot = Inner(LotRef)
    unit = Id(allow_none=True)
    complete = Flag(metadata=words("False for a business, whose trace ends one step away, always."))
    account = Inner(AccountView)
    derived = Inner(DerivedView)
    states = Listed(Inner(StateTotal))


class OriginView(Message):
    """A lot that came in from outside, or the last one that you may see on the way up."""

    lot = Id()
    code = Text()
    product = Text()
    product_en = Text(allow_none=True)
    country = Text(allow_none=True)
    establishment = Text(allow_none=True)
    production_batch = Text(allow_none=True)
    produced_on = Day(allow_none=True)
    organisation = Inner(PartyRef)
    facility = Inner(PlaceRef)
    arrival = Id(allow_none=True)
    source = Text(allow_none=True)
    container = Text(allow_none=True)
    voyage = Text(allow_none=True)
    port = Text(allow_none=True)
    entry_on = Day(allow_none=True)
    processed_grams = Whole(allow_none=True, metadata=words("Grams of it that were processed on the way."))
    certificates = Listed(Inner(PaperRef))


class SupplierView(AmountView):
    """A shipment that brought goods to you: one step up, and no further."""

    shipment = Id()
    consignor = Inner(PartyRef)
    origin = Inner(PlaceRef)
    departed_at = Moment()
    received_at = Moment(allow_none=True)


class UpstreamView(TraceHead):
    """Where goods came from."""

    origins = Listed(Inner(OriginView))
    suppliers = Listed(Inner(SupplierView))
