"""What is told of a statement: how it stands by now, every version of it, and its corrections.

Who may read the statement may read its corrections; who that is stands in service/parties/visibility.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schema.messages.corrections import CorrectionView, StatementView
from schema.signed_request import Signature
from service.goods.corrections.asking import Asking, asking
from service.goods.corrections.authority import place_of
from service.goods.corrections.said import Said, latest, said_at
from service.goods.corrections.subjects import REVERSES, SUBJECTS
from service.goods.reading import may_read
from service.http.keys import LEDGER
from service.http.paging import Slice
from service.http.readers import Reader, ReaderKind
from service.http.reads import Ask, Read
from service.ledger import Statement
from service.ledger.said import statement_at
from service.ledger.store import Connection
from service.parties.shelves import Row
from service.parties.visibility import not_found
from service.storage import query


async def _corrections(ask: Ask) -> Slice[Row]:
    async with asking(ask.pool, ask.request.app[LEDGER].registry) as at:
        said = await _readable(at, ask.reader, ask.path["position"])
        rows = await _chain(at.conn, said.root)
    after = ask.page.after[0] if ask.page.after else -1
    return ask.page.cut([row for row in rows if row["correction"] > after], lambda row: (row["correction"],))


async def _statement(ask: Ask) -> Row:
    async with asking(ask.pool, ask.request.app[LEDGER].registry) as at:
        found = await _readable(at, ask.reader, ask.path["position"])
        last = await at.answer(lambda world: latest(found.root, world))
        said = await at.answer(lambda world: said_at(last, world))
        assert said is not None  # noqa: S101  (its first version is there)
        rows = await _chain(at.conn, said.root)
        scene = await at.answer(lambda world: place_of(said, world))
        versions = [await _version(at, each) for each in (said.root, *(row["correction"] for row in rows))]
    is_own = said.author == ask.reader.organisation
    supervises = ask.reader.kind is ReaderKind.REGULATOR and scene.is_within(ask.reader.region)
    return {
        "position": said.position,
        "root": said.root,
        "kind": said.kind,
        "organisation": versions[0]["organisation"],
        "recorded_at": said.first.at,
        "withdrawn": said.data is None,
        "data": said.last,
        "correctable": ask.as_of is None and said.kind in SUBJECTS and (is_own or supervises),
        "excludable": ask.as_of is None and supervises,
        "reverse": REVERSES.get(said.kind),
        "versions": versions,
        "corrections": rows,
    }


async def _readable(at: Asking, reader: Reader, position: int) -> Said:
    """What stands at ``position``. Raises Problem ``request.not-found`` for what the reader may not read."""
    said = await at.answer(lambda world: said_at(position, world))
    if said is None or not await may_read(at.conn, reader, said.first, said.root):
        raise not_found()
    return said


async def _chain(conn: Connection, root: int) -> list[dict[str, Any]]:
    return [dict(row) for row in await conn.fetch(query("goods/read_corrections.chain"), root)]


async def _version(at: Asking, position: int) -> Row:
    statement = await at.answer(lambda world: statement_at(world, position))
    assert statement is not None  # noqa: S101  (a correction names it)
    signature = None if statement.signature is None else Signature.of_statement(statement.signature)[0]
    named = await at.conn.fetchval(query("goods/read_corrections.named"), statement.actor.organisation)
    return {
        "position": position,
        "recorded_at": statement.at,
        "organisation": named,
        "reason": statement.data.get("reason") if "root" in statement.outcome else None,
        "signed_by": None if signature is None else signature.key,
        "signed_at": None if signature is None else signature.signed_at,
        "data": _data(statement),
    }


def _data(statement: Statement) -> Any:
    return statement.data["replacement"] if "root" in statement.outcome else statement.data


READS: Sequence[Read] = (
    Read("/api/v1/statements/{position:id}", "statement",
         "A statement as it stands by now, with every version of it", _statement, StatementView,
         past=True),
    Read("/api/v1/statements/{position:id}/corrections", "statement-corrections",
         "The corrections of a statement, the first one first", _corrections, CorrectionView, cursor=(int,),
         past=True),
)  # fmt: skip
