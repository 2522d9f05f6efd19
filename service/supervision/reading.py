"""GET routes of samples, their counts by day, week and month, and plans.

Who sees which is written down in service/parties/visibility.py. Days are China's, and weeks begin on Mondays.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from schema.clock import CHINA
from schema.messages import sampling as messages
from service.http.paging import Slice
from service.http.reads import Ask, Read
from service.ledger.statement import instant
from service.parties.shelves import Fetcher, Row, Shelf
from service.parties.visibility import Sight, sight
from service.storage import query

TAG = "supervision"
_SAMPLES = "incidents/read_samples"
_PLANS = "incidents/read_sampling_plans"


def _now() -> str:
    return instant(datetime.now(UTC))


def _today() -> str:
    return datetime.now(UTC).astimezone(CHINA).date().isoformat()


class _Samples(Shelf):
    """Samples; whether a failure is overdue depends on when one asks."""

    async def rows(self, fetcher: Fetcher, who: Sight, keys: Sequence[int]) -> list[Row]:
        found = await fetcher.fetch(query(f"{self.queries}.rows"), *who, list(keys), _now()) if keys else []
        return [dict(row) for row in found]


class _Plans(Shelf):
    """Plans; what was taken in the period that runs depends on the day."""

    async def rows(self, fetcher: Fetcher, who: Sight, keys: Sequence[int]) -> list[Row]:
        found = await fetcher.fetch(query(f"{self.queries}.rows"), *who, list(keys), _today()) if keys else []
        return [dict(row) for row in found]


SAMPLES, PLANS = _Samples(_SAMPLES), _Plans(_PLANS)
_FILTERS = (
    *("state", "result", "failure", "subject", "purpose", "facility", "lot", "region"),
    *("from_day", "until_day"),
)
_COUNTED = ("from_day", "until_day", "region", "facility", "category", "subject", "purpose")


async def _samples(ask: Ask) -> Slice[Row]:
    return await SAMPLES.page(ask, *map(ask.query.get, _FILTERS), _now())


async def _sample(ask: Ask) -> Row:
    sample = await SAMPLES.one(ask, ask.path["sample"])
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
        _now(),
        *(ask.page.after or (None, None)),
        ask.page.wanted,
    )
    return ask.page.cut([dict(row) for row in rows], lambda row: (row["begins"], row["key"]))


async def _plans(ask: Ask) -> Slice[Row]:
    return await PLANS.page(ask, ask.query.get("running"), _today())


async def _plan(ask: Ask) -> Row:
    plan = await PLANS.one(ask, ask.path["plan"])
    periods = await ask.pool.fetch(query(f"{_PLANS}.periods"), plan["id"], _today())
    return plan | {"periods": [dict(row) for row in periods]}


READS: Sequence[Read] = (
    Read("/api/v1/samples", "samples", "Samples of yours or in your region, newest first", _samples,
         messages.SampleView, messages.SampleQuery, cursor=(int,), tag=TAG),
    Read("/api/v1/samples/{sample:id}", "sample", "A sample with all its tests", _sample,
         messages.SampleDetail, tag=TAG),
    Read("/api/v1/sample-counts", "sample-counts",
         "Samples and what became of them by day, week or month, newest first", _counts,
         messages.SampleCounts, messages.SampleCountsQuery, cursor=(str, str), tag=TAG),
    Read("/api/v1/sampling-plans", "sampling-plans", "Plans of sampling, newest first", _plans,
         messages.SamplingPlanView, messages.SamplingPlanQuery, cursor=(int,), tag=TAG),
    Read("/api/v1/sampling-plans/{plan:id}", "sampling-plan", "A plan and its last twelve periods", _plan,
         messages.SamplingPlanDetail, tag=TAG),
)  # fmt: skip
