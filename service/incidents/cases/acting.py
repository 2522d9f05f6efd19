"""What a case does in several statements at once: goods are held, holds are lifted, an alarm does it all."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from aiohttp import web

from schema.messages import case_views as views
from schema.messages import cases as messages
from schema.problems import Problem
from service.http.body import JSON, json_body, load
from service.http.declared import Action
from service.http.keys import DATABASE, READER
from service.http.paths import Path
from service.http.readers import Reader, demand
from service.http.writes import Receipt, submit
from service.incidents import routes as incidents
from service.incidents.cases.answers import Held, Order, hold, led_case
from service.incidents.cases.exposures import RECORD_EXPOSURE
from service.incidents.cases.opening import OPEN_CASE
from service.incidents.cases.reading import TAG
from service.incidents.cases.routes import OPENING, WRITES
from service.incidents.holds import LIFT_HOLD, PLACE_HOLD
from service.storage import query

_FILE = "incidents/read_cases"
_HOLDS, _LIFTING = "/api/v1/cases/{case:id}/holds", "/api/v1/cases/{case:id}/lifting"
_AT_HOLDS, _AT_LIFTING = Path(_HOLDS), Path(_LIFTING)
_HOLDING, _LIFTED, _ALARM = messages.CaseHolding(), messages.CaseLifting(), messages.Alarm()
_BY_NAME = {write.name: write for write in (*WRITES, *incidents.WRITES)}
_REASON = "suspected_positive"


async def held(app: web.Application, reader: Reader, case: int, body: Mapping[str, Any]) -> dict[str, Any]:
    """Hold what tiers of a recorded answer reached; pages do it, too. Raises Problem."""
    wanted = load(_HOLDING, body)
    found = await led_case(app, reader, case)
    exposure = await app[DATABASE].reader.fetchrow(query(f"{_FILE}.exposure"), case, wanted["exposure"])
    if exposure is None:
        raise Problem("case.exposure-not-found", field="/exposure", exposure=wanted["exposure"])
    words = {name: wanted[name] for name in ("note",) if name in wanted}
    words |= {"reason": wanted.get("reason", _REASON), "case_number": found["number"]}
    order = Order(app, reader, found, dict(exposure), words)
    outcome = await hold(order, wanted["tiers"])
    if not outcome.receipts:
        raise Problem("case.nothing-to-hold", field="/tiers", elsewhere=outcome.elsewhere)
    return _told(outcome, exposure["asked_at"])


def _told(outcome: Held, asked_at: int) -> dict[str, Any]:
    placed = [receipt.acknowledgement for receipt in outcome.receipts]
    return {
        "asked_at": asked_at,
        "holds": [_placed(each.position, each.statement.outcome) for each in placed],
        "elsewhere": outcome.elsewhere,
    }


def _placed(position: int, outcome: Mapping[str, Any]) -> dict[str, Any]:
    covers, added = outcome["covers"], outcome["added"]
    return {
        "hold": outcome["hold"],
        "position": position,
        "lots": len(covers["lots"]),
        "units": len(covers["units"]),
        "added": len(added["lots"]) + len(added["units"]),
    }


async def lifted(app: web.Application, reader: Reader, case: int, body: Mapping[str, Any]) -> list[Receipt]:
    """Lift holds of a case: those named, else all; pages do it, too. Raises Problem."""
    wanted = load(_LIFTED, body)
    await led_case(app, reader, case)
    rows = await app[DATABASE].reader.fetch(query(f"{_FILE}.in_force"), case)
    named = wanted.pop("holds", None)
    holds = [row["id"] for row in rows if named is None or row["id"] in named]
    if not holds:
        raise Problem("case.nothing-to-lift", field="/holds", case=case)
    write = _BY_NAME[LIFT_HOLD.name]
    return await asyncio.gather(*(submit(app, write, reader, {"hold": each}, wanted) for each in holds))


async def alarm(app: web.Application, reader: Reader, body: Mapping[str, Any]) -> dict[str, Any]:
    """Open a case, record what is exposed and hold it; pages do it, too. Raises Problem.

    What was done stands where a later step fails: the case is there, and asking again goes on with it.
    """
    load(_ALARM, body)
    said = dict(body)
    tiers, reason = said.pop("hold_tiers"), said.pop("reason", _REASON)
    terms = {"terms": said.pop("terms")} if "terms" in said else {}
    opened = await submit(app, _BY_NAME[OPEN_CASE.name], reader, {}, said)
    case = opened.acknowledgement.statement.outcome["case"]
    recorded = await submit(app, _BY_NAME[RECORD_EXPOSURE.name], reader, {"case": case}, terms)
    statement = recorded.acknowledgement.statement
    exposure = statement.outcome["exposure"]
    found = {"case": case, "exposure": exposure, "counts": statement.data["counts"]}
    try:
        return found | await held(app, reader, case, {"exposure": exposure, "tiers": tiers, "reason": reason})
    except Problem as problem:
        if problem.code != "case.nothing-to-hold":
            raise
        return found | {
            "asked_at": statement.data["asked_at"],
            "holds": [],
            "elsewhere": problem.facts["elsewhere"],
        }


async def _hold(request: web.Request) -> web.Response:
    reader = request[READER]
    demand(reader, PLACE_HOLD.scope)
    case = int(_AT_HOLDS.values(request)["case"])
    return _answer(views.CaseHolds(), await held(request.app, reader, case, await json_body(request)))


async def _lift(request: web.Request) -> web.Response:
    reader = request[READER]
    demand(reader, LIFT_HOLD.scope)
    case = int(_AT_LIFTING.values(request)["case"])
    receipts = await lifted(request.app, reader, case, await json_body(request))
    holds = sorted(receipt.acknowledgement.statement.data["hold"] for receipt in receipts)
    return _answer(views.LiftedHolds(), {"holds": holds})


async def _raise(request: web.Request) -> web.Response:
    reader = request[READER]
    demand(reader, OPEN_CASE.scope)
    return _answer(views.AlarmAnswer(), await alarm(request.app, reader, await json_body(request)))


def _answer(schema: Any, told: Mapping[str, Any]) -> web.Response:
    return web.Response(status=201, body=orjson.dumps(schema.dump(told)), content_type=JSON)


ACTIONS: Sequence[Action] = (
    Action("POST", "/api/v1/alarms", "alarm-raised",
           "Open a case, record what is exposed and hold what tiers reach, at once", _raise, status=201,
           body=messages.Alarm, response=views.AlarmAnswer, scope=OPEN_CASE.scope, tag=TAG,
           example={**OPENING, "hold_tiers": [0, 1, 2, 3]}),
    Action("POST", _HOLDS, "case-held",
           "Hold what a recorded answer reached; sent again it holds what is not held yet", _hold, status=201,
           body=messages.CaseHolding, response=views.CaseHolds, scope=PLACE_HOLD.scope, tag=TAG,
           example={"exposure": 120000, "tiers": [0, 1, 2, 3]}),
    Action("POST", _LIFTING, "case-lifted", "Lift holds of a case, all of them unless some are named", _lift,
           status=201, body=messages.CaseLifting, response=views.LiftedHolds, scope=LIFT_HOLD.scope, tag=TAG,
           example={"reason": "test_negative", "test": "4201000012345678"}),
)  # fmt: skip
