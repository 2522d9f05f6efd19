"""Arrivals, lots, papers, releases, history and batch codes on a real database, as the rules made them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from schema.problems import Refusal
from service.codes.state import ISSUED_CODE
from service.goods.release import RELEASE_LOT
from service.goods.state import ARRIVAL, CERTIFICATE, EVENT, LOT, PAPER_FILE, RELEASE
from service.ledger import Ledger, Projection, Proposal, audit, store
from tests.retold import retold
from tests.unit.goods.inbound import (
    GRAMS,
    PIECES,
    Inbound,
    Story,
    declaration,
    disinfection,
    nucleic,
    quarantine,
)

ROWS: list[Projection[Any]] = [ARRIVAL, LOT, CERTIFICATE, PAPER_FILE, RELEASE, EVENT, ISSUED_CODE]
PATIENT = {"back_dating_days": 3650, "announce_hours": 720}
"""The story of 2020 is told again today: it may be dated far back, and its announcement is late twice."""
EACH = GRAMS // PIECES
SCAN = "ab" * 32


def eventful() -> tuple[Inbound, int, int]:
    """A history that writes every row, some of them several times, with and without what may be left out."""
    papers = [
        quarantine(file=SCAN, covers={"country": "BRA", "grams": GRAMS + 1}, valid_until="2021-08-16"),
        nucleic(file=SCAN, inner_sample=True),
        disinfection(agent="次氯酸钠", contact_minutes=30),
        declaration(),
    ]
    scene, lot, unit = Story(policy=PATIENT, papers=papers).tell()
    road = scene.announce(source="within_province", container=None, seal=None, voyage=None)
    scene.register(road, gtin=None, product_en=None, foreign_codes=[{"system": "浙冷链", "code": "1"}])
    scene.release(lot, unit, pieces=5, grams=5 * EACH)
    return scene, lot, unit


async def stored(ledger: Ledger, projection: Projection[Any]) -> list[Any]:
    async with ledger.pool.acquire() as conn, conn.transaction():
        return [row async for row in store.rows(conn, projection)]


async def test_rows_come_back_as_they_were_made(database: str) -> None:
    history = eventful()[0].history
    async with retold(database, history) as ledger:
        for projection in ROWS:
            made = sorted(history.rows(projection), key=projection.key)
            assert made, f"the history writes no {projection.name}"
            assert await stored(ledger, projection) == made


async def test_rows_are_loaded_by_key_and_absent_ones_are_known_to_be(database: str) -> None:
    history = eventful()[0].history
    async with retold(database, history) as ledger, ledger.pool.acquire() as conn:
        for projection in (each for each in ROWS if not each.log):
            row = history.rows(projection)[0]
            key = projection.key(row)
            absent = "00" if isinstance(key, str) else key + 1
            world = ledger.registry.world()
            assert await store.load(conn, world, [(projection, key), (projection, absent)])
            assert world.get(projection, key) == row
            assert world.get(projection, absent) is None


async def test_the_ledger_verifies_and_its_rows_are_made_again(database: str) -> None:
    async with retold(database, eventful()[0].history) as ledger, ledger.pool.acquire() as conn:
        assert (await audit.verify(conn, ledger.registry, None, rules=True)).findings == []
        assert (await audit.check_rows(conn, ledger.registry)).findings == []
        await conn.execute("UPDATE goods.certificate SET released_grams = released_grams - 1 WHERE grams > 0")
        assert (await audit.check_rows(conn, ledger.registry)).findings != []


@pytest.mark.parametrize("asked", [2, 10, 500])
async def test_a_batch_of_releases_counts_every_one_on_unit_and_papers(database: str, asked: int) -> None:
    scene, lot, unit = eventful()
    pieces = 1000 // asked
    proposals = [
        Proposal(RELEASE_LOT, scene.actor, scene.application(lot, unit, pieces=pieces, grams=pieces * EACH))
        for _ in range(asked + 1)
    ]
    async with retold(database, scene.history) as ledger:
        said = await asyncio.gather(*map(ledger.append, proposals), return_exceptions=True)
        refused = [each for each in said if isinstance(each, Refusal)]
        assert len(said) - len(refused) == asked
        (one,) = refused
        assert [cause.code for cause in one.causes] == [
            "unit.insufficient-grams",
            "gate.covers-too-few-grams",
            "gate.pieces-not-disinfected",
        ]
        (row,) = [each for each in await stored(ledger, LOT) if each.id == lot]
        assert row.released_pieces == 1005
        papers = {paper.kind: paper for paper in await stored(ledger, CERTIFICATE)}
        assert papers["quarantine"].released_grams == row.released_grams == 1005 * EACH
        assert papers["disinfection"].released_pieces == 1005
