"""Whatever is changed behind the service's back is found and named: by position, or by table and key."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

import asyncpg
import pytest

from schema.problems import Refusal
from service.incidents.cooperation.asking import RECEIVE_COOPERATION
from service.ledger import Projection, audit, store
from service.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from service.ledger.errors import LedgerFormatError
from service.ledger.replay import Finding
from service.registry import make_registry
from service.storage import EmbeddedPostgres, open_pool
from service.supervision.planning import PLAN_SAMPLING
from tests.anything.saying import propose
from tests.anything.seen import Seen
from tests.conftest import complete, fresh_copy
from tests.history import History
from tests.quay import Quay
from tests.retold import SIGNER, retold
from tests.tampering import disarm
from tests.voyage import voyage

REGISTRY = make_registry()
MOST = 4000
"""Attempts after which a kind of row was not written by chance: the tests of it say so."""
HASHED = ("nonce", "statement", "entry", "leaf", "chain")


@pytest.fixture(scope="module")
def told(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """The name of a database to be copied, whose ledger holds every kind of row: telling takes a while."""
    for url in fresh_copy(postgres, template):
        complete(lambda url=url: _tell(url))
        yield complete(lambda url=url: _name(url))


async def _tell(url: str) -> None:
    quay = voyage(Quay(History()))
    _authorities(quay)
    history, chance = quay.history, Random(1)
    kept = [projection for projection in REGISTRY.kept if projection.name in history.projections]
    for _ in range(MOST):
        if all(history.rows(projection) for projection in kept):
            break
        history.now(history.at + timedelta(minutes=chance.randint(1, 30)))
        with suppress(Refusal):
            saying = propose(Seen(history.rows, history.statements, history.at, chance))
            history.say(saying.kind, saying.data, saying.actor)
    async with retold(url, history):
        pass


def _authorities(quay: Quay) -> None:
    """What random histories leave out: a plan of sampling, and a letter of another ledger."""
    regulator = quay.town.party("regulator", region="370000").staff
    plan = {"count": 5, "period": "week", "from_day": "2020-08-17", "until_day": "2020-08-31"}
    quay.history.say(PLAN_SAMPLING, {**plan, "region": "3702"}, regulator)
    letter = {"origin": "other.invalid/ledger", "reference": 74000, "package": "cd" * 32, "asks": ["locate"]}
    about = {"number": "津卫查 2020-9", "hazard": "listeria", "region": "370200", "drill": False}
    quay.history.say(
        RECEIVE_COOPERATION, {**letter, **about, "due_at": "2020-09-01T00:00:00.000000Z"}, regulator
    )


async def _name(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        return str(await connection.fetchval("SELECT current_database()"))
    finally:
        await connection.close()


@pytest.fixture
async def superuser(
    postgres: EmbeddedPostgres, told: str
) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A database superuser's connection to a copy of that ledger, its triggers switched off."""
    for url in fresh_copy(postgres, told):
        async with await open_pool(url, None, 1) as pool, pool.acquire() as connection:
            await disarm(connection)
            yield connection


async def checkpoint(conn: Any) -> Checkpoint:
    """What the trust folder holds: the note of this moment."""
    head = await store.head(conn)
    return Checkpoint(SIGNER.name, head.size, head.edge.root())


async def found(conn: Any, note: Checkpoint | None = None) -> list[Finding]:
    return (await audit.verify(conn, REGISTRY, note)).findings


@pytest.mark.parametrize("column", HASHED)
async def test_a_byte_of_an_entry_is_named_by_its_position(superuser: Any, column: str) -> None:
    random = Random(column)
    note = await checkpoint(superuser)
    assert await found(superuser, note) == []
    for position in range(note.size):
        stored = await superuser.fetchval(f"SELECT {column} FROM ledger.entry WHERE position = $1", position)
        changed = bytearray(stored)
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
        update = f"UPDATE ledger.entry SET {column} = $2 WHERE position = $1"
        await superuser.execute(update, position, bytes(changed))
        findings = await found(superuser, note)
        assert findings, f"a changed {column} at {position} was not found"
        assert findings[0].where == f"position {position}", findings
        await superuser.execute(update, position, stored)
    assert await found(superuser, note) == []


async def test_every_byte_of_one_statement_counts(superuser: Any) -> None:
    position = 4
    stored = await superuser.fetchval("SELECT statement FROM ledger.entry WHERE position = $1", position)
    for place in range(len(stored)):
        changed = bytearray(stored)
        changed[place] ^= 0x01
        await superuser.execute(
            "UPDATE ledger.entry SET statement = $2 WHERE position = $1", position, bytes(changed)
        )
        assert (await found(superuser))[0].where == f"position {position}"


