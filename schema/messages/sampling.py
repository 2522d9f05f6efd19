"""Messages about samples of places and goods, their results, plans, and what is told and counted of them."""

from __future__ import annotations

from schema.messages.cases import HAZARDS
from schema.messages.fields import Choice, Flag, Id, Inner, Items, Message, Personal, Text, Whole
from schema.messages.goods import CATEGORIES
from schema.messages.movements import SAMPLE_PURPOSES, DocumentNumber, ShortCode
from schema.messages.views import Listed, LotRef, PartyRef, PlaceRef, words
from schema.messages.written import Day, Issuer, Moment, RegionPrefix, Sha256

SUBJECTS = ("unit", "zone", "vehicle", "bay", "equipment", "surface")
"""What a sample is of: goods, or what goods touch."""
SURFACES = ("door", "handle", "floor", "wall", "shelf", "table", "tool", "drain", "other")
SAMPLE_RESULTS = ("negative", "positive", "inconclusive", "invalid")
METHODS = ("pcr", "culture", "immunoassay", "chromatography", "sensory", "other")
"""How it was tested."""
PERIODS = ("day", "week", "month")
SPLITS = ("region", "facility", "category", "subject", "purpose")
"""By what counts are told apart within a period."""
SAMPLE_STATES = ("taken", "sent", "tested")
FAILURES = ("open", "overdue", "answered", "closed")
"""What became of a positive: nobody answered yet, or in time; answered; closed by an authority."""
MOST_SENT = 100
MOST_PLANNED = 10_000


def _about(text: str) -> dict[str, str]:
    return {"description": text}


def _remark() -> Personal:
    return Personal(longest=500, lines=True, metadata=_about("Remark; kept private."))


class PlaceSampling(Message):
    """A sample of what goods touch: one zone, vehicle, bay, piece of equipment or surface."""

    facility = Id(required=True, metadata=_about("Where: a place of one's own, or of an authority's region."))
    zone = Whole(least=1, most=999, metadata=_about("Number of the zone."))
    vehicle = Id(metadata=_about("The vehicle that stood there."))
    bay = ShortCode(metadata=_about("The bay, as movements name it, such as D3."))
    equipment = ShortCode(metadata=_about("The forklift or other equipment, such as FL-2."))
    surface = Choice(SURFACES, metadata=_about("The kind of surface, where it is none of these."))
    purpose = Choice(SAMPLE_PURPOSES, required=True, metadata=_about("What it is tested for."))
    samples = Items(
        DocumentNumber(),
        most=MOST_SENT,
        distinct=True,
        required=True,
        metadata=_about("Numbers of the samples."),
    )
    happened_at = Moment(required=True)
    remark = _remark()


class SampleSending(Message):
    """Samples are sent to a laboratory."""

    samples = Items(Id(), most=MOST_SENT, distinct=True, required=True, metadata=_about("The samples."))
    laboratory = Issuer(required=True, metadata=_about("The laboratory, as its reports name it."))
    sent_at = Moment(required=True)


class SampleTest(Message):
    """What a laboratory found. A positive raises a finding; an inconclusive one is tested again."""

    sample = Id(required=True, metadata=_about("The sample."))
    result = Choice(SAMPLE_RESULTS, required=True)
    hazard = Choice(HAZARDS, metadata=_about("What was found; demanded of a positive."))
    test = DocumentNumber(required=True, metadata=_about("Number of the laboratory's report."))
    method = Choice(METHODS, required=True, metadata=_about("How it was tested."))
    tested_at = Moment(required=True)
    file = Sha256(metadata=_about("SHA-256 of the report, uploaded before."))
    remark = _remark()


class SamplingPlanning(Message):
    """So many samples are to be taken in each day, week or month: at a place, or in a region."""

    region = RegionPrefix(metadata=_about("An authority's: its own region, or a part of it."))
    facility = Id(metadata=_about("One place, instead of a region."))
    subject = Choice(SUBJECTS, metadata=_about("What is sampled; left out: anything."))
    purpose = Choice(SAMPLE_PURPOSES, metadata=_about("What for; left out: anything."))
    count = Whole(least=1, most=MOST_PLANNED, required=True, metadata=_about("How many samples."))
    period = Choice(PERIODS, required=True, metadata=_about("In each of these."))
    from_day = Day(required=True)
    until_day = Day(required=True)


class SamplingPlanEnding(Message):
    """A plan is given up from today on."""

    plan = Id(required=True, metadata=_about("The plan."))


