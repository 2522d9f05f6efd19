"""The ledger's tables defend themselves against every role: they are added to, in order, and never changed.

What is refused here is tried as a superuser, whom no grant holds back: only switching the triggers off helps.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from service.ledger import audit, chain, store
from service.ledger.store import Head, Record
from service.registry import make_registry
from service.storage import open_pool, query
from tests.history import History
from tests.retold import retold
from tests.settlement import Settlement
from tests.tampering import arm, disarm

AT = "2031-01-01T00:00:00.000000Z"


@pytest.fixture
async def root(database: str) -> AsyncIterator[Any]:
    """A superuser's connection to a ledger of a few entries."""
    town = Settlement(History())
    town.policy("")
    async with retold(database, town.history):
        pass
    async with await open_pool(database, None, 1) as pool, pool.acquire() as connection:
        yield connection


def record(head: Head, at: str = AT, position: int | None = None) -> Record:
    """An entry that would follow ``head``."""
    entry = chain.entry(at, secrets.token_bytes(32))
    leaf = chain.leaf_hash(entry)
    place = head.size if position is None else position
    return Record(place, "invented", bytes(32), b"{}", entry, leaf, chain.link(head.chain, leaf))


def advanced(head: Head, *records: Record) -> Head:
    """The head that would stand at the last of the records."""
    edge = head.edge
    for each in records:
        edge = edge.append(each.leaf)
    return replace(head, size=head.size + len(records), chain=records[-1].chain, edge=edge, at=AT)


def following(head: Head, count: int) -> list[Record]:
    """So many entries in order."""
    records: list[Record] = []
    for _ in range(count):
        records.append(record(head))
        head = advanced(head, records[-1])
    return records


async def append(conn: Any, new: Head, *records: Record) -> None:
    """As the service does: one statement, one transaction."""
    async with conn.transaction():
        old = await store.take_head(conn)
        assert await store.write(conn, store.advance_head(old, new), store.insert_entries(records))


async def insert(conn: Any, *records: Record) -> None:
    """Entries alone, without the head."""
    writing = store.insert_entries(records)
    await conn.execute(query(writing.query), *writing.arguments)


async def refused(conn: Any, new: Head, *records: Record) -> str:
    """What the database says against it, and that nothing of it stays."""
    before = await store.head(conn)
    with pytest.raises(asyncpg.RestrictViolationError) as caught:
        await append(conn, new, *records)
    assert await store.head(conn) == before
    assert await conn.fetchval("SELECT count(*) FROM ledger.entry") == before.size
    return str(caught.value)


CHANGES = [
    "UPDATE ledger.entry SET statement = '{}' WHERE position = 1",
    "UPDATE ledger.entry SET position = position WHERE false",
    "DELETE FROM ledger.entry WHERE position = 1",
    "TRUNCATE ledger.entry",
    "TRUNCATE ledger.head, ledger.entry CASCADE",
    "INSERT INTO ledger.entry TABLE ledger.entry ON CONFLICT (position) DO UPDATE SET statement = '{}'",
    "DELETE FROM ledger.head",
    "TRUNCATE ledger.head",
    "INSERT INTO ledger.head SELECT * FROM ledger.head ON CONFLICT DO NOTHING",
    "UPDATE ledger.head SET size = size - 1, reference = 0",
    "UPDATE ledger.head SET chain = sha256(chain)",
    "UPDATE ledger.head SET at = '1970-01-01T00:00:00.000000Z'",
    "UPDATE ledger.head SET edge = ''",
    "UPDATE ledger.head SET size = size + 1",
]


@pytest.mark.parametrize(
    "session", ["SET ROLE NONE", "SET session_replication_role = replica", "SET ROLE coldledger_owner"]
)
async def test_no_role_changes_what_was_said(root: Any, session: str) -> None:
    before = [record async for record in store.records(root)], await store.head(root)
    await root.execute(session)
    for change in CHANGES:
        with pytest.raises(asyncpg.RestrictViolationError):
            await root.execute(change)
            pytest.fail(f"taken: {change}")
    assert ([record async for record in store.records(root)], await store.head(root)) == before


