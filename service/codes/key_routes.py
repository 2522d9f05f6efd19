"""Label keys over the interface: made and revoked by the platform, told to anyone, and as a signed directory.

``GET /keys`` is what scanners save beforehand (schema/key_directory.py): text under the ledger's key, made
from the rows at each request and good for some minutes in a cache.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise, starmap
from typing import Any

from aiohttp import web

from schema.ed25519 import read_public
from schema.key_directory import KeyDirectory, LabelKey, LedgerKey, Predecessor, Revocation
from schema.messages.label_keys import LabelKeyRegistration, LabelKeyRevocation, LabelKeyView
from service.codes.keys import REGISTER_LABEL_KEY, REVOKE_LABEL_KEY
from service.codes.signing import LABEL_KEYS
from service.http.declared import Action
from service.http.keys import DATABASE
from service.http.paging import Slice
from service.http.reads import Ask, Read
from service.http.writes import Draft, Write
from service.ledger import store
from service.ledger.note import Signer, Verifier
from service.ledger.statement import instant, parse_instant
from service.parties.identity import HERE, IDENTITY
from service.publishing.routes import TEXT, public
from service.storage import query

TAG = "codes"
SIGNERS: web.AppKey[Sequence[Signer]] = web.AppKey("directory's signers")
"""The keys that sign for the ledger now, the first under its name."""
_FOR_MINUTES = "public, max-age=300"


async def _with_key(draft: Draft) -> Draft:
    """A fresh key: its private half stays in the trust folder."""
    return draft.adding(**await draft.app[LABEL_KEYS].prepared(draft.app[DATABASE].reader))


async def _label_keys(ask: Ask) -> Slice[dict[str, Any]]:
    after = ask.page.after[0] if ask.page.after else None
    now = instant(datetime.now(UTC))
    rows = await ask.pool.fetch(query("codes/read_label_keys.page"), after, ask.page.wanted, now)
    return ask.page.cut([dict(row) for row in rows], lambda row: (row["registered"],))


async def _directory(request: web.Request) -> web.Response:
    async with request.app[DATABASE].reader.acquire() as conn:
        note = await directory_note(conn, request.app[SIGNERS])
    return public(note.encode(), TEXT, _FOR_MINUTES)


async def directory_note(conn: store.Connection, signers: Sequence[Signer]) -> str:
    """The key directory, signed now."""
    rows = await conn.fetch(query("codes/label_key.all"))
    identity = await store.row(conn, IDENTITY, HERE)
    names = [] if identity is None else identity.names
    directory = KeyDirectory(
        signers[0].name,
        datetime.now(UTC),
        tuple(_ledger_key(key) for name in names for key in name["keys"]),
        tuple(map(_listed, rows)),
        tuple(starmap(_predecessor, pairwise(names))),
    )
    return directory.signed(*signers)


def _ledger_key(key: Mapping[str, Any]) -> LedgerKey:
    until = None if key["until"] is None else parse_instant(key["until"])
    return LedgerKey(Verifier.parse(key["vkey"]), parse_instant(key["since"]), until)


def _predecessor(name: Mapping[str, Any], heir: Mapping[str, Any]) -> Predecessor:
    return Predecessor(name["origin"], heir["held"], heir["size"], heir["shown"])


def _listed(row: Any) -> LabelKey:
    revoked = None
    if row["revoked_since"] is not None:
        revoked = Revocation(row["revoked_since"], row["reason"])
    begins, ends = parse_instant(row["valid_from"]), parse_instant(row["valid_until"])
    return LabelKey(read_public(row["public_key"]), row["host"], begins, ends, revoked)


WRITES: Sequence[Write] = (
    Write(
        "/api/v1/label-keys", REGISTER_LABEL_KEY, LabelKeyRegistration,
        "Make a new key that signs labels; the newest signs", prepare=_with_key,
        tag=TAG, example={"valid_days": 730},
    ),
    Write(
        "/api/v1/label-keys/{key}/revocation", REVOKE_LABEL_KEY, LabelKeyRevocation,
        "Revoke a label key: none of its labels is believed any more", tag=TAG,
        example={"since": "2026-11-20T08:00+08:00", "reason": "exposed"},
    ),
)  # fmt: skip
READS: Sequence[Read] = (
    Read("/api/v1/label-keys", "label-keys", "Keys that sign labels, the oldest first",
         _label_keys, LabelKeyView, scope=None, cursor=(int,), tag=TAG),
)  # fmt: skip
ACTIONS: Sequence[Action] = (
    Action("GET", "/keys", "key-directory", "The label keys, signed by the ledger, for scanners to save",
           _directory, media=(TEXT,), tag="public"),
)  # fmt: skip
