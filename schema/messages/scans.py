"""Messages about scans of labels: handed in, perhaps later and many at once, and what became of each."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from schema.messages.fields import Id, Inner, Items, Message, Text, Whole
from schema.messages.views import Listed, LotRef, PartyRef, PlaceRef, words
from schema.messages.written import Moment, TraceCode

MOST_SCANS = 500
"""Scans in one request."""


class ScanEntry(Message):
    """A label was read at a place. Who read it is who hands it in: an organisation, no person."""

    code = TraceCode(required=True, metadata=words("The trace code of the label."))
    facility = Id(required=True, metadata=words("Where it was read: a place of yours, or of your region."))
    scanned_at = Moment(required=True, metadata=words("When: a time with its offset."))


class _Unread(fields.Dict):
    """An entry that is read by itself, so that a bad one does not turn away the others."""

    def _deserialize(self, value: Any, *_context: Any, **_options: Any) -> Any:
        return value if isinstance(value, dict) else {}


class ScanBatch(Message):
    """Scans, the offline ones too. Each is noted or refused by itself; handing one in again does no harm."""

    scans = Items(
        _Unread(metadata=words("code, facility, scanned_at: see ScanEntry.")),
        required=True,
        most=MOST_SCANS,
        metadata=words("code, facility and scanned_at of each."),
    )


class RefusedScan(Message):
    """A scan that was not noted, and why."""

    index = Whole(metadata=words("Its place in the list, from 0."))
    code = Text(metadata=words("Code of the problem."))
    title = Text()
    detail = Text()
    remedy = Text()


class ScanReceipt(Message):
    """What became of a batch of scans."""

    noted = Whole(metadata=words("Scans that are new."))
    again = Whole(metadata=words("Scans of a code at a place within a minute that is noted already."))
    refused = Listed(Inner(RefusedScan))


class Ground(Message):
    """A piece of evidence behind a suspicion. Of others' doings a business is told kind, time and city."""

    what = Text(metadata=words("scan, statement or attempt."))
    at = Text(allow_none=True, metadata=words("When it was scanned, recorded or tried."))
    happened_at = Text(allow_none=True, metadata=words("When what a statement tells of happened, as said."))
    region = Text()
    code = Text(allow_none=True)
    organisation = Inner(PartyRef, allow_none=True, metadata=words("Who."))
    facility = Inner(PlaceRef, allow_none=True, metadata=words("Where."))
    position = Id(allow_none=True, metadata=words("Position of the statement."))
    kind = Text(allow_none=True, metadata=words("Kind of the statement."))
    pieces = Whole(allow_none=True)
    lots = Listed(Inner(LotRef), metadata=words("Lots for which a paper was tried."))


class CodeQuery(Message):
    """Where a code is asked for. Left out, nothing is noted."""

    facility = Id(metadata=words("The place where the label is read now: the scan is noted there."))
