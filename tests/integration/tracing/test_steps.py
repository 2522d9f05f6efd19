"""The last step to a hit, of every relation: from which goods, where, how long; and what cleared a way."""

from __future__ import annotations

from random import Random
from typing import Any

from service.ledger import store
from service.ledger.world import Dirty
from service.parties.shelves import Row
from service.storage import query
from service.tracing.exposure.question import Hit, Question
from service.tracing.exposure.sql import exposed
from service.tracing.exposure.steps import Ways, cleared_by
from tests.anything.asking import ask
from tests.anything.yards import Yard as AnyYard
from tests.integration.tracing.yard import PLACE, Yard, question

A, B, C, D = 1, 2, 3, 4
NODE = 900


async def ways(conn: Any, yard: Yard, *units: int, cut: bool = True, **said: Any) -> Ways:
    """The ways to units of the answer, or of what was cleared."""
    await yard.write(conn)
    said = {"units": (A,), "cleared": not cut, **said}
    answer = await yard.asks(conn, **said)
    known = answer.hits.joined(answer.cleared)
    found = Ways(conn, question(**said), known, [], cut=cut)
    await found.find(units)
    return found


def told(step: Row, *names: str) -> tuple[Any, ...]:
    return tuple(step[name] for name in ("relation", "source", *names))


async def test_a_zone_with_the_minutes_of_all_that_was_there(conn: Any) -> None:
    yard = Yard()
    yard.stays(A, zone=1, since=0, until=600)
    yard.makes(A, C, 599)
    yard.stays(C, zone=1, since=600, until=1200)
    yard.stays(B, zone=1, since=300, until=2000, placed=7)
    found = await ways(conn, yard, B)
    assert told(found.steps[B], "facility", "zone", "overlap_minutes", "position") == (
        "zone",
        A,
        PLACE,
        1,
        15,
        7,
    )
    assert [step["unit"] for step in found.way(B)] == [A, B]
    assert told(found.way(B)[0]) == ("seed", None)


async def test_a_trip_and_the_next_one(conn: Any) -> None:
    yard = Yard()
    yard.stays(A, vehicle=71, since=100, until=400)
    yard.stays(B, vehicle=71, since=280, until=400)
    yard.stays(C, vehicle=71, since=500)
    found = await ways(conn, yard, B, C)
    assert told(found.steps[B], "vehicle", "overlap_minutes") == ("vehicle", A, 71, 2)
    assert told(found.steps[C], "vehicle", "overlap_minutes") == ("next_trip", A, 71, None)


async def test_handling_names_what_both_share(conn: Any) -> None:
    yard = Yard()
    yard.unit(A)
    yard.unit(B)
    yard.handled(A, since=100, until=200, bay="D3", equipment="FL-1", crew=[77, 78])
    yard.handled(B, since=300, until=400, bay="D4", equipment="FL-1", crew=[78, 79])
    found = await ways(conn, yard, B)
    assert told(found.steps[B], "bay", "equipment", "people") == ("handling", A, None, "FL-1", 1)


async def test_what_was_made_through_a_node_comes_from_what_went_in(conn: Any) -> None:
    yard = Yard()
    yard.unit(C)
    yard.stays(A, zone=1, since=50)
    yard.stays(B, zone=1, since=60)
    yard.makes(B, NODE, 100)
    yard.makes(NODE, C, 100, version=9)
    found = await ways(conn, yard, C)
    assert told(found.steps[C], "position") == ("derived", B, 9)
    assert [(step["unit"], step["hop"]) for step in found.way(C)] == [(A, 0), (B, 1), (C, 1)]


async def test_relations_of_where_goods_came_from(conn: Any) -> None:
    yard = Yard()
    paper = {"certificates": ["customs/1"], "establishment": "SIF385", "production_batch": "B1"}
    yard.arrival(201, voyage="025W")
    yard.arrival(202, voyage="025W")
    yard.unit(A, yard.lot(101, arrival=201, produced_on="2020-05-20", **paper))
    yard.unit(B, yard.lot(102, **paper))
    yard.unit(C, yard.lot(103, arrival=201))
    yard.unit(D, yard.lot(104, arrival=202))
    yard.unit(5, yard.lot(105, establishment="SIF385", produced_on="2020-05-20"))
    found = await ways(conn, yard, B, C, D, 5)
    relations = {unit: told(found.steps[unit])[0] for unit in (B, C, D, 5)}
    assert relations == {B: "batch", C: "container", D: "voyage", 5: "production"}
    assert {found.steps[unit]["source"] for unit in (B, C, D)} == {A}


async def test_a_place_that_is_asked_about_is_where_the_way_begins(conn: Any) -> None:
    yard = Yard()
    yard.stays(B, zone=1, since=100, until=400)
    found = await ways(conn, yard, B, units=(), zone=(PLACE, 1))
    assert told(found.steps[B], "zone", "overlap_minutes") == ("zone", None, 1, 5)
    assert [step["unit"] for step in found.way(B)] == [B]


async def test_what_cleared_a_way(conn: Any) -> None:
    """A was disinfected before B came; so was C, which is not on the way, and A once more, too late."""
    yard = Yard()
    yard.stays(A, zone=1, since=100)
    yard.stays(B, zone=1, since=300)
    yard.stays(C, zone=2, since=100)
    done = yard.disinfected("unit", 200, target=A)
    yard.disinfected("unit", 200, target=C)
    yard.disinfected("unit", 400, target=A)
    found = await ways(conn, yard, B, cut=False)
    assert told(found.steps[B]) == ("zone", A)
    lots = {A: A + 100_000, B: B + 100_000}
    assert await cleared_by(found, B, lots) == [done]


async def test_every_hit_of_any_yard_has_a_way_whose_steps_go_back_to_the_beginning(conn: Any) -> None:
    """Each step has a source that was reached no later and in no more hops, and is as the question asks."""
    walked = 0
    for seed in range(12):
        chance = Random(seed)
        yard = AnyYard(chance, seed)
        for projection, rows in yard.tables().items():
            await store.save(conn, Dirty(projection, rows))
        asked = ask(yard.rows, yard.moments, chance, 1 + seed % 3, yard.base)
        answer = await exposed(conn, asked)
        gone = await conn.fetchval(query("tracing/exposure.excluded"), asked.position)
        found = Ways(conn, asked, answer.hits, gone)
        await found.find(answer.hits.unit.tolist())
        for hit in answer.hits:
            walked += hit.hop > 0
            demand_true(found, hit, asked)
    assert walked > 50


def demand_true(found: Ways, hit: Hit, asked: Question) -> None:
    """The last step of a hit is one that the question allows, and comes from what was reached before."""
    step = found.steps[hit.unit]
    by_place = asked.zone is not None or asked.vehicle is not None
    assert (step["relation"] != "seed") or hit.hop == 0, (asked, hit)
    if step["source"] is None:
        assert hit.hop == 0 or by_place, (asked, hit, step)
        return
    source = found.found(step["source"])
    assert source.since <= hit.since, (asked, hit, step)
    assert source.hop <= hit.hop - (step["relation"] not in ("derived", "batch")), (asked, hit, step)
    assert found.way(hit.unit)[-1]["unit"] == hit.unit
    if step["overlap_minutes"] is not None:
        assert step["overlap_minutes"] >= asked.min_overlap_minutes
