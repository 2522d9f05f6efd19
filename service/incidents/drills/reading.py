"""GET routes of drills: the list, the report of one, and when the next one is due.

Who sees which is written down in service/parties/visibility.py. Who takes part sees the requests of a drill's
case, which say that it is one, and nothing of the drill itself: neither its goods nor its other holders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from schema import moments
from schema.clock import CHINA
from schema.messages import drills as messages
from service.http.paging import Slice
from service.http.reads import Ask, Read
from service.parties.shelves import Row, Shelf
from service.parties.visibility import sight
from service.storage import query

TAG = "drills"
YEARS_BETWEEN = 2
"""A drill at least every two years (Pingluo 2023)."""
_FILE = "incidents/read_drills"
DRILLS = Shelf(_FILE)


def _told(row: Row) -> Row:
    """A drill with its targets beside the rest, and its score with what was located in a thousand."""
    score: Mapping[str, Any] | None = row["score"]
    if score is not None:
        whole = score["grams"]
        share = score["located_grams"] * 1000 // whole if whole else None
        score = {**score, "located_permille": share}
    return {**row, **row["targets"], "score": score}


async def _drills(ask: Ask) -> Slice[Row]:
    page = await DRILLS.page(ask, ask.query.get("state"))
    return Slice([_told(row) for row in page.items], page.next)


async def _drill(ask: Ask) -> Row:
    drill = await DRILLS.one(ask, ask.path["drill"])
    holders = await ask.pool.fetch(query(f"{_FILE}.holders"), drill["id"])
    steps: Sequence[Any] = []
    if drill["case"] is not None:
        steps = await ask.pool.fetch(query(f"{_FILE}.steps"), drill["case"], drill["started_at"])
    return _told(drill) | {"holders": [dict(row) for row in holders], "steps": [dict(row) for row in steps]}


async def _clock(ask: Ask) -> Row:
    last = await ask.pool.fetchval(query(f"{_FILE}.last"), *sight(ask.reader))
    if last is None:
        return {"last_ended_at": None, "due_on": None, "overdue": True}
    day = moments.parse(last).day
    due_on = f"{day.year + YEARS_BETWEEN}{day.isoformat()[4:]}".replace("-02-29", "-03-01")
    today = ask.now().astimezone(CHINA).date().isoformat()
    return {"last_ended_at": last, "due_on": due_on, "overdue": due_on < today}


READS: Sequence[Read] = (
    Read("/api/v1/drills", "drills", "Drills of your region, newest first", _drills, messages.DrillView,
         messages.DrillQuery, cursor=(int,), tag=TAG, past=True),
    Read("/api/v1/drills/{drill:id}", "drill", "A drill with its score, holders and steps: the report",
         _drill, messages.DrillDetail, tag=TAG),
    Read("/api/v1/drill-clock", "drill-clock", "When the last drill was, and until when the next is due",
         _clock, messages.DrillClock, tag=TAG),
)  # fmt: skip
