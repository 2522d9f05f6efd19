"""Take every rule away, one at a time, and see that a test fails: ``python -m tests.mutants [--jobs N]``.

A rule is a ``raise Refusal``, a ``yield Refusal``, a ``….append(Refusal)`` or a ``[Refusal]`` in the rooms'
code; without it the statement does nothing. The unit tests of the rooms run once to learn which of them
runs which line; then those that run a rule run on a copy of the tree without it, the quickest first. Prints
one line a survivor and the count; the exit code is 1 where one survives. ``--only TEXT`` tries the rules
whose file and code have ``TEXT`` in them.
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

import coverage

ROOMS = ("service/goods", "service/parties", "service/incidents", "service/supervision", "service/codes")
TESTS = (
    "tests/unit/goods",
    "tests/unit/parties",
    "tests/unit/incidents",
    "tests/unit/supervision",
    "tests/unit/codes/test_label_keys.py",
)
PARTS = ("schema", "service", "scanners", "tests", "pyproject.toml")
MOST_SECONDS = 300.0
FIRST = 60
"""How many of the quickest tests are tried before all others."""
ROOT = Path(__file__).resolve().parent.parent
_PYTEST = (sys.executable, "-B", "-m", "pytest", "-qx", "-p", "no:cacheprovider")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One rule taken away: the file, its line, the rule's code and the file's text without it."""

    path: str
    line: int
    last: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.rule}"


def _is_refusal(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal"


def _refuses(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield):
        return _is_refusal(node.value.value)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        called = node.value.func
        appends = isinstance(called, ast.Attribute) and called.attr == "append"
        return appends and any(map(_is_refusal, node.value.args))
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
                place = (node.lineno, node.end_lineno)  # type: ignore[attr-defined]
                yield Mutant(str(path.relative_to(ROOT)), *place, code, without)


def _replaced(text: str, node: ast.AST, instead: str) -> str:
    lines = text.encode().splitlines(keepends=True)
    first, last = node.lineno - 1, node.end_lineno - 1  # type: ignore[attr-defined]
    head = lines[first][: node.col_offset]  # type: ignore[attr-defined]
    tail = lines[last][node.end_col_offset :]  # type: ignore[attr-defined]
    return b"".join([*lines[:first], head, instead.encode(), tail, *lines[last + 1 :]]).decode()


@dataclass(frozen=True, slots=True)
class Cover:
    """Which tests run which lines, and how long each takes."""

    data: coverage.CoverageData
    seconds: dict[str, float]
    root: Path

    def tests_of(self, mutant: Mutant) -> list[str]:
        """The tests that run a line of the rule, the quickest first."""
        lines = self.data.contexts_by_lineno(str(self.root / mutant.path))
        found = {test for line in range(mutant.line, mutant.last + 1) for test in lines.get(line, ()) if test}
        return sorted(found, key=lambda test: self.seconds.get(test, 0.0))


def learn(tree: Path, folder: Path) -> Cover:
    """Run all tests once, under coverage. Raises RuntimeError where one fails with every rule in place."""
    data = folder / "covered"
    command = [*_PYTEST, "-p", "tests.covering", *TESTS]
    done = subprocess.run(
        command,
        cwd=tree,
        env=_environment(tree) | {"COVERING_DATA": str(data)},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout.decode())
    found = coverage.CoverageData(str(data))
    found.read()
    timed = (line.split("\t", 1) for line in data.with_suffix(".seconds").read_text("utf-8").splitlines())
    return Cover(found, {test: float(seconds) for seconds, test in timed}, tree)


def survives(mutant: Mutant, tree: Path, tests: list[str]) -> bool:
    """Whether all tests that run the rule pass without it."""
    target = tree / mutant.path
    original = target.read_bytes()
    target.write_text(mutant.text, encoding="utf-8")
    try:
        return all(_pass(tree, some) for some in (tests[:FIRST], tests[FIRST:]) if some)
    except subprocess.TimeoutExpired:
        return False  # without the rule a test never ends, which somebody would notice
    finally:
        target.write_bytes(original)


def _pass(tree: Path, tests: list[str]) -> bool:
    listed = tree / "tests.listed"
    listed.write_text("\n".join(tests), encoding="utf-8")
    done = subprocess.run(
        [*_PYTEST, f"@{listed}"],
        cwd=tree,
        env=_environment(tree),
        capture_output=True,
        check=False,
        timeout=MOST_SECONDS,
    )
    return done.returncode == 0


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
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    every = [mutant for mutant in mutants() if asked.only in str(mutant)]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(asked.jobs) as pool:
        trees: SimpleQueue[Path] = SimpleQueue()
        copies = [_copy(Path(folder, str(number))) for number in range(asked.jobs)]
        cover = learn(copies[0], Path(folder))
        for copy in copies:
            trees.put(copy)

        def attempt(mutant: Mutant) -> bool:
            tree = trees.get()
            try:
                alive = survives(mutant, tree, cover.tests_of(mutant))
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
