"""The evidence of a suspicion, held against what the ledger knows: pure, for the decider and for auditors.

Every position must be there and say what is suspected, every code be issued, every place and business be
registered, and the evidence alone must bear the suspicion out under the policy in force. What stands outside
the ledger, when a label was scanned and what was refused, is the platform's word; that goods were never
somewhere, and what was lost of a lot, are its reading of the rows at that time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from schema.identifiers import Level
from schema.problems import Refusal
from service.codes.state import ISSUED_CODE
from service.goods.papers import certificate_key
from service.goods.state import CERTIFICATE, LOT, PAPER_FILE, UNIT, Certificate
from service.incidents.detecting import detectors
from service.incidents.detecting.detectors import LateFact, Scan, Suspected, Trial
from service.ledger import Context, Data, Statement, World
from service.ledger.said import statement_at
from service.ledger.statement import parse_instant
from service.parties import FACILITY, ORGANISATION, Policy, policy_for

PAPER, FILE = "paper:", "file:"
"""How the subject of ``paper-reused`` begins: a number at its issuer, or a file's SHA-256."""


@dataclass(frozen=True, slots=True)
class Case:
    """What the evidence amounts to. ``marks`` tell pieces of evidence apart, one for each in ``evidence``;
    whoever has to answer is ``owner``, where there is one at a place of its own."""

    policy: Policy
    owner: int
    region: str
    facts: dict[str, Any]
    evidence: list[Data]
    marks: list[str]
    facility: int | None = None
    lots: list[int] = field(default_factory=list)

    @property
    def organisations(self) -> list[int]:
        """Everybody whom it is about."""
        return sorted({self.owner, *(each["organisation"] for each in self.evidence)})

    @property
    def regions(self) -> list[str]:
        """Every region in which any of it lies."""
        return sorted({self.region, *(each["region"] for each in self.evidence)})


def _unfit(place: int) -> Refusal:
    return Refusal("suspicion.evidence-unfit", field=f"/evidence/{place}", place=place + 1)


def _bear_out(holds: bool, rule: Suspected) -> None:
    """Raises Refusal ``suspicion.not-borne-out``."""
    if not holds:
        raise Refusal("suspicion.not-borne-out", field="/evidence", rule=rule.value)


def weighed(data: Data, ctx: Context, world: World) -> Case:
    """What the evidence amounts to. Raises Refusal ``suspicion.evidence-unfit`` or ``….not-borne-out``."""
    return _WEIGH[Suspected(data["rule"])](data["subject"], data["evidence"], ctx, world)


def _scans(
    code: str, evidence: Sequence[Data], world: World
) -> tuple[list[Scan], list[Data], list[int], list[str]]:
    """The scans of ``code``, each as it is told, its holder and its mark."""
    scans, told, holders, marks = [], [], [], []
    for place, each in enumerate(evidence):
        facility = world.get(FACILITY, each["facility"]) if each["what"] == "scan" else None
        reader = None if facility is None else world.get(ORGANISATION, each["organisation"])
        if facility is None or reader is None or each["code"] != code:
            raise _unfit(place)
        scans.append(Scan(code, parse_instant(each["at"]), reader.id, facility.id, facility.region))
        told.append({**each, "region": facility.region})
        holders.append(facility.organisation)
        marks.append(f"{facility.id}@{each['at']}")
    return scans, told, holders, marks


def _of_scans(
    rule: Suspected, code: str, evidence: Sequence[Data], ctx: Context, world: World
) -> tuple[Case, list[Scan], list[int]]:
    """The case of scans in order of time, as far as all rules about labels agree: the last one's place
    answers."""
    issued = world.get(ISSUED_CODE, code)
    if issued is None or not evidence:
        raise _unfit(0)
    scans, told, holders, marks = _scans(code, evidence, world)
    last = scans[-1]
    _bear_out(all(one.at <= other.at for one, other in pairwise(scans)), rule)
    policy = policy_for(world, last.region, ctx.recorded)
    lots = [issued.lot]
    facts: dict[str, Any] = {"code": code}
    case = Case(policy, holders[-1], last.region, facts, told, marks, last.facility, lots)
    is_case = issued.level != Level.BATCH.value
    _bear_out(rule is Suspected.ASTRAY or (is_case and len(scans) == 2), rule)
    return case, scans, holders


