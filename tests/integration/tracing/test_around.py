"""People and places: who handled goods in question, who only worked where they lay, and when that was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from service.ledger import store
from service.ledger.world import Dirty
from service.parties.state import ORGANISATION, SHIFT, STAFF, Organisation, Shift, Staff
from service.storage import query
from tests.integration.tracing.yard import NOW, PLACE, Yard

A, B = 1, 2
DIRECT, INDIRECT = 71, 72


def clock(second: int) -> str:
    """A moment that begins at ``second``."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def around(conn: Any, name: str, *hits: tuple[int, int], reach: str | None = None) -> list[Any]:
    """What is told an auditor, or the regulator of a region."""
    who = ("auditor", None, "") if reach is None else ("regulator", 9, reach)
    columns = [unit for unit, _ in hits], [since for _, since in hits]
    return list(
        await conn.fetch(
            query(f"tracing/exposure_places.{name}"), *who, 100, 100, NOW, [], 0, NOW, *columns, 0, 50
        )
    )


async def told(conn: Any, begins: int, ends: int, zone: int | None = None) -> None:
    """A lies in zone 1 from 100 to 200, is handled by one person, and another one works a shift."""
    yard = Yard()
    yard.stays(A, zone=1, since=100, until=200)
    yard.handled(A, since=150, until=160, crew=[DIRECT])
    await yard.write(conn)
    company = Organisation(1, "91", "公司", None, ["cold_store"], "370200", True, 1)
    people = [Staff(key, 1, "handler", None, [], None, None, 1) for key in (DIRECT, INDIRECT)]
    shift = Shift(5, 1, PLACE, zone, None, [DIRECT, INDIRECT], clock(begins), clock(ends - 1), 1)
    for projection, rows in ((ORGANISATION, [company]), (STAFF, people), (SHIFT, [shift])):
        await store.save(conn, Dirty(projection, rows))


@pytest.mark.parametrize(
    ("begins", "ends", "met"),
    [(100, 110, True), (50, 101, True), (50, 100, False), (199, 250, True), (200, 250, False)],
)
async def test_a_shift_where_they_lay(conn: Any, begins: int, ends: int, met: bool) -> None:
    await told(conn, begins, ends)
    found = {row["staff"]: row["contact"] for row in await around(conn, "people", (A, 0))}
    assert found == {DIRECT: "direct"} | ({INDIRECT: "indirect"} if met else {})


@pytest.mark.parametrize(("zone", "met"), [(None, True), (1, True), (2, False)])
async def test_a_shift_in_another_zone(conn: Any, zone: int | None, met: bool) -> None:
    await told(conn, 100, 200, zone)
    assert (INDIRECT in {row["staff"] for row in await around(conn, "people", (A, 0))}) == met


@pytest.mark.parametrize(("since", "handled"), [(159, True), (160, False)])
async def test_handling_before_they_were_exposed(conn: Any, since: int, handled: bool) -> None:
    await told(conn, 10, 20)
    assert bool(await around(conn, "people", (A, since))) == handled


async def test_people_of_other_regions_are_not_told(conn: Any) -> None:
    await told(conn, 100, 200)
    assert len(await around(conn, "people", (A, 0), reach="3702")) == 2
    assert await around(conn, "people", (A, 0), reach="42") == []


async def test_when_they_lay_where(conn: Any) -> None:
    yard = Yard()
    yard.stays(A, zone=1, since=100, until=200)
    yard.stays(B, zone=1, since=200, until=300)
    yard.stays(A, zone=1, since=400, until=500)
    yard.stays(B, vehicle=71, since=300)
    await yard.write(conn)
    rows = await around(conn, "places", (A, 150), (B, 0))
    found = [(row["zone"], row["vehicle"], row["since"], row["until"], row["units"]) for row in rows]
    assert found == [(1, None, 150, 300, 2), (1, None, 400, 500, 1), (None, 71, 300, NOW, 1)]