class SampleResultView(Message):
    """One test of a sample."""

    organisation = Inner(PartyRef)
    result = Text()
    hazard = Text(allow_none=True)
    test = Text()
    method = Text()
    tested_at = Moment()
    file = Text(allow_none=True)
    position = Id()


class SampleView(Message):
    """A sample, and how far it is."""

    id = Id()
    number = Text()
    organisation = Inner(PartyRef, metadata=words("Who said that it was taken."))
    authority = Inner(PartyRef, allow_none=True, metadata=words("The authority that took it, if one did."))
    facility = Inner(PlaceRef)
    region = Text()
    subject = Text(metadata=words("unit, zone, vehicle, bay, equipment or surface."))
    target = Id(allow_none=True, metadata=words("Id of the unit or vehicle; number of the zone."))
    label = Text(allow_none=True, metadata=words("Name of the bay or equipment; kind of surface."))
    lot = Inner(LotRef, allow_none=True)
    purpose = Text()
    taken_at = Moment()
    state = Text(metadata=words("taken, sent or tested."))
    laboratory = Text(allow_none=True)
    sent_at = Moment(allow_none=True)
    result = Text(allow_none=True, metadata=words("Of the newest test."))
    hazard = Text(allow_none=True)
    test = Text(allow_none=True)
    tested_at = Moment(allow_none=True)
    finding = Id(allow_none=True, metadata=words("What a positive raised, and its owner answers."))
    failure = Text(allow_none=True, metadata=words("open, overdue, answered or closed."))
    due_at = Text(allow_none=True)
    withdrawn = Flag()
    position = Id()


class SampleDetail(SampleView):
    """A sample with all its tests, and the papers of its lot that bear the number of one."""

    tests = Listed(Inner(SampleResultView))
    papers = Listed(Id(), metadata=words("Certificates of the lot that have the number of a test."))


class SampleQuery(Message):
    """Which samples."""

    state = Choice(SAMPLE_STATES)
    result = Choice(SAMPLE_RESULTS)
    failure = Choice(FAILURES)
    subject = Choice(SUBJECTS)
    purpose = Choice(SAMPLE_PURPOSES)
    facility = Id()
    lot = Id()
    region = RegionPrefix()
    from_day = Day(metadata=words("Taken on this day or later."))
    until_day = Day(metadata=words("Taken on this day or before."))


class SampleCounts(Message):
    """Samples taken in one period, of one region, place, kind … where asked, and what became of them."""

    begins = Day(metadata=words("First day of the period; weeks begin on Mondays."))
    key = Text(metadata=words("Region, category, subject or purpose; a place's id; empty: not told apart."))
    facility = Inner(PlaceRef, allow_none=True)
    taken = Whole()
    waiting = Whole(metadata=words("Without a result, or to be tested again."))
    negative = Whole()
    positive = Whole()
    pass_permille = Whole(allow_none=True, metadata=words("Negative among negative and positive."))
    open = Whole(metadata=words("Failures that nobody answered; overdue ones are among them."))
    overdue = Whole()
    answered = Whole()
    closed = Whole()


class SampleCountsQuery(Message):
    """Which periods, of what."""

    period = Choice(PERIODS)
    split = Choice(SPLITS)
    from_day = Day()
    until_day = Day()
    region = RegionPrefix()
    facility = Id()
    category = Choice(CATEGORIES)
    subject = Choice(SUBJECTS)
    purpose = Choice(SAMPLE_PURPOSES)


class SamplingPlanView(Message):
    """A plan, and what was taken in the period that runs."""

    id = Id()
    organisation = Inner(PartyRef)
    region = Text()
    facility = Inner(PlaceRef, allow_none=True)
    subject = Text(allow_none=True)
    purpose = Text(allow_none=True)
    count = Whole()
    period = Text()
    from_day = Day()
    until_day = Day()
    ended_on = Day(allow_none=True)
    is_running = Flag()
    taken = Whole(metadata=words("In the period that runs."))
    position = Id()


class PlannedPeriod(Message):
    """What was taken in one period of a plan."""

    begins = Day()
    taken = Whole()
    missing = Whole()


class SamplingPlanDetail(SamplingPlanView):
    """A plan with its last twelve periods."""

    periods = Listed(Inner(PlannedPeriod))


class SamplingPlanQuery(Message):
    """Which plans."""

    running = Flag()