async def test_a_history_written_anew_does_not_fit_the_checkpoint_outside(superuser: Any) -> None:
    """Whoever rewrites an entry and all hashes after it still meets the note that is not in the database."""
    note = await checkpoint(superuser)
    other = Checkpoint(note.origin, note.size, bytes(32))
    (finding,) = await found(superuser, other)
    assert finding.where == f"position {note.size - 1}"
    assert "checkpoint" in finding.what


async def test_a_truncated_tail_is_found_against_the_checkpoint_outside(superuser: Any) -> None:
    note = await checkpoint(superuser)
    longer = Checkpoint(note.origin, note.size + 1, note.root)
    (finding,) = await found(superuser, longer)
    assert finding.where == f"position {note.size}"
    assert "ends here" in finding.what


@pytest.mark.parametrize("column", ["size", "chain", "edge", "at"])
async def test_a_changed_head_is_named(superuser: Any, column: str) -> None:
    change = {
        "size": "size = size + 1, edge = edge || edge",
        "chain": "chain = sha256(chain)",
        "edge": "edge = overlay(edge placing '\\x00' from 1)",
        "at": "at = '2031-01-01T00:00:00.000000Z'",
    }[column]
    await superuser.execute(f"UPDATE ledger.head SET {change}")
    findings = await _findings_or_error(superuser)
    assert any("head" in str(finding) for finding in findings), findings


async def _findings_or_error(conn: Any) -> list[Any]:
    try:
        return [*await found(conn)]
    except LedgerFormatError as error:
        return [f"head: {error}"]


async def test_a_missing_entry_is_named(superuser: Any) -> None:
    await superuser.execute("DELETE FROM ledger.entry WHERE position = 7")
    assert str((await found(superuser))[0]).startswith("position 8: the positions from 7 on are missing")


async def test_every_byte_of_the_checkpoint_counts() -> None:
    text = sign_checkpoint(SIGNER, Checkpoint(SIGNER.name, 7, bytes(range(32)))).encode()
    assert open_checkpoint(text, SIGNER.verifier).size == 7
    for place in range(len(text)):
        changed = bytearray(text)
        changed[place] ^= 0x01
        with pytest.raises(LedgerFormatError):
            open_checkpoint(bytes(changed), SIGNER.verifier)


def changed(value: Any) -> Any:
    """Another value that the column could hold."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return "9" * len(value) if value.isdigit() else f"{value[:-1]}~"
        case list() | dict():
            return json.dumps([value, "~"])
        case _:
            return None


@pytest.mark.parametrize("projection", REGISTRY.kept, ids=repr)
async def test_a_row_changed_in_any_column_is_named(superuser: Any, projection: Projection[Any]) -> None:
    table = _table(projection)
    async with superuser.transaction():
        row = await anext(store.rows(superuser, projection))
    keys = [c for c in projection.columns if getattr(row, c) == projection.key(row)]
    tried = 0
    for column, value in zip(projection.columns, projection.values(row), strict=True):
        other = changed(value)
        if column == keys[0] or other is None:
            continue
        transaction = superuser.transaction(isolation="repeatable_read")
        await transaction.start()
        try:
            kind = await superuser.fetchval(
                "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
                " WHERE attrelid = $1::regclass AND attname = $2",
                table,
                column,
            )
            await superuser.execute(
                f"UPDATE {table} SET {column} = $2::text::{kind} WHERE {keys[0]} = $1",
                projection.key(row),
                str(other).lower() if isinstance(other, bool) else str(other),
            )
        except asyncpg.CheckViolationError:
            continue  # the database itself refuses this change
        else:
            findings = await _compared(superuser)
            assert [finding.where for finding in findings] == [f"{projection.name} {projection.key(row)}"]
            assert column in findings[0].what
            tried += 1
        finally:
            await transaction.rollback()
    assert tried, f"no column of {table} could be changed"


@pytest.mark.parametrize("projection", REGISTRY.kept, ids=repr)
async def test_a_row_taken_away_is_named(superuser: Any, projection: Projection[Any]) -> None:
    async with superuser.transaction():
        key = projection.key(await anext(store.rows(superuser, projection)))
    table = _table(projection)
    column = {"submission": "key", "file": "sha256"}.get(projection.name)
    column = column or await superuser.fetchval(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum = 1", table
    )
    await superuser.execute(f"DELETE FROM {table} WHERE {column} = $1", key)
    (finding,) = await _compared(superuser)
    assert (finding.where, finding.what) == (f"{projection.name} {key}", "this row is missing")


async def _compared(conn: Any) -> list[Finding]:
    return (await audit.check_rows(conn, REGISTRY)).findings


def _table(projection: Projection[Any]) -> str:
    """The table behind a projection, as its queries' file is named."""
    return {"ledger/idempotency": "ledger.idempotency"}.get(
        projection.queries, projection.queries.replace("/", ".")
    )
