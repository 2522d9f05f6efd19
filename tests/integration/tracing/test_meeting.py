"""Zones and vehicles: who met whom, at the boundaries of time, packaging and place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.tracing.yard import NOW, Yard, by_unit, units

A, B, C, D = 1, 2, 3, 4


async def asked(conn: Any, yard: Yard, **said: Any) -> dict[int, tuple[int, int, int]]:
    await yard.write(conn)
    return by_unit(await yard.asks(conn, units=(A,), **said))


@pytest.mark.parametrize(("comes", "met"), [(199, True), (200, False)])
async def test_zero_seconds_are_no_meeting(conn: Any, comes: int, met: bool) -> None:
    yard = Yard()
    yard.stays(A, zone=1, since=100, until=200)
    yard.stays(B, zone=1, since=comes, until=300)
    found = await asked(conn, yard)
    assert found == {A: (0, 0, 0)} | ({B: (1, 3, comes)} if met else {})


@pytest.mark.parametrize(("minutes", "met"), [(0, True), (1, True), (2, False)])
async def test_shorter_than_the_least_overlap_is_no_meeting(conn: Any, minutes: int, met: bool) -> None:
    yard = Yard()
    yard.stays(A, zone=1, since=1000, until=2000)
    yard.stays(B, zone=1, since=1940, until=3000)
    assert (B in await asked(conn, yard, min_overlap_minutes=minutes)) == met


async def test_dangerous_times_are_put_together_before_they_are_measured(conn: Any) -> None:
    """A and what was made of it lie there one after the other; for B that is one time of 80 seconds."""
    yard = Yard()
    yard.stays(A, zone=1, since=1000, until=1040)
    yard.makes(A, C, 1039)
    yard.stays(C, zone=1, since=1040, until=1080)
    yard.stays(B, zone=1, since=900, until=1100)
    assert (await asked(conn, yard, min_overlap_minutes=1))[B] == (1, 3, 1000)


async def test_another_zone_is_no_meeting(conn: Any) -> None:
    yard = Yard()
    yard.stays(A, zone=1, since=100, until=200)
    yard.stays(B, zone=2, since=100, until=200)
    yard.stays(C, zone=0, since=100, until=200)
    assert [*await asked(conn, yard)] == [A]


async def test_a_place_without_zones_is_one_zone(conn: Any) -> None:
    yard = Yard()
    yard.stays(A, zone=0, since=100, until=200)
    yard.stays(B, zone=0, since=150)
    assert (await asked(conn, yard))[B] == (1, 3, 150)
    assert B not in by_unit(await yard.asks(conn, units=(A,), zone_kinds=frozenset({"imported"})))


@pytest.mark.parametrize(("kinds", "met"), [({"imported"}, True), ({"domestic"}, False), (None, True)])
async def test_kinds_of_zone(conn: Any, kinds: set[str] | None, met: bool) -> None:
    yard = Yard()
    yard.stays(A, zone=1, since=100)
    yard.stays(B, zone=1, since=150)
    wanted = None if kinds is None else frozenset(kinds)
    assert (B in await asked(conn, yard, zone_kinds=wanted)) == met


@pytest.mark.parametrize(
    ("begin", "end", "since"), [(0, NOW, 150), (160, NOW, 160), (200, NOW, None), (0, 150, None)]
)
async def test_the_window_clips(conn: Any, begin: int, end: int, since: int | None) -> None:
    yard = Yard()
    yard.stays(A, zone=1, since=100, until=200)
    yard.stays(B, zone=1, since=150, until=200)
    found = await asked(conn, yard, begin=begin, end=end)
    assert found.get(B) == (None if since is None else (1, 3, since))


@pytest.mark.parametrize(("linger", "met"), [(0, False), (1, False), (2, True)])
async def test_a_zone_stays_dangerous_while_it_lingers(conn: Any, linger: int, met: bool) -> None:
    yard = Yard()
    yard.stays(A, zone=1, since=100, until=200)
    yard.stays(B, zone=1, since=260, until=400)
    assert (B in await asked(conn, yard, linger_minutes=linger)) == met


@pytest.mark.parametrize(
    ("ours", "theirs", "met"),
    [(True, True, False), (True, False, True), (False, True, True), (False, False, True)],
)
async def test_two_sealed_ones_do_not_meet_where_only_opened_goods_count(
    conn: Any, ours: bool, theirs: bool, met: bool
) -> None:
    yard = Yard()
    yard.stays(A, zone=1, since=100, sealed=ours)
    yard.stays(B, zone=1, since=100, until=300, sealed=theirs)
    assert (B in await asked(conn, yard, opened_only=True)) == met
    assert B in by_unit(await yard.asks(conn, units=(A,)))


async def test_contacts_go_forward_in_time_only(conn: Any) -> None:
    """B left before A's neighbour C was exposed, so the second hop does not reach it."""
    yard = Yard()
    yard.stays(A, zone=1, since=500, until=600)
    yard.stays(C, zone=1, since=550, until=600)
    yard.stays(C, zone=2, since=100, until=500)
    yard.stays(B, zone=2, since=100, until=500)
    assert B not in await asked(conn, yard, hops=2)


