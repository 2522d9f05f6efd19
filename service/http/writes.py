"""Writes are declared: a path, the kind of statement it proposes, the schema of its body. One handler
serves all.

Order of a write: load the body → add what the path says → check what a device signed → add what is random →
seal personal values → append.
Everything in the answer but a secret is rendered from the stored statement, so the same submission gets the
same bytes again, from whichever process. The digest of a submission is of what the client sent, before
sealing and chance, or a repeated request would never be the same one.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import orjson
from aiohttp import web
from marshmallow import Schema

from schema.problems import Language, Problem, Refusal
from schema.signed_request import HEADER as SIGNATURE
from schema.signed_request import submission_key
from service.http.body import JSON, json_body, load
from service.http.keys import DATABASE, LEDGER, READER, REGISTER_KEYS, VAULT, language
from service.http.paths import Path
from service.http.problems import in_words
from service.http.readers import Reader, demand
from service.http.signatures import Signed, Signing
from service.incidents import refused
from service.ledger import Acknowledgement, Data, Idempotency, Kind, Proposal, Statement, canonical
from service.ledger.kinds import Asides
from service.parties.persons.keeping import Keeper, Speaker
from service.parties.persons.personal import redact, seal, together

log = logging.getLogger(__name__)

_KEY = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True, slots=True)
class Draft:
    """What will be proposed, so far.

    ``asides`` are written with the statement and are not derived from it. ``once`` is told in the first
    answer and never again: nothing stored can give it back. ``undo`` gives up what preparing took, where a
    rule refuses the statement.
    """

    app: web.Application
    reader: Reader
    data: Data
    asides: tuple[Asides, ...] = ()
    once: Mapping[str, str] = field(default_factory=dict)
    submission: Idempotency | None = None
    signed: Signed | None = None
    undo: tuple[Callable[[], Awaitable[None]], ...] = ()

    def adding(self, **values: Any) -> Draft:
        """The draft with more data."""
        return self.with_data({**self.data, **values})

    def with_data(self, data: Data) -> Draft:
        """The draft with other data."""
        return replace(self, data=data)

    def keeping(self, aside: Asides, once: Mapping[str, str] | None = None) -> Draft:
        """The draft with rows that go with it, and what is told of them once."""
        return replace(self, asides=(*self.asides, aside), once=self.once if once is None else once)

    def undoing(self, undo: Callable[[], Awaitable[None]]) -> Draft:
        """The draft with something more to give up where it is refused."""
        return replace(self, undo=(*self.undo, undo))


Prepare = Callable[[Draft], Awaitable[Draft]]
"""Adds what a pure decider cannot make: random codes, credentials. Raises Problem."""

Changing = Callable[[web.Application, Mapping[str, Any]], Awaitable[Schema | None]]
"""The schema of what a request changes, by the parameters of its path; None where there is no such thing."""

Follow = Callable[[web.Application, Statement], Awaitable[None]]
"""Does outside the ledger what a statement says, once it is recorded. A repeated submission does it again,
and so does a start, so it must be harmless to do twice."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The outcome of a write: the acknowledgement, and what is told only now."""

    acknowledgement: Acknowledgement
    once: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Write:
    """A POST that proposes a statement of ``kind``.

    Parameters of the path and what the kind has ``made`` are members of the data that are not in the body.
    ``location`` is where the new thing can be read, filled from the outcome and the data. ``once``
    describes what the first answer tells and no later one. ``changing`` says what is personal of changes.
    """

    path: str
    kind: Kind
    schema: type[Schema]
    summary: str
    prepare: Prepare | None = None
    changing: Changing | None = None
    follow: Follow | None = None
    location: str | None = None
    once: type[Schema] | None = None
    tag: str = "goods"
    example: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        """The operation's id."""
        return self.kind.name

    @property
    def made(self) -> tuple[str, ...]:
        """The members that the service adds."""
        return self.kind.made

    @cached_property
    def parsed(self) -> Path:
        """The path, read once."""
        return Path(self.path)

    @cached_property
    def loader(self) -> Schema:
        """The schema of what the client sends, made once."""
        given = {*self.parsed.parameters, *self.made}
        return self.schema(exclude=sorted(given & set(self.schema._declared_fields)))

    def route(self) -> web.RouteDef:
        """How aiohttp serves it."""
        return web.post(self.parsed.routed, self._handle)

    async def _handle(self, request: web.Request) -> web.Response:
        reader = request[READER]
        demand(reader, self.kind.scope)
        key = key_of(request)
        body = await json_body(request)
        path, signature = self.parsed.values(request), _signature(request)
        receipt = await submit(request.app, self, reader, path, body, key, signature)
        return self._answer(receipt, language(request))

    def _answer(self, receipt: Receipt, spoken: Language) -> web.Response:
        body = orjson.dumps({**rendered(receipt.acknowledgement, spoken), **receipt.once})
        headers: dict[str, str] = {"Content-Language": spoken}
        if self.location is not None:
            statement = receipt.acknowledgement.statement
            headers["Location"] = self.location.format_map({**statement.data, **statement.outcome})
        return web.Response(status=201, body=body, content_type=JSON, headers=headers)


