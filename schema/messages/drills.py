"""Messages about drills: planned, started, finished, cancelled, and what is told of them."""

from __future__ import annotations

from schema.messages.cases import HAZARDS
from schema.messages.fields import Choice, Flag, Id, Inner, Items, Message, Personal, Text, Whole
from schema.messages.views import Listed, LotRef, PartyRef, words
from schema.messages.written import Day, Sha256

DRILL_STATES = ("planned", "running", "finished", "cancelled")
TARGETS = ("list_minutes", "acknowledge_minutes", "located_percent")
MOST_SEED = 10**9
MOST_MINUTES = 14 * 24 * 60
MOST_DRAWN = 1000


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class DrillPlanning(Message):
    """An authority plans a drill for its region."""

    seed = Whole(least=0, most=MOST_SEED, required=True, metadata=_about("Draws the goods when it starts."))
    hazard = Choice(HAZARDS, required=True, metadata=_about("What is pretended to have been found."))
    scheduled_on = Day(required=True, metadata=_about("When it is to take place."))
    list_minutes = Whole(
        least=1,
        most=MOST_MINUTES,
        required=True,
        metadata=_about("Target: minutes until all holders are known."),
    )
    acknowledge_minutes = Whole(
        least=1,
        most=MOST_MINUTES,
        required=True,
        metadata=_about("Target: minutes until all have acknowledged."),
    )
    located_percent = Whole(
        least=1, most=100, required=True, metadata=_about("Target: how much of the quantity is found.")
    )
    note = Personal(longest=1000, lines=True, metadata=_about("Note; kept private."))


class DrillStarting(Message):
    """A drill starts, as the ledger records it: with the goods that its seed drew."""

    drill = Id(required=True, metadata=_about("The drill."))
    lot = Id(required=True, metadata=_about("What was drawn."))
    units = Items(Id(), most=MOST_DRAWN, required=True, metadata=_about("Its units then."))
    candidates = Whole(
        least=1, required=True, metadata=_about("From how many lots of the region it was drawn.")
    )
    digest = Sha256(required=True, metadata=_about("SHA-256 of their ids."))
    asked_at = Id(required=True, metadata=_about("The position at which those were found."))


class DrillFinishing(Message):
    """A drill is finished and scored."""

    drill = Id(required=True, metadata=_about("The drill."))
    note = Personal(longest=2000, lines=True, metadata=_about("What was learnt; kept private."))


class DrillCancelling(Message):
    """A drill does not take place."""

    drill = Id(required=True, metadata=_about("The drill."))


class DrillHolder(Message):
    """How it went with one holder of the goods; seconds are from the start."""

    organisation = Inner(PartyRef)
    here = Flag(metadata=words("Whether it is, or keeps the goods, in the authority's region."))
    grams = Whole(metadata=words("What the ledger said it had when the drill started."))
    located_grams = Whole(metadata=words("What it counted of that."))
    acknowledged = Whole(allow_none=True)
    answered = Whole(allow_none=True)


class DrillMet(Message):
    """Which targets were met."""

    list_minutes = Flag()
    acknowledge_minutes = Flag()
    located_percent = Flag()


class DrillScore(Message):
    """How it went: seconds from the start, and grams. Asked are holders of the region."""

    listed = Whole(allow_none=True, metadata=words("Until it was known who has the goods."))
    held = Whole(allow_none=True, metadata=words("Until the goods were on hold, on paper."))
    requested = Whole(allow_none=True, metadata=words("Until the first holder was asked."))
    asked = Whole()
    acknowledged = Whole()
    in_time = Whole(metadata=words("Of them acknowledged within the target."))
    grams = Whole()
    located_grams = Whole()
    located_permille = Whole(allow_none=True)
    elsewhere_grams = Whole(metadata=words("With holders of other regions: not asked, and not counted."))
    met = Inner(DrillMet)


class DrillView(Message):
    """A drill."""

    id = Id()
    organisation = Inner(PartyRef)
    region = Text()
    seed = Whole()
    hazard = Text()
    scheduled_on = Day()
    state = Text(metadata=words("planned, running, finished or cancelled."))
    list_minutes = Whole()
    acknowledge_minutes = Whole()
    located_percent = Whole()
    case = Id(allow_none=True, metadata=words("Its case, from the start on."))
    lot = Inner(LotRef, allow_none=True)
    asked_at = Id(allow_none=True)
    candidates = Whole(allow_none=True)
    digest = Text(allow_none=True)
    planned_at = Text()
    started_at = Text(allow_none=True)
    ended_at = Text(allow_none=True)
    score = Inner(DrillScore, allow_none=True)
    position = Id()


class DrillStepView(Message):
    """A step of a drill, in seconds from its start."""

    kind = Text()
    organisation = Inner(PartyRef)
    at = Text()
    after = Whole()
    position = Id()


class DrillDetail(DrillView):
    """A drill with its holders and steps: the report."""

    holders = Listed(Inner(DrillHolder))
    steps = Listed(Inner(DrillStepView))


class DrillQuery(Message):
    """Which drills."""

    state = Choice(DRILL_STATES)


class DrillClock(Message):
    """When the last drill of the own region was finished, and until when there is to be the next."""

    last_ended_at = Text(allow_none=True)
    due_on = Day(allow_none=True, metadata=words("Two years later; null: there was none."))
    overdue = Flag()
