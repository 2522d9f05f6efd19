"""What a client's changes make of a statement: the replacement that the ledger records.

Rules kept here: what the changes do not name stays as it was said, personal values in their seals and codes
as they were given; what they name is read by the message of the statement's own kind; who corrects learns of
no statement that is somebody else's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from marshmallow import Schema

from schema.identifiers import is_register_key
from schema.problems import Problem
from service.goods.corrections.asking import asking
from service.goods.corrections.said import Said, said_at
from service.goods.corrections.subjects import SUBJECTS
from service.goods.reading import may_read
from service.http.body import load
from service.http.keys import DATABASE, LEDGER, REGISTER_KEYS, VAULT
from service.http.writes import Draft, Write
from service.ledger import Data
from service.parties.persons.keeping import Keeper, Speaker
from service.parties.persons.personal import seal

_LISTED_CODES = {"outputs": "code"}
"""Lists whose entries bear a code that the service makes."""
_SCANS = ("file", "evidence")
"""Digests of what was uploaded: looked at again only where they are stated anew."""


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
    """What is kept goes beside what is stated, and that the way in which it would have been said at first."""
    last = _without_changed_codes(said.last, changes)
    kept = {*write.parsed.parameters, *write.made, *_untouched(last, changes)}
    schema = write.schema(exclude=sorted(kept & set(write.schema._declared_fields)))
    for name in changes:
        if name not in schema.load_fields:
            field = f"/changes/{name[:40]}"
            raise Problem("correction.not-of-the-statement", field=field, name=name[:40], kind=said.kind)
    keeping = {name: last[name] for name in kept if name in last}
    made = draft.with_data({**keeping, **_loaded(schema, last, kept, changes)})
    if write.prepare is not None:
        made = await write.prepare(made)
    told = {**_with_codes(made.data, last), **keeping}
    to_key = draft.app[REGISTER_KEYS].of
    replacement, personal = seal(schema, told, draft.reader.uscc, to_key)
    found = [replace(each, pointer=f"/replacement{each.pointer}") for each in personal]
    speaker = Speaker(draft.reader.organisation or 0, draft.reader.uscc)
    keeper = Keeper(draft.app[DATABASE].writer, draft.app[VAULT])
    for aside in await keeper.keep(found, speaker, replacement):
        made = made.keeping(aside)
    return made.with_data(data | {"replacement": replacement})


def _loaded(schema: Schema, before: Data, kept: Collection[str], changes: Data) -> Data:
    """What is stated anew and what was stated before, as one message. Raises Problem ``message.invalid``."""
    body = _uncoded({name: value for name, value in before.items() if name not in kept})
    body = {name: value for name, value in {**body, **changes}.items() if value is not None}
    try:
        return load(schema, body)
    except Problem as problem:
        causes = [each.at(f"/changes{each.field or ''}") for each in problem.causes]
        raise Problem(problem.code, field=None, causes=causes, **problem.facts) from None


def _without_changed_codes(data: Data, changes: Collection[str]) -> Data:
    """Without the commitments to sole traders' codes in whose place another code is stated."""
    gone = {f"{name}_code" for name in changes if is_register_key(data.get(name))}
    return {name: value for name, value in data.items() if name not in gone}


def _untouched(data: Data, changes: Collection[str]) -> set[str]:
    """Members that hold personal values or scans and are not stated anew."""
    return {
        name for name, value in data.items() if name not in changes and (name in _SCANS or _is_sealed(value))
    }


def _is_sealed(value: object) -> bool:
    if is_register_key(value):
        return True
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


def _with_codes(data: Data, before: Data) -> Data:
    """With the codes that were given; what there was not before keeps the new one that was just made."""
    lists = {}
    for name, code in _LISTED_CODES.items():
        given = [each[code] for each in before.get(name, ())]
        if name in data:
            lists[name] = [
                {**each, code: given[place]} if place < len(given) else each
                for place, each in enumerate(data[name])
            ]
    return {**data, **lists}
