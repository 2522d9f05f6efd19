"""Draws what ``trace`` and ``exposure`` printed: ``python -m tests.benchmarks.plots LINES … --to docs``.

Two pictures: latency by the size of the answer, one panel a size of ledger, and latency by the size of the
ledger, one panel a size of answer; index and SQL in each. Needs matplotlib (the extra ``plots``).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt

MOVED = "trace_downstream"
LOOKS = {"index": ("o-", "#0b6e4f"), "sql": ("s--", "#b4451f")}


@dataclass(frozen=True, slots=True, order=True)
class Measured:
    """Median milliseconds of one question on a ledger of so many ``edges``, reaching so many ``units``."""

    question: str
    edges: int
    units: int
    index_ms: float
    sql_ms: float


def measured(lines: Iterable[dict[str, Any]]) -> Iterator[Measured]:
    """What of the benchmark's lines compares the index with SQL."""
    for line in lines:
        if line["name"] == MOVED:
            question, units, sql = "downstream", line["planted"], line["sql_ms"]
        elif line["name"] == "exposure":
            hops = "hop" if line["hops"] == 1 else "hops"
            question, units = f"exposure, {line['hops']} {hops}", line["wanted"]
            sql = min(line[name] for name in ("tuned_ms", "twin_ms") if name in line)
        else:
            continue
        yield Measured(question, line["settings"]["edges"], units, line["index_ms"], sql)


def draw(found: list[Measured], by: str, panel: str, title: str, file: Path) -> None:
    """One picture: milliseconds by one column of ``found``, a panel for each value of another."""
    panels: dict[tuple[str, int], list[Measured]] = defaultdict(list)
    for each in sorted(found):
        panels[each.question, round_down(getattr(each, panel))].append(each)
    shown = [key for key, points in panels.items() if len({getattr(p, by) for p in points}) > 1]
    columns = min(3, max(1, len(shown)))
    rows = -(-len(shown) // columns) or 1
    figure, axes = plt.subplots(rows, columns, figsize=(4.2 * columns, 3.2 * rows), squeeze=False)
    for axis in axes.flat[len(shown) :]:
        axis.set_visible(False)
    for axis, key in zip(axes.flat, shown, strict=False):
        points = sorted(panels[key], key=lambda each: getattr(each, by))
        for form, (look, colour) in LOOKS.items():
            times = [getattr(each, f"{form}_ms") for each in points]
            axis.plot([getattr(each, by) for each in points], times, look, color=colour, label=form)
        axis.set(xscale="log", yscale="log", xlabel=by, ylabel="ms (median)")
        axis.set_title(f"{key[0]}; {key[1]:,} {panel}", fontsize=9)
        axis.grid(visible=True, which="major", alpha=0.3)
        axis.legend(fontsize=8)
    figure.suptitle(title, fontsize=11)
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


def round_down(size: int) -> int:
    """Sizes that are nearly the same share a panel: two leading digits, the second 0 or 5."""
    scale = 10 ** max(0, len(str(size)) - 1)
    return round(2 * size / scale) * scale // 2


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="what the benchmarks printed")
    parser.add_argument("--to", type=Path, default=Path("docs"), help="folder of the pictures")
    asked = parser.parse_args(arguments)
    text = "\n".join(file.read_text(encoding="utf-8") for file in asked.files)
    found = [*measured(json.loads(line) for line in text.splitlines() if line.startswith("{"))]
    mpl.rcParams.update({"svg.hashsalt": "coldledger", "svg.fonttype": "none"})
    by_result, by_ledger = asked.to / "latency-by-result.svg", asked.to / "latency-by-ledger.svg"
    draw(found, "units", "edges", "Latency by the size of the answer", by_result)
    draw(found, "edges", "units", "Latency by the size of the ledger", by_ledger)


if __name__ == "__main__":
    main(sys.argv[1:])
