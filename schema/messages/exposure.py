"""Messages about exposure: the question, as an address says it, and what is told of the answer."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from schema.messages.fields import Choice, Flag, Id, Inner, Items, Message, Text, Whole
from schema.messages.policies import TIERS, ZONE_KINDS, ExposureTerms
from schema.messages.trace_views import AmountView
from schema.messages.views import Listed, PartyRef, PlaceRef, UnitView, words
from schema.messages.written import Moment

MOST_NAMED = 200
"""Things that one question names; more of them are a lot or an arrival."""
RELATIONS = (
    *("seed", "batch", "derived", "container", "vehicle", "next_trip", "zone", "handling", "voyage"),
    "production",
)
"""How a step of a path leads to the next goods."""

CONTACTS = ("direct", "indirect")
"""Of people: they handled the goods, or worked where they lay."""


class Several(Items):
    """A list, which an address writes with commas: ``units=12000,13000``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, str):
            parts = [part.strip() for part in value.split(",")]
            is_whole = isinstance(self.inner, Whole)
            value = [int(p) if is_whole and p.isascii() and p.isdigit() and len(p) < 20 else p for p in parts]
        return super()._deserialize(value, attr, data, **kwargs)


def _named(text: str) -> Several:
    said = {**words(f"{text}, by ids with commas."), "example": "12000,13000"}
    return Several(Id(), most=MOST_NAMED, distinct=True, metadata=said)


class ExposureQuery(ExposureTerms):
    """A question of exposure. It begins from one kind of thing; what it does not say is the policy's."""

    units = _named("From these units")
    lots = _named("From these lots")
    arrivals = _named("From these arrivals")
    facility = Id(metadata=words("From a zone of this place."))
    zone = Whole(least=0, most=999, metadata=words("Number of that zone; 0: the place has none."))
    vehicle = Id(metadata=words("From this vehicle."))
    begin = Moment(data_key="from", attribute="begin", metadata=words("Since when goods may be dangerous."))
    end = Moment(data_key="to", attribute="end", metadata=words("Until when; left out: what is known last."))
    sampled_at = Moment(
        metadata=words("When the sample was taken; without “from”, days are counted back from it.")
    )
    look_back_days = Whole(least=0, most=365, metadata=words("So many days before the sample."))
    known_before = Id(
        metadata=words(
            "Position at which the case opened: what was recorded from there on ends no stay; disinfections"
            " of then count once an authority accepted them."
        )
    )
    tiers = Several(
        Choice(TIERS),
        distinct=True,
        metadata={**words("Relations that count, with commas."), "example": "0,2,3"},
    )
    zone_kinds = Several(Choice(ZONE_KINDS), distinct=True, metadata=words("Kinds of zone, with commas."))


class ExposureHitsQuery(ExposureQuery):
    """Which of what was reached."""

    tier = Choice(TIERS, metadata=words("Only of this relation."))
    hop = Whole(least=0, most=5, metadata=words("Only after so many contacts."))
    cleared = Flag(metadata=words("What only disinfections kept out, instead."))


class ExposureFullQuery(ExposureHitsQuery):
    """All of it, as it comes."""

    format = Choice(("ndjson", "csv"), metadata=words("How it is written; ndjson unless said."))


class ReachView(AmountView):
    """So many units of so many lots, with what is on hand of them."""

    units = Whole()
    lots = Whole()


class TierView(ReachView):
    """What was reached by a relation, or a closer one first."""

    tier = Text()


class HopView(ReachView):
    """What was reached after so many contacts."""

    hop = Whole()


class StateView(ReachView):
    """What was reached, by where it stands now."""

    state = Text()


class RegionView(ReachView):
    """What was reached, by the region where it is."""

    region = Text()


class ElsewhereView(Message):
    """Units in a city that is none of yours: its authority knows more."""

    region = Text(metadata=words("The city; null digits stand for its counties."))
    units = Whole()


class ExposedHolderView(ReachView):
    """Who has how much of it now."""

    organisation = Inner(PartyRef)
    facility = Inner(PlaceRef, allow_none=True)


class ExposureView(Message):
    """What a question reaches, counted: what concerns your region, and of the rest in which cities it is."""

    position = Id(metadata=words("Statements before this position are known to the answer."))
    question = fields.Dict(metadata=words("The question with everything that it did not say."))
    digest = Text(metadata=words("SHA-256 of all that is reached: the same question has the same one."))
    by_index = Flag(metadata=words("Whether the trace index answered, or the database."))
    milliseconds = Whole(metadata=words("How long the answer took; 0 where it was known already."))
    hits = Inner(ReachView)
    held = Inner(ReachView, metadata=words("Of these, under a hold."))
    tiers = Listed(Inner(TierView))
    hops = Listed(Inner(HopView))
    states = Listed(Inner(StateView))
    regions = Listed(Inner(RegionView))
    holders = Listed(Inner(ExposedHolderView), metadata=words("The greatest 50."))
    elsewhere = Listed(Inner(ElsewhereView))
    cleared = Inner(ReachView, metadata=words("What only disinfections kept out."))


class StepView(Message):
    """How goods were reached: from which ones, by what, where and how long."""

    unit = Id(allow_none=True)
    lot = Id(allow_none=True)
    relation = Choice(RELATIONS)
    hop = Whole()
    region = Text(allow_none=True, metadata=words("Where the goods are that you may not see: the city."))
    facility = Inner(PlaceRef, allow_none=True)
    zone = Whole(allow_none=True)
    vehicle = Id(allow_none=True)
    shipment = Id(allow_none=True)
    bay = Text(allow_none=True)
    equipment = Text(allow_none=True)
    people = Whole(allow_none=True, metadata=words("How many people handled both."))
    since = Moment(metadata=words("Since when these goods are exposed."))
    until = Moment(allow_none=True, metadata=words("Until when they met what endangered them."))
    overlap_minutes = Whole(allow_none=True, metadata=words("Whole minutes together."))
    position = Id(
        allow_none=True, metadata=words("The statement that put them there, or handled or moved them.")
    )
    corrected_by = Id(allow_none=True, metadata=words("The statement that corrected that one."))


class HitView(Message):
    """A unit that was reached, with the last step that leads to it."""

    unit = Inner(UnitView)
    tier = Text()
    hop = Whole()
    since = Moment()
    step = Inner(StepView, allow_none=True)
    cleared_by = Listed(Id(), metadata=words("Of what was kept out: the disinfections on its way."))


class PathView(Message):
    """The whole way to one unit, from what the question began with."""

    unit = Id()
    tier = Text()
    hop = Whole()
    steps = Listed(Inner(StepView))
    cleared_by = Listed(Id(), metadata=words("Of what was kept out: the disinfections on its way."))


class DangerousPlaceView(Message):
    """A zone, or a trip, with when goods in question were there."""

    facility = Inner(PlaceRef, allow_none=True)
    zone = Whole(allow_none=True)
    vehicle = Id(allow_none=True)
    shipment = Id(allow_none=True)
    since = Moment()
    until = Moment()
    units = Whole(metadata=words("Units in question that were there then."))


class TouchedView(Message):
    """A member of the staff who handled goods in question, or worked where they lay."""

    staff = Id()
    organisation = Inner(PartyRef)
    role = Text()
    contact = Choice(CONTACTS)
    since = Moment()
    until = Moment()
    times = Whole(metadata=words("Handlings, or shifts."))
