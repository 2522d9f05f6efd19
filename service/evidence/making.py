"""Makes packs: gathers, writes each file, adds receipts and scans, seals.

Rule kept: nothing is sealed that does not lead to the published checkpoint; all receipts of a pack stand
under one checkpoint, which is in it. What was erased, or is damaged, is left out and said to be.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files as resources
from typing import Any, Final

from schema.problems import LANGUAGES, Problem
from service.codes.key_routes import directory_note
from service.evidence.checking import SCANS
from service.evidence.container import Content, Files
from service.evidence.gathering import Gathered, gather, open_positions, recorded, with_hits
from service.evidence.manifest import CHECKPOINT, KEYS, RECEIPTS, PackKind, seal
from service.evidence.pdf import write_pdf
from service.evidence.report import report
from service.evidence.tables import Row, as_json, table_files
from service.http.readers import Reader
from service.ledger.note import Signer
from service.ledger.proofs import Proof
from service.publishing.log import PublishedLog
from service.publishing.notes import Noted
from service.receipts.making import make_receipt
from service.storage import Database, FileStore
from service.storage.files import FileType, sniff
from service.tracing.exposure.answering import Answers

MOST_RECEIPTS: Final = 50_000
_TRIES: Final = 300
_PAUSE: Final = 0.1
"""Seconds between two looks for a checkpoint over what was just recorded."""
_ENDINGS: Final = {FileType.PDF: "pdf", FileType.PNG: "png", FileType.JPEG: "jpg", FileType.WEBP: "webp"}

Progress = Callable[[int, int], None]
"""Told how many receipts of how many are made."""


@dataclass(frozen=True, slots=True)
class Maker:
    """What making takes: the rows, the published log, scanned files, who answers what is
    exposed, the ledger's keys."""

    database: Database
    log: PublishedLog
    scans: FileStore
    answers: Answers
    signers: Sequence[Signer]

    async def make(self, reader: Reader, case: int, position: int, progress: Progress) -> dict[str, Content]:
        """The files of the evidence pack of ``case`` as of ``position``, sealed.

        Raises Problem ``request.not-found``, ``evidence.too-much``, ``log.…`` or ``ledger.changed``.
        """
        note = await self.covering(position)
        found = await gather(self.database, reader, case, position)
        found = await with_hits(self.database, self.answers, reader, found)
        if len(found.positions) > MOST_RECEIPTS:
            raise Problem("evidence.too-much", count=len(found.positions), limit=MOST_RECEIPTS)
        found, scans = await self._scanned(found)
        receipts, disclosed = await self.receipts(reader, found, note, progress)
        told = await asyncio.to_thread(lambda: dict(_documents(found)))
        content = {**told, **scans, **await self.proofs(note), RECEIPTS: receipts}
        content |= _read_me(found, len(found.positions), disclosed)
        about = {"case": case, "number": found.number, "drill": bool(found.case["drill"])}
        return await asyncio.to_thread(seal, PackKind.EVIDENCE, position, about, content, *self.signers)

    async def covering(self, position: int) -> Noted:
        """The published checkpoint, once it covers ``position``.

        It is published within a second of what is recorded.
        """
        for _ in range(_TRIES):
            note = self.log.published()
            if note.size >= position:
                return note
            await asyncio.sleep(_PAUSE)
        raise Problem("log.not-covered", position=position - 1, size=note.size)

    async def proofs(self, note: Noted) -> dict[str, Content]:
        """The checkpoint and the key directory."""
        async with self.database.reader.acquire() as conn:
            keys = await directory_note(conn, self.signers)
        return {CHECKPOINT: note.text.encode(), KEYS: keys.encode()}

    async def receipts(
        self, reader: Reader, found: Gathered, note: Noted, progress: Progress
    ) -> tuple[bytes, int]:
        """A receipt a line, each with its statement where ``reader`` may read it; and how many have one."""
        lines, disclosed = [], 0
        async with self.database.reader.acquire() as conn:
            opened = await open_positions(conn, found)
            for done, position in enumerate(found.positions):
                record, told = await recorded(conn, reader, position, opened)
                hashes = await self.log.inclusion_under(position, note)
                receipt = make_receipt(Proof(position, tuple(hashes), note.text), record, disclosed=told)
                lines.append(receipt.encode() + b"\n")
                disclosed += told
                progress(done + 1, len(found.positions))
        return b"".join(lines), disclosed

    async def _scanned(self, found: Gathered) -> tuple[Gathered, dict[str, Content]]:
        """The papers with what became of their scans, and those that are here as their digest says."""
        scans: dict[str, Content] = {}
        papers: list[Row] = []
        for paper in found.tables["papers"]:
            state = None if paper["sha256"] is None else await self._scan(paper["sha256"], scans)
            papers.append({**paper, "scan": state})
        return found.with_table("papers", papers), scans

    async def _scan(self, digest: str, scans: dict[str, Content]) -> str:
        try:
            path = self.scans.path(digest)
            if not await self.scans.verify(digest):
                return "damaged"
            content = await asyncio.to_thread(path.read_bytes)
        except (Problem, OSError):
            return "gone"
        kind = sniff(content[:12])
        scans[f"{SCANS}{digest}.{_ENDINGS[kind] if kind else 'bin'}"] = content
        return "in_pack"


def _documents(found: Gathered) -> Iterator[tuple[str, Content]]:
    """The case, the tables, and the report in both languages."""
    made_at = str(found.case["opened_at"])
    yield "json/case.json", as_json(found.case)
    yield from table_files(found.tables, made_at)
    for spoken in LANGUAGES:
        yield f"report.{spoken}.pdf", write_pdf(report(found, spoken))


def _read_me(found: Gathered, receipts: int, disclosed: int) -> Files:
    facts: dict[str, Any] = {
        "number": found.number,
        "position": found.position,
        "receipts": receipts,
        "disclosed": disclosed,
    }
    texts = {spoken: resources(__package__) / f"readme.{spoken}.md" for spoken in LANGUAGES}
    return {
        f"README.{spoken}.md": text.read_text(encoding="utf-8").format_map(facts).encode()
        for spoken, text in texts.items()
    }
