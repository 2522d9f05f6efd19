"""The rows that detectors look at, and what they find in them, as data of ``suspicion-raised``.

Each gatherer looks at what is new, and says which rows it has looked at; these are marked when what was found
in them is recorded. What it finds is judged under the policy of the place; the ledger judges it again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import asyncpg

from service.goods.corrections.asking import Asking
from service.incidents.detecting import detectors, weighing
from service.incidents.detecting.detectors import MOST_EVIDENCE, LateFact, Scan, Surplus, Suspected
from service.ledger import Data, World
from service.ledger.statement import instant
from service.parties import ORGANISATION, policy_for
from service.storage import query

MOST_SCANS = 500
"""Scans that are looked at in one pass."""
ENTRIES = 2_000
"""Entries of the ledger that are read in one pass."""
PAPERS_SINCE = timedelta(days=30)
"""How long a paper's attempts are looked at together."""
_SCAN, _DETECTED = "incidents/scan", "incidents/detected"


@dataclass(slots=True)
class Gathered:
    """What was found, and whether more waits to be looked at."""

    found: list[Data] = field(default_factory=list)
    more: bool = False

    def add(self, rule: Suspected, subject: object, evidence: Iterable[Data]) -> None:
        """One thing that is suspected, on its newest evidence."""
        listed = list(evidence)[-MOST_EVIDENCE:]
        self.found.append({"rule": rule.value, "subject": str(subject), "evidence": listed})


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass of the detectors: the rows and the rules on one snapshot, as of ``now``. Marks are written
    in the transaction of ``conn``."""

    conn: Any
    at: Asking
    now: datetime
    gathered: Gathered = field(default_factory=Gathered)

    async def document(self, region: str) -> Data:
        """The policy in force in a region."""
        policy = await self.at.answer(partial(policy_for, region=region, at=self.now))
        return policy.document

    async def rows(self, name: str, *arguments: Any) -> list[asyncpg.Record]:
        """The rows of a named query."""
        found: list[asyncpg.Record] = await self.conn.fetch(query(name), *arguments)
        return found


Gather = Callable[[Pass], Any]


def _scan(row: Any) -> Scan:
    return Scan(row["code"], row["scanned_at"], row["organisation"], row["facility"], row["region"])


def _told(scan: Scan) -> Data:
    return {
        "what": "scan",
        "code": scan.code,
        "at": instant(scan.at),
        "organisation": scan.organisation,
        "facility": scan.facility,
    }


def _statement(position: int) -> Data:
    return {"what": "statement", "position": position}


async def labels_outpaced(work: Pass) -> None:
    """Cases whose label was faster than any case; each new scan is held against all that are kept."""
    fresh = await work.rows(f"{_SCAN}.uncompared", MOST_SCANS)
    ids = {row["id"] for row in fresh}
    rows = await work.rows(f"{_SCAN}.of_codes", sorted({row["code"] for row in fresh}))
    new = {_scan(row) for row in rows if row["id"] in ids}
    scans = [_scan(row) for row in rows]
    documents = {region: await work.document(region) for region in sorted({scan.region for scan in scans})}
    for code, of_code in detectors.by_code(scans):
        for pair in detectors.outpaced_pairs(new, of_code, documents):
            work.gathered.add(Suspected.OUTPACED, code, map(_told, pair))
    await work.conn.execute(query(f"{_SCAN}.compared"), sorted(ids))
    work.gathered.more |= len(fresh) == MOST_SCANS


async def labels_out_of_place(work: Pass) -> None:
    """Labels where none of their goods ever were; cases at a holder's to whom the one before sent none."""
    rows = await work.rows(f"{_SCAN}.unsettled", MOST_SCANS, work.now)
    for row in rows:
        scan = _scan(row)
        if detectors.astray(row["region"], row["known"]):
            work.gathered.add(Suspected.ASTRAY, row["code"], [_told(scan)])
        elif row["level"] != "B":
            before = await work.rows(f"{_SCAN}.unled", row["id"])
            for each in before:
                work.gathered.add(Suspected.TWO_HOLDERS, row["code"], map(_told, (_scan(each), scan)))
    await work.conn.execute(query(f"{_SCAN}.settled"), [row["id"] for row in rows])
    work.gathered.more |= len(rows) == MOST_SCANS


