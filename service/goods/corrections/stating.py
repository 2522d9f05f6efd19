"""What a client's changes make of a statement: the replacement that the ledger records.

Rules kept here: what the changes do not name stays as it was said, personal values in their seals and codes
as they were given; what they name is read by the message of the statement's own kind; who corrects learns of
no statement that is somebody else's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from schema.identifiers import Level, TraceCode
from schema.problems import Problem, Refusal
from service.goods.corrections.asking import asking
from service.goods.corrections.said import Said, said_at
from service.goods.corrections.subjects import SUBJECTS
from service.goods.reading import may_read
from service.http.body import load
from service.http.keys import DATABASE, LEDGER, VAULT
from service.http.writes import Draft, Write
from service.ledger import Data
from service.parties.keeping import Keeper, Speaker
from service.parties.personal import seal

_LISTED_CODES = {"outputs": "code"}
"""Lists whose entries bear a code that the service makes."""


async def stated(draft: Draft, writes: Mapping[str, Write]) -> Draft:
    """The draft of a correction with its ``replacement``. Raises Problem ``message.invalid`` or
    ``correction.…``."""
    data = dict(draft.data)
    is_withdrawn, changes = data.pop("withdraw", False), data.pop("changes", None)
    if is_withdrawn:
        return draft.with_data(data | {"replacement": None})
    async with asking(draft.app[DATABASE].reader, draft.app[LEDGER].registry) as ask:
        said = await ask.answer(lambda world: said_at(data["position"], world))
        shown = said is not None and await may_read(ask.conn, draft.reader, said.first, said.root)
    if said is None or not shown or said.kind not in SUBJECTS:
        # The rules answer it: to them the replacement of what is not there, or not one's own, is all one.
        return draft.with_data(data | {"replacement": None})
    return await _replaced(draft, data, said, changes, writes[said.kind])


async def _replaced(draft: Draft, data: Data, said: Said, changes: Data, write: Write) -> Draft:
    kept = {*write.parsed.parameters, *write.made, *_sealed(said.last, changes)}
    schema = write.schema(exclude=sorted(kept & set(write.schema._declared_fields)))
    for name in changes:
        if name not in schema.load_fields:
            field = f"/changes/{name[:40]}"
            raise Refusal("correction.not-of-the-statement", field=field, name=name[:40], kind=said.kind)
    body = {name: value for name, value in said.last.items() if name not in kept}
    body = {name: value for name, value in {**_uncoded(body), **changes}.items() if value is not None}
    try:
        loaded = load(schema, body)
    except Problem as problem:
        causes = [each.at(f"/changes{each.field or ''}") for each in problem.causes]
        raise Problem(problem.code, field=None, causes=causes, **problem.facts) from None
    sealed, personal = seal(schema, _coded(loaded, said.last), draft.reader.uscc)
    replacement = {**{name: said.last[name] for name in kept if name in said.last}, **sealed}
    found = [replace(each, pointer=f"/replacement{each.pointer}") for each in personal]
    speaker = Speaker(draft.reader.organisation or 0, draft.reader.uscc)
    keeper = Keeper(draft.app[DATABASE].writer, draft.app[VAULT])
    for aside in await keeper.keep(found, speaker, replacement):
        draft = draft.keeping(aside)
    return draft.with_data(data | {"replacement": replacement})


def _sealed(data: Data, changes: Collection[str]) -> set[str]:
    """Members that hold personal values and are not stated anew."""
    return {name for name, value in data.items() if name not in changes and _is_sealed(value)}


def _is_sealed(value: object) -> bool:
    if isinstance(value, dict):
        return value.keys() == {"sha256"} or any(_is_sealed(each) for each in value.values())
    return isinstance(value, list) and any(_is_sealed(each) for each in value)


def _uncoded(body: Data) -> Data:
    """What a client would have said: without the codes that the service made."""
    lists = {
        name: [{key: value for key, value in each.items() if key != code} for each in body[name]]
        for name, code in _LISTED_CODES.items()
        if name in body
    }
    return {**body, **lists}


def _coded(loaded: Data, before: Data) -> Data:
    """With the codes that were given; what is more than before gets new ones of the same region."""
    made: dict[str, Any] = {}
    for name, code in _LISTED_CODES.items():
        if name in loaded:
            codes = [each[code] for each in before[name]]
            region = TraceCode.parse(codes[0]).region
            more = len(loaded[name]) - len(codes)
            codes += [TraceCode.new(Level.BATCH, region).text for _ in range(more)]
            made[name] = [{**each, code: given} for each, given in zip(loaded[name], codes, strict=False)]
    return {**loaded, **made}
