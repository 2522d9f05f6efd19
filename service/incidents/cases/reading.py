"""GET routes of cases and of requests under them.

Who sees which is written down in service/parties/visibility.py; here it is only asked. A case as one file is
told to who leads it; what is to be done next is derived from how it stands, and never written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from schema.messages import case_views as views
from service.http.paging import Slice
from service.http.reads import Ask, Read
from service.incidents.cases.state import CaseState
from service.ledger.statement import instant
from service.parties.shelves import Row, Shelf
from service.parties.visibility import not_found, sight
from service.storage import query

CASES = "incidents/read_cases"
REQUESTS = Shelf("incidents/read_case_requests")
TAG = "cases"
_WAITING = ("open", "acknowledged")


async def _cases(ask: Ask) -> Slice[Row]:
    filters = map(ask.query.get, ("state", "hazard", "drill", "number"))
    before = ask.page.after[0] if ask.page.after else None
    who = sight(ask.reader)
    found = await ask.pool.fetch(query(f"{CASES}.page"), *who, before, ask.page.wanted, *filters)
    page = ask.page.cut([row["id"] for row in found], lambda key: (key,))
    return Slice(await _rows(ask, page.items), page.next)


async def _rows(ask: Ask, keys: Sequence[int]) -> list[Row]:
    """Cases that the reader sees, with their clocks as of the time that is asked about."""
    if not keys:
        return []
    now = instant(ask.now())
    rows = await ask.pool.fetch(query(f"{CASES}.rows"), *sight(ask.reader), list(keys), now)
    return [dict(row) for row in rows]


async def _seen(ask: Ask, key: int) -> Row:
    """A case. Raises Problem ``request.not-found`` where it may not be seen or was not there."""
    sees = await ask.pool.fetchval(query(f"{CASES}.sees"), *sight(ask.reader), key)
    rows = await _rows(ask, [key]) if sees else []
    if not rows:
        raise not_found()
    return rows[0]


async def _case(ask: Ask) -> Row:
    """The whole file for who leads it, and its head for other authorities that were told of it."""
    key = ask.path["case"]
    case = await _seen(ask, key)
    if not case["leads"]:
        return case | {"exposures": [], "hold_list": [], "holders": [], "next": []}
    exposures = await ask.pool.fetch(query(f"{CASES}.exposures"), key)
    holds = await ask.pool.fetch(query(f"{CASES}.holds"), key)
    holders = await ask.pool.fetch(query(f"{CASES}.holders"), *sight(ask.reader), key)
    return case | {
        "holders": [dict(row) for row in holders],
        "exposures": [dict(row) for row in exposures],
        "hold_list": [dict(row) for row in holds],
        "next": [*_next(case, exposures)],
    }


def _next(case: Row, exposures: Sequence[object]) -> Iterator[Row]:
    """What a case waits for, the most urgent first."""
    if case["overdue"]:
        yield {"what": "overdue", "count": case["overdue"]}
    if case["state"] in (CaseState.SUSPECTED, CaseState.CONFIRMED):
        yield from _pursued(case, exposures)
    if case["state"] == CaseState.CLEARED and case["holds_in_force"]:
        yield {"what": "lift", "count": case["holds_in_force"]}
    is_settled = case["state"] in (CaseState.CLEARED, CaseState.CONFIRMED) and not case["waiting"]
    if is_settled and not case["holds_in_force"]:
        yield {"what": "close", "count": None}


def _pursued(case: Row, exposures: Sequence[object]) -> Iterator[Row]:
    """What the local plans ask for while something is suspected or confirmed: all of it at the same time."""
    if not exposures:
        yield {"what": "expose", "count": None}
    elif not case["holds"]:
        yield {"what": "hold", "count": None}
    if not case["requests"]:
        yield {"what": "request", "count": None}
    if case["state"] == CaseState.SUSPECTED:
        results = {each["result"] for each in case["tests"]}
        yield {"what": "confirm" if "positive" in results else "retest" if results else "test", "count": None}


async def _steps(ask: Ask) -> Slice[Row]:
    key = ask.path["case"]
    if not (await _seen(ask, key))["leads"]:
        raise not_found()
    after = ask.page.after[0] if ask.page.after else -1
    rows = await ask.pool.fetch(query(f"{CASES}.steps"), key, after, ask.page.wanted)
    return ask.page.cut([dict(row) for row in rows], lambda row: (row["position"],))


async def _requests(ask: Ask) -> Slice[Row]:
    filters = map(ask.query.get, ("state", "overdue", "case"))
    page = await REQUESTS.page(ask, instant(ask.now()), *filters)
    return Slice([_told(row, ask) for row in page.items], page.next)


async def _request(ask: Ask) -> Row:
    return _told(await REQUESTS.one(ask, ask.path["request"]), ask)


def _told(row: Row, ask: Ask) -> Row:
    return row | {"overdue": row["state"] in _WAITING and row["due_at"] < instant(ask.now())}


_CURSOR: tuple[type[Any], ...] = (int,)

READS: Sequence[Read] = (
    Read("/api/v1/cases", "cases", "Cases that you lead or were told of, newest first", _cases,
         views.CaseView, views.CaseQuery, cursor=_CURSOR, tag=TAG, past=True),
    Read("/api/v1/cases/{case:id}", "case", "A case as one file", _case, views.CaseDetail, tag=TAG,
         past=True),
    Read("/api/v1/cases/{case:id}/steps", "case-steps", "Every step of a case, the oldest first", _steps,
         views.CaseStepView, cursor=_CURSOR, tag=TAG, past=True),
    Read("/api/v1/case-requests", "case-requests",
         "What you were asked to do under cases, or what was asked in your region, newest first", _requests,
         views.CaseRequestView, views.CaseRequestQuery, cursor=_CURSOR, tag=TAG, past=True),
    Read("/api/v1/case-requests/{request:id}", "case-request", "A request and what became of it", _request,
         views.CaseRequestView, tag=TAG, past=True),
)  # fmt: skip
