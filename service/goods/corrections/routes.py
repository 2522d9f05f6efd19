"""How statements are corrected over the interface: previewed, corrected, and excluded from traces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from aiohttp import web
from marshmallow import Schema

from schema.identifiers import SOLE_TRADER, is_register_key
from schema.messages.corrections import CorrectionPreview, MovementExclusion, StatementCorrectionRequest
from schema.problems import Problem, Refusal
from service.goods import routes as goods_routes
from service.goods.corrections.asking import asking
from service.goods.corrections.correcting import CORRECT
from service.goods.corrections.excluding import EXCLUDE
from service.goods.corrections.said import said_at
from service.goods.corrections.stating import stated
from service.goods.disinfection import routes as disinfection_routes
from service.goods.state import Correction, Event
from service.http.body import JSON, json_body, load
from service.http.declared import Action
from service.http.keys import DATABASE, LEDGER, READER, language
from service.http.paths import Path
from service.http.problems import in_words
from service.http.readers import Reader, demand
from service.http.writes import Draft, Write
from service.incidents.state import HeldLot, Hold
from service.ledger import Context, Data, Decision, Statement, World
from service.ledger.statement import instant
from service.ledger.store import head

WRITES_OF = {write.name: write for write in (*goods_routes.WRITES, *disinfection_routes.WRITES)}
"""By the kind of statement, how it is said."""

_UNTOLD = (Correction, Event, Hold, HeldLot)


async def prepare(draft: Draft) -> Draft:
    """The replacement, from the statement and what is to be otherwise."""
    return await stated(draft, WRITES_OF)


async def changing(app: web.Application, path: Mapping[str, Any]) -> Schema | None:
    """The message of the statement that is corrected: it says which of the changes are personal."""
    async with asking(app[DATABASE].reader, app[LEDGER].registry) as ask:
        said = await ask.answer(lambda world: said_at(int(path["position"]), world))
    write = None if said is None else WRITES_OF.get(said.kind)
    return None if write is None else write.schema()


CORRECTION = Write(
    "/api/v1/statements/{position:id}/corrections", CORRECT, StatementCorrectionRequest,
    "Correct a statement, or withdraw it; refused with what was recorded later and stands in the way",
    prepare=prepare, changing=changing,
    location="/api/v1/statements/{position}",
    example={"reason": "weighing", "changes": {"grams": 26_950_000}},
)  # fmt: skip

WRITES = (
    CORRECTION,
    Write(
        "/api/v1/statements/{position:id}/exclusion", EXCLUDE, MovementExclusion,
        "Take a withdrawn or replaced movement out of traces; for an authority",
        example={"grounds": "never_happened"},
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preview:
    """What a correction would decide, and which rows it would write."""

    position: int
    decision: Decision
    data: Data
    changes: list[dict[str, Any]]


async def preview(app: web.Application, reader: Reader, position: int, body: Data) -> Preview:
    """Judge a correction on what is recorded now, for nobody's record. Raises Problem or Refusal."""
    if reader.actor is None:
        raise Problem("auth.missing")
    actor = reader.actor
    draft = await prepare(Draft(app, reader, {**load(CORRECTION.loader, body), "position": position}))
    async with asking(app[DATABASE].reader, app[LEDGER].registry) as ask:
        size = (await head(ask.conn)).size

        def question(world: World) -> Preview:
            context = Context(actor, instant(datetime.now(UTC)), size, CORRECT.name)
            decision = CORRECT.deciders[CORRECT.newest](draft.data, context, world)
            statement = Statement(
                CORRECT.name, 1, CORRECT.newest, context.at, actor, draft.data, decision.outcome, []
            )
            rows = [*CORRECT.project(statement, size, world)]
            return Preview(position, decision, draft.data, [*_changes(rows, world)])

        return await ask.answer(question)


def _changes(rows: list[Any], world: World) -> Any:
    """Each value that is another one than now."""
    for row in rows:
        projection = world.projection_of(row)
        now = None if projection.log else world.get(projection, projection.key(row))
        if now is None or isinstance(row, _UNTOLD):
            continue
        for column in projection.columns:
            before, after = getattr(now, column), getattr(row, column)
            if column != "version" and before != after:
                told = {"member": column, "before": _told(before), "after": _told(after)}
                yield {"thing": projection.name, "id": projection.key(row), **told}


def _told(value: Any) -> Any:
    """A value, but for what stands in the register for a sole trader's code."""
    return SOLE_TRADER if is_register_key(value) else value


async def _preview(request: web.Request) -> web.Response:
    reader = request[READER]
    demand(reader, CORRECT.scope)
    position = _PREVIEW.values(request)["position"]
    told = await preview(request.app, reader, int(position), await json_body(request))
    spoken = language(request)
    shown = {
        "position": position,
        "kind": told.decision.outcome["kind"],
        "withdrawn": told.data["replacement"] is None,
        "consequences": told.changes,
        "breach": [in_words(Refusal(each.code, **each.facts), spoken) for each in told.decision.breach],  # type: ignore[arg-type]
    }
    return web.Response(body=orjson.dumps(CorrectionPreview().dump(shown)), content_type=JSON)


_PREVIEW = Path("/api/v1/statements/{position:id}/correction-preview")

ACTIONS = (
    Action(
        "POST", "/api/v1/statements/{position:id}/correction-preview", "statement-correction-preview",
        "What a correction would change, and what stands in its way; nothing is recorded", _preview,
        body=StatementCorrectionRequest, response=CorrectionPreview, scope=CORRECT.scope,
        example={"position": 12, "reason": "weighing", "changes": {"grams": 26_950_000}},
    ),
)  # fmt: skip
