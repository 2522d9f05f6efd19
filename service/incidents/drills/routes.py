"""How drills are written over the interface; what is done in one is written as in earnest, under its case."""

from __future__ import annotations

from schema.identifiers import prefix
from schema.messages.drills import DrillCancelling, DrillFinishing, DrillPlanning, DrillStarting
from schema.problems import Problem
from service.http.keys import DATABASE
from service.http.writes import Draft, Write
from service.incidents import proposals
from service.incidents.drills.drawing import digest_of, drawn
from service.incidents.drills.finishing import FINISH_DRILL
from service.incidents.drills.planning import CANCEL_DRILL, PLAN_DRILL
from service.incidents.drills.reading import DRILLS, TAG
from service.incidents.drills.starting import START_DRILL
from service.parties.visibility import sight
from service.storage import query

MOST_UNITS = 500
"""Lots with more units are not drawn: what a drill has people look for is to be found in a day."""
_FILE = "incidents/read_drills"
_DRILL, _AT = "/api/v1/drills/{drill:id}", "/api/v1/drills/{drill}"


async def _with_goods(draft: Draft) -> Draft:
    """With what the seed draws from the goods that are in the drill's region now.

    Raises Problem ``drill.nothing-to-draw``. A drill that the reader does not see draws nothing, and the
    rules say that it is not there.
    """
    async with draft.app[DATABASE].reader.acquire() as conn:
        rows = await DRILLS.rows(conn, sight(draft.reader), [draft.data["drill"]])
        if not rows or not await conn.fetchval(query(f"{_FILE}.sees"), *sight(draft.reader), rows[0]["id"]):
            raise Problem("drill.not-found", field="/drill", drill=draft.data["drill"])
        asked_at = await proposals.position(conn)
        found = await conn.fetch(query(f"{_FILE}.candidates"), prefix(rows[0]["region"]), MOST_UNITS)
        lots = [row["lot"] for row in found]
        if not lots:
            raise Problem("drill.nothing-to-draw", field="/drill", most=MOST_UNITS)
        lot = drawn(rows[0]["seed"], lots)
        units = [row["id"] for row in await conn.fetch(query(f"{_FILE}.units"), lot)]
    return draft.adding(lot=lot, units=units, candidates=len(lots), digest=digest_of(lots), asked_at=asked_at)


WRITES = (
    Write(
        "/api/v1/drills", PLAN_DRILL, DrillPlanning, "Plan a drill", location=_AT, tag=TAG,
        example={"seed": 20201118, "hazard": "sars_cov_2", "scheduled_on": "2020-11-18", "list_minutes": 60,
                 "acknowledge_minutes": 240, "located_percent": 95},
    ),
    Write(
        f"{_DRILL}/start", START_DRILL, DrillStarting,
        "Start a drill: goods are drawn, and a case is opened that says that it is one", prepare=_with_goods,
        location=_AT, tag=TAG, example={},
    ),
    Write(
        f"{_DRILL}/end", FINISH_DRILL, DrillFinishing, "Finish a drill: it is scored and its case ended",
        location=_AT, tag=TAG, example={},
    ),
    Write(
        f"{_DRILL}/cancellation", CANCEL_DRILL, DrillCancelling, "Cancel a drill that has not started",
        location=_AT, tag=TAG, example={},
    ),
)  # fmt: skip
