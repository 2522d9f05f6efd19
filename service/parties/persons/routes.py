"""Personal data over the interface: read with a reason, erased, kept for a case; who read what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from aiohttp import web

from schema.messages import staff as messages
from schema.problems import Problem
from service.http.body import JSON, json_body, load
from service.http.declared import Action
from service.http.disclosing import readings, who
from service.http.keys import DATABASE, LEDGER, READER, VAULT
from service.http.paging import Slice
from service.http.readers import Reader, demand
from service.http.reads import Ask, Read
from service.http.writes import Write
from service.ledger import Data, Statement
from service.parties.persons.access import Why
from service.parties.persons.erasure import ERASE_PERSON, KEEP_PERSON, LET_PERSON
from service.parties.persons.forgetting import forget
from service.parties.visibility import not_found, sight
from service.storage import query

_TAG = "persons"
_READING = messages.PersonalReading()
_DISCLOSURE = messages.PersonalDisclosure()


async def tell(app: web.Application, reader: Reader, position: int, why: Why | None) -> Data:
    """The personal values of a statement that the reader may have, each logged; pages use it too.

    Raises Problem ``request.not-found``, ``person.reason-missing`` or ``person.case-missing``.
    """
    asking = who(reader)
    if asking is None:
        raise Problem("auth.missing")
    opening = readings(app)
    pointers = await _personal_fields(app, position)
    await opening.demand_reason(asking, position, why)
    found = {each.sha256: each for each in await opening.read(asking, [position], why=why)}
    known = {digest: found.get(digest) for digest in pointers}
    told = any(each is not None and each.value is not None for each in known.values())
    # What is not the reader's and what is not there look alike; who said it learns what became of it.
    if not told and not await _may_know(app, reader, position):
        raise not_found()
    items = [
        {"pointer": pointers[digest], "value": each and each.value, "erased": each is None}
        for digest, each in known.items()
        if each is None or each.value is not None
    ]
    return {"position": position, "items": items}


async def _may_know(app: web.Application, reader: Reader, position: int) -> bool:
    """Whether the reader's organisation made the statement, and may learn what became of it."""
    told = await app[LEDGER].acknowledgement(position)
    return told.statement.actor.organisation == reader.organisation


async def _personal_fields(app: web.Application, position: int) -> dict[str, str]:
    """Where personal values stood in a statement, by their commitments."""
    try:
        record = await app[LEDGER].record(position)
    except Problem:
        raise not_found() from None
    return dict(_commitments(Statement.decode(record.statement).data, ""))


def _commitments(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if value.keys() == {"sha256"}:
            yield value["sha256"], pointer
        for name, inner in value.items():
            yield from _commitments(inner, f"{pointer}/{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _commitments(inner, f"{pointer}/{index}")


async def _read(request: web.Request) -> web.Response:
    reader = request[READER]
    demand(reader, "goods:read")
    said = load(_READING, await json_body(request))
    why = Why(said["purpose"], said.get("case")) if "purpose" in said else None
    told = await tell(request.app, reader, said["position"], why)
    return web.Response(body=orjson.dumps(_DISCLOSURE.dump(told)), content_type=JSON)


async def _accesses(ask: Ask) -> Slice[dict[str, Any]]:
    if ask.reader.kind == "organisation":
        demand(ask.reader, "parties:write")
    before = ask.page.after[0] if ask.page.after else None
    filters = ask.query.get("kind"), ask.query.get("subject"), ask.query.get("others", False)
    rows = await ask.request.app[DATABASE].writer.fetch(
        query("private/access.page"), *sight(ask.reader), before, ask.page.wanted, *filters
    )
    return ask.page.cut([dict(row) for row in rows], lambda row: (row["id"],))


async def _forget(app: web.Application, statement: Statement) -> None:
    data = statement.data
    await forget(app[DATABASE].writer, app[VAULT], f"{data['kind']}/{data['subject']}")


READS: Sequence[Read] = (
    Read("/api/v1/accesses", "accesses", "Who read which personal data, and why; newest first",
         _accesses, messages.AccessView, messages.AccessQuery, cursor=(int,), tag=_TAG),
)  # fmt: skip

WRITES: Sequence[Write] = (
    Write("/api/v1/erasures", ERASE_PERSON, messages.PersonErasure,
          "Erase a person: the key is destroyed, and with it every copy of what it sealed", follow=_forget,
          tag=_TAG, example={"kind": "staff", "subject": 18000, "reason": "request"}),
    Write("/api/v1/keepings", KEEP_PERSON, messages.PersonKeeping,
          "Have a person's data kept for a case: they cannot be erased", tag=_TAG,
          example={"kind": "staff", "subject": 18000, "case": "2020-WH-001"}),
    Write("/api/v1/keepings/ended", LET_PERSON, messages.PersonLetting,
          "Have them kept for that case no more", tag=_TAG,
          example={"kind": "staff", "subject": 18000, "case": "2020-WH-001"}),
)  # fmt: skip

ACTIONS: Sequence[Action] = (
    Action("POST", "/api/v1/personal-readings", "read-personal-data",
           "Read the personal data of a statement; each value that is told is logged",
           _read, body=messages.PersonalReading, response=messages.PersonalDisclosure, scope="goods:read",
           tag=_TAG),
)  # fmt: skip
