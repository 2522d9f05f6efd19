"""Migration files are read in order of their numbers, and judged against what a database has."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from schema.problems import Problem
from service.storage.migrations import Migration, pending, read_migrations

ONE = Migration(1, "one", "a" * 64, ("SELECT 1",))
TWO = Migration(2, "two", "b" * 64, ("SELECT 2",))


def test_steps_are_parted_and_the_digest_is_of_the_bytes(tmp_path: Path) -> None:
    text = "-- why\nSELECT 1\n-- step\nSELECT '-- step is not here'\n"
    (tmp_path / "0002_later.sql").write_text(text)
    (tmp_path / "0001_first.sql").write_text("SELECT 0\n")
    (tmp_path / "notes.txt").write_text("not a migration")
    first, later = read_migrations(tmp_path)
    assert (first.number, later.number) == (1, 2)
    assert later.steps == ("-- why\nSELECT 1", "SELECT '-- step is not here'")
    assert later.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_a_number_stands_once(tmp_path: Path) -> None:
    (tmp_path / "0001_a.sql").write_text("SELECT 1")
    (tmp_path / "0001_b.sql").write_text("SELECT 1")
    with pytest.raises(ValueError, match="one number"):
        read_migrations(tmp_path)


def test_the_products_numbers_have_no_gaps() -> None:
    numbers = [migration.number for migration in read_migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_what_was_not_applied_is_pending() -> None:
    assert pending([ONE, TWO], {}) == (ONE, TWO)
    assert pending([ONE, TWO], {1: ("one", "a" * 64)}) == (TWO,)


@pytest.mark.parametrize(
    ("applied", "code"),
    [
        ({1: ("one", "c" * 64)}, "storage.migration-changed"),
        ({1: ("one", "a" * 64), 3: ("three", "c" * 64)}, "storage.database-newer"),
    ],
)
def test_another_history_is_refused(applied: dict[int, tuple[str, str]], code: str) -> None:
    with pytest.raises(Problem) as caught:
        pending([ONE, TWO], applied)
    assert caught.value.code == code
