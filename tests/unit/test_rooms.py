"""Which room may use which (docs/architecture.md), read from the imports that stand in the code."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("schema", "scanners", "service")
OUTSIDE = ("aiohttp", "aiohttp_jinja2", "jinja2")


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imports(path: Path, ours: frozenset[str]) -> set[str]:
    """Modules of ours that a file names, and other packages by their first name."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            # `from room import name` names the module where there is one, and the room otherwise.
            named |= {name if name in ours else node.module for name in inner}
        elif isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
    return {name if name in ours else name.partition(".")[0] for name in named} - {_name(path)}


def _graph() -> dict[str, set[str]]:
    files = {_name(path): path for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    ours = frozenset(files)
    return {name: _imports(path, ours) for name, path in files.items()}


GRAPH = _graph()


def _reached(module: str) -> set[str]:
    """Everything that importing ``module`` imports: packages run their ``__init__`` too."""
    reached: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            parents = {name.rpartition(".")[0]} & GRAPH.keys()
            waiting += GRAPH.get(name, set()) | parents
    return reached


def _users(room: str) -> set[str]:
    """Modules outside ``room`` that import something of it."""
    inside = (room, f"{room}.")
    return {
        name
        for name, imports in GRAPH.items()
        if not name.startswith(inside)
        and any(each == room or each.startswith(f"{room}.") for each in imports)
    }


def test_no_module_imports_in_a_circle() -> None:
    ours = {name: imports & GRAPH.keys() for name, imports in GRAPH.items()}
    assert len(list(TopologicalSorter(ours).static_order())) == len(GRAPH) > 150


@pytest.mark.parametrize(
    ("room", "may_use"),
    [
        ("schema", ("schema",)),
        ("scanners", ("scanners", "schema")),
        ("service.storage", ("service.storage", "schema")),
        ("service.ledger", ("service.ledger", "service.storage", "schema")),
    ],
)
def test_what_stands_below_uses_nothing_above(room: str, may_use: tuple[str, ...]) -> None:
    modules = [name for name in GRAPH if name == room or name.startswith(f"{room}.")]
    wrong = {
        (name, each)
        for name in modules
        for each in GRAPH[name]
        if each.split(".")[0] in PACKAGES and not any(each == m or each.startswith(f"{m}.") for m in may_use)
    }
    assert modules
    assert wrong == set()


def test_what_judges_knows_no_http() -> None:
    reached = _reached("service.registry")
    assert "service.goods.gate" in reached
    assert {name for name in reached if name.startswith("service.http") or name in OUTSIDE} == set()


def test_pages_are_used_by_the_application_alone() -> None:
    assert _users("service.web") == {"service.app"}


def test_the_sample_is_used_by_the_command_line_alone() -> None:
    assert _users("service.sample") == {"service.__main__"}