def key_of(request: web.Request) -> str | None:
    """The client's key for a submission. Raises Problem ``request.idempotency-key``."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise Problem("request.idempotency-key")
    return key


async def submit(
    app: web.Application,
    write: Write,
    reader: Reader,
    path: Mapping[str, Any],
    body: Mapping[str, Any],
    key: str | None = None,
    signature: str | None = None,
) -> Receipt:
    """Propose what ``body`` says; pages use it too. ``path`` holds the parameters of the write's path and
    ``signature`` what a device signed it with.

    Raises Problem ``message.invalid``, ``signature.…``, the Refusal of a rule, or ``ledger.…``.
    """
    if reader.actor is None:
        raise Problem("auth.missing")
    changed = None if key is None or write.changing is None else await write.changing(app, path)
    submission = None if key is None else submission_digests(write, reader, key, path, body, changed)
    data = load(write.loader, body)
    draft = Draft(app, reader, {**data, **path}, submission=submission)
    if signature is not None:
        signing = Signing(app, write.kind, write.loader, reader)
        draft = replace(draft, signed=await signing.check(signature, body, data, draft.data, submission))
    if write.prepare is not None:
        try:
            draft = await write.prepare(draft)
        except Problem:
            # What was free when it was first asked for, a login, is taken when the same is asked again.
            repeated = submission and await app[LEDGER].repeated(submission)
            if not repeated:
                raise
            return Receipt(repeated)
    sealed, personal = seal(write.loader, draft.data, reader.uscc, app[REGISTER_KEYS].of)
    speaker = Speaker(reader.actor.organisation, reader.uscc)
    kept = await Keeper(app[DATABASE].writer, app[VAULT]).keep(personal, speaker, sealed)
    try:
        receipt = await _append(write.kind, replace(draft, data=sealed, asides=(*draft.asides, *kept)))
    except Refusal as refusal:
        if refused.is_listed(write.kind.intent, refusal):
            await _note_refusal(app, write, reader, {**body, **path}, sealed, refusal)
        raise
    if write.follow is not None:
        await write.follow(app, receipt.acknowledgement.statement)
    return receipt


async def _note_refusal(
    app: web.Application,
    write: Write,
    reader: Reader,
    said: Mapping[str, Any],
    sealed: Data,
    refusal: Refusal,
) -> None:
    """List a refusal for the authorities. A list that cannot be written changes no answer."""
    assert reader.actor is not None  # noqa: S101  (submit refused it)
    plain = redact(write.loader, said, reader.uscc)
    try:
        await refused.note(app[DATABASE].writer, write.kind.name, reader.actor, plain, sealed, refusal)
    except Exception:
        log.exception("a refused %s was not listed", write.kind.name)


async def _append(kind: Kind, draft: Draft) -> Receipt:
    assert draft.reader.actor is not None  # noqa: S101  (submit refused it)
    written: list[Statement] = []

    def note(_position: int, statement: Statement) -> Iterator[tuple[str, tuple[Any, ...]]]:
        written[:] = [statement]
        yield from ()

    asides = together(note, *draft.asides) if draft.asides else None
    try:
        signature = None if draft.signed is None else draft.signed.recorded(kind, draft.data)
        proposal = Proposal(kind, draft.reader.actor, draft.data, draft.submission, asides, signature)
        acknowledgement = await draft.app[LEDGER].append(proposal)
    except Refusal:
        # Nothing was written. After another fault that is not known, and what was taken is given up by time.
        for undo in draft.undo:
            await undo()
        raise
    # A replayed submission gives the stored statement, which is another object: its secret is not known here,
    # and the one just made belongs to nothing.
    fresh = any(statement is acknowledgement.statement for statement in written)
    return Receipt(acknowledgement, draft.once if fresh else {})


def _signature(request: web.Request) -> str | None:
    """The header as RFC 9110 reads one that came twice, so that no two readers take different ones for it."""
    return ", ".join(request.headers.getall(SIGNATURE, ())) if SIGNATURE in request.headers else None


def submission_digests(
    write: Write,
    reader: Reader,
    key: str,
    path: Mapping[str, Any],
    body: Mapping[str, Any],
    changed: Schema | None = None,
) -> Idempotency:
    """The digests by which a repeated submission is known: its key bound to the organisation, and what was
    sent.

    Personal values and secrets are left out of it, for a digest of them could be searched for.
    Raises Problem ``canonical.…`` for a body that has no canonical form.
    """
    plain = redact(write.loader, body, reader.uscc, changed)
    request = canonical.encode({"write": write.path, "path": dict(path), "body": plain})
    holder = submission_key(reader.organisation or 0, key)
    return Idempotency(holder, hashlib.sha256(request).hexdigest())


def rendered(acknowledgement: Acknowledgement, spoken: Language) -> dict[str, Any]:
    """The answer to a write, from the stored statement alone."""
    statement = acknowledgement.statement
    return {
        "position": acknowledgement.position,
        "recorded_at": statement.at,
        "kind": statement.kind,
        "leaf": acknowledgement.leaf.hex(),
        "promise": acknowledgement.promise,
        "receipt": f"/api/v1/statements/{acknowledgement.position}/receipt",
        "outcome": statement.outcome,
        "breach": [*_breaches(statement.breach, spoken)],
    }


def _breaches(breaches: Iterable[Data], spoken: Language) -> Iterator[dict[str, Any]]:
    for breach in breaches:
        yield in_words(Refusal(breach["rule"], **breach["facts"]), spoken)
