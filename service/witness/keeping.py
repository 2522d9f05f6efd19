"""What a witness keeps: for each log the last note that it cosigned, and what showed another history.

``logs/<SHA-256 of the origin>/checkpoint`` is that note, with the witness's own cosignature, so that a
changed file is seen. ``evidence/`` beside it holds a file for each inconsistency, in words that another
program can check: both notes and the proof that was given. A file is there whole or not at all.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Self

from schema.problems import Problem
from service.ledger.checkpoint import Checkpoint
from service.ledger.cosignature import CosignatureVerifier, seconds_of
from service.ledger.errors import LedgerFormatError
from service.ledger.note import open_note
from service.storage.durable import replace_file, sync_folder
from service.witness.judging import Asked, Inconsistency

MAX_EVIDENCE: Final = 1000
"""Files of one kind for one log, which must not fill the witness's disk, nor hide one kind behind another."""

_FOLDER: Final = re.compile("[0-9a-f]{64}")
_EVIDENCE: Final = re.compile("[a-z-]{1,40}-[0-9a-f]{32}[.]json")


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The last checkpoint of a log that was cosigned, when (seconds since 1970), and the note of both."""

    checkpoint: Checkpoint
    seconds: int
    note: str

    @classmethod
    def parse(cls, note: str | bytes, own: CosignatureVerifier) -> Self:
        """Raises LedgerFormatError where it was not this witness that cosigned it."""
        opened = open_note(note, [own])
        text = note if isinstance(note, str) else note.decode()
        return cls(Checkpoint.parse(opened.text), seconds_of(opened.verified[0]), text)


@dataclass(frozen=True, slots=True)
class Evidence:
    """An inconsistency that was shown: by whom, when, and against which note."""

    shown: Inconsistency
    at: datetime
    sender: str
    asked: Asked
    cosigned: Cosigned

    @property
    def name(self) -> str:
        """The file's name: the same two checkpoints again are the same evidence, whatever proof anybody who
        read them puts between."""
        bodies = self.asked.checkpoint.body() + self.cosigned.checkpoint.body()
        digest = sha256(bodies.encode())
        return f"{self.shown}-{digest.hexdigest()[:32]}.json"

    def to_json(self) -> bytes:
        request = self.asked.request
        told = {
            "v": 1,
            "shown": self.shown,
            "at": self.at.isoformat(timespec="seconds"),
            "sender": self.sender,
            "old": request.old,
            "proof": [b64encode(each).decode() for each in request.proof],
            "submitted": request.note,
            "cosigned": self.cosigned.note,
        }
        return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Told:
    """A file of evidence in a list."""

    name: str
    shown: Inconsistency
    at: str
    sender: str

    @classmethod
    def of(cls, name: str, said: Mapping[str, Any]) -> Self:
        """From the file's name and what it says."""
        return cls(name, Inconsistency(said["shown"]), said["at"], said["sender"])


def folder_of(origin: str) -> str:
    """The name of a log's folder, which is also its place in URLs (tlog-witness)."""
    return sha256(origin.encode()).hexdigest()


class Keeper:
    """The data folder of one witness, which one process at a time may use."""

    def __init__(self, data: Path) -> None:
        """Raises Problem ``witness.in-use``, or OSError."""
        self._logs = data / "logs"
        self._told: dict[str, list[Told]] = {}
        self._lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            # Two processes would cosign two histories between them.
            raise Problem("witness.in-use", data=str(data)) from error

    def close(self) -> None:
        """Let another process have the folder."""
        os.close(self._lock)

    def last(self, origin: str, own: CosignatureVerifier) -> Cosigned | None:
        """What was cosigned last. Raises Problem ``witness.state-unreadable``: no guess is safe."""
        path = self._logs / folder_of(origin) / "checkpoint"
        try:
            cosigned = Cosigned.parse(path.read_bytes(), own)
        except FileNotFoundError:
            return None
        except (OSError, LedgerFormatError) as error:
            raise Problem("witness.state-unreadable", file=str(path), cause=str(error)) from error
        if cosigned.checkpoint.origin != origin:
            cause = f"a checkpoint of {cosigned.checkpoint.origin}"
            raise Problem("witness.state-unreadable", file=str(path), cause=cause)
        return cosigned

    def save(self, cosigned: Cosigned) -> None:
        """Durable when it returns. Raises OSError; the file may be the new one even so."""
        folder = self._logs / folder_of(cosigned.checkpoint.origin)
        if not folder.is_dir():
            folder.mkdir()
            sync_folder(self._logs)
        replace_file(folder / "checkpoint", [cosigned.note.encode()], 0o644)

    def keep(self, evidence: Evidence) -> None:
        """Keep evidence, once. Raises OSError, also where there is no room for more."""
        origin = evidence.asked.checkpoint.origin
        known = self.told(origin)
        if any(each.name == evidence.name for each in known):
            return
        if sum(each.shown == evidence.shown for each in known) >= MAX_EVIDENCE:
            raise OSError(f"{MAX_EVIDENCE} files of such evidence are enough")
        folder = self._evidence(origin)
        folder.mkdir(exist_ok=True)
        replace_file(folder / evidence.name, [evidence.to_json()], 0o644)
        known.append(Told.of(evidence.name, json.loads(evidence.to_json())))

    def told(self, origin: str) -> list[Told]:
        """What there is against a log, oldest first; the files are read once."""
        if origin not in self._told:
            files = self._evidence(origin).glob("*.json")
            told = [Told.of(path.name, json.loads(path.read_bytes())) for path in files]
            self._told[origin] = sorted(told, key=lambda each: (each.at, each.name))
        return self._told[origin]

    def evidence(self, folder: str, name: str) -> bytes | None:
        """A file of evidence, by the names that ``folder_of`` and ``told`` give."""
        if _FOLDER.fullmatch(folder) is None or _EVIDENCE.fullmatch(name) is None:
            return None
        try:
            return (self._logs / folder / "evidence" / name).read_bytes()
        except FileNotFoundError:
            return None

    def _evidence(self, origin: str) -> Path:
        return self._logs / folder_of(origin) / "evidence"
