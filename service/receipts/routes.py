"""Receipts over HTTP: of every published position for anyone, with the statement for who may read it.

Rules kept: that a position exists is public, so who may not read its statement gets the receipt that anyone
gets, and learns nothing else. Who holds an exit certificate's code gets its release's statement, unless that
says what the certificate is kept from saying (``is_for_bearers``).
"""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from schema.messages.answers import ReceiptFile
from service.goods.reading import may_read
from service.goods.state import CERTIFICATE
from service.http.body import JSON
from service.http.keys import LEDGER
from service.http.readers import Reader
from service.http.reads import Ask, Read
from service.ledger import Statement
from service.ledger.store import Connection, Record, record
from service.parties.visibility import not_found
from service.publishing.keys import LOG
from service.receipts.making import make_receipt
from service.receipts.receipt import SUFFIX
from service.storage import query

_SCOPE = "goods:read"


async def _of_statement(ask: Ask) -> web.Response:
    """Raises Problem ``log.not-covered``."""
    proof = await ask.request.app[LOG].proof(ask.path["position"])
    async with ask.pool.acquire() as conn:
        found = await _recorded(conn, proof.index)
        disclosed = _may_ask(ask.reader) and await may_read(
            conn, ask.reader, Statement.decode(found.statement), found.position
        )
    receipt = make_receipt(proof, found, disclosed=disclosed, promise=ask.request.app[LEDGER].promise)
    return _file(found.position, receipt.encode())


async def _of_release(ask: Ask) -> web.Response:
    """Raises Problem ``request.not-found``, or ``log.not-covered``."""
    async with ask.pool.acquire() as conn:
        position = await conn.fetchval(query("goods/read_releases.position"), ask.path["code"])
        if position is None:
            raise not_found()
        found = await _recorded(conn, position)
        disclosed = await is_for_bearers(conn, Statement.decode(found.statement))
    proof = await ask.request.app[LOG].proof(position)
    receipt = make_receipt(proof, found, disclosed=disclosed, promise=ask.request.app[LEDGER].promise)
    return _file(position, receipt.encode())


async def is_for_bearers(conn: Connection, release: Statement) -> bool:
    """Whether whoever holds an exit certificate may have its release's statement.

    It names the papers that the gate read by issuer and number, and the rules that it broke. A customs
    declaration's number is an import detail, and findings are for those who answer for them.
    """
    prefix = f"{CERTIFICATE.name}/"
    papers = [stream.removeprefix(prefix) for stream, _ in release.judged if stream.startswith(prefix)]
    return not release.breach and not await conn.fetchval(
        query("goods/read_releases.any_declaration"), papers
    )


def _may_ask(reader: Reader) -> bool:
    """Whether any statement is disclosed over these credentials."""
    return reader.signed_in and not reader.must_enrol and _SCOPE in reader.scopes


async def _recorded(conn: Connection, position: int) -> Record:
    found = await record(conn, position)
    if found is None:
        raise not_found()
    return found


def _file(position: int, content: bytes) -> web.Response:
    """The exact bytes: a receipt that is written otherwise is refused."""
    headers = {"Content-Disposition": f'attachment; filename="{position}{SUFFIX}"'}
    return web.Response(body=content, content_type=JSON, headers=headers)


READS: Sequence[Read] = (
    Read("/api/v1/statements/{position:id}/receipt", "statement-receipt",
         "The receipt of a statement; with the statement itself for who may read it", _of_statement,
         ReceiptFile, scope=None, tag="ledger"),
    Read("/api/v1/releases/{code}/receipt", "release-receipt",
         "The receipt of an exit certificate by its code; needs no account", _of_release,
         ReceiptFile, scope=None, tag="ledger"),
)  # fmt: skip
