"""What the platform suspects: judged on its evidence at each boundary, raised once, added to, and closed."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import pytest

from schema.problems import Refusal, explain
from service.goods import papers
from service.goods.corrections import CORRECT
from service.goods.movements import COUNT
from service.goods.state import CERTIFICATE, LOT
from service.incidents.detecting import raising
from service.incidents.detecting.detectors import Suspected
from service.incidents.detecting.raising import RAISE_SUSPICION
from service.incidents.detecting.state import SUSPECT, SUSPICION, Suspicion
from service.incidents.detecting.weighing import FILE, PAPER
from service.incidents.state import Finding
from service.ledger import PLATFORM, Data, Statement
from tests.integration.reading.bazaar import SCAN_DIGEST
from tests.quay import Goods
from tests.unit.incidents.bench import CARTON, Bench

NOWHERE = 999_999
THE_TIME = "2020-08-20T{:02}:{:02}:00.000000Z"


def at(minutes: int) -> str:
    return THE_TIME.format(*divmod(minutes, 60))


def scanned(bench: Bench, place: str, minutes: int, code: str = "case", **changes: Any) -> Data:
    """A label read at a party's place by itself."""
    return {
        "what": "scan",
        "code": bench.ids[code],
        "at": at(minutes),
        "organisation": bench.story.parties[place].organisation,
        "facility": bench.places[place],
        **changes,
    }


def suspicion(rule: str, subject: object, *evidence: Data) -> Data:
    return {"rule": rule, "subject": str(subject), "evidence": [*evidence]}


def outpaced(bench: Bench, minutes: int = 119, **changes: Any) -> Data:
    """At Qingdao, then so many minutes later in Wuhan; 120 are the least."""
    pair = scanned(bench, "station", 0), scanned(bench, "shop", minutes, **changes)
    return suspicion("label-outpaced", bench.ids["case"], *pair)


def say(bench: Bench, data: Data) -> Statement:
    return bench.history.say(RAISE_SUSPICION, data, PLATFORM)


def found(bench: Bench, data: Data) -> tuple[Finding, Suspicion]:
    """The finding that a suspicion made or was added to, and what it rests on."""
    key = say(bench, data).outcome["finding"]
    return bench.finding(key), bench.history.row(SUSPICION, key)


def statements(*positions: int) -> list[Data]:
    return [{"what": "statement", "position": position} for position in positions]


def counted(bench: Bench, more: int) -> int:
    """The shop counts so many cartons more than it has; the statement's position."""
    unit = bench.unit(bench.ids["shop_unit"])
    assert unit.pieces is not None
    item = {
        "unit": unit.id,
        "pieces": unit.pieces + more,
        "grams": unit.grams + more * CARTON,
        "reason": "miscounted",
    }
    data = {"facility": bench.places["shop"], "items": [item], "happened_at": "2020-08-19"}
    bench.say("shop", COUNT, data)
    return bench.history.position - 1


def other_lots(bench: Bench, count: int) -> list[int]:
    return [bench.story.quay.lot(5, 5 * CARTON).lot for _ in range(count)]


def attempt(bench: Bench, *lots: int, line: int = 1, **changes: Any) -> Data:
    """The station tried the beef's certificate for other lots, and was refused."""
    who = bench.story.parties["station"].organisation
    return {"what": "attempt", "line": line, "at": at(0), "organisation": who, "lots": [*lots], **changes}


def number(bench: Bench) -> str:
    """The subject that the beef's certificate is, by its number."""
    return PAPER + next(each.key for each in bench.history.rows(CERTIFICATE) if each.file == SCAN_DIGEST)


def strict(bench: Bench, **thresholds: Any) -> None:
    """A policy with thresholds within reach."""
    bench.story.quay.town.policy("", issuers={}, back_dating_days=3650, **thresholds)


def told_late(bench: Bench) -> list[int]:
    """Statements of the station that tell of what was more than four days before."""
    station = bench.story.parties["station"].organisation
    return [
        position
        for position, each in enumerate(bench.history.statements)
        if each.actor.organisation == station
        and each.kind in ("container-opened", "lot-registered", "lot-released")
    ]


@dataclass(frozen=True)
class Boundary:
    """``wrong`` is refused, ``right`` beside it admitted."""

    wrong: Data
    right: Data
    field: str = "/evidence"


Case = Callable[[Bench], Boundary]
CASES: list[tuple[str, str, Case]] = []


def case(code: str, what: str) -> Callable[[Case], Case]:
    def add(made: Case) -> Case:
        CASES.append((f"suspicion.{code}", what, made))
        return made

    return add


