"""The forms of tables and functions as of a position say what the present ones say, column by column.

Whoever adds a column, changes a function, or adds a projection that people ask about, gives it its form in
the same migration: ``SELECT known.keep(…)``, ``SELECT known.say_again(…)`` (0024_known.sql).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from service.ledger.history import SUPERSEDED
from service.registry import make_registry
from service.storage import open_pool, query
from service.storage.past import Names

OF_TODAY = {
    "parties": "names, places, people and policies are today's; editions say from when they held",
    "private": "truths beside the ledger",
}
NEVER_ASKED = {
    "goods.zone_use": "a judgement's memory of what lay where",
    "goods.paper_file": "a file is shown to whoever may see a paper of it today",
    "codes.case_count": "a judgement's memory of how many codes there are",
    "codes.label_key": "keys are looked up as they are",
    "incidents.cooperation_package": "what was handed over is what it is",
    "incidents.suspicion": "the evidence of a finding: recorded with it, and added to",
    "incidents.suspect": "a detector's memory of what it raised",
    "ledger.idempotency": "keys of submissions",
    "ledger.superseded": "the past itself",
}

RIGHTS = re.compile(r"\.sees_\w+$|_seen$")
"""Who may see what is today's."""
JUDGES = {
    "goods.kept_for_others": "whose goods a store keeps: who sees whom",
    "incidents.leads_case": "who sees a case",
    "incidents.cases_told": "who sees a case",
    "incidents.grounds": "the evidence of a suspicion",
}


@pytest.fixture
async def root(database: str) -> AsyncIterator[Any]:
    """A superuser's connection to a migrated database."""
    async with await open_pool(database, None, 1) as pool, pool.acquire() as connection:
        yield connection


async def _columns(root: Any, relation: str) -> list[tuple[str, str]]:
    rows = await root.fetch(
        "SELECT attname::text AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute"
        " WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        relation,
    )
    return [(row["name"], row["type"]) for row in rows]


async def _tables(root: Any) -> dict[str, str]:
    """Tables that have a form, and its name."""
    rows = await root.fetch(
        "SELECT present, name FROM known.name"
        " WHERE to_regclass(present) IS NOT NULL AND present <> 'ledger.entry'"
    )
    return {row["present"]: row["name"] for row in rows}


async def test_a_form_has_every_column_of_its_table(root: Any) -> None:
    for present, name in (await _tables(root)).items():
        expected = await _columns(root, present)
        assert sorted(await _columns(root, f"known.{name}")) == sorted(expected), present


async def test_rows_that_were_replaced_are_those_of_the_table_s_own_projection(root: Any) -> None:
    tables = await _tables(root)
    for projection in make_registry().kept:
        present = projection.queries.replace("/", ".")
        if present not in tables:
            continue
        text = await root.fetchval("SELECT pg_get_viewdef($1::text::regclass)", f"known.{tables[present]}")
        assert ("ledger.superseded" in text) == (projection.history is not None), present
        if projection.history is not None:
            assert f"'{projection.name}'::text" in text, present
            assert f".key AS {projection.history}," in text.replace('"', ""), present


async def test_whatever_people_ask_about_has_a_form(root: Any) -> None:
    tables = await _tables(root)
    missing = {
        present
        for projection in make_registry().kept
        if (present := projection.queries.replace("/", ".")) not in tables
        and present.partition(".")[0] not in OF_TODAY
        and present not in NEVER_ASKED
    }
    assert missing == set()
    assert not {*NEVER_ASKED} & {*tables}
    assert SUPERSEDED.queries == "ledger/superseded"


async def test_every_function_that_reads_such_tables_has_a_form_unless_it_judges_who_may_see(
    root: Any,
) -> None:
    rows = await root.fetch(
        "SELECT p.pronamespace::regnamespace || '.' || p.proname AS present FROM pg_proc p"
        " WHERE p.prokind = 'f' AND p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'sql')"
        "   AND p.pronamespace::regnamespace::text IN ('goods', 'incidents', 'codes')"
        "   AND EXISTS (SELECT FROM known.name n WHERE p.prosrc ~ ('\\m' || n.present || '\\M'))"
    )
    forms = {row["present"] for row in await root.fetch("SELECT present FROM known.name")}
    missing = {row["present"] for row in rows} - forms - JUDGES.keys()
    assert not {name for name in missing if not RIGHTS.search(name)}


async def test_functions_and_views_say_the_same_of_the_past(root: Any) -> None:
    """Made again from what the present ones are by now, nothing changes."""
    rows = await root.fetch(
        "SELECT p.oid::regprocedure::text AS present, k.oid AS known FROM known.name n"
        "  JOIN pg_proc p ON p.pronamespace::regnamespace || '.' || p.proname = n.present"
        "  JOIN pg_proc k ON k.pronamespace = 'known'::regnamespace AND k.proname = n.name"
    )
    assert len(rows) >= 10
    for row in rows:
        before = await root.fetchval("SELECT pg_get_functiondef($1::oid)", row["known"])
        async with root.transaction():
            await root.execute("SELECT known.say_again($1)", row["present"])
            assert await root.fetchval("SELECT pg_get_functiondef($1::oid)", row["known"]) == before


async def test_nothing_is_known_where_nobody_said_as_of_when(root: Any) -> None:
    with pytest.raises(asyncpg.UndefinedObjectError):
        await root.fetch("SELECT * FROM known.unit")
    async with root.transaction():
        await root.execute(query("storage/known.as_of"), "7")
        assert await root.fetch("SELECT * FROM known.unit") == []
    with pytest.raises(asyncpg.InvalidTextRepresentationError):
        await root.fetch("SELECT * FROM known.unit")


def test_only_whole_names_are_told_anew() -> None:
    names = Names({"goods.unit": "unit", "goods.lot": "lot", "incidents.in_force": "in_force"})
    said = (
        "SELECT goods.units_seen($1), x.goods FROM goods.unit u JOIN goods.lot l, incidents.in_force(u.holds)"
    )
    assert names.as_of(said) == (
        "SELECT goods.units_seen($1), x.goods FROM known.unit u JOIN known.lot l, known.in_force(u.holds)"
    )
    assert names.as_of(said) is names.as_of(said)
