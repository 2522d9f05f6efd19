"""Take every rule away, one at a time, and see that a test fails: ``python -m tests.mutants [--jobs N]``.

A rule is a ``raise Refusal``, a ``yield Refusal`` or a ``[Refusal]`` in the rooms' code; without it the
statement does nothing. The unit tests of the rooms run on a copy of the tree with each in turn. Prints one
line a survivor and the count; the exit code is 1 where one survives.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOMS = ("service/goods", "service/parties", "service/incidents")
TESTS = ("tests/unit/goods", "tests/unit/parties", "tests/unit/incidents")
PARTS = ("schema", "service", "scanners", "tests", "pyproject.toml")
MOST_SECONDS = 120.0
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Mutant:
    """One rule taken away: the file, its line, the rule's code and the file's text without it."""

    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.rule}"


def _is_refusal(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal"


def _refuses(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield):
        return _is_refusal(node.value.value)
    return isinstance(node, ast.Raise) and _is_refusal(node.exc)


def _rules(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Each place that refuses or finds something, with what stands there without the rule."""
    for node in ast.walk(tree):
        if _refuses(node):
            yield node, "pass"
        elif isinstance(node, ast.List) and len(node.elts) == 1 and _is_refusal(node.elts[0]):
            yield node, "[]"


def mutants() -> Iterator[Mutant]:
    """Every rule of the rooms."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            for node, instead in _rules(ast.parse(text)):
                without = _replaced(text, node, instead)
                segment = ast.get_source_segment(text, node) or ""
                code = segment.partition("Refusal(")[2].partition(",")[0].strip('\n )"')
                yield Mutant(str(path.relative_to(ROOT)), node.lineno, code, without)  # type: ignore[attr-defined]


def _replaced(text: str, node: ast.AST, instead: str) -> str:
    lines = text.encode().splitlines(keepends=True)
    first, last = node.lineno - 1, node.end_lineno - 1  # type: ignore[attr-defined]
    head = lines[first][: node.col_offset]  # type: ignore[attr-defined]
    tail = lines[last][node.end_col_offset :]  # type: ignore[attr-defined]
    return b"".join([*lines[:first], head, instead.encode(), tail, *lines[last + 1 :]]).decode()


def survives(mutant: Mutant, tree: Path) -> bool:
    """Whether all tests pass without the rule."""
    target = tree / mutant.path
    original = target.read_bytes()
    target.write_text(mutant.text, encoding="utf-8")
    try:
        command = [sys.executable, "-B", "-m", "pytest", "-qx", "-p", "no:cacheprovider", *TESTS]
        done = subprocess.run(
            command, cwd=tree, env=_environment(tree), capture_output=True, check=False, timeout=MOST_SECONDS
        )
    except subprocess.TimeoutExpired:
        return False  # without the rule a test never ends, which somebody would notice
    else:
        return done.returncode == 0
    finally:
        target.write_bytes(original)


def _environment(tree: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}


def _copy(to: Path) -> Path:
    to.mkdir()
    for part in PARTS:
        source = ROOT / part
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, to / part)
    return to


def main() -> int:
    """Try them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    jobs = parser.parse_args().jobs
    every = list(mutants())
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(jobs):
            trees.put(_copy(Path(folder, str(number))))

        def attempt(mutant: Mutant) -> bool:
            tree = trees.get()
            try:
                alive = survives(mutant, tree)
            finally:
                trees.put(tree)
            sys.stderr.write("s" if alive else ".")
            sys.stderr.flush()
            return alive

        survivors = [m for m, alive in zip(every, pool.map(attempt, every), strict=True) if alive]
    for mutant in survivors:
        sys.stdout.write(f"survived: {mutant}\n")
    sys.stdout.write(f"{len(every)} rules taken away one at a time, {len(survivors)} unnoticed\n")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
