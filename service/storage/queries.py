"""Named queries: ``query("goods/unit.load")`` is the block ``load`` of ``schema/sql/queries/goods/unit.sql``.

A block begins with the line ``-- name: load`` and ends where the next one begins. A name stands once a file.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

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
