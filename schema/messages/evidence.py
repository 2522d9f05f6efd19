"""What is told of evidence packs."""

from __future__ import annotations

from marshmallow import Schema, fields

STATES = ("making", "ready", "failed")


class PackView(Schema):
    """An evidence pack: how far it is, and where it is fetched when it is ready."""

    case = fields.Integer(required=True)
    position = fields.Integer(
        required=True, metadata={"description": "It tells the case as the statements before this have it."}
    )
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    done = fields.Integer(required=True, metadata={"description": "Receipts that are made."})
    total = fields.Integer(required=True)
    size = fields.Integer(allow_none=True, metadata={"description": "Bytes, where it is ready."})
    why = fields.String(allow_none=True, metadata={"description": "Why it failed."})
    href = fields.String(required=True)


class PacksView(Schema):
    """The packs of a case that were made for whoever asks."""

    packs = fields.List(fields.Nested(PackView), required=True)