@case("not-borne-out", "a label that had time to come")
def _(bench: Bench) -> Boundary:
    return Boundary(outpaced(bench, 120), outpaced(bench))


@case("not-borne-out", "scans in another order than they were made")
def _(bench: Bench) -> Boundary:
    right = outpaced(bench)
    return Boundary({**right, "evidence": right["evidence"][::-1]}, right)


@case("not-borne-out", "a batch code, which many cases bear")
def _(bench: Bench) -> Boundary:
    pair = [scanned(bench, "station", 0, "code"), scanned(bench, "shop", 10, "code")]
    return Boundary(suspicion("label-outpaced", bench.ids["code"], *pair), outpaced(bench))


@case("not-borne-out", "three scans where two tell it")
def _(bench: Bench) -> Boundary:
    right = outpaced(bench)
    return Boundary({**right, "evidence": [*right["evidence"], scanned(bench, "plant", 130)]}, right)


@case("not-borne-out", "two scans astray in one piece")
def _(bench: Bench) -> Boundary:
    one, two = (scanned(bench, "outsider", minutes, "code") for minutes in (0, 5))
    subject = bench.ids["code"]
    return Boundary(suspicion("label-astray", subject, one, two), suspicion("label-astray", subject, one))


@case("not-borne-out", "a case that stayed with one holder")
def _(bench: Bench) -> Boundary:
    rule, subject = "label-at-two-holders", bench.ids["case"]
    here, there = scanned(bench, "shop", 0), scanned(bench, "outsider", 500)
    return Boundary(
        suspicion(rule, subject, here, scanned(bench, "shop", 500)), suspicion(rule, subject, here, there)
    )


@case("not-borne-out", "as many pieces as the policy lets pass")
def _(bench: Bench) -> Boundary:
    ten, one = counted(bench, 10), counted(bench, 1)
    rule, lot = "more-than-registered", bench.ids["lot"]
    return Boundary(
        suspicion(rule, lot, *statements(ten)), suspicion(rule, lot, *statements(ten, one)), "/evidence"
    )


@case("not-borne-out", "a paper that was tried for one lot more")
def _(bench: Bench) -> Boundary:
    one, two = other_lots(bench, 2)
    pair = [attempt(bench, one), attempt(bench, two, line=2)]
    subject = number(bench)
    return Boundary(
        suspicion("paper-reused", subject, attempt(bench, one), attempt(bench, one, line=2)),
        suspicion("paper-reused", subject, *pair),
    )


@case("not-borne-out", "fewer late statements than are many")
def _(bench: Bench) -> Boundary:
    late = told_late(bench)
    strict(bench, dated_back_count=len(late))
    rule, subject = "dated-back", bench.story.parties["station"].organisation
    return Boundary(
        suspicion(rule, subject, *statements(*late[1:])), suspicion(rule, subject, *statements(*late))
    )


@case("evidence-unfit", "a code that was never issued")
def _(bench: Bench) -> Boundary:
    bench.ids["forged"] = "1C210100ABCDEF234561"
    pair = [scanned(bench, "station", 0, "forged"), scanned(bench, "shop", 10, "forged")]
    return Boundary(suspicion("label-outpaced", bench.ids["forged"], *pair), outpaced(bench), "/evidence/0")


@case("evidence-unfit", "no evidence about a label")
def _(bench: Bench) -> Boundary:
    return Boundary(suspicion("label-outpaced", bench.ids["case"]), outpaced(bench), "/evidence/0")


@case("evidence-unfit", "a place that is not there")
def _(bench: Bench) -> Boundary:
    return Boundary(outpaced(bench, facility=NOWHERE), outpaced(bench), "/evidence/1")


@case("evidence-unfit", "a reader that is not registered")
def _(bench: Bench) -> Boundary:
    return Boundary(outpaced(bench, organisation=NOWHERE), outpaced(bench), "/evidence/1")


@case("evidence-unfit", "a scan of another label")
def _(bench: Bench) -> Boundary:
    other = scanned(bench, "shop", 119, "code")
    wrong = suspicion("label-outpaced", bench.ids["case"], scanned(bench, "station", 0), other)
    return Boundary(wrong, outpaced(bench), "/evidence/1")


@case("evidence-unfit", "a statement where a scan belongs")
def _(bench: Bench) -> Boundary:
    wrong = suspicion("label-outpaced", bench.ids["case"], scanned(bench, "station", 0), *statements(3))
    return Boundary(wrong, outpaced(bench), "/evidence/1")


@case("evidence-unfit", "a position beyond the end")
def _(bench: Bench) -> Boundary:
    position, lot = counted(bench, 11), bench.ids["lot"]
    rule = "more-than-registered"
    wrong = suspicion(rule, lot, *statements(position, NOWHERE))
    return Boundary(wrong, suspicion(rule, lot, *statements(position)), "/evidence/1")


