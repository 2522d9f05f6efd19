"""Queries are found by room, file and block; a mistake names what there is."""

from __future__ import annotations

from importlib.resources import files

import pytest

from service.storage.queries import UnknownQueryError, query, split_blocks


def test_a_block_is_the_text_between_two_names() -> None:
    blocks = split_blocks("-- the file's remark\n-- name: one\nSELECT 1\n\n-- name: two\n-- why\nSELECT 2\n")
    assert blocks == {"one": "SELECT 1", "two": "-- why\nSELECT 2"}


def test_a_query_is_named_by_room_file_and_block() -> None:
    assert query("storage/migration.lock").endswith("SELECT pg_advisory_lock(1668246628)")
    assert "unlock" not in query("storage/migration.lock")


@pytest.mark.parametrize("name", ["storage/migration.lok", "storage/nothing.lock", "lock", "a.b", ""])
def test_an_unknown_name_is_a_programmers_mistake(name: str) -> None:
    with pytest.raises(UnknownQueryError):
        query(name)


def test_an_unknown_block_names_those_there_are() -> None:
    with pytest.raises(UnknownQueryError, match=r"storage/migration\.sql, which has: .*lock.*unlock"):
        query("storage/migration.lok")


@pytest.mark.parametrize("text", ["-- name: a\nSELECT 1\n-- name: a\nSELECT 2\n", "SELECT 1\n-- name: a\n"])
def test_a_file_whose_blocks_cannot_be_told_apart_is_refused(text: str) -> None:
    with pytest.raises(UnknownQueryError):
        split_blocks(text)


def test_every_query_file_of_the_product_can_be_read() -> None:
    for room in (files("schema") / "sql" / "queries").iterdir():
        for file in room.iterdir():
            if file.name.endswith(".sql"):
                assert split_blocks(file.read_text(encoding="utf-8"))
