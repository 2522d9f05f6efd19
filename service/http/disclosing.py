"""Names of persons in answers: filled in for who may have them, each with its line in the access log.

A sole trader's name stands blank in every row, and so do name and address of a sole trader's place; a
personal field of a statement is a commitment, ``{"sha256": …}``. Of one thing that is asked for, both are
told to who may have them without giving a reason; a list tells names alone, so that it does not read a
hundred drivers. What was erased says so. A sole trader's social credit code is told with the name, and where
a statement names it as its values are; what stands for it in the register is told to nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aiohttp import web

from schema.identifiers import SOLE_TRADER, is_register_key
from service.http.keys import DATABASE, VAULT
from service.http.readers import Reader
from service.parties.persons.access import Readings, Who
from service.parties.standing import Scope

ERASED = "已删除 erased"
"""Stands where a name was, in both languages."""
_REF = frozenset({"id", "name", "name_en", "region"})
_NAMES = ("name", "name_en", "address")
_DIGEST_LENGTH = 64


def readings(app: web.Application) -> Readings:
    """What opens and logs in this application."""
    return Readings(app[DATABASE].writer, app[VAULT])


def who(reader: Reader) -> Who | None:
    """Who reads, for the log; None for the public."""
    if reader.actor is None or reader.organisation is None:
        return None
    manager = Scope.PARTIES_WRITE in reader.scopes
    actor = reader.actor
    return Who(str(reader.kind), reader.organisation, reader.region, actor.user, actor.token, manager)


async def disclose(app: web.Application, reader: Reader, shown: Any, *, listed: bool) -> None:
    """Fill ``shown``, an answer as JSON has it, in place."""
    asking, opening = who(reader), readings(app)
    if asking is not None:
        await _fill(opening, asking, shown, listed=listed)
    await _fill_codes(opening, asking, shown)


async def _fill(opening: Readings, asking: Who, shown: Any, *, listed: bool) -> None:
    blank = [each for each in _objects(shown) if _is_blank(each)]
    sealed = [] if listed else [each for each in _objects(shown) if _is_commitment(each)]
    if blank:
        await _fill_names(opening, asking, blank)
    if sealed:
        await _fill_values(opening, asking, sealed)


async def _fill_names(opening: Readings, asking: Who, blank: list[dict[str, Any]]) -> None:
    places = [(each, name) for each in blank for name in _NAMES if name in each and not each[name]]
    values = await opening.names(asking, {(each["id"], f"/{name}") for each, name in places})
    gone = await opening.erased_names({each["id"] for each in blank})
    for each, name in places:
        each[name] = values.get((each["id"], f"/{name}"), each[name])
    for each in blank:
        if each["id"] in gone and not each["name"]:
            each["name"] = ERASED


async def _fill_values(opening: Readings, asking: Who, sealed: list[dict[str, Any]]) -> None:
    found = {each.sha256: each for each in await opening.read(asking, digests={e["sha256"] for e in sealed})}
    for each in sealed:
        known = found.get(each["sha256"])
        if known is None:
            each["erased"] = True
        elif known.value is not None:
            each["value"] = known.value


async def _fill_codes(opening: Readings, asking: Who | None, shown: Any) -> None:
    """In the place of each register key the code: as its commitment beside it was opened, else as who is
    registered under it is known."""
    found = [(each, name) for each in _objects(shown) for name in each if is_register_key(each[name])]
    beside = {(id(each), name): (each.get(f"{name}_code") or {}).get("value") for each, name in found}
    wanted = {each[name] for each, name in found if beside[id(each), name] is None}
    known = await opening.codes(asking, wanted) if asking is not None and wanted else {}
    for each, name in found:
        each[name] = beside[id(each), name] or known.get(each[name], SOLE_TRADER)


def _objects(shown: Any) -> Iterator[dict[str, Any]]:
    if isinstance(shown, dict):
        yield shown
        for value in shown.values():
            yield from _objects(value)
    elif isinstance(shown, list):
        for value in shown:
            yield from _objects(value)


def _is_blank(thing: dict[str, Any]) -> bool:
    return not thing.get("name", True) and thing.keys() >= _REF and isinstance(thing["id"], int)


def _is_commitment(thing: dict[str, Any]) -> bool:
    digest = thing.get("sha256")
    return thing.keys() == {"sha256"} and isinstance(digest, str) and len(digest) == _DIGEST_LENGTH
