"""Announcements and openings, each rule at its boundary."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.goods.arrivals import ANNOUNCE, OPEN
from service.goods.state import ARRIVAL
from service.ledger import Data
from service.parties import FACILITY
from tests.unit.goods.inbound import NOON, Inbound, at, demand_facts

BY_ROAD = {"source": "other_province", "container": None, "seal": None}


def test_an_arrival_is_the_root_of_a_family() -> None:
    scene = Inbound()
    arrival = scene.history.row(ARRIVAL, scene.announce(exporter="Frigorífico"))
    assert (arrival.organisation, arrival.facility) == (scene.station.organisation, scene.place)
    assert (arrival.container, arrival.seal, arrival.opened_at) == ("CSQU3054383", "BR123456", None)
    assert arrival.details == {"vessel": "CAP SAN LORENZO", "exporter": "Frigorífico"}


ANNOUNCEMENTS: list[tuple[str, Data, str | None]] = [
    ("no container from a port", {"container": None}, "arrival.container-missing"),
    ("no seal from a port", {"seal": None}, "arrival.seal-missing"),
    ("neither, from another province", BY_ROAD, None),
    ("expected on the day of entry", {"entry_on": "2020-08-15"}, None),
    ("expected the day before entry", {"entry_on": "2020-08-16"}, "arrival.expected-before-entry"),
]


@pytest.mark.parametrize(
    ("changes", "code"), [row[1:] for row in ANNOUNCEMENTS], ids=[row[0] for row in ANNOUNCEMENTS]
)
def test_announcing(changes: Data, code: str | None) -> None:
    scene = Inbound()
    if code is None:
        scene.announce(**changes)
        return
    refusal = scene.history.refused(ANNOUNCE, scene.announcement(**changes), scene.actor)
    assert refusal.code == code
    demand_facts(refusal)


@pytest.mark.parametrize(
    ("recorded", "late"),
    [("2020-08-14T08:00:59.999999+08:00", False), ("2020-08-14T08:01:00+08:00", True)],
)
def test_a_day_of_notice_ends_with_the_minute(recorded: str, late: bool) -> None:
    scene = Inbound(announce_hours=24)
    scene.history.now(recorded)
    said = scene.history.say(ANNOUNCE, scene.announcement(), scene.actor)
    assert said.outcome["announced_late"] is late
    assert [breach["rule"] for breach in said.breach] == ["arrival.announced-late"] * late


def test_goods_are_announced_to_ones_own_first_station() -> None:
    scene = Inbound()
    for facility in (scene.rivals_place, 12345):
        refusal = scene.history.refused(ANNOUNCE, scene.announcement(facility=facility), scene.actor)
        assert refusal.code == "facility.not-found"
    place = scene.history.row(FACILITY, scene.place)
    for changed, code in (
        ({"kind": "market"}, "station.not-first"),
        ({"active": False}, "facility.inactive"),
    ):
        scene.history.world.put([replace(place, **changed)])
        refusal = scene.history.refused(ANNOUNCE, scene.announcement(), scene.actor)
        assert (refusal.code, refusal.field) == (code, "/facility")
        demand_facts(refusal)
    scene.history.world.put([replace(place, kind="central_warehouse")])
    scene.announce()


OPENINGS: list[tuple[str, Data, str | None]] = [
    ("as announced", {}, None),
    ("another container", {"container": "MSKU9070323"}, "container.number-differs"),
    ("another seal", {"seal": "BR123457"}, "container.seal-differs"),
    ("no seal at all", {"seal": None}, "container.seal-differs"),
    ("on the day of entry", {"happened_at": "2020-08-07"}, None),
    ("the day before entry", {"happened_at": "2020-08-06"}, "container.opened-before-entry"),
    ("five minutes ahead", {"happened_at": at("12:05", 17)}, None),
    ("six minutes ahead", {"happened_at": at("12:06", 17)}, "time.in-future"),
    ("a month ago", {"happened_at": "2020-07-17"}, "time.too-far-back"),
]


@pytest.mark.parametrize(("changes", "code"), [row[1:] for row in OPENINGS], ids=[row[0] for row in OPENINGS])
def test_opening(changes: Data, code: str | None) -> None:
    scene = Inbound()
    arrival = scene.announce()
    scene.history.now(NOON)
    if code is None:
        scene.open(arrival, **changes)
        assert (
            scene.history.row(ARRIVAL, arrival).opened_at
            == {"happened_at": at("09:00"), **changes}["happened_at"]
        )
        return
    refusal = scene.history.refused(OPEN, scene.opening(arrival, **changes), scene.actor)
    assert refusal.code == code
    demand_facts(refusal)


@pytest.mark.parametrize(("intact", "breach"), [(True, []), (False, ["container.seal-broken"])])
def test_a_broken_seal_is_a_fact(intact: bool, breach: list[str]) -> None:
    scene = Inbound()
    arrival = scene.announce()
    scene.history.now(NOON)
    said = scene.open(arrival, seal_intact=intact)
    assert [each["rule"] for each in said.breach] == breach
    assert scene.history.row(ARRIVAL, arrival).seal_intact is intact


def test_a_container_is_opened_once() -> None:
    scene = Inbound()
    arrival = scene.announce()
    scene.history.now(NOON)
    scene.open(arrival)
    refusal = scene.history.refused(OPEN, scene.opening(arrival), scene.actor)
    assert refusal.code == "container.opened-before"
    demand_facts(refusal)


def test_where_there_is_none_none_is_opened() -> None:
    scene = Inbound()
    arrival = scene.announce(**BY_ROAD)
    scene.history.now(NOON)
    refusal = scene.history.refused(OPEN, scene.opening(arrival), scene.actor)
    assert refusal.code == "container.none"
    demand_facts(refusal)


def test_a_container_announced_without_a_seal_opens_with_any() -> None:
    scene = Inbound()
    arrival = scene.announce(source="other_province", seal=None)
    scene.history.now(NOON)
    scene.open(arrival, seal="X1")
    assert scene.history.row(ARRIVAL, arrival).opened_at is not None


def test_somebody_elses_arrival_is_refused_like_none() -> None:
    scene = Inbound()
    arrival = scene.announce()
    scene.history.now(NOON)
    for asked in (arrival, arrival + 1):
        refusal = scene.history.refused(OPEN, scene.opening(asked), scene.rival.staff)
        assert (refusal.code, refusal.facts) == ("arrival.not-found", {"arrival": asked})
