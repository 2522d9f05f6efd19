"""The other relations: one batch and paper, container, handling, voyage, production, at their boundaries."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.tracing.yard import PLACE, Yard, by_unit, units

A, B, C = 1, 2, 3
HOUR = 3600


async def tiers(conn: Any, yard: Yard, **said: Any) -> dict[int, int]:
    await yard.write(conn)
    found = by_unit(await yard.asks(conn, units=(A,), **said))
    return {unit: tier for unit, (_, tier, _) in found.items()}


def of_lots(first: dict[str, Any], second: dict[str, Any]) -> Yard:
    yard = Yard()
    yard.unit(A, yard.lot(101, **first))
    yard.unit(B, yard.lot(102, **second))
    return yard


BATCH = {"establishment": "SIF385", "production_batch": "B1", "certificates": ["customs/1"]}


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"certificates": ["customs/2", "customs/1"]}, True),
        ({"certificates": ["customs/2"]}, False),
        ({"production_batch": "B2"}, False),
        ({"establishment": "SIF386"}, False),
    ],
)
async def test_one_batch_with_one_paper_is_the_goods_themselves(
    conn: Any, change: dict[str, Any], same: bool
) -> None:
    yard = of_lots(BATCH, BATCH | change)
    assert (B in await tiers(conn, yard, tiers={0}, hops=0)) == same
    assert B not in await tiers(conn, yard, tiers={3}, hops=0)


async def test_what_nobody_knows_is_not_the_same(conn: Any) -> None:
    papers = {"certificates": ["customs/1"]}
    assert await tiers(conn, of_lots(papers, papers), tiers={0}) == {A: 0}


BOX = {"container": "CSQU3054383", "voyage": "025W", "entry_on": "2020-08-07"}


@pytest.mark.parametrize(
    ("change", "together"),
    [
        ({}, True),
        ({"voyage": None}, True),
        ({"entry_on": "2020-08-08"}, True),
        ({"voyage": "026W", "entry_on": "2020-08-08"}, False),
        ({"container": "MSKU9070323"}, False),
    ],
)
async def test_one_container_on_one_voyage_or_day(conn: Any, change: dict[str, Any], together: bool) -> None:
    yard = of_lots({"arrival": 201}, {"arrival": 202})
    yard.arrival(201, **BOX)
    yard.arrival(202, **BOX | change)
    assert await tiers(conn, yard, tiers={1}) == {A: 0} | ({B: 1} if together else {})
    assert await tiers(conn, yard, tiers={1}, hops=0) == {A: 0}


async def test_one_arrival_without_a_container(conn: Any) -> None:
    yard = of_lots({"arrival": 201}, {"arrival": 201})
    yard.arrival(201)
    assert await tiers(conn, yard, tiers={1}) == {A: 0, B: 1}


@pytest.mark.parametrize(("voyage", "together"), [("025W", True), ("026W", False), (None, False)])
async def test_one_voyage(conn: Any, voyage: str | None, together: bool) -> None:
    yard = of_lots({"arrival": 201}, {"arrival": 202})
    yard.arrival(201, voyage="025W")
    yard.arrival(202, voyage=voyage)
    assert await tiers(conn, yard, tiers={5}) == {A: 0} | ({B: 5} if together else {})


@pytest.mark.parametrize(("days", "together"), [(2, True), (1, False)])
@pytest.mark.parametrize("day", ["2020-05-18", "2020-05-22"])
async def test_one_establishment_and_time(conn: Any, day: str, days: int, together: bool) -> None:
    yard = of_lots(
        {"establishment": "SIF385", "produced_on": "2020-05-20"},
        {"establishment": "SIF385", "produced_on": day},
    )
    assert (B in await tiers(conn, yard, tiers={5}, production_days=days)) == together


async def test_relations_of_the_first_goods_alone_count(conn: Any) -> None:
    """C came in a container with B, which A only met."""
    yard = of_lots({}, {"arrival": 202})
    yard.unit(C, yard.lot(103, arrival=202))
    yard.arrival(202)
    yard.stays(A, zone=1, since=100)
    yard.stays(B, zone=1, since=100)
    assert await tiers(conn, yard, hops=3) == {A: 0, B: 3}


@pytest.mark.parametrize("by", [{"bay": "D3"}, {"equipment": "FL-2"}, {"crew": [77]}])
@pytest.mark.parametrize(("since", "touched"), [(150, True), (200 + 2 * HOUR, True), (201 + 2 * HOUR, False)])
async def test_who_was_handled_with_the_same(
    conn: Any, by: dict[str, Any], since: int, touched: bool
) -> None:
    yard = Yard()
    yard.unit(A)
    yard.unit(B)
    yard.handled(A, since=100, until=200, **by)
    yard.handled(B, since=since, until=since + 60, **by)
    found = await tiers(conn, yard, handling_hours=2)
    assert found == {A: 0} | ({B: 4} if touched else {})


async def test_who_was_handled_together(conn: Any) -> None:
    yard = Yard()
    yard.unit(A)
    yard.unit(B)
    yard.handled(A, B, since=100, until=200, bay="D3")
    assert await tiers(conn, yard) == {A: 0, B: 4}
    assert await tiers(conn, yard, begin=200) == {A: 0}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"bay": "D3"}, {"bay": "D4"}),
        ({"bay": "D3"}, {"bay": "D3", "facility": PLACE + 1}),
        ({"equipment": "FL-2"}, {"equipment": "FL-2", "organisation": 2}),
        ({"crew": [77]}, {"crew": [78]}),
        ({"bay": "D3"}, {"equipment": "D3"}),
    ],
)
async def test_another_bay_machine_or_person(
    conn: Any, first: dict[str, Any], second: dict[str, Any]
) -> None:
    yard = Yard()
    yard.unit(A)
    yard.unit(B)
    yard.handled(A, since=100, until=200, **first)
    yard.handled(B, since=150, until=260, **second)
    assert await tiers(conn, yard) == {A: 0}


async def test_who_was_handled_before_is_safe(conn: Any) -> None:
    yard = Yard()
    yard.unit(A)
    yard.unit(B)
    yard.handled(B, since=40, until=100, bay="D3")
    yard.handled(A, since=100, until=200, bay="D3")
    assert await tiers(conn, yard) == {A: 0}


@pytest.mark.parametrize(("at", "touched"), [(199, True), (200, False), (300, False), (301, True)])
@pytest.mark.parametrize(("subject", "label"), [("bay", "D3"), ("equipment", "FL-2")])
async def test_a_disinfected_bay_or_machine(
    conn: Any, subject: str, label: str, at: int, touched: bool
) -> None:
    yard = Yard()
    yard.unit(A)
    yard.unit(B)
    yard.handled(A, since=100, until=200, **{subject: label})
    yard.handled(B, since=300, until=400, **{subject: label})
    yard.disinfected(subject, at, label=label)
    assert (B in await tiers(conn, yard)) == touched


async def test_people_are_not_disinfected(conn: Any) -> None:
    yard = Yard()
    yard.unit(A)
    yard.unit(B)
    yard.handled(A, since=100, until=200, bay="D3", crew=[77])
    yard.handled(B, since=300, until=400, bay="D3", crew=[77])
    yard.disinfected("bay", 250, label="D3")
    assert await tiers(conn, yard) == {A: 0, B: 4}


async def test_the_closest_relation_is_told(conn: Any) -> None:
    yard = of_lots({"arrival": 201}, {"arrival": 201})
    yard.arrival(201, voyage="025W")
    yard.stays(A, vehicle=71, since=100)
    yard.stays(B, vehicle=71, since=100)
    for counted, tier in (({1, 2, 5}, 1), ({2, 5}, 2), ({5}, 5)):
        assert await tiers(conn, yard, tiers=counted) == {A: 0, B: tier}
    await yard.write(conn)
    assert by_unit(await yard.asks(conn, units=(A,)))[B] == (1, 1, 0)


async def test_what_was_not_known_yet_is_not_told(conn: Any) -> None:
    yard = Yard()
    yard.stays(A, zone=1, since=100)
    yard.stays(B, zone=1, since=100, until=200, version=30)
    await yard.write(conn)
    assert units(await yard.asks(conn, units=(A,), position=30, known_before=30)) == {A}
    assert units(await yard.asks(conn, units=(A,), position=31, known_before=31)) == {A, B}
