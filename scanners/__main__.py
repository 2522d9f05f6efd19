"""``python -m scanners FILE…``: the trace codes in pictures, one JSON object a line.

Exit code 1 when a file gave no code; the reason is on standard error, in both languages.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from scanners.reading import read
from schema.digital_link import Scan
from schema.problems import Problem, explain


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m scanners", description="Read trace codes from pictures.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="PNG or JPEG of a label")
    failed = False
    for file in parser.parse_args(arguments).files:
        try:
            for line in _lines(file):
                sys.stdout.write(line + "\n")
        except Problem as problem:
            failed = True
            sys.stderr.write(f"{file}: {_words(problem)}\n")
        except OSError as error:
            failed = True
            sys.stderr.write(f"{file}: {error.strerror}\n")
    return 1 if failed else 0


def _lines(file: Path) -> Iterator[str]:
    for scan in read(file.read_bytes()):
        yield json.dumps({"file": str(file)} | _facts(scan), ensure_ascii=False)


def _facts(scan: Scan) -> dict[str, str | None]:
    return {
        "code": scan.code.text,
        "level": scan.code.level.name.lower(),
        "batch": scan.batch.text if scan.batch else None,
        "gtin": scan.gtin,
        "best_before": scan.best_before.isoformat() if scan.best_before else None,
        "address": scan.address,
    }


def _words(problem: Problem) -> str:
    chinese, english = explain(problem, "zh"), explain(problem, "en")
    return f"{chinese.title}。{chinese.remedy} / {english.title}. {english.remedy}"


if __name__ == "__main__":
    sys.exit(main())
