"""The OpenAPI 3.1 document, made from the declarations and the schemas that validate: it cannot say
otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields

from schema.messages.answers import ProblemDocument, Recorded
from schema.messages.known import AsOfAnswer, AsOfQuery, AsOfView
from schema.signed_request import HEADER as SIGNATURE
from service.http.authentication import COOKIE, CSRF_HEADER
from service.http.body import JSON
from service.http.declared import Action, Declared
from service.http.paging import DEFAULT_LIMIT, MAX_LIMIT
from service.http.paths import Path
from service.http.problems import PROBLEM_JSON
from service.http.reads import Read
from service.http.writes import Write

Document = dict[str, Any]

_ABOUT = """
ColdLedger (冷链账本) records what happens to imported cold-chain food, and who may see it.

**Writes** propose a statement. What is admitted is recorded for ever and answered with a receipt: its
position, its leaf hash and a promise signed by the ledger. Send `Idempotency-Key` with each: the same
submission under the same key gets the same receipt, whatever happened in between. Facts that break a rule
are recorded with their `breach`; intents that break one are refused.

**Faults** are problem documents (RFC 9457) with a stable `code`, explained at `/problems/CODE`, in English or
Chinese by `Accept-Language`. What you may not see and what does not exist are answered alike.

**Signed writes.** A device that holds a key (`/api/v1/tokens/TOKEN/device-keys`) signs what it says: Ed25519
over the canonical JSON (RFC 8785) of
`{"data": …, "idempotency": …, "key": …, "kind": …, "origin": …, "signed_at": …, "v": 1}`.
`data` is the body in its normal form and the parameters of the path, with null for what is personal (members
marked `x-personal`); `idempotency` is the hex SHA-256 of organisation, line feed and `Idempotency-Key`;
`kind` is the operation's id, `origin` the name of this ledger. The ledger keeps the signature, and auditors
check it.

**Quantities** are whole numbers: pieces of the named pack level, and grams. **Times** are said with the
precision that is known: a day, or a minute with its offset. **Lists** come in pages: follow `next`, or the
`Link` header.

**Known when.** A read with `as_of` answers what was known at a position of the ledger, or at a time, and says
as of which position it does. What is corrected later changes no such answer.""".strip()

_TAGS = {
    "parties": "Who takes part: organisations, places, vehicles, users, tokens",
    "policies": "What regions demand, from when to when; drafts and what the last days would have been",
    "staff": "People who touch goods: tests, vaccination, shifts",
    "persons": "Personal data: read with a reason, erased, kept for a case; who read what",
    "incidents": "Findings, holds and recalls: what is wrong, what must not move, and how it ended",
    "drills": "Drills: a mock incident on real goods, timed and scored; nothing of it is public",
    "cases": "Cases from suspicion to closure; what was known when; requests to businesses",
    "notices": "What you are told, who has read it, and the addresses where your people are told",
    "supervision": "Samples, their results and counts, plans of sampling",
    "goods": "Arrivals, lots, certificates, release, and movements",
    "codes": "Trace codes and labels",
    "tracing": "Where goods came from and went to",
    "ledger": "The ledger itself, for whoever checks it: checkpoints, tiles, receipts",
    "public": "What anyone may see: the consumer's view of a code, exit certificates",
    "sessions": "Signing in with a browser, and one's own ways in",
}
_NOT_FOUND, _FAULTS = "404", ("400", "401", "403", "409", "413", "415", "422", "429", "503")


def make_document(declared: Iterable[Declared], ledger: str) -> Document:
    """The whole document; ``ledger`` is the ledger's name."""
    spec = APISpec(
        title="ColdLedger 冷链账本",
        version=version("coldledger"),
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin()],
        info={
            "description": f"{_ABOUT}\n\nThis ledger is `{ledger}`.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
    )
    for name, scheme in _SCHEMES.items():
        spec.components.security_scheme(name, scheme)
    components = _Components(spec)
    spec.components.response(
        "Problem", _content({PROBLEM_JSON: components.reference(ProblemDocument())}, "A problem document.")
    )
    for each in declared:
        operation = _operation(each, components)
        method = each.method.lower() if isinstance(each, Action) else _METHODS[type(each)]
        spec.path(each.parsed.documented, operations={method: operation})
    document: Document = spec.to_dict()
    return document


_METHODS: Mapping[type, str] = {Read: "get", Write: "post"}


_SCHEMES: Mapping[str, Document] = {
    "token": {"type": "http", "scheme": "bearer", "description": "An organisation's API token: cl_…"},
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "A browser's session."},
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": "With a session, for every unsafe request.",
    },
}


class _Components:
    """Schemas by name, each told once, also where one is used with and without some of its fields."""

    def __init__(self, spec: APISpec) -> None:
        self._spec = spec
        self._names: dict[tuple[type[Schema], frozenset[str]], str] = {}

    def reference(self, schema: Schema) -> Document:
        """A reference to ``schema``."""
        key = (type(schema), frozenset(map(str, schema.exclude)))
        if key not in self._names:
            name = type(schema).__name__ + ("Body" if schema.exclude else "")
            if name not in self._spec.components.schemas:
                self._spec.components.schema(name, schema=schema)
            self._names[key] = name
        return {"$ref": f"#/components/schemas/{self._names[key]}"}


