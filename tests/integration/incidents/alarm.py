"""From "positive", entered by HTTP, to the hold in force on every affected unit, while goods move.

Used by a test (small) and by a measurement (10^6 edges). What escaped is found by a walk of its own over the
rows: neither the rules nor the service's queries have a part in it.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from aiohttp.test_utils import TestClient, TestServer

from schema.moments import first_second
from service.app import make_app
from service.http.authentication import COOKIE, CSRF_HEADER
from service.http.keys import DATABASE
from service.ledger import Statement
from service.parties.credentials import Credentials
from service.settings import Settings
from service.trust import open_signer
from tests.integration.incidents.race import Ground, is_marked, made_of, moving, takes

Client = TestClient[Any, Any]
WINDOW = first_second("2020-08-17")
"""A day before the sample."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an alarm.

    ``escaped`` are affected units that no hold of the case is on, and others that one is on; ``passed``
    intents that went through after the last hold, ``unmarked`` facts after it that took goods away and bear
    no breach.
    """

    milliseconds: float
    affected: int
    holds: int
    added: int
    escaped: int
    passed: int
    unmarked: int
    before: int
    after: int
    refused: int


@asynccontextmanager
async def served(url: str, folder: Path) -> AsyncIterator[Client]:
    """A service of its own on the ledger."""
    settings = Settings(data=folder / "data", trust=folder / "trust", sample_data=True, access_log=False)
    app = await make_app(settings, url, open_signer(settings, "test.invalid/ledger"))
    async with TestClient(TestServer(app)) as client:
        yield client


async def alarmed(
    client: Client, url: str, place: Ground, seed: int, *, rate: float = 25, before: float, after: float
) -> Outcome:
    """Move goods, enter "positive", move on, stop, count."""
    assert client.app is not None
    headers = await _session(client, place)
    pool = client.app[DATABASE].reader
    begun_at = await pool.fetchval("SELECT size FROM ledger.head")
    answers: Counter[str] = Counter()
    async with moving(url, place, seed, rate, answers):
        await asyncio.sleep(before)
        begun = time.perf_counter()
        answer = await client.post("/api/v1/alarms", json=_positive(place), headers=headers)
        took = (time.perf_counter() - begun) * 1000
        said = await answer.json()
        assert answer.status == 201, said
        await asyncio.sleep(after)
    return await _counted(pool, place, said, took, begun_at, answers["unit.held"])


def _positive(place: Ground) -> dict[str, Any]:
    return {
        "number": "青卫查 2020-9",
        "hazard": "sars_cov_2",
        "subject": {"lots": [place.lot]},
        "sampled_at": "2020-08-18",
        "hold_tiers": [0, 3],
        "terms": {"hops": 1, "tiers": ["0", "3"], "look_back_days": 1},
        "reason": "positive",
    }


async def _session(client: Client, place: Ground) -> dict[str, str]:
    assert client.app is not None and place.regulator.manager.user is not None
    session = await Credentials(client.app[DATABASE].writer).sessions.open(place.regulator.manager.user)
    return {
        "Cookie": f"{COOKIE}={session.secret}",
        CSRF_HEADER: session.csrf,
        "Accept": "application/json",
    }


async def _counted(
    pool: asyncpg.Pool[asyncpg.Record],
    place: Ground,
    said: dict[str, Any],
    took: float,
    begun_at: int,
    refused: int,
) -> Outcome:
    holds = {each["hold"] for each in said["holds"]}
    last = max(each["position"] for each in said["holds"])
    async with pool.acquire() as conn:
        units = await conn.fetch(
            "SELECT id, lot, until, holds FROM goods.unit WHERE lot IN (SELECT incidents.lots_made($1, $2))",
            [place.lot, place.beside],
            1 << 53,
        )
        edges = await conn.fetch(
            "SELECT id, parent, child FROM goods.edge WHERE parent < $1 OR parent >= $2",
            place.history.position * 1000,
            begun_at * 1000,
        )
        whole = {
            row["lot"]: set(row["holds"])
            for row in await conn.fetch("SELECT lot, holds FROM incidents.held_lot")
        }
        bearing = await conn.fetchval(
            "SELECT count(*) FROM goods.unit u WHERE u.holds <> '[]' AND u.lot <> ALL($1)",
            [row["lot"] for row in units],
        )
        entries = await conn.fetch(
            "SELECT position, statement FROM ledger.entry WHERE position >= $1 ORDER BY position", begun_at
        )
    # Of the other lot all that was in the zone within the window, and what was made of that meanwhile.
    there = [row["id"] for row in units if row["until"] is None or row["until"] > WINDOW]
    since = [row for row in edges if row["id"] >= begun_at * 1000]
    lot = made_of([row["id"] for row in units if row["lot"] == place.lot], edges)
    affected = (lot | made_of(there, since)) & {row["id"] for row in units}
    covered = {row["id"] for row in units if holds & ({*row["holds"]} | whole.get(row["lot"], set()))}
    later = [Statement.decode(row["statement"]) for row in entries if row["position"] > last]
    return Outcome(
        milliseconds=took,
        affected=len(affected),
        holds=len(holds),
        added=sum(each["added"] for each in said["holds"]),
        escaped=len(affected ^ covered) + bearing,
        passed=sum(statement.kind == "goods-shipped" for statement in later),
        unmarked=sum(takes(statement) and not is_marked(statement) for statement in later),
        before=sum(row["position"] < said["asked_at"] for row in entries),
        after=len(later),
        refused=refused,
    )
