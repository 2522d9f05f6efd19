"""An auditor's own folder: the newest checkpoint that was found sound, the copy, the evidence.

``checkpoint`` is the note as it was served, so that a changed file is seen. ``segments/`` holds statements
where a token gives them, in the format of ``service.ledger.segments``: what is private in the ledger is
private here. ``evidence/`` has a folder for each alarm; what it holds is whole once ``about.json`` is there.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from schema.problems import LANGUAGES, Problem, explain
from service.auditing.alarms import AlarmError
from service.ledger.errors import LedgerFormatError
from service.ledger.note import Verifier
from service.publishing.notes import Noted, read_note, write_note
from service.storage.durable import replace_file

ABOUT: Final = "about.json"


class Keeper:
    """The folder, which one process at a time may use."""

    def __init__(self, folder: Path, keys: Sequence[Verifier]) -> None:
        """Raises Problem ``audit.in-use`` or ``audit.state-unreadable``."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.kept = noted(folder / "checkpoint", keys)
        except BlockingIOError as error:
            os.close(self._lock)
            raise Problem("audit.in-use", folder=str(folder)) from error
        except BaseException:
            os.close(self._lock)
            raise

    @property
    def segments(self) -> Path:
        """Where the copy of the statements is."""
        return self.folder / "segments"

    def keep(self, note: Noted) -> None:
        """Durable when it returns."""
        write_note(self.folder / "checkpoint", note.text)
        self.kept = note

    def keep_evidence(self, error: AlarmError, url: str, at: datetime) -> Path:
        """Where it is, durable when it returns; nothing is written of what is there already."""
        folder = self.folder / "evidence" / error.name
        if (folder / ABOUT).exists():
            return folder
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in error.evidence.items():
            replace_file(folder / name, [data], 0o644)
        replace_file(folder / ABOUT, [_about(error, url, at)], 0o644)
        return folder

    def close(self) -> None:
        """Let another process have the folder."""
        os.close(self._lock)


def noted(path: Path, keys: Sequence[Verifier]) -> Noted | None:
    """The note in a file, None where there is none. Raises Problem ``audit.state-unreadable``."""
    try:
        return read_note(path, keys)
    except (OSError, LedgerFormatError) as error:
        raise Problem("audit.state-unreadable", file=str(path), cause=str(error)) from error


def _about(error: AlarmError, url: str, at: datetime) -> bytes:
    words: dict[str, str] = {each: explain(error.problem, each).detail for each in LANGUAGES}
    told = {
        "v": 1,
        "alarm": error.alarm.word,
        "at": at.isoformat(timespec="seconds"),
        "url": url,
        "facts": error.problem.facts,
        **words,
        "files": sorted(error.evidence),
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"