async def test_a_superuser_who_switches_the_triggers_off_changes_it(root: Any) -> None:
    """That is why the ledger is also checked from outside."""
    await disarm(root)
    await root.execute("UPDATE ledger.entry SET statement = '{}' WHERE position = 1")
    await arm(root)
    with pytest.raises(asyncpg.RestrictViolationError):
        await root.execute("UPDATE ledger.entry SET statement = '{}' WHERE position = 1")


@pytest.mark.parametrize("count", [1, 2, 300])
async def test_entries_in_order_are_taken(root: Any, count: int) -> None:
    head = await store.head(root)
    records = following(head, count)
    await append(root, advanced(head, *records), *records)
    assert (await store.head(root)).size == head.size + count


async def test_entries_and_head_may_be_written_apart_within_a_transaction(root: Any) -> None:
    """The head is compared at commit; so it may come first."""
    head = await store.head(root)
    (one,) = following(head, 1)
    async with root.transaction():
        assert await store.write(root, store.advance_head(head, advanced(head, one)))
        await insert(root, one)
    assert (await store.head(root)).size == head.size + 1


async def test_a_gap_is_refused(root: Any) -> None:
    head = await store.head(root)
    first, second, third = following(head, 3)
    told = await refused(root, advanced(head, first, second, third), first, third)
    assert told.endswith(f"position {second.position} is missing")


async def test_an_entry_beyond_the_head_is_refused(root: Any) -> None:
    head = await store.head(root)
    first, second = following(head, 2)
    assert "beyond the head" in await refused(root, advanced(head, first), first, second)
    with pytest.raises(asyncpg.RestrictViolationError, match="beyond the head"):
        await insert(root, first)


async def test_a_head_without_its_entries_is_refused(root: Any) -> None:
    head = await store.head(root)
    (first,) = following(head, 1)
    with pytest.raises(asyncpg.RestrictViolationError):
        await store.write(root, store.advance_head(head, advanced(head, first)))


@pytest.mark.parametrize("wrong", ["leaf", "chain", "entry"])
async def test_an_entry_that_does_not_hash_is_named(root: Any, wrong: str) -> None:
    head = await store.head(root)
    first, second, third = following(head, 3)
    other = replace(second, **{wrong: record(head).entry if wrong == "entry" else secrets.token_bytes(32)})
    told = await refused(root, advanced(head, first, second, third), first, other, third)
    assert f"position {second.position} does not follow" in told


async def test_a_time_before_the_one_before_is_refused(root: Any) -> None:
    head = await store.head(root)
    earlier = record(head, "1999-01-01T00:00:00.000000Z")
    new = replace(advanced(head, earlier), at=head.at)
    assert f"position {head.size} does not follow" in await refused(root, new, earlier)


@pytest.mark.parametrize("column", ["chain", "at"])
async def test_a_head_that_does_not_stand_at_the_last_entry_is_refused(root: Any, column: str) -> None:
    head = await store.head(root)
    (first,) = following(head, 1)
    other = {"chain": secrets.token_bytes(32), "at": "2032-01-01T00:00:00.000000Z"}[column]
    new = replace(advanced(head, first), **{column: other})
    assert (await refused(root, new, first)).endswith(f"the last entry, position {head.size}")


async def test_a_reference_mark_that_goes_back_is_refused(root: Any) -> None:
    head = await store.head(root)
    assert head.reference > 0
    (first,) = following(head, 1)
    assert "only grows" in await refused(root, replace(advanced(head, first), reference=0), first)


async def test_a_rebuild_still_empties_and_fills_the_tables(root: Any) -> None:
    await root.execute("SET ROLE coldledger_owner")
    report = await audit.rebuild(root, make_registry())
    assert report.findings == []
    assert report.rows > 0