@case("evidence-unfit", "a statement that counts twice")
def _(bench: Bench) -> Boundary:
    position, lot = counted(bench, 11), bench.ids["lot"]
    rule = "more-than-registered"
    wrong = suspicion(rule, lot, *statements(position, position))
    return Boundary(wrong, suspicion(rule, lot, *statements(position)), "/evidence/1")


@case("evidence-unfit", "a statement that made no pieces of that lot")
def _(bench: Bench) -> Boundary:
    position = counted(bench, 11)
    rule = "more-than-registered"
    wrong = suspicion(rule, bench.ids["waiting"], *statements(position))
    return Boundary(wrong, suspicion(rule, bench.ids["lot"], *statements(position)), "/evidence/0")


@case("evidence-unfit", "a scan where a statement belongs")
def _(bench: Bench) -> Boundary:
    position, lot = counted(bench, 11), bench.ids["lot"]
    rule = "more-than-registered"
    wrong = suspicion(rule, lot, scanned(bench, "shop", 0))
    return Boundary(wrong, suspicion(rule, lot, *statements(position)), "/evidence/0")


@case("evidence-unfit", "a lot that is not there")
def _(bench: Bench) -> Boundary:
    position = counted(bench, 11)
    rule = "more-than-registered"
    wrong = suspicion(rule, NOWHERE, *statements(position))
    return Boundary(wrong, suspicion(rule, bench.ids["lot"], *statements(position)), "/evidence/0")


def _tried(bench: Bench) -> tuple[Data, list[int]]:
    lots = other_lots(bench, 2)
    return suspicion("paper-reused", number(bench), attempt(bench, *lots)), lots


@case("evidence-unfit", "a paper that is not there")
def _(bench: Bench) -> Boundary:
    right, _lots = _tried(bench)
    return Boundary({**right, "subject": f"{PAPER}无/0"}, right, "/evidence/0")


@case("evidence-unfit", "a file that is not there")
def _(bench: Bench) -> Boundary:
    right, _lots = _tried(bench)
    right = {**right, "subject": FILE + SCAN_DIGEST}
    return Boundary({**right, "subject": FILE + "ab" * 32}, right, "/evidence/0")


@case("evidence-unfit", "a lot that the paper names")
def _(bench: Bench) -> Boundary:
    right, _lots = _tried(bench)
    own = attempt(bench, bench.ids["lot"], line=2)
    return Boundary({**right, "evidence": [*right["evidence"], own]}, right, "/evidence/1")


@case("evidence-unfit", "lots that are not there")
def _(bench: Bench) -> Boundary:
    right, lots = _tried(bench)
    return Boundary({**right, "evidence": [attempt(bench, *lots, NOWHERE)]}, right, "/evidence/0")


@case("evidence-unfit", "somebody who is not registered")
def _(bench: Bench) -> Boundary:
    right, lots = _tried(bench)
    wrong = {**right, "evidence": [attempt(bench, *lots, organisation=NOWHERE)]}
    return Boundary(wrong, right, "/evidence/0")


@case("evidence-unfit", "a statement about another paper")
def _(bench: Bench) -> Boundary:
    right, lots = _tried(bench)
    other = bench.story.quay.paper("quarantine", goods_of(bench, lots[0]))
    bench.say("station", papers.RECORD, other)
    wrong = {**right, "evidence": [*right["evidence"], *statements(bench.history.position - 1)]}
    return Boundary(wrong, right, "/evidence/1")


@case("evidence-unfit", "a statement of another business")
def _(bench: Bench) -> Boundary:
    late = told_late(bench)
    strict(bench, dated_back_count=len(late))
    rule = "dated-back"
    wrong = suspicion(rule, bench.story.parties["shop"].organisation, *statements(*late))
    right = suspicion(rule, bench.story.parties["station"].organisation, *statements(*late))
    return Boundary(wrong, right, "/evidence/0")


@case("evidence-unfit", "a statement that tells of nothing that happened")
def _(bench: Bench) -> Boundary:
    late = told_late(bench)
    strict(bench, dated_back_count=len(late))
    station = bench.story.parties["station"].organisation
    recorded = next(
        position
        for position, each in enumerate(bench.history.statements)
        if each.kind == "certificate-recorded"
    )
    right = suspicion("dated-back", station, *statements(*late))
    return Boundary(
        suspicion("dated-back", station, *statements(*late, recorded)), right, f"/evidence/{len(late)}"
    )


