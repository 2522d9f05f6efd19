"""Disinfections: which cut what, what they leave, and what is told as cleared."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.tracing.yard import PLACE, Yard, by_unit, units

A, B, C, D = 1, 2, 3, 4
LOT = 900_001


def neighbours() -> Yard:
    """B comes to A's zone when A has been there for a while; C is made of B later."""
    yard = Yard()
    yard.unit(A, yard.lot(LOT))
    yard.stays(A, zone=1, since=100, until=500)
    yard.stays(B, zone=1, since=300, until=600)
    yard.unit(C)
    yard.makes(B, C, 700)
    return yard


async def reached(conn: Any, yard: Yard, **said: Any) -> set[int]:
    await yard.write(conn)
    return units(await yard.asks(conn, units=(A,), **said))


@pytest.mark.parametrize(("at", "found"), [(300, {A}), (301, {A, B, C}), (500, {A, B, C})])
@pytest.mark.parametrize(("subject", "target"), [("unit", A), ("lot", LOT)])
async def test_disinfected_goods_endanger_nobody(
    conn: Any, subject: str, target: int, at: int, found: set[int]
) -> None:
    yard = neighbours()
    yard.disinfected(subject, at, target=target)
    assert await reached(conn, yard) == found


@pytest.mark.parametrize(("at", "found"), [(300, {A, B, C}), (700, {A, B}), (701, {A, B, C})])
async def test_what_is_made_of_disinfected_goods_is_clean(conn: Any, at: int, found: set[int]) -> None:
    yard = neighbours()
    yard.disinfected("unit", at, target=B)
    assert await reached(conn, yard) == found


async def test_disinfected_goods_can_be_exposed_again(conn: Any) -> None:
    yard = neighbours()
    yard.disinfected("unit", 400, target=B)
    await yard.write(conn)
    assert by_unit(await yard.asks(conn, units=(A,)))[C] == (1, 3, 700)
    assert by_unit(await yard.asks(conn, units=(A,)))[B] == (1, 3, 300)


async def test_what_is_kept_out_is_told_as_cleared(conn: Any) -> None:
    yard = neighbours()
    yard.disinfected("unit", 300, target=A)
    await yard.write(conn)
    answer = await yard.asks(conn, units=(A,), cleared=True)
    assert units(answer) == {A}
    assert {(hit.unit, hit.hop, hit.tier, hit.since) for hit in answer.cleared} == {
        (B, 1, 3, 300),
        (C, 1, 3, 700),
    }
    assert [*(await yard.asks(conn, units=(A,))).cleared] == []


@pytest.mark.parametrize(
    ("terminal", "at", "found"),
    [(True, 300, {A}), (True, 301, {A, B, C}), (False, 300, {A, B, C}), (True, 100, {A, B, C})],
)
async def test_a_terminal_disinfection_of_the_zone(
    conn: Any, terminal: bool, at: int, found: set[int]
) -> None:
    yard = neighbours()
    yard.disinfected("zone", at, target=1, terminal=terminal)
    assert await reached(conn, yard) == found


@pytest.mark.parametrize(("at", "found"), [(499, {A, B}), (500, {A}), (550, {A}), (551, {A, B})])
async def test_any_disinfection_ends_what_lingers(conn: Any, at: int, found: set[int]) -> None:
    yard = Yard()
    yard.stays(A, zone=1, since=100, until=500)
    yard.stays(B, zone=1, since=550, until=600)
    yard.disinfected("zone", at, target=1)
    assert await reached(conn, yard, linger_minutes=10) == found


@pytest.mark.parametrize(("facility", "zone"), [(PLACE, 2), (PLACE + 1, 1)])
async def test_another_zone_is_no_help(conn: Any, facility: int, zone: int) -> None:
    yard = neighbours()
    yard.disinfected("zone", 300, facility=facility, target=zone, terminal=True)
    assert B in await reached(conn, yard)


@pytest.mark.parametrize(
    ("said", "cuts"),
    [
        ({}, True),
        ({"pieces": 9, "of_pieces": 10}, False),
        ({"pieces": 10, "of_pieces": 10}, True),
        ({"broken": ["disinfection.too-weak"]}, False),
        ({"broken": ["disinfection.too-weak"], "accepted_by": 7, "accepted_in": 8, "grounds": "other"}, True),
        ({"withdrawn": True}, False),
        ({"version": 50}, False),
        ({"version": 49}, True),
        ({"version": 60, "accepted_by": 7, "accepted_in": 60, "grounds": "other"}, True),
        ({"version": 100}, False),
    ],
)
async def test_which_disinfections_count(conn: Any, said: dict[str, Any], cuts: bool) -> None:
    """What was recorded after the case opened, at position 50, counts once an authority accepted it."""
    yard = neighbours()
    yard.disinfected("unit", 300, target=A, **said)
    assert (await reached(conn, yard, known_before=50) == {A}) == cuts


async def test_a_departure_that_was_told_after_the_case_opened_ends_no_stay(conn: Any) -> None:
    yard = Yard()
    yard.stays(A, zone=1, since=100, until=200, version=50)
    yard.stays(B, zone=1, since=300)
    assert await reached(conn, yard, known_before=51) == {A}
    assert units(await yard.asks(conn, units=(A,), known_before=50)) == {A, B}


@pytest.mark.parametrize(("at", "met"), [(199, True), (200, False), (300, False), (301, True)])
async def test_the_next_trip_of_a_vehicle_unless_it_was_disinfected(conn: Any, at: int, met: bool) -> None:
    yard = Yard()
    yard.stays(A, vehicle=71, since=100, until=200)
    yard.stays(B, vehicle=71, since=300, until=400)
    yard.stays(D, vehicle=71, since=300)
    yard.stays(C, vehicle=71, since=500)
    assert await reached(conn, yard) == {A, B, D}
    yard.disinfected("vehicle", at, target=71)
    assert await reached(conn, yard) == ({A, B, D} if met else {A})


@pytest.mark.parametrize("since", [199, 300])
async def test_the_next_trip_begins_after_the_last_one_ended(conn: Any, since: int) -> None:
    yard = Yard()
    yard.stays(A, vehicle=71, since=100, until=200)
    yard.stays(B, vehicle=71, since=since, until=400)
    yard.stays(C, vehicle=71, since=300, until=400)
    found = await reached(conn, yard)
    assert found == {A, B, C}
    assert units(await yard.asks(conn, units=(A,), end=300)) == ({A, B} if since < 200 else {A})


async def test_what_an_authority_excluded_does_not_count(conn: Any) -> None:
    yard = Yard()
    yard.stays(A, zone=1, since=100, until=200, placed=10, version=20)
    yard.stays(B, zone=1, since=100, until=200, placed=11, version=21)
    yard.stays(C, zone=1, since=100, placed=12)
    yard.unit(D)
    yard.makes(A, D, 150, version=13)
    assert await reached(conn, yard) == {A, B, C, D}
    for position, left in ((21, {A, C, D}), (12, {A, D}), (13, {A})):
        yard.excluded(position, at=60)
        assert await reached(conn, yard) == left
        assert await reached(conn, yard, position=60, known_before=60) == {A, B, C, D}
        assert await reached(conn, yard, position=61, known_before=61) == left
