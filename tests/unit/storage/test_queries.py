"""Queries are found by room, file and block; a mistake names what there is."""

from __future__ import annotations

from importlib.resources import files

import pytest

from service.storage.queries import UnknownQueryError, query, reading_together, split_blocks, writing_together


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


def test_reading_queries_are_put_together_with_their_parameters_in_line() -> None:
    text = reading_together(("goods/unit.load", "goods/lot.load"))
    assert text.startswith("SELECT (SELECT jsonb_agg(q) FROM (SELECT id, lot,")
    assert "goods.unit WHERE id = ANY($1::bigint[])" in text
    assert "goods.lot WHERE id = ANY($2::bigint[])" in text


def test_writing_queries_are_put_together_with_their_parameters_in_line() -> None:
    text = writing_together(("ledger/ledger.advance_head", "ledger/idempotency.save"))
    assert text.startswith("WITH q0 AS (UPDATE ledger.head")
    assert "WHERE size = $1 AND chain = $2" in text
    assert "unnest($8::text[], $9::text[], $10::bigint[])" in text
    assert text.endswith("SELECT * FROM q0")
