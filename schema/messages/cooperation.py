"""Messages about co-operation between authorities: asked, taken in from another ledger, answered."""

from __future__ import annotations

import re

from marshmallow import fields

from schema.messages.cases import HAZARDS, MOST_HOURS, MOST_NAMED, about, note
from schema.messages.fields import Choice, Flag, Grams, Id, Inner, Items, Message, Parsed, Text, Whole
from schema.messages.views import Listed, PartyRef, words
from schema.messages.written import Moment, Region, Sha256
from schema.problems import Problem

COOPERATION_ASKS = ("locate", "seal", "sample", "stop_sale", "trace_on", "records")
"""What another region's authority is asked to do about goods that went there."""
COOPERATION_ANSWERS = ("found", "partly", "not_found")
COOPERATION_STATES = ("open", "acknowledged", "answered")
DIRECTIONS = ("asked", "received")
MOST_PACKAGE = 700_000
"""Characters of a package in base64: 0.5 MB."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def _base64(text: str) -> str:
    if len(text) > MOST_PACKAGE or len(text) % 4 or not _BASE64.fullmatch(text):
        raise Problem("cooperation.no-package")
    return text


class PackageFile(Parsed):
    """A package as a file, in base64."""

    def __init__(self) -> None:
        said = {"description": "The package (a ZIP) in base64.", "contentEncoding": "base64"}
        super().__init__(_base64, required=True, metadata=said)


class CooperationRequest(Message):
    """Another region's authority is asked for help. The service adds the units that show the goods here."""

    case = Id(required=True, metadata=about("The case."))
    region = Region(required=True, metadata=about("The region that is asked, six digits."))
    asks = Items(
        Choice(COOPERATION_ASKS), most=6, distinct=True, required=True, metadata=about("What is asked.")
    )
    lots = Items(Id(), most=MOST_NAMED, distinct=True, required=True, metadata=about("The lots."))
    hours = Whole(least=1, most=MOST_HOURS, required=True, metadata=about("Hours until it is due."))
    witnesses = Items(Id(), least=0, metadata=about("Units that show such goods in the author's region."))
    note = note()


class CooperationReceipt(Message):
    """A request of another ledger is taken in. All that is recorded of it is in its package."""

    file = PackageFile()
    origin = Text(longest=200, metadata=about("Name of the other ledger."))
    reference = Id(metadata=about("Its id there."))
    package = Sha256(metadata=about("SHA-256 of the package."))
    number = Text(longest=50)
    hazard = Choice(HAZARDS)
    region = Region()
    asks = Items(Choice(COOPERATION_ASKS), most=6)
    due_at = Moment()
    drill = Flag()


class CooperationAcknowledgement(Message):
    """The authority that was asked has seen it."""

    cooperation = Id(required=True, metadata=about("What was asked."))


class CooperationAnswer(Message):
    """What the authority that was asked found."""

    cooperation = Id(required=True, metadata=about("What was asked."))
    answer = Choice(COOPERATION_ANSWERS, required=True, metadata=about("Whether the goods were found."))
    grams = Grams(metadata=about("How much was found."))
    note = note()


class CooperationReply(Message):
    """A reply of another ledger is taken in."""

    file = PackageFile()
    cooperation = Id(metadata=about("What was asked here."))
    origin = Text(longest=200)
    package = Sha256()
    answer = Choice(COOPERATION_ANSWERS)
    grams = Grams()


class CooperationView(Message):
    """What one authority asked of another."""

    id = Id()
    direction = Text(metadata=words("asked here, or received from another ledger."))
    organisation = Inner(PartyRef, metadata=words("Who asked, or took it in."))
    case = Id(allow_none=True, metadata=words("Its case; for who leads that."))
    region = Text(metadata=words("The region that is asked."))
    origin = Text(allow_none=True, metadata=words("The other ledger."))
    reference = Id(allow_none=True, metadata=words("Its id there."))
    package = Text(allow_none=True, metadata=words("SHA-256 of its package."))
    number = Text(metadata=words("Number of the case."))
    hazard = Text()
    drill = Flag()
    asks = Listed(Text())
    lots = Listed(Id())
    state = Text()
    made_at = Text()
    due_at = Text()
    overdue = Flag()
    acknowledged_at = Text(allow_none=True)
    answered_at = Text(allow_none=True)
    answer = Text(allow_none=True)
    grams = Grams(allow_none=True)
    answered_by = Inner(PartyRef, allow_none=True)
    reply_origin = Text(allow_none=True)
    reply_package = Text(allow_none=True)
    note = fields.Dict(allow_none=True)
    answer_note = fields.Dict(allow_none=True)
    may_answer = Flag(metadata=words("Whether it is for you to acknowledge or answer."))
    position = Id(metadata=words("Position of its last step."))


class CooperationDetail(CooperationView):
    """The same with the goods that it is about."""

    goods = fields.List(fields.Dict(), metadata=words("What went to the region, by shipment."))


class CooperationQuery(Message):
    """Which."""

    state = Choice(COOPERATION_STATES)
    direction = Choice(DIRECTIONS)
    case = Id()
