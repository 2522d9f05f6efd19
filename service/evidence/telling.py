"""What was found of a pack, for people in zh and en and for programs: what is proved, and what is not."""

from __future__ import annotations

import mmap
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from schema.problems import Language, Problem
from service.evidence.checking import ProvedPack, check_pack
from service.evidence.container import START
from service.ledger.statement import instant
from service.receipts.telling import cosigned_lines
from service.receipts.trust import Trust


@cache
def sentences() -> Mapping[str, Mapping[Language, str]]:
    """What is said of packs, by its key."""
    return tomllib.loads((files(__package__) / "words.toml").read_text(encoding="utf-8"))


def is_pack(path: Path) -> bool:
    """Whether the file begins as a pack does. Raises Problem ``receipt.file-unreadable``."""
    try:
        with path.open("rb") as file:
            return file.read(len(START)) == START
    except OSError as error:
        raise Problem("receipt.file-unreadable", file=str(path), cause=error.strerror) from None


def read_pack(path: Path, trust: Trust, now: datetime) -> ProvedPack:
    """Check a file that is larger than one would read at once; see ``check_pack``."""
    with path.open("rb") as file:
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return check_pack(memoryview(whole), trust, now)


def pack_lines(file: str, proved: ProvedPack, spoken: Language) -> Iterator[str]:
    """What is proved, then what is not, a sentence a line."""

    def say(word: str, **facts: object) -> str:
        return sentences()[word][spoken].format_map(facts)

    manifest = proved.manifest
    case = manifest.about.get("number", "—")
    yield say("proved", file=file)
    yield say(manifest.kind, case=case, ledger=manifest.ledger, position=manifest.position)
    yield say("files", files=len(manifest.files), key=", ".join(key.vkey for key in proved.keys))
    yield say("receipts", receipts=manifest.receipts, disclosed=proved.disclosed)
    yield say("checkpoint", size=proved.checkpoint.size)
    yield from cosigned_lines(proved.cosignatures, spoken)
    yield say("not_proved")


def pack_document(file: str, proved: ProvedPack) -> dict[str, Any]:
    """The same for programs."""
    manifest = proved.manifest
    return {
        "file": file,
        "proved": True,
        "kind": manifest.kind,
        "about": manifest.about,
        "ledger": manifest.ledger,
        "position": manifest.position,
        "files": len(manifest.files),
        "receipts": manifest.receipts,
        "disclosed": proved.disclosed,
        "size": proved.checkpoint.size,
        "root": proved.checkpoint.root.hex(),
        "keys": [key.vkey for key in proved.keys],
        "cosignatures": [
            {"witness": each.witness.vkey, "at": instant(each.at)} for each in proved.cosignatures
        ],
    }
