"""Releases: who may, when, out of which account; what is released twice is counted twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schema.moments import parse
from service.goods.demands import Demands
from service.goods.fitness import Application
from service.goods.gate import wants
from service.goods.release import RELEASE_LOT
from service.goods.state import ARRIVAL, CERTIFICATE, EDGE, EVENT, LOT, RELEASE, UNIT
from service.parties import FACILITY, policy_for
from tests.unit.goods.inbound import (
    GRAMS,
    NOON,
    PIECES,
    Inbound,
    Story,
    at,
    demand_facts,
    disinfection,
    nucleic,
    quarantine,
)

QUARANTINE = "青岛海关/120200000000001"
EACH = GRAMS // PIECES


def codes(scene: Inbound, lot: int, unit: int, **changes: object) -> list[str]:
    return [cause.code for cause in scene.refused_release(lot, unit, **changes).causes]


def test_a_release_moves_goods_and_counts_them_everywhere() -> None:
    scene, lot, unit = Story().tell()
    said = scene.release(lot, unit, pieces=600, grams=16_000_000)
    history = scene.history

    left, free = history.row(UNIT, unit), history.row(UNIT, said.outcome["unit"])
    assert (left.pieces, left.grams, left.out_pieces, left.out_grams) == (406, 11_000_000, 600, 16_000_000)
    assert left.state == "quarantined"
    assert (free.state, free.pieces, free.grams, free.made_at) == (
        "released",
        600,
        16_000_000,
        at("09:30", 17),
    )
    assert (free.owner, free.custodian) == (scene.importer.organisation, scene.station.organisation)
    assert (free.lot, free.family, free.facility, free.zone) == (lot, left.family, scene.place, 1)
    assert history.row(LOT, lot).released_pieces == 600
    assert history.row(LOT, lot).released_grams == 16_000_000
    certificate = history.row(CERTIFICATE, QUARANTINE)
    assert (certificate.released_pieces, certificate.released_grams) == (600, 16_000_000)
    (edge,) = history.rows(EDGE)
    assert (edge.kind, edge.parent, edge.child, edge.pieces, edge.grams) == (
        *("release", unit, free.id, 600),
        16_000_000,
    )
    (release,) = history.rows(RELEASE)
    assert release.code == said.outcome["code"]
    assert release.unit == free.id
    assert release.facility == scene.place
    assert release.certificates == [QUARANTINE, "青岛检测中心/HS-2020-001", "青岛消毒站/XD-001"]
    assert [event.kind for event in history.rows(EVENT)] == [
        "lot-registered",
        *("certificate-recorded",) * 3,
        "lot-released",
    ]


def test_what_was_released_before_is_gone_from_unit_and_papers() -> None:
    scene, lot, unit = Story(
        papers=[quarantine(), nucleic(), disinfection(pieces=600), disinfection(number="XD-002", pieces=406)]
    ).tell()
    first = scene.release(lot, unit, pieces=700, grams=700 * EACH)
    assert {part["key"]: part["pieces"] for part in first.outcome["certificates"]} == {
        QUARANTINE: 700,
        "青岛检测中心/HS-2020-001": 700,
        "青岛消毒站/XD-001": 600,
        "青岛消毒站/XD-002": 100,
    }
    rest = GRAMS - 700 * EACH
    assert codes(scene, lot, unit, pieces=307, grams=rest) == [
        "unit.insufficient-pieces",
        "gate.pieces-not-disinfected",
    ]
    scene.release(lot, unit, pieces=306, grams=rest)
    assert scene.history.row(UNIT, unit).grams == 0
    assert codes(scene, lot, unit, pieces=1, grams=1) == [
        "unit.insufficient-grams",
        "gate.covers-too-few-grams",
        "gate.pieces-not-disinfected",
    ]


@pytest.mark.parametrize(
    ("certified", "expected"), [(40_000_000, []), (39_999_999, ["gate.covers-too-few-grams"])]
)
def test_a_certificate_of_two_lots_is_spent_by_both(certified: int, expected: list[str]) -> None:
    scene = Inbound()
    arrival = scene.announce()
    scene.history.now(NOON)
    scene.open(arrival)
    first, first_unit = scene.register(arrival, pieces=500, grams=20_000_000)
    second, second_unit = scene.register(arrival, pieces=500, grams=20_000_000)
    for paper in (quarantine(grams=certified), nucleic(grams=40_000_000)):
        scene.record(paper, first, second)
    scene.record(disinfection(pieces=1000, grams=40_000_000), first, second)
    whole = {"pieces": 500, "grams": 20_000_000}
    scene.release(first, first_unit, **whole)
    if expected:
        assert codes(scene, second, second_unit, **whole) == expected
    else:
        scene.release(second, second_unit, **whole)
        assert scene.history.row(CERTIFICATE, QUARANTINE).released_grams == certified


def test_a_difference_of_weight_within_tolerance_is_a_finding_with_both_values() -> None:
    scene, lot, unit = Story(
        papers=[quarantine(covers={"grams": GRAMS + 1}), nucleic(), disinfection()]
    ).tell()
    said = scene.release(lot, unit)
    assert said.breach == (
        {
            "rule": "papers.weight-differs",
            "facts": {"certificate": QUARANTINE, "said": GRAMS + 1, "registered": GRAMS},
        },
    )


def test_equal_weights_are_no_finding() -> None:
    scene, lot, unit = Story(papers=[quarantine(covers={"grams": GRAMS}), nucleic(), disinfection()]).tell()
    assert scene.release(lot, unit).breach == ()


def test_goods_under_enhanced_control_rest_on_their_inner_sample() -> None:
    inner = nucleic(number="HS-2020-002", inner_sample=True)
    scene, lot, unit = Story(
        policy={"enhanced": [{"country": "BRA"}]},
        registration={"zone": 4},
        papers=[quarantine(), nucleic(), inner, disinfection()],
    ).tell()
    keys = [part["key"] for part in scene.release(lot, unit).outcome["certificates"]]
    assert keys == [QUARANTINE, "青岛检测中心/HS-2020-002", "青岛消毒站/XD-001"]


def test_an_inner_sample_that_does_not_fit_does_not_count() -> None:
    expired = nucleic(number="HS-2020-002", inner_sample=True, valid_until="2020-08-16")
    scene, lot, unit = Story(
        policy={"enhanced": [{"country": "BRA"}]},
        registration={"zone": 4},
        papers=[quarantine(), nucleic(), expired, disinfection()],
    ).tell()
    assert codes(scene, lot, unit) == ["gate.inner-sample-missing"]


def test_a_paper_that_is_used_up_carries_nothing_more() -> None:
    """Not the pieces that it sets no limit to either: those are for the other paper to cover."""
    papers = [
        *(quarantine(grams=13_000_000), nucleic(), disinfection()),
        quarantine(number="120200000000002", grams=GRAMS, pieces=1),
    ]
    scene, lot, unit = Story(papers=papers).tell()
    scene.release(lot, unit, pieces=500, grams=13_000_000)
    assert codes(scene, lot, unit, pieces=500, grams=13_000_000) == ["gate.covers-too-few-pieces"]


def test_an_inner_sample_that_is_used_up_does_not_count() -> None:
    inner = nucleic(number="HS-2020-002", inner_sample=True, grams=13_000_000)
    scene, lot, unit = Story(
        policy={"enhanced": [{"country": "BRA"}]},
        registration={"zone": 4},
        papers=[quarantine(), nucleic(), inner, disinfection()],
    ).tell()
    scene.release(lot, unit, pieces=500, grams=13_000_000)
    assert codes(scene, lot, unit, pieces=500, grams=13_000_000) == ["gate.inner-sample-missing"]


def test_released_goods_are_not_released_again() -> None:
    scene, lot, unit = Story().tell()
    free = scene.release(lot, unit, pieces=6, grams=160_000).outcome["unit"]
    assert "gate.unit-not-quarantined" in codes(scene, lot, free, pieces=6, grams=160_000)


def test_goods_are_not_released_before_they_came() -> None:
    scene, lot, unit = Story().tell()
    early = scene.refused_release(lot, unit, happened_at=at("08:29"))
    (cause,) = [cause for cause in early.causes if cause.code == "gate.released-before-received"]
    demand_facts(cause)  # type: ignore[arg-type]
    minute_later = codes(scene, lot, unit, happened_at=at("08:30"))
    assert "gate.released-before-received" not in minute_later


@pytest.mark.parametrize(
    ("happened_at", "code"),
    [
        (at("12:05", 17), None),
        (at("12:06", 17), "time.in-future"),
        ("2020-07-17", "time.too-far-back"),
    ],
)
def test_a_release_is_dated_now_or_a_little_back(happened_at: str, code: str | None) -> None:
    scene, lot, unit = Story().tell()
    if code is None:
        scene.release(lot, unit, happened_at=happened_at)
    else:
        assert scene.refused_release(lot, unit, happened_at=happened_at).code == code


def test_somebody_elses_lot_is_refused_like_none() -> None:
    scene, lot, unit = Story().tell()
    rival = scene.rival.staff
    theirs = scene.history.refused(RELEASE_LOT, scene.application(lot, unit), rival)
    nobodys = scene.history.refused(RELEASE_LOT, scene.application(lot + 1, unit), rival)
    assert theirs.code == nobodys.code == "lot.not-found"
    assert set(theirs.facts) == set(nobodys.facts) == {"lot"}


def test_the_importer_does_not_release_what_it_owns() -> None:
    scene, lot, unit = Story().tell()
    refusal = scene.history.refused(RELEASE_LOT, scene.application(lot, unit), scene.importer.staff)
    assert refusal.code == "lot.not-found"


def test_a_unit_of_another_lot_is_refused_like_none() -> None:
    scene, lot, unit = Story().tell()
    _, other = scene.register(scene.history.row(LOT, lot).arrival or 0)
    assert scene.refused_release(lot, other).code == "unit.not-found"
    assert scene.refused_release(lot, unit + 500).code == "unit.not-found"


def test_goods_on_the_road_have_left_the_gate_behind() -> None:
    scene, lot, unit = Story().tell()
    row = scene.history.row(UNIT, unit)
    scene.history.world.put([replace(row, facility=None, state="in_transit", shipment=7)])
    refusal = scene.refused_release(lot, unit)
    assert (refusal.code, refusal.field) == ("unit.in-transit", "/unit")
    demand_facts(refusal)


def test_a_place_that_was_closed_releases_nothing() -> None:
    scene, lot, unit = Story().tell()
    place = scene.history.row(FACILITY, scene.place)
    scene.history.world.put([replace(place, active=False)])
    assert codes(scene, lot, unit) == ["facility.inactive"]
    scene.history.world.put([replace(place, kind="own_use_store")])
    assert codes(scene, lot, unit) == ["station.not-first"]


@pytest.mark.parametrize("code", ["", "1" * 19, "1" * 21, "1" * 19 + "O"])
def test_the_exit_certificates_code_has_its_form(code: str) -> None:
    scene, lot, unit = Story().tell()
    refusal = scene.refused_release(lot, unit, code=code)
    assert refusal.code == "release.code-malformed"


def test_whoever_asks_beforehand_hears_what_the_gate_will_say() -> None:
    scene, lot, unit = Story(papers=[nucleic()]).tell()
    history = scene.history
    row = history.row(LOT, lot)
    case = Application(
        lot=row,
        unit=history.row(UNIT, unit),
        arrival=history.row(ARRIVAL, row.arrival or 0),
        facility=history.row(FACILITY, scene.place),
        papers=[history.row(CERTIFICATE, key) for key in row.certificates],
        demands=Demands.of(policy_for(history.world, "370200", history.at)),
        pieces=PIECES,
        grams=GRAMS,
        moment=parse(at("09:30", 17)),
    )
    assert [want.code for want in wants(case)] == codes(scene, lot, unit)
