"""``python -m scanners FILE…``: the trace codes in pictures, one JSON object a line; where a key directory is
given, checked without a network.

Exit codes, the highest that applies: 0 all was read (and, with ``--keys``, every code holds); 1 a file gave
no code; 2 a wrong command line; 3 a code does not hold; 4 the key directory cannot be relied upon. Reasons
are on standard error, in both languages.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scanners.checking import age, check
from scanners.reading import decode, ours
from schema.digital_link import Scan
from schema.key_directory import KeyDirectory, open_directory, read_ledger_key
from schema.problems import Problem, explain

NO_CODE, DOES_NOT_HOLD, NO_DIRECTORY = 1, 3, 4
MAX_AGE_DAYS = 30


class _Checker:
    """What is said of each code; ``status`` is the exit code so far."""

    def __init__(self, directory: KeyDirectory | None) -> None:
        self.directory = directory
        self.status = 0

    def fail(self, status: int, place: str, why: str) -> None:
        """Tell why something failed, on standard error."""
        self.status = max(self.status, status)
        sys.stderr.write(f"{place}: {why}\n")

    def tell(self, place: str, scan: Scan) -> None:
        """Print what one code says and, where there is a directory, whether it holds."""
        told = {"file": place, **_facts(scan)}
        if self.directory is not None:
            told["signature"] = self._signature(place, scan, self.directory)
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")

    def _signature(self, place: str, scan: Scan, directory: KeyDirectory) -> dict[str, Any]:
        try:
            verdict = check(scan.address or "", directory, datetime.now(UTC))
        except Problem as problem:
            self.fail(DOES_NOT_HOLD, place, _words(problem))
            return {"holds": False, "code": problem.code, **_in_both(problem)}
        for remark in verdict.remarks:
            sys.stderr.write(f"{place}: {_words(remark)}\n")
        told = {"holds": True, "key": verdict.key.id, "ledger": directory.origin, **verdict.proves}
        return told | {"remarks": [remark.code for remark in verdict.remarks]}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = _parser()
    said = parser.parse_args(arguments)
    if (said.keys is None) != (said.ledger_key is None):
        parser.error("--keys and --ledger-key are given together: nobody's word is taken for a directory")
    try:
        checker = _Checker(None if said.keys is None else _directory(said))
    except (Problem, OSError) as error:
        sys.stderr.write(f"{said.keys}: {_why(error)}\n")
        return NO_DIRECTORY
    for each in said.files:
        try:
            for scan in _scans(each, is_text=said.text):
                checker.tell(each, scan)
        except (Problem, OSError) as error:
            checker.fail(NO_CODE, each, _why(error))
    return checker.status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scanners",
        description="Read trace codes from pictures; with --keys, check their signatures without a network.",
        epilog="Exit codes: 0 good, 1 no code found, 2 wrong command line, 3 a code does not hold, "
        "4 the key directory cannot be relied upon. A copied label verifies as well; whether goods are held "
        "or recalled is not known without a network.",
    )
    add = parser.add_argument
    add("files", nargs="+", metavar="FILE", help="PNG or JPEG of a label; with --text, what a code says")
    add("--text", action="store_true", help="the arguments are scanned texts, not files")
    add("--keys", type=Path, metavar="FILE", help="key directory, saved from https://HOST/keys")
    add("--ledger-key", metavar="VKEY", help="the ledger's public key (verifier.key), from whom you trust")
    add(
        "--max-age-days",
        type=int,
        default=MAX_AGE_DAYS,
        metavar="N",
        help="warn of a directory older than this (default: %(default)s)",
    )
    return parser


def _directory(said: argparse.Namespace) -> KeyDirectory:
    """Raises Problem ``key-directory.…`` or OSError. An old one is used, and said to be old."""
    directory = open_directory(said.keys.read_bytes(), read_ledger_key(said.ledger_key))
    old = age(directory, datetime.now(UTC), said.max_age_days)
    if old is not None:
        sys.stderr.write(f"{said.keys}: {_words(old)}\n")
    return directory


def _scans(said: str, *, is_text: bool) -> Iterator[Scan]:
    yield from ours((said,) if is_text else decode(Path(said).read_bytes()))


def _facts(scan: Scan) -> dict[str, Any]:
    return {
        "code": scan.code.text,
        "level": scan.code.level.name.lower(),
        "batch": scan.batch.text if scan.batch else None,
        "gtin": scan.gtin,
        "best_before": scan.best_before.isoformat() if scan.best_before else None,
        "address": scan.address,
    }


def _why(error: Problem | OSError) -> str:
    return _words(error) if isinstance(error, Problem) else str(error.strerror)


def _words(problem: Problem) -> str:
    told = _in_both(problem)
    return f"{told['zh']} / {told['en']}"


def _in_both(problem: Problem) -> dict[str, str]:
    chinese, english = explain(problem, "zh"), explain(problem, "en")
    return {
        "zh": f"{chinese.title}。{chinese.detail}{chinese.remedy}",
        "en": f"{english.title}. {english.detail} {english.remedy}",
    }


if __name__ == "__main__":
    sys.exit(main())