@case("evidence-unfit", "a business that is not there")
def _(bench: Bench) -> Boundary:
    late = told_late(bench)
    strict(bench, dated_back_count=len(late))
    right = suspicion("dated-back", bench.story.parties["station"].organisation, *statements(*late))
    return Boundary({**right, "subject": str(NOWHERE)}, right, "/evidence/0")


@pytest.mark.parametrize(("code", "what", "made"), CASES, ids=[f"{code} {what}" for code, what, _ in CASES])
def test_refused_at_the_boundary_and_admitted_beside_it(
    bench: Bench, code: str, what: str, made: Case
) -> None:
    boundary = made(bench)
    refusal = bench.history.refused(RAISE_SUSPICION, boundary.wrong, PLATFORM)
    assert (refusal.code, refusal.field) == (code, boundary.field)
    finding, _ = found(bench, boundary.right)
    (rule,) = finding.rules
    for language in ("zh", "en"):
        assert "{" not in explain(Refusal(rule["rule"], **rule["facts"]), language).detail


def test_nobody_else_says_what_the_platform_suspects(bench: Bench) -> None:
    for who in ("platform", "hubei", "shop", "auditor"):
        assert bench.refused(who, RAISE_SUSPICION, outpaced(bench)).code == "suspicion.platform-only"
    say(bench, outpaced(bench))


def test_the_later_place_answers_and_everybody_concerned_is_named(bench: Bench) -> None:
    finding, grounds = found(bench, outpaced(bench))
    parties, places = bench.story.parties, bench.places
    shop, station = parties["shop"].organisation, parties["station"].organisation
    assert (finding.owner, finding.facility, finding.region) == (shop, places["shop"], "420100")
    assert (finding.state, finding.hold, finding.lots) == ("open", None, [bench.ids["lot"]])
    assert (finding.rules[0]["rule"], finding.rules[0]["facts"]) == (
        "suspicion.label-outpaced",
        {"code": bench.ids["case"], "minutes": 119, "least": 120},
    )
    assert grounds.organisations == sorted([shop, station])
    assert grounds.regions == ["370200", "420100"]
    assert [each["region"] for each in grounds.evidence] == ["370200", "420100"]


def test_an_inspectors_scan_is_answered_by_whose_place_it_is(bench: Bench) -> None:
    inspector = bench.story.parties["hubei"].organisation
    finding, grounds = found(bench, outpaced(bench, organisation=inspector))
    assert finding.owner == bench.story.parties["shop"].organisation
    assert inspector in grounds.organisations


def test_what_a_paper_was_tried_for_is_told_lot_by_lot(bench: Bench) -> None:
    right, lots = _tried(bench)
    finding, grounds = found(bench, right)
    assert finding.lots == sorted(lots)
    assert grounds.evidence[0]["lots"] == lots
    assert finding.owner == bench.story.parties["station"].organisation


def test_a_paper_that_was_taken_back_and_recorded_anew_counts_for_the_lots_it_named(bench: Bench) -> None:
    one, two = other_lots(bench, 2)
    paper = bench.story.quay.paper("quarantine", goods_of(bench, one), goods_of(bench, two))
    bench.say("station", papers.RECORD, paper)
    first = bench.history.position - 1
    bench.say("station", CORRECT, {"position": first, "reason": "typing", "replacement": None})
    bench.say("station", papers.RECORD, {**paper, "lots": [bench.ids["lot"]]})
    finding, _ = found(
        bench,
        suspicion("paper-reused", f"{PAPER}{paper['issuer']}/{paper['number']}", *statements(first)),
    )
    assert finding.lots == sorted([one, two])


def goods_of(bench: Bench, lot: int) -> Goods:
    """A lot as papers name it."""
    row = bench.history.row(LOT, lot)
    return Goods(lot, lot + 1, row.pieces or 0, row.grams)


def test_the_same_evidence_raises_nothing_twice(bench: Bench) -> None:
    data = outpaced(bench)
    say(bench, data)
    refusal = bench.history.refused(RAISE_SUSPICION, data, PLATFORM)
    assert (refusal.code, refusal.field) == ("suspicion.raised-already", "/evidence")
    with_more = {**data, "evidence": [data["evidence"][1], scanned(bench, "plant", 130)]}
    say(bench, with_more)
    assert bench.history.refused(RAISE_SUSPICION, with_more, PLATFORM).code == "suspicion.raised-already"


