"""The laws that hold of a ledger's rows whatever was said, in other words than the product's.

::

    Books(rows, enumerate(statements)).check()

``rows`` gives every row of a projection: of a history in memory, or of the tables. Each law is a loop over
all rows, slow on purpose. What was said counts as the last correction of it has it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from schema.identifiers import Level
from schema.moments import first_second
from service.codes.state import CASE_COUNT, ISSUED_CODE
from service.goods.state import (
    ARRIVAL,
    CERTIFICATE,
    CORRECTION,
    EDGE,
    LOT,
    PAPER_FILE,
    PARENTAGE,
    RELEASE,
    SHIPMENT,
    UNIT,
    Edge,
    Unit,
)
from service.goods.whereabouts import STAY, THERE
from service.incidents.cases.state import CASE, CASE_REQUEST, CASE_STEP
from service.incidents.drills.state import DRILL
from service.incidents.state import FINDING, HELD_LOT, HOLD, FindingState, Hold, HoldKind
from service.ledger import Data, Statement
from service.ledger.kinds import IDS_PER_POSITION
from service.ledger.world import Projection
from service.supervision.state import SAMPLE, SAMPLE_RESULT

WAYS = ("out", "loss", "sample", "destroyed")
CORRECTED = "statement-corrected"
TAKES_ONE_AMOUNT = {"goods-sampled": "sample", "goods-destroyed": "destroyed"}


@dataclass(frozen=True, slots=True)
class Said:
    """What the statement at ``position`` says by now: as said first, or as its last correction has it."""

    position: int
    kind: str
    organisation: int
    data: Data
    outcome: Data
    breach: tuple[Data, ...]

    @property
    def flows(self) -> list[list[Any]]:
        """``[from, to, pieces, grams]`` each."""
        flows: list[list[Any]] = self.outcome.get("flows", [])
        return flows


class Books:
    """All rows, and the statements that made them."""

    def __init__(
        self, rows: Callable[[Projection[Any]], Iterable[Any]], statements: Iterable[tuple[int, Statement]]
    ) -> None:
        self.units: dict[int, Unit] = {unit.id: unit for unit in rows(UNIT)}
        self.edges: list[Edge] = [*rows(EDGE)]
        self.stays = [*rows(STAY)]
        self.lots = {lot.id: lot for lot in rows(LOT)}
        self.arrivals = {arrival.id: arrival for arrival in rows(ARRIVAL)}
        self.certificates = {paper.key: paper for paper in rows(CERTIFICATE)}
        self.files = [*rows(PAPER_FILE)]
        self.releases = {release.id: release for release in rows(RELEASE)}
        self.shipments = {shipment.id: shipment for shipment in rows(SHIPMENT)}
        self.parentage = [*rows(PARENTAGE)]
        self.codes = [*rows(ISSUED_CODE)]
        self.cases = [*rows(CASE_COUNT)]
        self.holds = {hold.id: hold for hold in rows(HOLD)}
        self.held = {held.lot: set(held.holds) for held in rows(HELD_LOT)}
        self.findings = {finding.statement: finding for finding in rows(FINDING)}
        self.files_of_cases = [*rows(CASE)]
        self.requests = [*rows(CASE_REQUEST)]
        self.steps = sorted(rows(CASE_STEP), key=lambda each: each.version)
        self.samples = {sample.id: sample for sample in rows(SAMPLE)}
        self.results = [*rows(SAMPLE_RESULT)]
        self.drills = [*rows(DRILL)]
        self.corrections = {correction.position: correction for correction in rows(CORRECTION)}
        self.statements = dict(statements)
        self.excluded = {
            statement.data["position"]: position
            for position, statement in self.statements.items()
            if statement.kind == "movement-excluded"
        }
        self.said = [*self._said()]

    def _said(self) -> Iterator[Said]:
        """Every statement but corrections, as it stands; those that were withdrawn are left out."""
        for position, statement in sorted(self.statements.items()):
            if statement.kind == CORRECTED:
                continue
            at, by = position, statement.actor.organisation
            while at in self.corrections:
                at = self.corrections[at].correction
            if at == position:
                yield Said(position, statement.kind, by, statement.data, statement.outcome, statement.breach)
                continue
            last = self.statements[at]
            if last.data["replacement"] is not None:
                told = last.outcome
                breach = tuple(told["breach"])
                yield Said(position, statement.kind, by, last.data["replacement"], told["said"], breach)

    def check(self) -> None:
        """Every law."""
        self.accounts_balance()
        self.accounts_are_what_flowed()
        self.edges_are_what_flowed()
        self.nodes_give_what_they_took()
        self.stays_follow_each_other()
        self.everybody_has_what_was_passed_on()
        self.roads_are_empty_when_done()
        self.papers_carry_no_more_than_they_say()
        self.papers_and_lots_name_each_other()
        self.corrections_form_chains()
        self.breaches_are_found()
        self.holds_cover_what_was_made()
        self.samples_are_what_was_taken()
        self.positives_are_found()
        self.drills_leave_nothing_open()
        self.cases_are_one_file()

    # Accounts

    def accounts_balance(self) -> None:
        """in = on hand + out + loss + samples + destroyed, nothing negative; pieces go with grams."""
        for unit in self.units.values():
            grams = [unit.grams, *(getattr(unit, f"{way}_grams") for way in WAYS)]
            assert min(grams) >= 0 and unit.in_grams == sum(grams), unit
            pieces = [unit.pieces, *(getattr(unit, f"{way}_pieces") for way in WAYS)]
            if unit.in_pieces is None:
                assert set(pieces) == {None}, unit
                continue
            assert min(pieces) >= 0 and unit.in_pieces == sum(pieces), unit
            assert (unit.pieces == 0) == (unit.grams == 0), unit
            assert unit.state != "withdrawn" or unit.in_grams == 0, unit

    def accounts_are_what_flowed(self) -> None:
        """The columns of every unit are the sums of what the statements say; from nowhere came what was
        registered or found, and what a stock difference names, which is in breach."""
        grams: Counter[tuple[int, str]] = Counter()
        pieces: Counter[tuple[int, str]] = Counter()
        for said in self.said:
            for source, to, count, weight in said.flows:
                way = to if isinstance(to, str) else "out"
                for unit, column in ((source, way), (to, "in")):
                    if unit in self.units:
                        grams[unit, column] += weight
                        pieces[unit, column] += count or 0
            from_nowhere = {to for source, to, *_ in said.flows if source is None}
            differing = {each["unit"] for each in said.outcome.get("differences", ())}
            made_here = (
                {said.outcome.get("unit")} if said.kind in ("lot-registered", "goods-found") else set()
            )
            assert from_nowhere == differing | made_here, said
            assert said.breach or not differing, said
            self._took_what_it_said(said)
        for unit in self.units.values():
            for column in ("in", *WAYS):
                assert getattr(unit, f"{column}_grams") == grams[unit.id, column], (column, unit)
                counted = getattr(unit, f"{column}_pieces")
                assert counted in (None, pieces[unit.id, column]), (column, unit)

    def _took_what_it_said(self, said: Said) -> None:
        if said.kind in TAKES_ONE_AMOUNT:
            gone = [flow for flow in said.flows if flow[1] == TAKES_ONE_AMOUNT[said.kind]]
            assert sum(flow[3] for flow in gone) == said.data["grams"], said
            assert sum(flow[2] or 0 for flow in gone) == said.data.get("pieces", 0), said

    def edges_are_what_flowed(self) -> None:
        """An edge for each flow between units and nodes that stands; those corrected stay behind."""
        drawn, flowed = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
        for edge in self.edges:
            if edge.version not in self.corrections:
                drawn[edge.parent, edge.child] += edge.grams
        for said in self.said:
            for source, to, _, grams in said.flows:
                if isinstance(source, int) and isinstance(to, int):
                    flowed[source, to] += grams
        assert drawn == flowed

    def stays_follow_each_other(self) -> None:
        """Goods are somewhere as long as they are there, and come to a place as they leave another."""
        stays = defaultdict(list)
        for stay in self.stays:
            assert stay.since <= stay.until and stay.placed <= stay.version, stay
            stays[stay.unit].append(stay)
        for unit in self.units.values():
            is_there = unit.state in THERE and bool(unit.grams or unit.pieces)
            assert (unit.until is None) == (unit.vacated is None) == is_there, unit
            known = stays[unit.id]
            told = {unit.placed, *(at for stay in known for at in (stay.placed, stay.version))}
            if any(at in self.corrections or self.statements[at].kind == CORRECTED for at in told):
                continue  # what was said otherwise stays on record beside what is said now
            moved = [stay for stay in known if stay.version != unit.vacated]
            for stay, later in pairwise([*moved, unit]):
                if later.placed == stay.placed:  # an earlier draw was corrected: not all had left
                    assert later.since == stay.since, (stay, later)
                    continue
                assert later.placed == stay.version and later.since <= stay.until, (stay, later)
            first = known[0] if known else unit
            assert first.since == first_second(unit.made_at), (first, unit)

    def nodes_give_what_they_took(self) -> None:
        """What goes into a transformation comes out of it, or is declared lost."""
        for said in self.said:
            node = said.outcome.get("node")
            came_in = sum(grams for _, to, _, grams in said.flows if node is not None and to == node)
            came_out = sum(grams for source, _, _, grams in said.flows if node is not None and source == node)
            assert came_in == came_out, said

    # Hands

    def everybody_has_what_was_passed_on(self) -> None:
        """Owner and custodian of each unit, found by following all statements from the beginning."""
        owner: dict[Any, int] = {}
        keeper: dict[Any, int] = {}
        for said in self.said:
            like = {each["unit"]: each["like"] for each in said.outcome.get("differences", ())}
            if said.kind == "ownership-transferred":
                owner[said.data["unit"]] = said.data["to"]
            first = [flow[1] for flow in self.statements[said.position].outcome.get("flows", ())]
            for source, to, *_ in said.flows:
                if to in self.units and to not in first:
                    # Made only by a correction, it is of who had by then what it was made of.
                    owner[to], keeper[to] = self.units[to].owner, self.units[to].custodian
                elif to in self.units and to not in owner:
                    parent = said.data.get("unit") if source == said.outcome.get("node") else source
                    owner[to], keeper[to] = self._hands(said, owner.get(parent), keeper.get(parent))
                if to in like and to in first:
                    owner[to], keeper[to] = owner[like[to]], keeper[like[to]]
        for unit in self.units.values():
            if unit.state != "withdrawn":
                assert (unit.owner, unit.custodian) == (owner[unit.id], keeper[unit.id]), unit

    def _hands(self, said: Said, owner: int | None, keeper: int | None) -> tuple[Any, Any]:
        if said.kind == "goods-received":
            shipment = self.shipments[said.data["shipment"]]
            return (shipment.consignee if shipment.passes else owner), shipment.consignee
        if said.kind == "lot-registered":
            return said.outcome["owner"], said.organisation
        if said.kind == "goods-found":
            return said.organisation, said.organisation
        if said.kind == "goods-processed":
            return said.outcome["owner"], said.organisation
        return owner, keeper

    def roads_are_empty_when_done(self) -> None:
        """What was received, or withdrawn, has nothing on the road; what is on the road is of a shipment."""
        for shipment in self.shipments.values():
            if shipment.received_at is not None or shipment.withdrawn:
                assert not any(self.units[unit].grams for unit in shipment.units), shipment
        for unit in self.units.values():
            assert (unit.state == "in_transit") <= (unit.facility is None), unit
            if unit.state == "in_transit" and unit.grams:
                assert unit.shipment in self.shipments, unit

    # Papers

    def papers_carry_no_more_than_they_say(self) -> None:
        """Kilograms certified are at least kilograms released; a lot releases at most what it is."""
        released, carried, counted = Counter[int](), Counter[str](), Counter[str]()
        for said in self.said:
            if said.kind != "lot-released":
                continue
            released[said.data["lot"]] += said.data["grams"]
            keys = self.releases[said.outcome["release"]].certificates
            for part, key in zip(said.outcome["certificates"], keys, strict=True):
                carried[key] += part["grams"]
                counted[key] += part["pieces"]
        for paper in self.certificates.values():
            sums = (carried[paper.key], counted[paper.key])
            assert (paper.released_grams, paper.released_pieces) == sums, paper
            # Whoever corrects a paper to less than was released on it takes the ground from under releases,
            # which the gate judges again; none leaves on it any more.
            if paper.id // IDS_PER_POSITION not in self.corrections:
                assert paper.grams is None or paper.released_grams <= paper.grams, paper
                assert paper.pieces is None or paper.released_pieces <= paper.pieces, paper
        for lot in self.lots.values():
            if lot.arrival is not None and not lot.withdrawn:
                assert lot.released_grams == released[lot.id] <= lot.grams, lot

    def papers_and_lots_name_each_other(self) -> None:
        """Lots and files bear the papers that name them; arrivals and papers know their weight."""
        naming, filed, registered = defaultdict(set), defaultdict(set), Counter[int]()
        standing = [paper for paper in self.certificates.values() if not paper.withdrawn]
        for paper in standing:
            filed[paper.file].add(paper.key)
            assert paper.named_grams == sum(self.lots[lot].grams for lot in paper.lots), paper
            for lot in paper.lots:
                naming[lot].add(paper.key)
        for lot in self.lots.values():
            if lot.arrival is not None and not lot.withdrawn:
                assert set(lot.certificates) == naming[lot.id], lot
                registered[lot.arrival] += lot.grams
        for file in self.files:
            assert set(file.certificates) == filed[file.sha256], file
        for arrival in self.arrivals.values():
            assert arrival.registered_grams == registered[arrival.id], arrival
        cases = Counter(code.lot for code in self.codes if code.level == Level.CASE.value)
        assert {count.lot: count.cases for count in self.cases} == dict(cases)

    # Corrections, findings, holds

    def corrections_form_chains(self) -> None:
        """Each correction names what stood until then, and a row tells which; each chain has one root."""
        said = {at: s.data["position"] for at, s in self.statements.items() if s.kind == CORRECTED}
        assert {row.correction: at for at, row in self.corrections.items()} == said
        for at, row in self.corrections.items():
            root = at
            while root in said:
                root = said[root]
            assert (row.root, row.kind) == (root, self.statements[root].kind), row
            assert self.statements[row.correction].corrects == at, row

    def breaches_are_found(self) -> None:
        """Every fact in breach raised one finding, and what it made is held because of it."""
        for position, statement in self.statements.items():
            if not statement.breach:
                continue
            finding = self.findings[position]
            assert finding.rules == list(statement.breach)
            for unit in statement.outcome.get("units", ()):
                if finding.hold is not None and unit is not None:
                    assert self._bears(self.units[unit], finding.hold), (position, unit)
        for position, finding in self.findings.items():
            kind = self.statements[position].kind
            assert self.statements[position].breach or kind in ("finding-raised", "sample-tested"), finding
            assert (finding.state == FindingState.CLOSED) == (finding.closed_at is not None), finding
            assert finding.hold is None or self.holds[finding.hold].finding == finding.id, finding

    def holds_cover_what_was_made(self) -> None:
        """A hold in force covers what it named, all that was made of it, and what corrections moved alone."""
        for hold in self.holds.values():
            if hold.lifted_at is None:
                bearing = {unit.id for unit in self.units.values() if self._bears(unit, hold.id)}
                if hold.drill:
                    assert not bearing, hold
                    continue
                made, corrected = self.made_of(hold), self.made_of(hold, corrected=True)
                assert made <= bearing <= corrected, (bearing - corrected, made - bearing, hold)

    def own_hold_ends_at_the_door(self, statement: Statement) -> None:
        """What was just held by its keeper: of all that was made of it, what never left the store by then."""
        if statement.outcome["kind"] != HoldKind.OWN:
            return
        keeper = statement.actor.organisation
        inside = {
            unit.id
            for unit in self.units.values()
            if unit.custodian == keeper and unit.state in ("quarantined", "released")
        }
        outside = set(self.units) - inside
        named = statement.data["question"]["units"]
        children = defaultdict(set)
        for edge in self.edges:
            if edge.child not in outside and not self._is_excluded(edge.version, len(self.statements)):
                children[edge.parent].add(edge.child)
        found, waiting = set(named), list(named)
        while waiting:
            new = children[waiting.pop()] - found
            found |= new
            waiting += new
        assert set(statement.outcome["covers"]["units"]) == found & inside, statement

    # Cases

    def cases_are_one_file(self) -> None:
        """A case names its holds, requests and steps, each once; of one that is closed nothing is open."""
        for case in self.files_of_cases:
            holds = [key for key, hold in self.holds.items() if hold.case_file == case.id]
            assert sorted(case.holds) == sorted(holds), case
            asked = {each.id: each for each in self.requests if each.case_file == case.id}
            assert sorted(case.requests) == sorted(asked), case
            steps = [each.version for each in self.steps if each.case_file == case.id]
            assert steps == sorted(set(steps)), case
            assert steps[0] == case.opened_in, case
            assert (case.state == "closed") == (case.closed_in is not None), case
            assert (case.state != "cleared") or case.cleared_in is not None, case
            if case.state == "closed":
                assert all(self.holds[key].lifted_at for key in case.holds), case
                assert {each.state for each in asked.values()} <= {"answered", "withdrawn"}, case

    # Samples

    def samples_are_what_was_taken(self) -> None:
        """A sample for each number that stands, of the unit or place that the statement names."""
        taken = {
            (key, number)
            for said in self.said
            if said.kind in ("goods-sampled", "place-sampled")
            for key, number in zip(said.outcome["samples"], said.data["samples"], strict=True)
        }
        assert {(each.id, each.number) for each in self.samples.values() if not each.withdrawn} == taken

    def positives_are_found(self) -> None:
        """Whatever was ever positive raised one finding; the newest result stands until it is sent again."""
        newest: dict[int, Any] = {}
        for result in self.results:
            newest[result.sample] = result
            if result.result == "positive":
                assert self.samples[result.sample].finding is not None, result
        for key, sample in self.samples.items():
            if sample.result is not None:
                assert (sample.result, sample.test) == (newest[key].result, newest[key].test), sample
            if sample.finding is not None:
                raised = self.findings[sample.finding // IDS_PER_POSITION]
                assert raised.id == sample.finding, sample  # its owner may be another by now
                assert any(r.sample == key and r.result == "positive" for r in self.results), sample

    def drills_leave_nothing_open(self) -> None:
        """A drill runs on a case of its own that says so; its end leaves nothing of that open, nobody found
        more than there was, and its score is about those who had it."""
        for drill in self.drills:
            assert (drill.case_file is None) == (drill.state in ("planned", "cancelled")), drill
            if drill.case_file is None:
                continue
            (case,) = (each for each in self.files_of_cases if each.id == drill.case_file)
            assert case.drill and case.subject == {"lots": [drill.lot]}, drill
            if drill.score is None:
                continue
            if case.version == drill.version:
                assert all(self.holds[hold].lifted_at for hold in case.holds), drill
            score = drill.score
            assert 0 <= score["located_grams"] <= score["grams"], drill
            assert score["in_time"] <= score["acknowledged"] <= score["asked"], drill
            had = {(each["organisation"], each["grams"], each["here"]) for each in score["holders"]}
            assert had == {(holder, grams, here) for holder, grams, here in drill.expected}, drill

    def _bears(self, unit: Unit, hold: int) -> bool:
        return hold in unit.holds or hold in self.held.get(unit.lot, ())

    def made_of(self, hold: Hold, *, corrected: bool = False) -> set[int]:
        """The units that a hold names, and every one made of them: by all edges, corrected ones as well.

        What had been excluded when it was placed is left out. A keeper's own hold names what was in its hands
        then: its statement says which units. With ``corrected``, what movements that were corrected since let
        go out of what is held counts, too, and so does what they brought back: goods that return bear what
        they bore. It is all that may bear the hold, not all that must.
        """
        placed = hold.id // IDS_PER_POSITION
        own = hold.kind == HoldKind.OWN
        question = hold.question
        if own:
            question = {"units": self.statements[placed].outcome["covers"]["units"]}
            assert set(hold.question["units"]) <= set(question["units"]) <= self.reached(hold.question, 0)
        since = placed if own else 0
        if hold.exposure is not None and "units" in question:
            # What was made of them before is in the answer where it was reached, and named itself.
            since = hold.asked_at or 0
        return self.reached(question, placed, since=since, corrected=corrected)

    def _said_last(self, movement: int) -> int:
        """Where it was said last what became of a movement: its own position, or its last correction's."""
        while movement in self.corrections:
            movement = self.corrections[movement].correction
        return movement

    def _is_excluded(self, movement: int, by: int) -> bool:
        """Whether an authority had decided by a position that a corrected movement never was."""
        return self.excluded.get(movement, by) < by

    def reached(
        self, question: dict[str, list[int]], placed: int, since: int = 0, *, corrected: bool = False
    ) -> set[int]:
        """The units of lots, arrivals or units, and all that was made of them from position ``since`` on."""
        children = defaultdict(set)
        for row in self.parentage:
            if not self._is_excluded(row.version, placed):
                children[-row.parent].add(-row.child)
        for edge in self.edges:
            said = self._said_last(edge.version) if corrected else edge.version
            if corrected and edge.version < placed < said:
                children[edge.child].add(edge.parent)
            if said >= since and not self._is_excluded(edge.version, placed):
                children[edge.parent].add(edge.child)
        for unit in self.units.values():
            children[-unit.lot].add(unit.id)
        # Lots and arrivals are negative here, so that a lot and a unit of the same id are two things.
        found = {*question.get("units", ())}
        found |= {-key for name in ("lots", "arrivals") for key in question.get(name, ())}
        waiting = list(found)
        while waiting:
            new = children[waiting.pop()] - found
            found |= new
            waiting += new
        return found & set(self.units)