def _outpaced(code: str, evidence: Sequence[Data], ctx: Context, world: World) -> Case:
    case, (one, other), _ = _of_scans(Suspected.OUTPACED, code, evidence, ctx, world)
    document = case.policy.document
    _bear_out(detectors.outpaced(one, other, document), Suspected.OUTPACED)
    case.facts["minutes"] = int((other.at - one.at).total_seconds()) // 60
    case.facts["least"] = detectors.least_minutes(one.region, other.region, document)
    return case


def _astray(code: str, evidence: Sequence[Data], ctx: Context, world: World) -> Case:
    case, scans, _ = _of_scans(Suspected.ASTRAY, code, evidence, ctx, world)
    _bear_out(len(scans) == 1, Suspected.ASTRAY)
    return case


def _two_holders(code: str, evidence: Sequence[Data], ctx: Context, world: World) -> Case:
    case, _, (one, other) = _of_scans(Suspected.TWO_HOLDERS, code, evidence, ctx, world)
    _bear_out(one != other, Suspected.TWO_HOLDERS)
    return case


def _statements(evidence: Sequence[Data], world: World) -> list[Statement]:
    """The statements that the evidence names, each once."""
    said: list[Statement] = []
    for place, each in enumerate(evidence):
        position = each["position"] if each["what"] == "statement" else None
        statement = None if position is None else statement_at(world, position)
        if statement is None or position in [other["position"] for other in evidence[:place]]:
            raise _unfit(place)
        said.append(statement)
    return said


def _surplus(subject: str, evidence: Sequence[Data], ctx: Context, world: World) -> Case:
    """Pieces out of nowhere, by the stock differences of statements in breach; the last one answers."""
    lot = world.get(LOT, int(subject))
    said = _statements(evidence, world)
    if lot is None or not said:
        raise _unfit(0)
    found, told = [], []
    for place, (each, statement) in enumerate(zip(evidence, said, strict=True)):
        pieces = _found_pieces(lot.id, statement, world)
        if not pieces or "finding" not in statement.outcome:
            raise _unfit(place)
        where = statement.outcome["finding"]
        found.append(detectors.Surplus(each["position"], pieces))
        there = {"organisation": statement.actor.organisation, "facility": where["facility"]}
        told.append({**each, **there, "region": where["region"], "pieces": pieces})
    last = told[-1]
    policy = policy_for(world, last["region"], ctx.recorded)
    most = policy.document["surplus_pieces"]
    _bear_out(detectors.surplus(found, 0, most), Suspected.SURPLUS)
    facts = {"code": lot.code, "pieces": sum(each.pieces for each in found), "most": most}
    marks = [f"p{each.position}" for each in found]
    owner, facility = last["organisation"], last["facility"]
    return Case(policy, owner, last["region"], facts, told, marks, facility, [lot.id])


def _found_pieces(lot: int, statement: Statement, world: World) -> int:
    """The pieces of ``lot`` that a statement's stock differences made."""
    made = {difference["unit"] for difference in statement.outcome.get("differences", ())}
    units = [world.get(UNIT, unit) for unit in sorted(made)]
    own = {unit.id for unit in units if unit is not None and unit.lot == lot}
    return sum(
        pieces or 0
        for source, to, pieces, _ in statement.outcome.get("flows", ())
        if source is None and to in own
    )


