"""Numbered migrations, from ``schema/sql/migrations/NNNN_name.sql``.

Rules it keeps:

* One starter migrates at a time, under an advisory lock; a second one finds the work done.
* A migration is one transaction with its row in ``public.migration``: applied whole or not at all.
* Steps are single statements, parted by a line ``-- step``.
* What was applied never changes: a file of another SHA-256, a missing one, or a database that knows more
  migrations than this code, is refused before anything is touched.
* All but the first, which makes the roles, run as ``coldledger_owner``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import asyncpg

from schema.problems import Problem
from service.storage.queries import query

ROLES = 1
_FILE = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_STEP = re.compile(r"^-- step[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: ``sha256`` (hex) is of its bytes, ``steps`` are its statements in order."""

    number: int
    name: str
    sha256: str
    steps: tuple[str, ...]


def read_migrations(folder: Traversable | Path | None = None) -> tuple[Migration, ...]:
    """The migrations of ``folder``, by default those of this product, in order.

    :raises ValueError: two files have one number (a programmer's mistake).
    """
    source = folder or files("schema") / "sql" / "migrations"
    found = sorted(
        (_read(int(match[1]), match[2], entry.read_bytes()) for entry in source.iterdir()
         if (match := _FILE.fullmatch(entry.name))),
        key=lambda migration: migration.number,
    )  # fmt: skip
    numbers = [migration.number for migration in found]
    if len(set(numbers)) != len(numbers):
        raise ValueError(f"two migrations have one number: {numbers}")
    return tuple(found)


def _read(number: int, name: str, content: bytes) -> Migration:
    steps = tuple(step.strip() for step in _STEP.split(content.decode("utf-8")))
    return Migration(number, name, hashlib.sha256(content).hexdigest(), steps)


async def migrate(connection: asyncpg.Connection, migrations: Sequence[Migration] | None = None) -> None:
    """Bring the database of ``connection`` up to ``migrations``.

    :raises Problem: ``storage.migration-changed``, ``storage.database-newer``,
        ``storage.not-allowed-to-migrate``.
    """
    wanted = read_migrations() if migrations is None else migrations
    await connection.execute(query("storage/migration.lock"))
    try:
        if not await connection.fetchval(query("storage/migration.find_table")):
            await connection.execute(query("storage/migration.make_table"))
        done = await connection.fetch(query("storage/migration.applied"))
        applied = {row["number"]: (row["name"], row["sha256"]) for row in done}
        for migration in pending(wanted, applied):
            await _apply(connection, migration)
    except asyncpg.InsufficientPrivilegeError as error:
        user = connection.get_settings().session_authorization
        raise Problem("storage.not-allowed-to-migrate", user=user, cause=error.message) from error
    finally:
        if not connection.is_closed():
            await connection.execute(query("storage/migration.unlock"))


def pending(wanted: Sequence[Migration], applied: dict[int, tuple[str, str]]) -> tuple[Migration, ...]:
    """Which of ``wanted`` are still to be applied, given what was (number → name, SHA-256).

    :raises Problem: what was applied is not what stands in ``wanted``.
    """
    known = {migration.number: migration for migration in wanted}
    for number, (name, sha256) in applied.items():
        if number not in known:
            raise Problem("storage.database-newer", migration=f"{number:04}_{name}")
        if known[number].sha256 != sha256:
            raise Problem("storage.migration-changed", migration=f"{number:04}_{known[number].name}")
    return tuple(migration for migration in wanted if migration.number not in applied)


async def _apply(connection: asyncpg.Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(
            query("storage/migration.record"), migration.number, migration.name, migration.sha256
        )
        if migration.number > ROLES:
            await connection.execute(query("storage/migration.as_owner"))
        for step in migration.steps:
            await connection.execute(step)
