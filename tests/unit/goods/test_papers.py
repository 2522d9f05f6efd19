"""Certificates as facts: numbers, files, lots and dates, each rule at its boundary."""

from __future__ import annotations

import pytest

from service.goods.papers import RECORD
from service.goods.state import CERTIFICATE, EVENT, LOT, PAPER_FILE
from service.ledger import Data
from tests.unit.goods.inbound import (
    GRAMS,
    NOON,
    Inbound,
    at,
    declaration,
    demand_facts,
    disinfection,
    nucleic,
    quarantine,
)

SCAN = "ab" * 32
OTHER_SCAN = "cd" * 32


def ready(lots: int = 1) -> tuple[Inbound, list[int]]:
    scene = Inbound()
    arrival = scene.announce()
    scene.history.now(NOON)
    return scene, [scene.register(arrival)[0] for _ in range(lots)]


def test_a_paper_hangs_on_each_lot_that_it_names() -> None:
    scene, lots = ready(2)
    paper = disinfection(
        grams=2 * GRAMS, agent="次氯酸钠", contact_minutes=30, file=SCAN, covers={"country": "BRA"}
    )
    said = scene.record(paper, *lots)
    key = "青岛消毒站/XD-001"
    assert said.outcome == {"certificate": said.outcome["certificate"], "key": key, "named_grams": 2 * GRAMS}
    certificate = scene.history.row(CERTIFICATE, key)
    assert (certificate.lots, certificate.named_grams) == (lots, 2 * GRAMS)
    assert certificate.details == {"agent": "次氯酸钠", "contact_minutes": 30}
    assert certificate.covers == {"country": "BRA"}
    assert (certificate.organisation, certificate.released_pieces) == (scene.station.organisation, 0)
    assert [scene.history.row(LOT, lot).certificates for lot in lots] == [[key], [key]]
    assert scene.history.row(PAPER_FILE, SCAN).certificates == [key]
    events = [event for event in scene.history.rows(EVENT) if event.kind == "certificate-recorded"]
    assert [(event.lot, event.happened_at) for event in events] == [(lot, at("11:00")) for lot in lots]


def test_a_positive_result_is_a_fact() -> None:
    scene, lots = ready()
    said = scene.record(nucleic(result="positive"), *lots)
    assert scene.history.row(CERTIFICATE, said.outcome["key"]).result == "positive"


CASES: list[tuple[str, Data, str | None]] = [
    # What a paper of its kind must say.
    ("quarantine without weight", quarantine(grams=None), "certificate.incomplete"),
    ("test without result", nucleic(result=None), "certificate.incomplete"),
    ("test without time", nucleic(happened_at=None), "certificate.incomplete"),
    ("test without place", nucleic(sampled_where=None), "certificate.incomplete"),
    ("disinfection without pieces", disinfection(pieces=None), "certificate.incomplete"),
    ("disinfection without time", disinfection(happened_at=None), "certificate.incomplete"),
    # Numbers.
    ("quarantine number of ten", quarantine(number="1234567890"), None),
    ("quarantine number of nine", quarantine(number="123456789"), "identifier.certificate-number-length"),
    ("in small letters", quarantine(number="abcdefghij"), "certificate.number-written-otherwise"),
    ("declared in the year of entry", declaration(), None),
    ("declared the year before", declaration(number="422720191000000001"), None),
    (
        "declared two years before",
        declaration(number="422720181000000001"),
        "identifier.customs-declaration-year",
    ),
    ("an export", declaration(number="422720200000000001"), "identifier.customs-declaration-direction"),
    (
        "a declaration too short",
        declaration(number="4227202010000001"),
        "identifier.customs-declaration-length",
    ),
    ("any number of a laboratory", nucleic(number="检字（2020）1号"), None),
    # Dates.
    ("issued today", quarantine(issued_on="2020-08-17"), None),
    ("issued tomorrow", quarantine(issued_on="2020-08-18"), "certificate.issued-in-future"),
    ("valid for its own day", quarantine(valid_until="2020-08-16"), None),
    ("valid until the day before", quarantine(valid_until="2020-08-15"), "certificate.ends-before-issue"),
    ("sampled on the day of issue", nucleic(happened_at="2020-08-16"), None),
    ("sampled the day after", nucleic(happened_at="2020-08-17"), "certificate.issued-before-event"),
    (
        "sampled five minutes ahead",
        nucleic(happened_at=at("12:05", 17), issued_on="2020-08-17"),
        None,
    ),
    (
        "sampled six minutes ahead",
        nucleic(happened_at=at("12:06", 17), issued_on="2020-08-17"),
        "time.in-future",
    ),
]


