"""A database that lost its tail takes it from a copy: all of it or nothing, and only what was signed."""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from schema.problems import LANGUAGES, Problem, explain
from service.commands import completing
from service.ledger import Statement
from service.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from service.ledger.note import generate_key
from service.ledger.segments import Segment, segment_path
from service.registry import make_registry
from tests.acceptance.running import run
from tests.conftest import complete
from tests.integration.ways_on.house import House
from tests.retold import SIGNER
from tests.tampering import disarm, rewrite


@dataclass(frozen=True)
class Lost:
    """A backup that was put back, the copy that continues it, and the whole ledger as it was."""

    house: House
    copy: Path
    whole: House

    def run(self, copy: Path | None = None, *, yes: bool = True) -> int:
        """What the command does. Raises the Problem that it tells."""
        said = argparse.Namespace(copy=copy or self.copy, yes=yes)
        return complete(lambda: completing.run(self.house.settings, make_registry(), said))


@contextmanager
def lost(house: House, folder: Path) -> Iterator[Lost]:
    """A few entries after the backup was made are published and copied; then it is put back."""
    house.say(4)
    house.publish()
    with house.backup() as older:
        house.say(7)
        house.publish()
        yield Lost(older, house.copy(folder), house)


@pytest.fixture
def behind(house: House, tmp_path: Path) -> Iterator[Lost]:
    with lost(house, tmp_path / "copy") as found:
        yield found


def test_the_tail_comes_back_entry_by_entry_and_row_by_row(behind: Lost) -> None:
    house, size = behind.house, behind.house.size
    assert house.refused().code == "ledger.fenced"
    told = house.good("complete", "--from", behind.copy, "--yes")
    assert f"good 7 entries taken, {size + 7} in all" in told
    assert "1 persons without a password" in told
    assert "1 tokens that nobody can use" in told
    assert "1 personal values" in told
    assert house.records() == behind.whole.records()
    house.sound()
    assert open_checkpoint(house.publish(), SIGNER.verifier).size == size + 7
    house.say(3)
    house.publish()
    house.sound()


def test_the_copy_that_an_auditor_makes_over_the_network_completes_it(house: House, tmp_path: Path) -> None:
    house.say(4)
    with house.backup() as older:
        house.say(5)
        token = tmp_path / "token"
        token.write_text(house.token, encoding="ascii")

        async def audited() -> int:
            async with house.served() as (url, _):
                words = ["--ledger-key", SIGNER.verifier.vkey, "--copy", str(tmp_path / "copy")]
                done = await asyncio.to_thread(run, "audit", url, *words, "--token-file", str(token))
                return done.returncode

        assert complete(audited) == 0
        older.good("complete", "--from", tmp_path / "copy", "--yes")
        assert older.records() == house.records()
        older.sound()


def test_segments_alone_complete_it(behind: Lost) -> None:
    behind.house.good("complete", "--from", behind.copy / "segments", "--yes")
    behind.house.sound()


def test_rows_that_stood_ahead_of_the_entries_are_made_right(behind: Lost) -> None:
    """Who takes the last entries away as a superuser leaves the rows that they wrote."""
    house, size = behind.whole, behind.house.size
    head = complete(behind.house._head)

    async def truncate(conn: Any) -> None:
        await disarm(conn)
        await conn.execute("DELETE FROM ledger.entry WHERE position >= $1", size)
        await conn.execute(
            "UPDATE ledger.head SET size = $1, chain = $2, edge = $3, at = $4, reference = $5",
            *(head.size, head.chain, head.edge.to_bytes(), head.at, head.reference),
        )

    records = house.records()
    house.tampered(truncate)
    assert house.refused().code == "ledger.fenced"
    house.good("complete", "--from", behind.copy, "--yes")
    assert house.records() == records
    house.sound()


def test_a_copy_ahead_of_the_trust_folder_completes_it_to_its_own_checkpoint(behind: Lost) -> None:
    """The trust folder was put back as well: the copy's checkpoint, which the ledger signed, tells."""
    settings = behind.house.settings
    for place in (settings.checkpoint_file, settings.published_file):
        place.unlink()
    behind.house.good("complete", "--from", behind.copy, "--yes")
    assert behind.house.records() == behind.whole.records()


Break = Callable[[Lost], Path | None]
REFUSED: list[tuple[str, Break, str]] = []


