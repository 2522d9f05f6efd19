"""Messages about corrections: what was said is taken back or said otherwise, and what is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validates_schema

from schema.messages.fields import Choice, Flag, Id, Inner, Message, Personal, ProblemError, Text, described
from schema.messages.views import Listed, PartyRef, Want, words
from schema.problems import Problem

REASONS = (
    *("typing", "weighing", "counting", "other_goods", "other_party", "other_time", "other_paper"),
    *("said_twice", "never_happened", "inspection", "other"),
)
"""Why something is corrected. A closed set: whatever else is to be said is a note, which is private."""
GROUNDS = ("never_happened", "said_twice", "other_goods", "other")
"""Why an authority takes a withdrawn movement out of traces."""


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class Changes(fields.Dict):
    """Members of a statement that are to be otherwise; null leaves one out. What the kind of statement asks
    of them is known only when that is found, so here it is any object."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(keys=fields.String(), **described(kwargs, additionalProperties=True))


class StatementCorrectionRequest(Message):
    """A statement is corrected: with changes, or withdrawn with nothing in its place."""

    position = Id(required=True, metadata=_about("The statement, or the correction that stands by now."))
    reason = Choice(REASONS, required=True, metadata=_about("Why."))
    note = Personal(longest=500, lines=True, metadata=_about("Note; kept private."))
    withdraw = Flag(metadata={**_about("Take it back and put nothing in its place."), "default": False})
    changes = Changes(
        metadata=_about(
            "Members of the statement's message that are to be otherwise, as that message has them; a list "
            "is stated whole; null leaves a member out."
        )
    )

    @validates_schema
    def _one_of_them(self, data: Mapping[str, Any], **_options: Any) -> None:
        if data.get("withdraw", False) == bool(data.get("changes")):
            raise ProblemError(Problem("correction.nothing-said", field="/changes"))


class StatementCorrection(Message):
    """A statement is corrected, as the ledger records it."""

    position = Id(required=True)
    reason = Choice(REASONS, required=True)
    note = Personal(longest=500, lines=True)
    replacement = fields.Dict(required=True, allow_none=True)


class MovementExclusion(Message):
    """An authority takes a withdrawn or replaced movement out of traces, recalls and exposure."""

    position = Id(required=True, metadata=_about("The statement that was withdrawn or replaced."))
    grounds = Choice(GROUNDS, required=True, metadata=_about("Why."))
    note = Personal(longest=500, lines=True, metadata=_about("Note; kept private."))


class CorrectionView(Message):
    """A statement that was corrected, and by which."""

    position = Id(metadata=words("The statement that was corrected."))
    correction = Id(metadata=words("The one that corrected it."))
    root = Id(metadata=words("What was first said."))
    kind = Text()
    organisation = Inner(PartyRef, metadata=words("Who corrected it."))
    reason = Choice(REASONS)
    withdrawn = Flag(metadata=words("Nothing stands in its place."))
    corrected_at = Text()
    excluded_by = Inner(
        PartyRef, allow_none=True, metadata=words("The authority that excluded it from traces.")
    )
    excluded_at = Text(allow_none=True)


class VersionView(Message):
    """What was said at one time; ``data`` is null where it was withdrawn."""

    position = Id()
    recorded_at = Text()
    organisation = Inner(PartyRef)
    reason = Choice(REASONS, allow_none=True, metadata=words("Of a correction: why."))
    signed_by = Id(allow_none=True, metadata=words("The device key that signed it; null: none did."))
    signed_at = Text(allow_none=True, metadata=words("When the device signed it, by its own clock (UTC)."))
    data = fields.Dict(allow_none=True)


class StatementView(Message):
    """A statement as it stands by now, and every version of it, the first one first."""

    position = Id(metadata=words("Where it stands by now: the position to correct."))
    root = Id()
    kind = Text()
    organisation = Inner(PartyRef)
    recorded_at = Text()
    withdrawn = Flag()
    data = fields.Dict(metadata=words("What it says; of one that was withdrawn, what it said."))
    correctable = Flag(metadata=words("Whether you may correct it."))
    excludable = Flag(metadata=words("Whether you may exclude what was corrected from traces."))
    reverse = Text(allow_none=True, metadata=words("What undoes it, where it is not corrected."))
    versions = Listed(Inner(VersionView))
    corrections = Listed(Inner(CorrectionView))


class ConsequenceView(Message):
    """A value that a correction changes."""

    thing = Text(metadata=words("unit, lot, certificate, shipment, release, arrival or disinfection."))
    id = fields.Raw()
    member = Text()
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class CorrectionPreview(Message):
    """What a correction would do; nothing is recorded."""

    position = Id()
    kind = Text()
    withdrawn = Flag()
    consequences = Listed(Inner(ConsequenceView))
    breach = Listed(Inner(Want), metadata=words("The rules that it would break; goods are held then."))
