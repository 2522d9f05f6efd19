"""What the interface answers to a write and to a fault; documentation and white list in one."""

from __future__ import annotations

from marshmallow import fields

from schema.messages.fields import Id, Inner, Items, Message, Text, Whole
from schema.messages.written import Moment, Sha256


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class Fault(Message):
    """One thing that is wrong, or one rule that a recorded fact broke."""

    pointer = Text(metadata=_about("JSON pointer to the field that is to blame."))
    code = Text(required=True, metadata=_about("What programs compare; explained at /problems/CODE."))
    title = Text(required=True, metadata=_about("What it is, in the reader's language."))
    detail = Text(required=True, metadata=_about("The facts, in the reader's language."))
    remedy = Text(required=True, metadata=_about("What would help, in the reader's language."))


class ProblemDocument(Message):
    """A problem document (RFC 9457)."""

    type = Text(required=True, metadata=_about("Where the code is explained."))
    title = Text(required=True, metadata=_about("What it is, in the reader's language."))
    status = Whole(required=True, metadata=_about("The HTTP status."))
    detail = Text(required=True, metadata=_about("The facts, in the reader's language."))
    code = Text(required=True, metadata=_about("Stable; what programs compare."))
    remedy = Text(required=True, metadata=_about("What would help, in the reader's language."))
    instance = Text(metadata=_about("The request: its path and, after #, its id in the log."))
    errors = Items(Inner(Fault), metadata=_about("Each field or cause, where there are several."))


class Recorded(Message):
    """The receipt of a statement: the same bytes each time the same submission is sent."""

    position = Id(required=True, metadata=_about("Its place in the ledger, from 0."))
    recorded_at = Moment(required=True, metadata=_about("When it was recorded (UTC)."))
    kind = Text(required=True, metadata=_about("The kind of statement."))
    leaf = Sha256(required=True, metadata=_about("Its leaf hash in the ledger's tree, in hex."))
    promise = Text(
        required=True, metadata=_about("A note signed by the ledger that this leaf is at this position.")
    )
    receipt = Text(
        required=True, metadata=_about("Where its receipt is, once a checkpoint covers it: within seconds.")
    )
    outcome = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata=_about("What followed: ids of what was made, and other consequences."),
    )
    breach = Items(
        Inner(Fault), least=0, required=True, metadata=_about("Rules that this fact broke; it stands.")
    )


class ReceiptFile(Message):
    """A receipt, checked by ``coldledger verify-receipt`` without a network. Keep its exact bytes: they are
    canonical JSON, and a file that is written otherwise is refused."""

    v = Whole(required=True, metadata=_about("The format: 1."))
    entry = Text(required=True, metadata=_about("The public entry, as its exact text."))
    nonce = Sha256(
        required=True,
        allow_none=True,
        metadata=_about("SHA-256(nonce ‖ statement) is what the entry commits to; hex, or null."),
    )
    promise = Text(
        required=True, allow_none=True, metadata=_about("The ledger's signed promise of this entry, or null.")
    )
    proof = Text(required=True, metadata=_about("The proof with its checkpoint (C2SP tlog-proof)."))
    sha256 = Sha256(required=True, metadata=_about("Of the receipt without this member; proves nothing."))
    statement = Text(
        required=True,
        allow_none=True,
        metadata=_about("The statement as its exact text, for who may read it; otherwise null."),
    )


class SecretOnce(Message):
    """What only the first answer to a submission tells. It is stored nowhere: a repeated one is without
    it."""

    secret = Text(metadata=_about("Shown once, now. Not in the answer to a repeated submission."))


class SignedIn(Message):
    """A session, which the cookie carries."""

    user = Id(required=True, metadata=_about("Id of the user."))
    organisation = Id(required=True, metadata=_about("Id of the user's organisation."))
    role = Text(required=True, metadata=_about("manager or staff."))
    csrf = Text(required=True, metadata=_about("For the header X-CSRF-Token of every unsafe request."))


class FileKept(Message):
    """A file that is in the store now."""

    sha256 = Sha256(required=True, metadata=_about("Its name from now on; certificates refer to it."))
    size = Whole(required=True, metadata=_about("Bytes."))
    type = Text(required=True, metadata=_about("What its first bytes show it to be."))