@pytest.mark.parametrize(("paper", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_recording(paper: Data, code: str | None) -> None:
    scene, lots = ready()
    if code is None:
        scene.record(paper, *lots)
        return
    data = {name: value for name, value in {**paper, "lots": lots}.items() if value is not None}
    refusal = scene.history.refused(RECORD, data, scene.actor)
    assert refusal.code == code
    demand_facts(refusal)


def test_a_number_serves_once_an_issuer() -> None:
    scene, lots = ready()
    scene.record(quarantine(), *lots)
    refusal = scene.history.refused(RECORD, quarantine(lots=lots), scene.actor)
    assert (refusal.code, refusal.field) == ("certificate.number-used", "/number")
    demand_facts(refusal)
    scene.record(quarantine(issuer="大连海关"), *lots)


def test_a_paper_of_several_lots_states_its_weight() -> None:
    scene, lots = ready(2)
    refusal = scene.history.refused(RECORD, nucleic(lots=lots), scene.actor)
    assert (refusal.code, refusal.field) == ("certificate.kilograms-missing", "/grams")
    demand_facts(refusal)
    scene.record(nucleic(grams=2 * GRAMS), *lots)


FILES: list[tuple[str, list[int], str, str | None]] = [
    ("another paper of the same lots", [0, 1], SCAN, None),
    ("in another order", [1, 0], SCAN, None),
    ("fewer lots", [0], SCAN, "certificate.file-used"),
    ("other lots", [2], SCAN, "certificate.file-used"),
    ("one lot more", [0, 1, 2], SCAN, "certificate.file-used"),
    ("another scan", [2], OTHER_SCAN, None),
]


@pytest.mark.parametrize(
    ("named", "scan", "code"), [case[1:] for case in FILES], ids=[case[0] for case in FILES]
)
def test_a_scan_serves_the_lots_that_its_certificate_names(
    named: list[int], scan: str, code: str | None
) -> None:
    scene, lots = ready(3)
    scene.record(quarantine(file=SCAN, grams=2 * GRAMS), *lots[:2])
    paper = disinfection(file=scan, grams=GRAMS, lots=[lots[place] for place in named])
    if code is None:
        scene.history.say(RECORD, paper, scene.actor)
        shown = scene.history.row(PAPER_FILE, scan).certificates
        assert shown[-1] == "青岛消毒站/XD-001"
        assert len(shown) == (2 if scan == SCAN else 1)
        return
    refusal = scene.history.refused(RECORD, paper, scene.actor)
    assert (refusal.code, refusal.field) == (code, "/file")
    demand_facts(refusal)


def test_a_lot_is_named_once() -> None:
    scene, (lot,) = ready()
    refusal = scene.history.refused(RECORD, quarantine(lots=[lot, lot]), scene.actor)
    assert (refusal.code, refusal.field) == ("certificate.lot-twice", "/lots/1")
    demand_facts(refusal)


def test_somebody_elses_lot_is_refused_like_none() -> None:
    scene, (lot,) = ready()
    for asked in (lot, lot + 1):
        refusal = scene.history.refused(RECORD, quarantine(lots=[asked]), scene.rival.staff)
        assert (refusal.code, refusal.field, refusal.facts) == ("lot.not-found", "/lots/0", {"lot": asked})