def _operation(each: Declared, components: _Components) -> Document:
    scope = each.kind.scope if isinstance(each, Write) else each.scope
    operation: Document = {
        "operationId": each.name,
        "summary": each.summary,
        "tags": [each.tag],
        "parameters": [*_path_parameters(each.parsed), *_parameters(each)],
        "responses": _responses(each, components),
        "security": _demands(scope, each),
    }
    body = _body(each, components)
    return operation | ({} if body is None else {"requestBody": body})


def _demands(scope: str | None, each: Declared) -> list[Document]:
    is_safe = isinstance(each, Read) or (isinstance(each, Action) and each.method == "GET")
    session: Document = {"session": []} if is_safe else {"session": [], "csrf": []}
    if isinstance(each, Action) and each.person:
        return [session]
    return [{}] if scope is None else [{"token": [scope]}, session]


def _path_parameters(path: Path) -> Iterator[Document]:
    for name, is_id in path.parameters.items():
        schema: Document = {"type": "integer", "minimum": 0} if is_id else {"type": "string"}
        about = f"Id of the {name}." if is_id else f"The {name}."
        yield _parameter(name, schema, about, place="path", required=True)


def _parameters(each: Declared) -> Iterator[Document]:
    if isinstance(each, Write):
        yield _parameter("Idempotency-Key", _KEY_SCHEMA, _KEY_ABOUT, place="header")
        yield _parameter(SIGNATURE, {"type": "string"}, _SIGNATURE_ABOUT, place="header")
    if isinstance(each, Read):
        yield from _described(each.loader)
        if each.past:
            yield from _described(AsOfQuery())
        if each.cursor:
            yield _parameter("limit", _LIMIT, "How many at most.")
            yield _parameter("cursor", {"type": "string"}, "“next” of the page before.")


def _described(query: Schema) -> Iterator[Document]:
    for name, field in query.fields.items():
        described = dict(field.metadata)
        about = described.pop("description", "")
        kind = "integer" if isinstance(field, fields.Integer) else "string"
        yield _parameter(name, {"type": kind, **described}, about, required=field.required)


_KEY_SCHEMA: Document = {"type": "string", "minLength": 1, "maxLength": 200}
_KEY_ABOUT = "1 to 200 visible ASCII characters; the same key repeats the same submission."
_SIGNATURE_ABOUT = (
    'key=12000, signed_at="2026-01-31T08:30:00Z", signature=:BASE64: by a device whose key is registered for '
    "the token; such a token writes nothing without it."
)
_LIMIT: Document = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}


def _parameter(
    name: str, schema: Document, about: str, *, place: str = "query", required: bool = False
) -> Document:
    return {"name": name, "in": place, "required": required, "schema": schema, "description": about}


def _body(each: Declared, components: _Components) -> Document | None:
    match each:
        case Write():
            media: Document = {"schema": components.reference(each.loader)}
            if each.example is not None:
                media["example"] = each.example
            needed = any(field.required for field in each.loader.fields.values())
            return {"required": needed, "content": {JSON: media}}
        case Action(body=body) if body is not None:
            shown: Document = {"schema": components.reference(body())}
            if each.example is not None:
                shown["example"] = each.example
            return {"required": True, "content": {JSON: shown}}
        case Action(media=kinds) if JSON not in kinds:
            return {"required": True, "content": {kind: {"schema": _BINARY} for kind in kinds}}
        case _:
            return None


_BINARY: Document = {"type": "string", "format": "binary"}


def _responses(each: Declared, components: _Components) -> Document:
    faults = [*_FAULTS, _NOT_FOUND] if each.parsed.parameters or isinstance(each, Write) else _FAULTS
    responses: Document = {status: {"$ref": "#/components/responses/Problem"} for status in sorted(faults)}
    status, good = _good(each, components)
    return {status: good, **responses}


def _good(each: Declared, components: _Components) -> tuple[str, Document]:
    match each:
        case Write():
            schema: Document = components.reference(Recorded())
            if each.once is not None:
                schema = {"allOf": [schema, components.reference(each.once())]}
            return "201", _content({JSON: schema}, "Recorded. The same submission gets the same receipt.")
        case Read() if each.dumper is not None:
            return "200", _content({JSON: _shown(each, each.dumper, components)}, each.summary)
        case Read():
            return "200", _content(dict.fromkeys(each.media, _BINARY), each.summary)
        case Action():
            schemas = {}
            if each.response is not None:
                item = components.reference(each.response())
                schemas = {JSON: _page(item) if each.many else item}
            return str(each.status), _content(schemas, each.summary)


def _shown(read: Read, dumper: Schema, components: _Components) -> Document:
    """The thing, or a page of such things; one that knows the past may say as of when it is."""
    if not read.cursor:
        return components.reference(_with_as_of(type(dumper))() if read.past else dumper)
    page = _page(components.reference(dumper))
    if read.past:
        page["properties"]["as_of"] = components.reference(AsOfView())
    return page


@cache
def _with_as_of(view: type[Schema]) -> type[Schema]:
    """Told as one schema: a view says that it has no other members than its own."""
    return type(f"{view.__name__}AsOf", (view, AsOfAnswer), {})


def _page(item: Document) -> Document:
    return {
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "items": item},
            "next": {"type": ["string", "null"], "description": "Cursor of the next page; null at the end."},
        },
    }


def _content(schemas: Mapping[str, Document], description: str) -> Document:
    response: Document = {"description": description}
    if schemas:
        response["content"] = {media: {"schema": schema} for media, schema in schemas.items()}
    return response
