"""As of when something is asked: a position, or a time that a position follows from."""

from __future__ import annotations

from schema.messages.fields import Id, Inner, Message, Text
from schema.messages.written import Moment


class AsOfView(Message):
    """What the answer knows of: the statements before ``position``."""

    position = Id(
        required=True,
        metadata={"description": "Statements before this position are known to the answer, and no others."},
    )
    recorded_at = Moment(
        required=True,
        allow_none=True,
        metadata={"description": "When the last of them was recorded (UTC); null where there is none."},
    )


class AsOfQuery(Message):
    """The parameter of every read that can be asked about the past."""

    as_of = Text(
        longest=40,
        metadata={
            "description": "Answer as was known then: a position (statements before it are known), or a time"
            " (what was recorded by then): a day or a minute of China's clock (2020-08-17, 2020-08-17T09:30),"
            " or RFC 3339. Who may see what, and the names of parties and places, are today's.",
            "example": "2020-08-17T09:30+08:00",
        },
    )


class AsOfAnswer(Message):
    """What such an answer has besides, where it was asked so."""

    as_of = Inner(AsOfView, metadata={"description": "As of when this is; only where it was asked."})
