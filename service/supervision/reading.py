"""GET routes of samples, their counts by day, week and month, and plans.

Who sees which is written down in service/parties/visibility.py. Days are China's, and weeks begin on Mondays.
"""

from __future__ import annotations

from collections.abc import Sequence

from schema.clock import CHINA
from schema.messages import sampling as messages
from service.http.paging import Slice
from service.http.reads import Ask, Read
from service.ledger.statement import instant
from service.parties.shelves import Row
from service.parties.visibility import not_found, sight
from service.storage import query

TAG = "supervision"
_SAMPLES = "incidents/read_samples"
_PLANS = "incidents/read_sampling_plans"
_FILTERS = (
    *("state", "result", "failure", "subject", "purpose", "facility", "lot", "region"),
    *("from_day", "until_day"),
)
_COUNTED = ("from_day", "until_day", "region", "facility", "category", "subject", "purpose")


def _today(ask: Ask) -> str:
    return ask.now().astimezone(CHINA).date().isoformat()


async def _page(ask: Ask, queries: str, now: str, *filters: object) -> Slice[Row]:
    """The page that is asked for, newest first, as it stands at ``now``: a time or a day."""
    before = ask.page.after[0] if ask.page.after else None
    who = sight(ask.reader)
    found = await ask.pool.fetch(query(f"{queries}.page"), *who, before, ask.page.wanted, *filters, now)
    page = ask.page.cut([row["id"] for row in found], lambda key: (key,))
    return Slice(await _rows(ask, queries, page.items, now), page.next)


async def _rows(ask: Ask, queries: str, keys: Sequence[int], now: str) -> list[Row]:
    found = await ask.pool.fetch(query(f"{queries}.rows"), *sight(ask.reader), list(keys), now)
    return [dict(row) for row in found]


async def _one(ask: Ask, queries: str, key: int, now: str) -> Row:
    """One thing. Raises Problem ``request.not-found`` where it may not be seen or was not there."""
    sees = await ask.pool.fetchval(query(f"{queries}.sees"), *sight(ask.reader), key)
    rows = await _rows(ask, queries, [key], now) if sees else []
    if not rows:
        raise not_found()
    return rows[0]


async def _samples(ask: Ask) -> Slice[Row]:
    return await _page(ask, _SAMPLES, instant(ask.now()), *map(ask.query.get, _FILTERS))


async def _sample(ask: Ask) -> Row:
    sample = await _one(ask, _SAMPLES, ask.path["sample"], instant(ask.now()))
    tests = await ask.pool.fetch(query(f"{_SAMPLES}.tests"), sample["id"])
    papers = await ask.pool.fetch(query(f"{_SAMPLES}.papers"), *sight(ask.reader), sample["id"])
    return sample | {"tests": [dict(row) for row in tests], "papers": [row["id"] for row in papers]}


async def _counts(ask: Ask) -> Slice[Row]:
    rows = await ask.pool.fetch(
        query(f"{_SAMPLES}.counts"),
        *sight(ask.reader),
        ask.query.get("period", "week"),
        ask.query.get("split"),
        *map(ask.query.get, _COUNTED),
        instant(ask.now()),
        *(ask.page.after or (None, None)),
        ask.page.wanted,
    )
    return ask.page.cut([dict(row) for row in rows], lambda row: (row["begins"], row["key"]))


async def _plans(ask: Ask) -> Slice[Row]:
    return await _page(ask, _PLANS, _today(ask), ask.query.get("running"))


async def _plan(ask: Ask) -> Row:
    plan = await _one(ask, _PLANS, ask.path["plan"], _today(ask))
    periods = await ask.pool.fetch(query(f"{_PLANS}.periods"), plan["id"], _today(ask))
    return plan | {"periods": [dict(row) for row in periods]}


READS: Sequence[Read] = (
    Read("/api/v1/samples", "samples", "Samples of yours or in your region, newest first", _samples,
         messages.SampleView, messages.SampleQuery, cursor=(int,), tag=TAG, past=True),
    Read("/api/v1/samples/{sample:id}", "sample", "A sample with all its tests", _sample,
         messages.SampleDetail, tag=TAG, past=True),
    Read("/api/v1/sample-counts", "sample-counts",
         "Samples and what became of them by day, week or month, newest first", _counts,
         messages.SampleCounts, messages.SampleCountsQuery, cursor=(str, str), tag=TAG, past=True),
    Read("/api/v1/sampling-plans", "sampling-plans", "Plans of sampling, newest first", _plans,
         messages.SamplingPlanView, messages.SamplingPlanQuery, cursor=(int,), tag=TAG, past=True),
    Read("/api/v1/sampling-plans/{plan:id}", "sampling-plan", "A plan and its last twelve periods", _plan,
         messages.SamplingPlanDetail, tag=TAG, past=True),
)  # fmt: skip
