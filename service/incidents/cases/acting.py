"""What a case does in several statements at once: goods are held, holds are lifted, an alarm does it all."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from service.http.writes import Receipt, key_of, submit
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


async def held(app: web.Application, reader: Reader, case: int, body: Mapping[str, Any]) -> Held:
    """Hold what tiers of a recorded answer reached; pages do it, too. Raises Problem."""
    wanted = load(_HOLDING, body)
    found = await led_case(app, reader, case)
    exposure = await app[DATABASE].reader.fetchrow(query(f"{_FILE}.exposure"), case, wanted["exposure"])
    if exposure is None:
        raise Problem("case.exposure-not-found", field="/exposure", exposure=wanted["exposure"])
    words = {name: wanted[name] for name in ("note",) if name in wanted}
    words |= {"reason": wanted.get("reason", _REASON), "case_number": found["number"]}
    if found["drill"] and await app[DATABASE].reader.fetchval(query(f"{_FILE}.drilled"), exposure["id"]):
        # A drill's holds are on no goods, by which those of others are known.
        raise Problem("case.nothing-to-hold", field="/tiers", elsewhere=0)
    outcome = await hold(Order(app, reader, found, dict(exposure), words), wanted["tiers"])
    if not outcome.receipts:
        raise Problem("case.nothing-to-hold", field="/tiers", elsewhere=outcome.elsewhere)
    return outcome


def _told(outcome: Held) -> dict[str, Any]:
    placed = [receipt.acknowledgement for receipt in outcome.receipts]
    return {
        "asked_at": outcome.asked_at,
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


@dataclass(frozen=True, slots=True)
class Alarmed:
    """What an alarm did: the case, what was recorded as exposed, and what is held of it."""

    opened: Receipt
    recorded: Receipt
    held: Held

    @property
    def last(self) -> Receipt:
        """The last statement that it made."""
        return self.held.receipts[-1] if self.held.receipts else self.recorded


async def alarm(
    app: web.Application, reader: Reader, body: Mapping[str, Any], key: str | None = None
) -> Alarmed:
    """Open a case, record what is exposed and hold it; pages do it, too. Raises Problem.

    What was done stands where a later step fails, and the same ``key`` goes on with it.
    """
    load(_ALARM, body)
    said = dict(body)
    tiers, reason = said.pop("hold_tiers"), said.pop("reason", _REASON)
    terms = {"terms": said.pop("terms")} if "terms" in said else {}
    opened = await submit(app, _BY_NAME[OPEN_CASE.name], reader, {}, said, key)
    case = opened.acknowledgement.statement.outcome["case"]
    asking = _BY_NAME[RECORD_EXPOSURE.name]
    recorded = await submit(app, asking, reader, {"case": case}, terms, key and f"{key}:exposed")
    statement = recorded.acknowledgement.statement
    holding = {"exposure": statement.outcome["exposure"], "tiers": tiers, "reason": reason}
    try:
        done = await held(app, reader, case, holding)
    except Problem as problem:
        if problem.code != "case.nothing-to-hold":
            raise
        done = Held(statement.data["asked_at"], (), int(str(problem.facts["elsewhere"])))
    return Alarmed(opened, recorded, done)


async def _hold(request: web.Request) -> web.Response:
    reader = request[READER]
    demand(reader, PLACE_HOLD.scope)
    case = int(_AT_HOLDS.values(request)["case"])
    outcome = await held(request.app, reader, case, await json_body(request))
    return _answer(views.CaseHolds(), _told(outcome))


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
    done = await alarm(request.app, reader, await json_body(request), key_of(request))
    case = done.opened.acknowledgement.statement.outcome["case"]
    statement = done.recorded.acknowledgement.statement
    known = {"case": case, "exposure": statement.outcome["exposure"], "counts": statement.data["counts"]}
    return _answer(views.AlarmAnswer(), known | _told(done.held))


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
