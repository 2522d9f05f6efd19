"""The trace index when its snapshot, or the database under it, is not what it should be; and its command."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg
import numpy as np
import pytest

from service.commands import index as command
from service.ledger import Statement, store
from service.settings import Settings
from service.storage import open_database
from service.storage.database import Database
from service.tracing.index import snapshots
from service.tracing.index.arrays import Arrays
from service.tracing.index.following import TraceIndex
from service.tracing.index.snapshots import OddSnapshotError
from tests.anything.beginning import begin
from tests.history import History
from tests.retold import retold
from tests.tampering import rewrite, slip_in


@pytest.fixture
async def opened(database: str) -> AsyncIterator[Database]:
    """A ledger with goods in seven places."""
    history = History()
    begin(history)
    async with retold(database, history):
        pass
    async with open_database(database) as there:
        yield there


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@asynccontextmanager
async def following(database: Database, folder: Path) -> AsyncIterator[TraceIndex]:
    index = TraceIndex(database, folder)
    index.start()
    try:
        assert await index.at_least(1, 20)
        yield index
    finally:
        await index.close()


async def size(database: Database) -> int:
    async with database.reader.acquire() as conn:
        return (await store.head(conn)).size


def same(one: Arrays, other: Arrays) -> bool:
    """Whether two indices hold the same rows, however they came to."""
    return all(
        np.array_equal(column, dict(other.tables()[name].columns())[each])
        for name, table in one.tables().items()
        for each, column in table.columns()
    )


async def saved(database: Database, folder: Path) -> int:
    """Write a snapshot; its position."""
    async with following(database, folder) as index:
        await index.save()
        assert index.position is not None
        return index.position


async def test_a_snapshot_is_what_was_saved(opened: Database, folder: Path) -> None:
    async with following(opened, folder) as index:
        await index.save()
        origin = snapshots.read_origin(folder)
        assert origin is not None
        assert origin.position == index.position == await size(opened)
        async with index.reading() as arrays:
            # Another load may number places otherwise: tables are read beside each other.
            assert arrays is not None
            assert same(arrays, snapshots.restore(folder, origin))


def cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def changed(content: bytes) -> bytes:
    place = len(content) - 9
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def described_otherwise(content: bytes) -> bytes:
    return content.replace(b'"covers"', b'"hovers"', 1)


def of_another_format(content: bytes) -> bytes:
    return content.replace(snapshots.MAGIC, b"coldledger index 1\n", 1)


def emptied(_content: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [cut, changed, described_otherwise, of_another_format, emptied])
async def test_a_damaged_snapshot_is_left_and_the_tables_are_read(
    opened: Database, folder: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[bytes], bytes]
) -> None:
    await saved(opened, folder)
    path = snapshots.path_in(folder)
    path.write_bytes(damage(path.read_bytes()))
    async with following(opened, folder) as index:
        assert "snapshot is left" in caplog.text
        assert index.position == await size(opened)


@pytest.mark.parametrize(
    "other",
    [{"ledger": "other.invalid/ledger"}, {"chain": "00" * 32}, {"migration": 1}, {"position": 1 << 40}],
)
async def test_a_snapshot_of_another_ledger_or_of_more_than_there_is_is_left(
    opened: Database, folder: Path, caplog: pytest.LogCaptureFixture, other: dict[str, object]
) -> None:
    await saved(opened, folder)
    origin = snapshots.read_origin(folder)
    assert origin is not None
    arrays = snapshots.restore(folder, origin)
    snapshots.save(folder, arrays, arrays.order, replace(origin, **other))  # type: ignore[arg-type]
    async with following(opened, folder) as index:
        assert "snapshot is left" in caplog.text
        assert index.position == await size(opened)


async def test_a_database_that_is_put_back_is_read_again(
    opened: Database, folder: Path, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    root = await asyncpg.connect(database)
    await rewrite(root, {}, await size(opened) - 3)
    before = await saved(opened, folder)
    async with following(opened, folder) as index:
        assert index.position == before
        await rewrite(root, {}, before - 2)
        async with index._moved:
            await index._moved.wait_for(lambda: index.position == before - 2)
    await root.close()
    assert f"went back from {before} to {before - 2}" in caplog.text


async def test_a_history_that_was_changed_is_read_again(
    opened: Database, folder: Path, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    root = await asyncpg.connect(database)
    async with following(opened, folder) as index:
        before = await size(opened)
        record = await store.record(root, before - 1)
        assert record is not None
        last = Statement.decode(record.statement)
        await rewrite(root, {before - 1: replace(last, policy=None if last.policy else 0)})
        await slip_in(root, last)
        assert await index.at_least(before + 1, 20)
    await root.close()
    assert f"another entry stands at {before - 1}" in caplog.text


async def test_the_command_tells_makes_and_drops_it(
    opened: Database, folder: Path, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data=folder.parent, trust=folder.parent / "trust", database=database)

    async def said(act: str) -> tuple[int, str]:
        status = await command.run(settings, argparse.Namespace(act=act))
        return status, capsys.readouterr().out

    there = await size(opened)
    assert await said("state") == (1, "There is no snapshot.\n")
    assert (await said("rebuild"))[0] == 0
    status, told = await said("state")
    assert (status, f"position {there} of {there}" in told) == (0, True)
    snapshots.path_in(folder).write_bytes(b"no snapshot")
    assert await said("state") == (1, "The snapshot is of no use: it is of another format.\n")
    with pytest.raises(OddSnapshotError):
        snapshots.read_origin(folder)
    assert await said("drop") == (0, "The snapshot was dropped.\n")
    assert await said("drop") == (0, "There is no snapshot.\n")
