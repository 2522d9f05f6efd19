"""What is sent and answered about policies: editions, a regulator's drafts, previews and comparisons."""

from __future__ import annotations

from marshmallow import fields

from schema.messages.fields import Choice, Flag, Id, Inner, Message, Text, Whole
from schema.messages.policies import PolicyDocument
from schema.messages.views import Listed, PartyRef, words
from schema.messages.written import Moment, Regime, RegionPrefix

EDITION_STATES = ("in_force", "scheduled", "past", "withdrawn")


class PolicyView(Message):
    """A policy that was enacted: an edition."""

    position = Id(metadata=words("Where it was enacted; statements judged under it name this."))
    region = Text(metadata=words("Prefix of region codes; empty: the whole country."))
    regime = Text()
    state = Choice(EDITION_STATES)
    begins = Text(metadata=words("The instant from which it holds, UTC."))
    until = Text(allow_none=True, metadata=words("Until when it holds, as far as is known now."))
    ends = Text(allow_none=True, metadata=words("When it was said to end, whatever follows."))
    enacted_at = Text()
    withdrawn_at = Text(allow_none=True)
    organisation = Inner(PartyRef, allow_none=True, metadata=words("Who enacted it; null: the platform."))
    document = fields.Dict(metadata=words("What is demanded, as enacted."))


class PolicyQuery(Message):
    """Policies in force when."""

    at = Moment(metadata=words("At which moment, as known then; left out: now."))


class JudgingQuery(Message):
    """Where, and for which goods."""

    region = RegionPrefix(required=True)
    regime = Regime()


class EditionQuery(Message):
    """Which editions."""

    region = RegionPrefix()
    regime = Regime()
    state = Choice(EDITION_STATES)


class PolicyDraftBody(Message):
    """A policy in the making: nothing of it is said until it is enacted."""

    name = Text(required=True, longest=100, metadata=words("What the draft is called among colleagues."))
    region = RegionPrefix(required=True)
    regime = Regime()
    document = Inner(PolicyDocument, required=True, metadata=words("What would be demanded."))


class PolicyDraftView(Message):
    """A draft."""

    id = Id()
    name = Text()
    region = Text()
    regime = Text()
    document = fields.Dict()
    changed_at = fields.DateTime()


class DraftKept(Message):
    """A draft was kept."""

    id = Id()


class ChangeView(Message):
    """A place in a policy where two say different things; defaults count as said."""

    place = Text(metadata=words("Path in the document: issuers/quarantine."))
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class ComparisonView(Message):
    """A policy beside the one that it would follow, or followed."""

    against = Id(allow_none=True, metadata=words("Position of the other one; null: there is none."))
    changes = Listed(Inner(ChangeView))


class PreviewView(Message):
    """What the last days would have been under a draft, as far as the ledger was read."""

    state = Text(metadata=words("running, done, or stopped: it took too long or was cut off."))
    since = Text(metadata=words("Statements recorded from then on were judged again."))
    read = Whole(metadata=words("Entries read so far."))
    size = Whole(metadata=words("Entries to read."))
    judged = Whole(metadata=words("Statements judged again."))
    refused = Whole(metadata=words("Of these, refused under the draft."))
    changed = Whole(metadata=words("Of these, recorded with other rules broken."))
    allowed = Whole(metadata=words("Intents that were refused and would have been let in."))
    asked_at = fields.DateTime()
    of_this = Flag(metadata=words("Whether the draft still says what was previewed."))


class RuleView(Message):
    """A rule with the facts that broke it."""

    rule = Text()
    facts = fields.Dict()


class DifferenceView(Message):
    """A statement, or an intent that was refused, that the draft judges otherwise."""

    position = Id(metadata=words("Of an intent, that of the statement that was recorded next."))
    at = Text()
    kind = Text()
    organisation = Inner(PartyRef, allow_none=True)
    effect = Text(metadata=words("refused, changed, or allowed: an intent that was refused."))
    refused = Listed(Inner(RuleView), metadata=words("Why it would have been refused."))
    added = Listed(Inner(RuleView), metadata=words("Rules that it would have broken as well."))
    removed = Listed(
        Inner(RuleView),
        metadata=words("Rules that it would not have broken; of an intent, why it was refused."),
    )