def breaks(code: str, fact: str = "") -> Callable[[Break], Break]:
    def keep(case: Break) -> Break:
        REFUSED.append((code, case, fact))
        return case

    return keep


@breaks("completion.no-copy", "nowhere")
def nothing_is_there(behind: Lost) -> Path:
    return behind.copy / "nowhere"


@breaks("completion.no-checkpoint")
def nobody_knows_a_checkpoint(behind: Lost) -> None:
    settings = behind.house.settings
    for place in (settings.checkpoint_file, settings.published_file, behind.copy / "checkpoint"):
        place.unlink()


@breaks("completion.checkpoint-unsigned", "checkpoint")
def the_copys_checkpoint_is_of_another_ledger(behind: Lost) -> None:
    stranger = generate_key(SIGNER.name)
    note = open_checkpoint((behind.copy / "checkpoint").read_bytes(), SIGNER.verifier)
    (behind.copy / "checkpoint").write_text(sign_checkpoint(stranger, note), encoding="utf-8")


@breaks("completion.checkpoint-unsigned", "checkpoint")
def one_bit_of_the_note_outside_is_changed(behind: Lost) -> None:
    path = behind.house.settings.checkpoint_file
    data = bytearray(path.read_bytes())
    data[len(SIGNER.name) + 1] ^= 1
    path.write_bytes(data)


@breaks("completion.too-short")
def the_copy_is_an_older_one(behind: Lost) -> Path:
    return behind.whole.copy(behind.copy / "older", behind.whole.size - 1)


@breaks("completion.nothing-missing")
def the_database_is_whole(behind: Lost) -> None:
    assert behind.run() == 0


@breaks("completion.forks", "3")
def the_database_has_another_history(behind: Lost) -> None:
    changed = Statement.decode(behind.house.records()[3].statement)
    statement = replace(changed, data={**changed.data, "name": "别的公司"})
    behind.house.tampered(lambda conn: rewrite(conn, {3: statement}))


@breaks("completion.forks", "2")
def a_row_below_is_another(behind: Lost) -> None:
    async def change(conn: Any) -> None:
        await disarm(conn)
        await conn.execute("UPDATE ledger.entry SET statement = statement || ' ' WHERE position = 2")

    behind.house.tampered(change)


@breaks("completion.unsound", "position")
def one_byte_of_a_statement_of_the_copy_is_changed(behind: Lost) -> None:
    path = segment_path(behind.copy / "segments", 0)
    data = bytearray(path.read_bytes())
    with Segment(path) as segment:
        (statement,) = segment.statements(segment.end - 1, segment.end)
    data[data.index(statement) + 30] ^= 1
    path.write_bytes(data)


@breaks("completion.unsound", "another root")
def the_ledger_signed_another_tree(behind: Lost) -> None:
    forged = Checkpoint(SIGNER.name, behind.house.size, b"\1" * 32)
    note = sign_checkpoint(SIGNER, forged)
    (behind.copy / "segments" / "checkpoint").write_text(note, encoding="utf-8")


@pytest.mark.parametrize(("code", "case", "fact"), REFUSED)
def test_what_does_not_fit_is_refused_and_nothing_written(
    behind: Lost, code: str, case: Break, fact: str
) -> None:
    copy = case(behind)
    before = behind.house.records()
    with pytest.raises(Problem) as caught:
        behind.run(copy)
    assert caught.value.code == code
    for language in LANGUAGES:
        words = explain(caught.value, language)
        assert fact in words.detail
        assert words.title
        assert words.remedy
    assert behind.house.records() == before


def test_it_does_nothing_unasked(behind: Lost) -> None:
    with pytest.raises(Problem, match="confirm"):
        behind.run(yes=False)


def test_it_does_nothing_while_anybody_is_connected(behind: Lost) -> None:
    async def meanwhile() -> Problem:
        connection = await asyncpg.connect(behind.house.database)
        try:
            said = argparse.Namespace(copy=behind.copy, yes=True)
            with pytest.raises(Problem) as caught:
                await completing.run(behind.house.settings, make_registry(), said)
        finally:
            await connection.close()
        return caught.value

    problem = complete(meanwhile)
    assert problem.code == "command.in-use"
    assert all(re.search(r"\b1\b|有 1 个", explain(problem, each).detail) for each in LANGUAGES)