def _reused(subject: str, evidence: Sequence[Data], ctx: Context, world: World) -> Case:
    """A paper that was tried for lots that it does not name; who tried last answers."""
    paper = paper_of(subject, world)
    if paper is None or not evidence:
        raise _unfit(0)
    trials, told = [], []
    for place, each in enumerate(evidence):
        trial, teller = _trial(subject, each, world)
        lots = [] if trial is None else [world.get(LOT, lot) for lot in trial.lots]
        who = None if teller is None else world.get(ORGANISATION, teller)
        if trial is None or who is None or None in lots or not detectors.lots_beyond([trial], paper.lots):
            raise _unfit(place)
        trials.append(trial)
        told.append({**each, "organisation": who.id, "region": who.region, "lots": [*trial.lots]})
    owner, region = told[-1]["organisation"], told[-1]["region"]
    policy = policy_for(world, region, ctx.recorded)
    beyond = detectors.lots_beyond(trials, paper.lots)
    _bear_out(len(beyond) >= policy.document["paper_lots"], Suspected.REUSED)
    facts = {"issuer": paper.issuer, "number": paper.number, "lots": len(beyond)}
    return Case(policy, owner, region, facts, told, [each.mark for each in trials], None, sorted(beyond))


def paper_of(subject: str, world: World) -> Certificate | None:
    """The certificate that a number, or the first one that a file, stands for."""
    if subject.startswith(PAPER):
        return world.get(CERTIFICATE, subject.removeprefix(PAPER))
    file = world.get(PAPER_FILE, subject.removeprefix(FILE)) if subject.startswith(FILE) else None
    return None if file is None or not file.certificates else world.get(CERTIFICATE, file.certificates[0])


def _trial(subject: str, each: Data, world: World) -> tuple[Trial | None, int | None]:
    """One use of the paper and who made it; None where the evidence is none of that paper."""
    if each["what"] == "attempt":
        return Trial(f"r{each['line']}", tuple(each["lots"])), each["organisation"]
    statement = statement_at(world, each["position"]) if each["what"] == "statement" else None
    if statement is None or statement.kind != "certificate-recorded":
        return None, None
    data = statement.data
    if subject not in subjects_of(data):
        return None, None
    return Trial(f"p{each['position']}", tuple(data["lots"])), statement.actor.organisation


def subjects_of(data: Mapping[str, Any]) -> Iterable[str]:
    """The number and the file under which a certificate is known."""
    yield PAPER + certificate_key(data["issuer"], data["number"])
    if data.get("file") is not None:
        yield FILE + data["file"]


def _dated_back(subject: str, evidence: Sequence[Data], ctx: Context, world: World) -> Case:
    organisation = world.get(ORGANISATION, int(subject))
    said = _statements(evidence, world)
    if organisation is None or not said:
        raise _unfit(0)
    facts_told, told = [], []
    for place, (each, statement) in enumerate(zip(evidence, said, strict=True)):
        happened = detectors.told_at(statement.kind, statement.data)
        if happened is None or statement.actor.organisation != organisation.id:
            raise _unfit(place)
        facts_told.append(LateFact(each["position"], parse_instant(statement.at), happened))
        told.append(
            {**each, "organisation": organisation.id, "region": organisation.region, "happened_at": happened}
        )
    policy = policy_for(world, organisation.region, ctx.recorded)
    document = policy.document
    _bear_out(_is_one_burst(facts_told, document), Suspected.DATED_BACK)
    facts = {
        "count": len(told),
        "minutes": document["dated_back_minutes"],
        "hours": document["dated_back_hours"],
    }
    marks = [f"p{each.position}" for each in facts_told]
    return Case(policy, organisation.id, organisation.region, facts, told, marks)


def _is_one_burst(facts: Sequence[LateFact], document: Data) -> bool:
    together = detectors.bursts(facts, {**document, "dated_back_count": len(facts)})
    return len(facts) >= document["dated_back_count"] and any(together)


Weigh = Callable[[str, Sequence[Data], Context, World], Case]

_WEIGH: Mapping[Suspected, Weigh] = {
    Suspected.OUTPACED: _outpaced,
    Suspected.ASTRAY: _astray,
    Suspected.TWO_HOLDERS: _two_holders,
    Suspected.SURPLUS: _surplus,
    Suspected.REUSED: _reused,
    Suspected.DATED_BACK: _dated_back,
}
