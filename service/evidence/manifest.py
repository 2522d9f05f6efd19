"""What a pack says of itself: of which ledger, as of which position, and the SHA-256 of every file in it.

``manifest.json`` is one object in canonical form::

    about       what the pack is about, by its kind (of evidence: the case)
    files       by name: size (in bytes), sha256
    kind        evidence, cooperation-request or cooperation-reply
    ledger      the ledger's name
    position    as of which position: of all statements, those before it are known
    receipts    how many receipts stand in receipts.ndjson
    v           1

``manifest.note`` is a signed note under the ledger's key, of three lines: ``coldledger-pack/v1``, the
ledger's name, and the SHA-256 of ``manifest.json``. Every file of the pack but these two is listed. Rule
kept: what is not listed refuses the pack, and so does a list that is written otherwise.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from schema import canonical
from schema.problems import Problem
from schema.signed_note import Note, NoteError, Signer, Verifier, open_note, sign_note
from service.evidence.container import Content, Files

FORMAT: Final = 1
HEADING: Final = "coldledger-pack/v1"
MANIFEST: Final = "manifest.json"
NOTE: Final = "manifest.note"
CHECKPOINT: Final = "checkpoint"
KEYS: Final = "keys"
RECEIPTS: Final = "receipts.ndjson"
_DIGEST: Final = re.compile("[0-9a-f]{64}")
_MEMBERS: Final = {"about", "files", "kind", "ledger", "position", "receipts", "v"}


class PackKind(StrEnum):
    """What a pack is for."""

    EVIDENCE = "evidence"
    REQUEST = "cooperation-request"
    REPLY = "cooperation-reply"


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the manifest lists it."""

    size: int
    sha256: str

    @classmethod
    def of(cls, content: Content) -> Listed:
        return cls(len(content), sha256(content).hexdigest())


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the ledger's signature is on."""

    kind: PackKind
    ledger: str
    position: int
    receipts: int
    about: dict[str, Any]
    files: dict[str, Listed]

    def encode(self) -> bytes:
        """The bytes of ``manifest.json``. Raises Problem ``canonical.…`` where there is too much in it."""
        return canonical.encode(
            {
                "about": self.about,
                "files": {name: asdict(file) for name, file in self.files.items()},
                "kind": str(self.kind),
                "ledger": self.ledger,
                "position": self.position,
                "receipts": self.receipts,
                "v": FORMAT,
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> Manifest:
        """Raises Problem ``pack.manifest-malformed`` or ``….unknown-format``."""
        try:
            told = canonical.decode(data)
            found = told["v"]
            manifest = cls._read(told) if found == FORMAT else None
        except (Problem, AttributeError, LookupError, TypeError, ValueError):
            raise Problem("pack.manifest-malformed") from None
        if manifest is None:
            raise Problem("pack.unknown-format", found=str(found)[:20], known=FORMAT)
        return manifest

    @classmethod
    def _read(cls, told: dict[str, Any]) -> Manifest:
        files = {name: Listed(**listed) for name, listed in told["files"].items()}
        numbers = [told["position"], told["receipts"], told["v"], *(each.size for each in files.values())]
        whole = all(type(number) is int and number >= 0 for number in numbers)
        digests = all(_DIGEST.fullmatch(each.sha256) for each in files.values())
        if told.keys() != _MEMBERS or not whole or not digests or type(told["about"]) is not dict:
            raise ValueError("not the members of a manifest")
        if type(told["ledger"]) is not str:
            raise TypeError("a ledger has a name")
        kind = PackKind(told["kind"])
        return cls(kind, told["ledger"], told["position"], told["receipts"], told["about"], files)


def seal(
    kind: PackKind, position: int, about: dict[str, Any], files: Files, *signers: Signer
) -> dict[str, Content]:
    """The files of a pack with its manifest and the signatures of the ledger."""
    receipts = bytes(files.get(RECEIPTS, b"")).count(b"\n")
    listed = {name: Listed.of(content) for name, content in files.items()}
    told = Manifest(kind, signers[0].name, position, receipts, about, listed).encode()
    note = sign_note(_signed(signers[0].name, told), *signers)
    return {**files, MANIFEST: told, NOTE: note.encode()}


def open_manifest(files: Files, keys: list[Verifier]) -> tuple[Manifest, list[Verifier]]:
    """The manifest that one of ``keys`` signed, and which of them did.

    Raises Problem ``pack.unsigned``, ``….manifest-missing``, ``….note-malformed``, ``….other-ledger``,
    ``….unknown-key``, ``….signature-wrong``, ``….manifest-changed``, ``….manifest-malformed`` or
    ``….unknown-format``.
    """
    if NOTE not in files:
        raise Problem("pack.unsigned")
    if MANIFEST not in files:
        raise Problem("pack.manifest-missing")
    told = bytes(files[MANIFEST])
    origin, text, signed = _opened(bytes(files[NOTE]), keys)
    if text != _signed(origin, told):
        raise Problem("pack.manifest-changed")
    manifest = Manifest.decode(told)
    if manifest.ledger != origin:
        raise Problem("pack.manifest-malformed")
    return manifest, signed


def _opened(note: bytes, keys: list[Verifier]) -> tuple[str, str, list[Verifier]]:
    """The ledger's name, the text and who signed it."""
    try:
        parsed = Note.parse(note)
        heading, origin, _ = parsed.text.split("\n", 2)
    except (NoteError, ValueError):
        raise Problem("pack.note-malformed") from None
    if heading != HEADING:
        raise Problem("pack.note-malformed")
    own = [key for key in keys if key.name == origin]
    if not own:
        names = ", ".join(sorted({key.name for key in keys}))
        raise Problem("pack.other-ledger", found=origin[:100], wanted=names)
    claims = {signature.claim for signature in parsed.signatures}
    if not any(key.claim in claims for key in own):
        raise Problem("pack.unknown-key", ledger=origin)
    try:
        open_note(note, own)
    except NoteError:
        raise Problem("pack.signature-wrong", ledger=origin) from None
    return origin, parsed.text, [key for key in own if key.claim in claims]


def _signed(origin: str, manifest: bytes) -> str:
    return f"{HEADING}\n{origin}\n{sha256(manifest).hexdigest()}\n"