async def test_each_hop_reaches_one_further(conn: Any) -> None:
    yard = Yard()
    yard.stays(A, zone=1, since=100, until=200)
    yard.stays(B, zone=1, since=150, until=300)
    yard.stays(B, zone=2, since=300, until=400)
    yard.stays(C, zone=2, since=350, until=500)
    yard.stays(C, zone=3, since=500, until=600)
    yard.stays(D, zone=3, since=100)
    await yard.write(conn)
    assert [len(units(await yard.asks(conn, units=(A,), hops=hops))) for hops in range(5)] == [1, 2, 3, 4, 4]
    assert by_unit(await yard.asks(conn, units=(A,), hops=3))[D] == (3, 3, 500)


async def test_what_is_made_of_the_goods_is_as_dangerous(conn: Any) -> None:
    yard = Yard()
    node = 900
    yard.unit(B)
    yard.unit(C)
    yard.makes(A, node, 100)
    yard.makes(node, B, 100)
    yard.makes(B, C, 300)
    yard.stays(A, zone=1, since=50)
    found = await asked(conn, yard, hops=0)
    assert found == {A: (0, 0, 0), B: (0, 0, 100), C: (0, 0, 300)}


@pytest.mark.parametrize(("at", "derived"), [(148, False), (150, True)])
async def test_what_was_made_before_is_not(conn: Any, at: int, derived: bool) -> None:
    yard = Yard()
    yard.stays(A, zone=1, since=150, until=300)
    yard.stays(B, zone=1, since=100, until=300)
    yard.unit(C)
    yard.makes(B, C, at)
    found = await asked(conn, yard)
    assert found.get(C) == ((1, 3, 150) if derived else None)


async def test_who_travels_together_meets(conn: Any) -> None:
    yard = Yard()
    yard.stays(A, vehicle=71, since=100, until=200)
    yard.stays(B, vehicle=71, since=199, until=300)
    yard.stays(C, vehicle=72, since=100, until=200)
    assert await asked(conn, yard) == {A: (0, 0, 0), B: (1, 2, 199)}


async def test_a_trip_without_a_vehicle_is_its_shipment(conn: Any) -> None:
    yard = Yard()
    trip = yard._trip(None)
    yard.stays(A, trip=trip, since=100)
    yard.stays(B, trip=trip, since=150)
    yard.stays(C, trip=yard._trip(None), since=150)
    assert await asked(conn, yard) == {A: (0, 0, 0), B: (1, 2, 150)}


@pytest.mark.parametrize(
    ("tiers", "reached"), [({3}, {A, B}), ({2}, {A, C}), ({0}, {A}), ({2, 3}, {A, B, C})]
)
async def test_only_the_tiers_that_are_asked_for(conn: Any, tiers: set[int], reached: set[int]) -> None:
    yard = Yard()
    yard.stays(A, vehicle=71, since=100, until=200)
    yard.stays(C, vehicle=71, since=100, until=200)
    yard.stays(A, zone=1, since=200)
    yard.stays(B, zone=1, since=200)
    assert {*await asked(conn, yard, tiers=tiers)} == reached


async def test_a_place_itself(conn: Any) -> None:
    yard = Yard()
    yard.stays(B, zone=1, since=100, until=200)
    yard.stays(C, zone=1, since=300, until=400)
    yard.stays(D, vehicle=71, since=300, until=400)
    await yard.write(conn)
    assert units(await yard.asks(conn, zone=(11, 1), begin=150, end=300)) == {B}
    assert by_unit(await yard.asks(conn, vehicle=71, begin=350)) == {D: (1, 2, 350)}