async def papers_reused(work: Pass) -> None:
    """Papers that were tried for lots that they do not name: attempts that were refused, and what was taken
    back."""
    since = work.now - PAPERS_SINCE
    trials: dict[str, list[tuple[list[int], Data]]] = defaultdict(list)
    for row in await work.rows(f"{_DETECTED}.taken_back", instant(since)):
        for subject in weighing.subjects_of(row["data"]):
            trials[subject].append((row["data"]["lots"], _statement(row["position"])))
    for row in await work.rows(f"{_DETECTED}.attempts", since):
        for subject in _refused_for(row):
            trials[subject].append((row["said"]["lots"], _attempt(row)))
    for subject, each in trials.items():
        paper = await work.at.answer(partial(weighing.paper_of, subject))
        named = set() if paper is None else {*paper.lots}
        beyond = [evidence for lots, evidence in each if {*lots} - named] if named else []
        if beyond:
            work.gathered.add(Suspected.REUSED, subject, beyond)


def _refused_for(row: Any) -> Iterable[str]:
    """The number or the file for which a certificate was refused."""
    codes = {rule["rule"] for rule in row["rules"]}
    number, *file = weighing.subjects_of(row["said"])
    if "certificate.number-used" in codes:
        yield number
    if "certificate.file-used" in codes:
        yield from file


def _attempt(row: Any) -> Data:
    return {
        "what": "attempt",
        "line": row["line"],
        "at": instant(row["at"]),
        "organisation": row["organisation"],
        "lots": row["said"]["lots"],
    }


async def from_the_ledger(work: Pass) -> None:
    """What the entries since the last pass show: facts dated back in bulk, and pieces out of nowhere."""
    (stand,) = await work.rows(f"{_DETECTED}.size")
    end = min(stand["size"], stand["read"] + ENTRIES)
    if end > stand["read"]:
        await _dated_back(work, stand["read"], end)
        await _surpluses(work, stand["read"], end)
        await work.conn.execute(query(f"{_DETECTED}.read"), end)
    work.gathered.more |= end < stand["size"]


async def _dated_back(work: Pass, start: int, end: int) -> None:
    told = [
        (row["position"], row["organisation"], row["at"], happened)
        for row in await work.rows(f"{_DETECTED}.told", start, end)
        if (happened := detectors.told_at(row["kind"], row["data"])) is not None
    ]
    if not told:
        return
    await work.conn.execute(query(f"{_DETECTED}.keep_late"), *zip(*told, strict=True))
    facts: dict[int, list[LateFact]] = defaultdict(list)
    for row in await work.rows(f"{_DETECTED}.late_of", sorted({each[1] for each in told})):
        facts[row["organisation"]].append(LateFact(row["position"], row["recorded_at"], row["happened_at"]))
    for organisation, late in facts.items():
        region = await work.at.answer(partial(_seat, organisation))
        for burst in detectors.bursts(late, await work.document(region)):
            positions = [fact.position for fact in burst]
            work.gathered.add(Suspected.DATED_BACK, organisation, map(_statement, positions))
            await work.conn.execute(query(f"{_DETECTED}.spend_late"), positions)


def _seat(organisation: int, world: World) -> str:
    row = world.get(ORGANISATION, organisation)
    return "" if row is None else row.region


async def _surpluses(work: Pass, start: int, end: int) -> None:
    for row in await work.rows(f"{_DETECTED}.surplus_lots", start, end):
        found = await work.rows(f"{_DETECTED}.surpluses", row["lot"])
        lost = await work.conn.fetchval(query(f"{_DETECTED}.lost"), row["lot"])
        if not found:
            continue
        most = (await work.document(found[-1]["region"]))["surplus_pieces"]
        surpluses = [Surplus(each["position"], each["pieces"]) for each in found]
        if detectors.surplus(surpluses, lost, most):
            work.gathered.add(
                Suspected.SURPLUS, row["lot"], (_statement(each.position) for each in surpluses)
            )


async def forget(work: Pass) -> None:
    """What is kept no longer: old scans, and facts that no window of a policy reaches."""
    await work.conn.execute(query(f"{_SCAN}.forget"), work.now)
    await work.conn.execute(query(f"{_DETECTED}.forget_late"), work.now - timedelta(days=1))


GATHERERS: Sequence[Gather] = (
    labels_outpaced,
    labels_out_of_place,
    papers_reused,
    from_the_ledger,
    forget,
)

__all__ = ["ENTRIES", "GATHERERS", "MOST_SCANS", "Gathered", "Pass"]
