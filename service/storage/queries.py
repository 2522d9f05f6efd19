"""Named queries: ``query("goods/unit.load")`` is the block ``load`` of ``schema/sql/queries/goods/unit.sql``.

A block begins with the line ``-- name: load`` and ends where the next one begins. A name stands once a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial
from importlib.resources import files

_PARAMETER = re.compile(r"\$(\d+)")
_HEADING = re.compile(r"^-- name: *(\S+)[ \t]*$", re.MULTILINE)


class UnknownQueryError(LookupError):
    """A programmer's mistake: no such file or block, or a file whose blocks cannot be told apart."""


@cache
def query(name: str) -> str:
    """The SQL text named ``<room>/<file>.<block>``.

    :raises UnknownQueryError: naming what the file does hold.
    """
    file, _, block = name.rpartition(".")
    blocks = _blocks(file)
    if block not in blocks:
        raise UnknownQueryError(f"no query {block!r} in {file}.sql, which has: {', '.join(sorted(blocks))}")
    return blocks[block]


@cache
def reading_together(names: tuple[str, ...]) -> str:
    """One statement for several reading queries: a row with a JSON array of objects for each, or null.

    Their parameters follow one another. Only texts of this package are put together, never a value.
    """
    parts = (f"(SELECT jsonb_agg(q) FROM ({text}\n) q) AS q{n}" for n, text in enumerate(_in_line(names)))  # noqa: S608
    return "SELECT " + ",\n".join(parts)


@cache
def writing_together(names: tuple[str, ...]) -> str:
    """One statement for several writing queries, each of rows of its own; answers what the first returns.

    They run on one snapshot and in no order, so none may see or touch what another writes.
    """
    parts = (f"q{n} AS ({text}\n)" for n, text in enumerate(_in_line(names)))
    return "WITH " + ",\n".join(parts) + "\nSELECT * FROM q0"


def _in_line(names: tuple[str, ...]) -> Iterator[str]:
    """The texts, their parameters renumbered to follow one another."""
    used = 0
    for name in names:
        text = query(name)
        yield _PARAMETER.sub(partial(_shifted, by=used), text)
        used += max((int(number) for number in _PARAMETER.findall(text)), default=0)


def _shifted(parameter: re.Match[str], by: int) -> str:
    return f"${int(parameter[1]) + by}"


@cache
def _blocks(file: str) -> dict[str, str]:
    room, _, leaf = file.partition("/")
    resource = files("schema") / "sql" / "queries" / room / f"{leaf}.sql"
    if not (room and leaf and resource.is_file()):
        raise UnknownQueryError(f"no file schema/sql/queries/{file}.sql; a name is room/file.block")
    return split_blocks(resource.read_text(encoding="utf-8"))


def split_blocks(text: str) -> dict[str, str]:
    """The blocks of a query file by name."""
    before, *rest = _HEADING.split(text)
    if any(line and not line.startswith("--") for line in map(str.strip, before.splitlines())):
        raise UnknownQueryError("there is SQL before the first '-- name:' line")
    names = rest[::2]
    if len(set(names)) != len(names):
        raise UnknownQueryError(f"a name stands twice among {', '.join(names)}")
    return {name: body.strip() for name, body in zip(names, rest[1::2], strict=True)}
