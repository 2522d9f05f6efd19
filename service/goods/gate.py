"""The gate between quarantine and the rest of the country: what a release still wants, and what it rests on.

Rules kept here (domain rules 1–5): goods leave quarantine only from an active first station, only out of what
is quarantined there, only after their container was opened, and only on papers that fit (fitness.py) and
together cover the pieces and grams; papers of one kind add up, and what earlier releases took from a paper is
gone. Every piece is disinfected: that is counted in pieces like any other cover. Goods under enhanced control
also need an inner-package sample and an independent zone. What is past its best-before date stays.

Pure: the decider and whoever wants to know beforehand ask the same function and get the same answer. All
that is missing is told at once, each with its own code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schema.moments import parse
from schema.problems import Refusal
from service.goods import accounts
from service.goods.fitness import Application, faults, weight_finding
from service.goods.state import Certificate, Paper, UnitState
from service.goods.stations import station_faults
from service.parties import ZoneKind

MISSING = {
    Paper.QUARANTINE: "gate.quarantine-missing",
    Paper.NUCLEIC_ACID: "gate.nucleic-acid-missing",
    Paper.DISINFECTION: "gate.disinfection-missing",
    Paper.CUSTOMS_DECLARATION: "gate.customs-declaration-missing",
    Paper.ORIGIN: "gate.origin-missing",
    Paper.QUALITY_TEST: "gate.quality-test-missing",
}


@dataclass(frozen=True, slots=True)
class Carried:
    """The part of a release that one paper covers."""

    paper: Certificate
    pieces: int
    grams: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate still wants; where it wants nothing, what carries the release and what it found."""

    wants: Sequence[Refusal]
    carried: Sequence[Carried]
    findings: Sequence[Refusal]


def wants(case: Application) -> list[Refusal]:
    """All that the gate still wants, without repetition; empty where the goods may leave."""
    return list(judge(case).wants)


def judge(case: Application) -> Verdict:
    """Judge a release. Papers are chosen by age in the ledger, so that two judges choose the same."""
    station = station_faults(case.facility, case.demands.first_stations)
    wanted = [*station, *_unit(case), *_container(case), *_enhanced(case), *_best_before(case)]
    carried: list[Carried] = []
    for kind in case.demands.required:
        papers = [paper for paper in case.papers if paper.kind == kind]
        cover = _cover(_fit(papers, case), case)
        carried += cover
        wanted += _shortfall(kind, papers, cover, case)
    if Paper.NUCLEIC_ACID not in case.demands.required:
        wanted += _positive(case)
    findings = [finding for part in carried for finding in weight_finding(part.paper, case)]
    return Verdict(_distinct(wanted), carried, findings)


def _unit(case: Application) -> Iterator[Refusal]:
    unit = case.unit
    if unit.state != UnitState.QUARANTINED:
        yield Refusal("gate.unit-not-quarantined", unit=unit.id)
        return
    try:
        accounts.take(unit, case.pieces, case.grams)
        yield from _beyond_registered(case)
    except Refusal as refusal:
        yield refusal
    if case.moment.certainly_before(parse(unit.made_at)):
        yield Refusal(
            "gate.released-before-received", unit=unit.id, received=unit.made_at, release=case.moment.text
        )


def _beyond_registered(case: Application) -> Iterator[Refusal]:
    """There may be more in the units of a lot than was registered, where a stock difference found it."""
    lot = case.lot
    if lot.released_grams + case.grams > lot.grams:
        yield Refusal(
            "gate.more-than-registered",
            lot=lot.code,
            registered=lot.grams,
            released=lot.released_grams,
            asked=case.grams,
        )


def _container(case: Application) -> Iterator[Refusal]:
    arrival = case.arrival
    if arrival.container is None:
        return
    if arrival.opened_at is None:
        yield Refusal("gate.container-not-opened", container=arrival.container)
    elif case.moment.certainly_before(parse(arrival.opened_at)):
        yield Refusal(
            "gate.container-opened-after-release",
            container=arrival.container,
            opened=arrival.opened_at,
            release=case.moment.text,
        )


