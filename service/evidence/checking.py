"""Whether a pack is what the ledger sealed: pure, from its bytes, the keys and the time of the check.

Order: the container has its one spelling → the ledger signed the manifest → every file is there, listed and
unchanged → the directory and the checkpoint in it are the ledger's → the key that signed was good → every
receipt proves its entry under that checkpoint, in order and before the pack's position → a scanned file is
what its name says. Nothing but Problem ``pack.…``, ``receipt.…`` or ``key-directory.…`` is raised, and
``InReceiptError``, which names the line where a single receipt is to blame.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from schema.problems import Problem
from service.evidence.container import Content, Files, read
from service.evidence.manifest import (
    CHECKPOINT,
    KEYS,
    MANIFEST,
    NOTE,
    RECEIPTS,
    Listed,
    Manifest,
    open_manifest,
)
from service.ledger.checkpoint import Checkpoint
from service.ledger.cosignature import Cosignature
from service.ledger.note import Verifier
from service.receipts.checking import Opened, Proved, check_checkpoint, prove
from service.receipts.receipt import Receipt
from service.receipts.trust import Trust, with_directory

SCANS = "files/"
_SEALS = (MANIFEST, NOTE)


@dataclass(frozen=True, slots=True)
class ProvedPack:
    """What a pack proves: whole, unchanged and sealed by ``keys``; its receipts lead to ``checkpoint``.

    ``disclosed`` of the ``manifest.receipts`` bear the statement. ``unproved`` files rest on the seal alone.
    """

    manifest: Manifest
    checkpoint: Checkpoint
    keys: tuple[Verifier, ...]
    cosignatures: tuple[Cosignature, ...]
    disclosed: int
    files: Files


class InReceiptError(Exception):
    """A receipt of the pack proves nothing: which line, and why."""

    def __init__(self, line: int, problem: Problem) -> None:
        super().__init__(f"{RECEIPTS}:{line}: {problem}")
        self.member = f"{RECEIPTS}:{line}"
        self.problem = problem


def check_pack(data: Content, trust: Trust, now: datetime) -> ProvedPack:
    """What the pack in ``data`` proves to whoever has ``trust``, at the time ``now``.

    Raises Problem, or InReceiptError, each naming one thing that is wrong.
    """
    files = read(data)
    manifest, signed = open_manifest(files, trust.verifiers)
    _demand_files(files, manifest)
    if KEYS in files:
        trust = replace(trust, keys=with_directory(trust.keys, bytes(files[KEYS])))
    opened = check_checkpoint(_text(files, CHECKPOINT), trust, now)
    checkpoint, cosignatures, _ = opened
    keys = _in_time(signed, trust, [each.at for each in cosignatures] or [now], manifest)
    if checkpoint.origin != manifest.ledger:
        raise Problem("pack.other-checkpoint")
    if checkpoint.size < manifest.position:
        raise Problem("pack.beyond-checkpoint", position=manifest.position, size=checkpoint.size)
    disclosed = _demand_receipts(files, manifest, trust, opened)
    _demand_scans(files)
    return ProvedPack(manifest, checkpoint, keys, cosignatures, disclosed, files)


def _demand_files(files: Files, manifest: Manifest) -> None:
    there = {name: Listed.of(content) for name, content in files.items() if name not in _SEALS}
    for name in sorted(manifest.files.keys() - there.keys()):
        raise Problem("pack.file-missing", file=name)
    for name in sorted(there.keys() - manifest.files.keys()):
        raise Problem("pack.file-extra", file=name)
    for name, listed in sorted(manifest.files.items()):
        if there[name] != listed:
            other = next((n for n, each in sorted(manifest.files.items()) if each == there[name]), None)
            if other is not None:
                raise Problem("pack.files-swapped", file=name, other=other)
            raise Problem("pack.file-changed", file=name)


def _text(files: Files, name: str) -> str:
    """A file that every pack has. Raises Problem ``pack.incomplete`` where it was sealed without it."""
    try:
        return bytes(files[name]).decode()
    except (KeyError, UnicodeDecodeError):
        raise Problem("pack.incomplete", file=name) from None


def _in_time(
    signed: list[Verifier], trust: Trust, moments: list[datetime], manifest: Manifest
) -> tuple[Verifier, ...]:
    """The keys that sealed the pack within their time. Raises Problem ``pack.key-out-of-time``."""
    bounds = {key.verifier.claim: key for key in trust.keys}
    good = tuple(key for key in signed if any(map(bounds[key.claim].covers, moments)))
    if not good:
        raise Problem("pack.key-out-of-time", key=signed[0].vkey, ledger=manifest.ledger)
    return good


def _demand_receipts(files: Files, manifest: Manifest, trust: Trust, opened: Opened) -> int:
    """How many of the receipts bear their statement."""
    checkpoint, before, disclosed, count = _text(files, CHECKPOINT), -1, 0, 0

    def the_packs(note: str) -> Opened:
        if note != checkpoint:
            raise Problem("pack.other-checkpoint")
        return opened

    for count, line in enumerate(_lines(files), 1):
        try:
            proved = prove(Receipt.decode(line), trust, the_packs)
            _demand_order(proved, before, manifest)
        except Problem as problem:
            raise InReceiptError(count, problem) from None
        before = proved.position
        disclosed += proved.statement is not None
    if count != manifest.receipts:
        raise Problem("pack.receipts-missing", found=count, listed=manifest.receipts)
    return disclosed


def _lines(files: Files) -> Iterator[bytes]:
    text = _text(files, RECEIPTS)
    # Lines end with a newline alone: texts within a receipt may hold other separators.
    return (line.encode() for line in text.split("\n")[:-1] + ([text] if text and text[-1] != "\n" else []))


def _demand_order(proved: Proved, before: int, manifest: Manifest) -> None:
    if proved.position <= before:
        raise Problem("pack.receipt-out-of-order", position=proved.position, before=before)
    if proved.position >= manifest.position:
        raise Problem("pack.receipt-too-late", position=proved.position, limit=manifest.position)


def _demand_scans(files: Files) -> None:
    for name, content in sorted(files.items()):
        if name.startswith(SCANS) and sha256(content).hexdigest() != name.removeprefix(SCANS)[:64]:
            raise Problem("pack.scan-changed", file=name)