def test_further_evidence_is_added_to_an_open_finding_which_is_asked_again(bench: Bench) -> None:
    finding, grounds = found(bench, outpaced(bench))
    bench.answer(finding.id, "shop", explanation="disputed")
    more = [scanned(bench, "shop", 119), scanned(bench, "plant", 130)]
    again, added = found(bench, suspicion("label-outpaced", bench.ids["case"], *more))
    assert again.id == finding.id
    assert (again.state, again.answer) == ("open", "disputed")
    assert again.due_at > finding.due_at
    assert len(added.evidence) == len(grounds.evidence) + 1, "the scan that was known stands once"
    assert bench.story.parties["plant"].organisation in added.organisations
    assert "440100" in added.regions
    assert len(bench.history.rows(SUSPICION)) == 1


def test_an_open_finding_keeps_its_time(bench: Bench) -> None:
    finding, _ = found(bench, outpaced(bench))
    more = [scanned(bench, "shop", 119), scanned(bench, "plant", 130)]
    again, _ = found(bench, suspicion("label-outpaced", bench.ids["case"], *more))
    assert (again.state, again.due_at) == ("open", finding.due_at)


def test_what_an_authority_closed_is_left_alone_and_another_finding_raised(bench: Bench) -> None:
    finding, grounds = found(bench, outpaced(bench))
    bench.close(finding.id)
    data = outpaced(bench)
    assert bench.history.refused(RAISE_SUSPICION, data, PLATFORM).code == "suspicion.raised-already"
    more = [scanned(bench, "shop", 119), scanned(bench, "plant", 130)]
    another, rests_on = found(bench, suspicion("label-outpaced", bench.ids["case"], *more))
    assert another.id != finding.id
    assert len(rests_on.evidence) == 2, "it stands by itself"
    assert bench.finding(finding.id).state == "closed"
    assert bench.history.row(SUSPICION, finding.id) == grounds


def test_a_finding_holds_so_much_evidence_and_another_one_begins(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raising, "MOST_IN_A_FINDING", 3)
    ids = []
    pairs = [("station", 0, "shop", 10), ("shop", 10, "plant", 20), ("plant", 20, "shop", 30)]
    for one, then, other, later in pairs:
        pair = scanned(bench, one, then), scanned(bench, other, later)
        ids.append(found(bench, suspicion("label-outpaced", bench.ids["case"], *pair))[0].id)
    assert ids[0] == ids[1] != ids[2]


def test_so_many_marks_are_remembered_the_newest(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raising, "MOST_KNOWN", 1)
    say(bench, outpaced(bench))
    (suspect,) = bench.history.rows(SUSPECT)
    assert suspect.known == [f"{bench.places['shop']}@{at(119)}"]


def test_goods_are_held_only_where_the_policy_says_so_and_freed_with_the_finding(bench: Bench) -> None:
    strict(bench, suspicion_holds=True)
    finding, _ = found(bench, outpaced(bench))
    assert finding.hold is not None
    hold = bench.hold(finding.hold)
    assert (hold.kind, hold.reason, hold.finding) == ("breach", "suspicion.label-outpaced", finding.id)
    assert bench.held(bench.ids["shop_unit"]) == [finding.hold]
    more = [scanned(bench, "shop", 119), scanned(bench, "plant", 130)]
    again, _ = found(bench, suspicion("label-outpaced", bench.ids["case"], *more))
    assert again.hold == finding.hold, "further evidence holds nothing more"
    bench.close(finding.id, lift=True)
    assert bench.held(bench.ids["shop_unit"]) == []


def test_a_business_as_such_holds_no_goods(bench: Bench) -> None:
    late = told_late(bench)
    strict(bench, suspicion_holds=True, dated_back_count=len(late))
    station = bench.story.parties["station"].organisation
    finding, grounds = found(bench, suspicion("dated-back", station, *statements(*late)))
    assert (finding.hold, finding.lots) == (None, [])
    assert [each["position"] for each in grounds.evidence] == late
    assert all(each["happened_at"] for each in grounds.evidence)


def test_the_last_who_found_more_answers(bench: Bench) -> None:
    position = counted(bench, 11)
    finding, grounds = found(
        bench, suspicion("more-than-registered", bench.ids["lot"], *statements(position))
    )
    assert finding.owner == bench.story.parties["shop"].organisation
    assert finding.rules[0]["facts"]["pieces"] == grounds.evidence[0]["pieces"] == 11


BESIDE = {"suspicion.platform-only", "suspicion.raised-already"}
"""Cases of their own, above."""


def test_every_refusal_has_a_case() -> None:
    text = (files("schema.problems") / "suspicion.toml").read_text(encoding="utf-8")
    suspected = {f"suspicion.{rule}" for rule in Suspected}
    codes = {code for code in tomllib.loads(text) if code.startswith("suspicion.")} - suspected
    assert codes == {code for code, _, _ in CASES} | BESIDE