def _enhanced(case: Application) -> Iterator[Refusal]:
    if not case.demands.enhances(case.lot):
        return
    if not any(_is_inner(paper) for paper in _fit(case.papers, case)):
        yield Refusal("gate.inner-sample-missing", lot=case.lot.code)
    zones = {zone["no"]: zone["kind"] for zone in case.facility.zones}
    if zones.get(case.unit.zone) != ZoneKind.INDEPENDENT:
        yield Refusal("gate.independent-zone-missing", lot=case.lot.code, zone=case.unit.zone)


def _best_before(case: Application) -> Iterator[Refusal]:
    """On the day itself goods may still leave."""
    best_before = case.lot.best_before
    if best_before is not None and parse(best_before).certainly_before(case.moment):
        yield Refusal(
            "gate.past-best-before", lot=case.lot.code, best_before=best_before, release=case.moment.text
        )


def _positive(case: Application) -> Iterator[Refusal]:
    """A positive test is in the way also where no test is asked for, until a good one answers it."""
    tests = [paper for paper in case.papers if paper.kind == Paper.NUCLEIC_ACID]
    if not _fit(tests, case):
        broken = (fault for paper in tests for fault in faults(paper, case))
        yield from (fault for fault in broken if fault.code == "gate.nucleic-acid-positive")


def _fit(papers: Sequence[Certificate], case: Application) -> list[Certificate]:
    """Papers that can carry the release, the oldest in the ledger first, inner-package samples before others.

    So a release of goods under enhanced control rests on the inner sample that admitted it. A paper that is
    used up in pieces or in grams carries nothing more, not even what it sets no limit to.
    """
    fit = [paper for paper in papers if not _is_spent(paper) and not faults(paper, case)]
    return sorted(fit, key=lambda paper: (not _is_inner(paper), paper.id))


def _is_spent(paper: Certificate) -> bool:
    """Also one that was corrected to less than had been released on it by then."""
    balances = ((paper.pieces, paper.released_pieces), (paper.grams, paper.released_grams))
    return any(certified is not None and released >= certified for certified, released in balances)


def _is_inner(paper: Certificate) -> bool:
    return paper.kind == Paper.NUCLEIC_ACID and paper.inner_sample


def _cover(papers: Sequence[Certificate], case: Application) -> list[Carried]:
    """Fill the release from ``papers`` in order: each gives at most its balance, one without gives all."""
    pieces, grams = case.pieces, case.grams
    parts: list[Carried] = []
    for paper in papers:
        part = Carried(
            paper,
            _give(paper.pieces, paper.released_pieces, pieces),
            _give(paper.grams, paper.released_grams, grams),
        )
        if part.pieces or part.grams:
            parts.append(part)
        pieces -= part.pieces
        grams -= part.grams
    return parts


def _give(certified: int | None, released: int, asked: int) -> int:
    return asked if certified is None else min(asked, certified - released)


def _shortfall(
    kind: Paper, papers: Sequence[Certificate], cover: Sequence[Carried], case: Application
) -> Iterator[Refusal]:
    """Why ``cover`` is not enough: no paper, faults of those there are, or too little in them."""
    if not papers:
        yield Refusal(MISSING[kind], lot=case.lot.code)
        return
    pieces = sum(part.pieces for part in cover)
    grams = sum(part.grams for part in cover)
    if pieces == case.pieces and grams == case.grams:
        return
    broken = [fault for paper in papers for fault in faults(paper, case)]
    yield from broken
    fit = [paper for paper in papers if not faults(paper, case)]
    if not fit:
        return
    names = ", ".join(paper.key for paper in sorted(fit, key=lambda paper: paper.id))
    # Who sets no limit to the pieces ran out of grams, and the other way round: that is what is told.
    if pieces < case.pieces and any(paper.pieces is not None for paper in fit):
        code = "gate.pieces-not-disinfected" if kind is Paper.DISINFECTION else "gate.covers-too-few-pieces"
        yield Refusal(code, certificates=names, covered=pieces, asked=case.pieces)
    if grams < case.grams and any(paper.grams is not None for paper in fit):
        yield Refusal("gate.covers-too-few-grams", certificates=names, covered=grams, asked=case.grams)


def _distinct(refusals: Sequence[Refusal]) -> list[Refusal]:
    """Each refusal once: two papers may fall by the same fact."""
    seen = {(refusal.code, *refusal.facts.items()): refusal for refusal in reversed(refusals)}
    return list(reversed(seen.values()))
