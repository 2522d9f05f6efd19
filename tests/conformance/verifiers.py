"""The outside verifiers, each asked in its own way: what they judge is in docs/decisions/0018.

A *follower* is given a URL and the ledger's public key, and fetches all. A *judge* is given claims.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.foreign import Tool, go_tool, python_tool

PROGRAMS = Path(__file__).with_name("programs")
RECORDS = "200"
"""How many random records are proved."""


@dataclass(frozen=True)
class Verdict:
    """Whether a follower takes the ledger for sound, and what it told."""

    sound: bool
    told: str


@dataclass(frozen=True)
class Verdicts:
    """Why a judge refuses each claim; empty where it does not."""

    note: str
    inclusion: list[str]
    consistency: list[str]


def sumdb() -> Tool:
    """Go's ``sumdb/note`` and ``sumdb/tlog``, in a small program of ours that asks them."""
    return go_tool("go-sumdb", "./sumdb", "golang.org/x/mod")


def fsck() -> Tool:
    """Tessera's checker of whole logs."""
    tessera = "github.com/transparency-dev/tessera"
    return go_tool("tessera-fsck", f"{tessera}/cmd/fsck", tessera)


def aics() -> Tool:
    """aics-tlog, with its command."""
    return python_tool("aics-tlog==0.2.1")


def metamorphic() -> Tool:
    """metamorphic-log's Python."""
    return python_tool("metamorphic-log==0.1.11", (3, 9))


def pymerkle() -> Tool:
    """pymerkle's Python."""
    return python_tool("pymerkle==7.0.0", (3, 9))


def follow_with_sumdb(tool: Tool, url: str, key: Path, *older: Path) -> Verdict:
    """Every entry and tile, random records, and growth from older checkpoints."""
    done = tool.run("follow", "-key", key, "-records", RECORDS, url, *older)
    return Verdict(done.returncode == 0, done.stdout + done.stderr)


def follow_with_fsck(tool: Tool, url: str, key: Path) -> Verdict:
    """Every entry and tile. Its exit status tells nothing; its words do."""
    done = tool.run("-storage_url", url, "-public_key", key, "-ui=false", "-N", "4")
    return Verdict("Successfully fsck'd" in done.stderr and "failed" not in done.stderr, done.stderr)


def follow_with_aics(tool: Tool, url: str, key: Path) -> Verdict:
    """Every entry and tile."""
    done = tool.run(PROGRAMS / "follow_aics.py", url, key)
    return Verdict(done.returncode == 0, done.stdout + done.stderr)


Follow = Callable[[Tool, str, Path], Verdict]
"""Judges the ledger at a URL by the public key in a file."""

FOLLOWERS: dict[str, tuple[Callable[[], Tool], Follow]] = {
    "go-sumdb": (sumdb, follow_with_sumdb),
    "tessera-fsck": (fsck, follow_with_fsck),
    "aics-tlog": (aics, follow_with_aics),
}


def judge_with_sumdb(tool: Tool, claims: str) -> Verdicts:
    """Checkpoint, inclusion and growth."""
    return _verdicts(tool, "judge", said=claims)


def judge_with_metamorphic(tool: Tool, claims: str) -> Verdicts:
    """Checkpoint, inclusion and growth."""
    return _verdicts(tool, PROGRAMS / "judge_metamorphic.py", said=claims)


Judge = Callable[[Tool, str], Verdicts]

JUDGES: dict[str, tuple[Callable[[], Tool], Judge]] = {
    "go-sumdb": (sumdb, judge_with_sumdb),
    "metamorphic-log": (metamorphic, judge_with_metamorphic),
}


def _verdicts(tool: Tool, *words: str | Path, said: str) -> Verdicts:
    done = tool.run(*words, said=said)
    done.check_returncode()
    found = json.loads(done.stdout)
    return Verdicts(found["note"], found["inclusion"] or [], found["consistency"] or [])
