"""Every statement with its nonce, in order and as exact bytes, for auditors alone: their copy is made of it.

Only what a published checkpoint covers is told. Of what is told to whom, a line of the access log says from
where to where; personal values are sealed in statements, so none is read by this.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from aiohttp import web

from schema.messages.ledger_views import SealedStatements, StatementsQuery
from schema.problems import Problem, Refusal
from service.http.access_log import log
from service.http.body import JSON
from service.http.readers import Reader, ReaderKind
from service.http.reads import Ask, Read
from service.parties.state import Role
from service.publishing.keys import LOG
from service.publishing.log import Disclosed


def demand_auditor(reader: Reader) -> int:
    """The reader's organisation. Raises Problem ``party.role-missing`` for who audits nothing."""
    if reader.organisation is None:
        raise Problem("auth.missing")
    if reader.kind is not ReaderKind.AUDITOR:
        raise Refusal("party.role-missing", role=Role.AUDITOR.value, organisation=reader.organisation)
    return reader.organisation


async def _statements(ask: Ask) -> web.Response:
    auditor = demand_auditor(ask.reader)
    published = ask.request.app[LOG]
    size = published.published().size
    told = await published.statements(ask.query["start"], ask.query["limit"])
    log.info("organisation %s is told statements %d to %d", auditor, told[0].position, told[-1].position)
    body = orjson.dumps({"size": size, "statements": [_shown(each) for each in told]})
    return web.Response(body=body, content_type=JSON)


def _shown(told: Disclosed) -> dict[str, object]:
    # What is no UTF-8 never was a statement: what is told of it does not fit its entry either, and is found.
    statement = told.statement.decode(errors="replace")
    return {"position": told.position, "nonce": told.nonce.hex(), "statement": statement}


READS: Sequence[Read] = (
    Read("/api/v1/ledger/statements", "ledger-statements",
         "Statements with their nonces in order, as exact text: for auditors", _statements, SealedStatements,
         query=StatementsQuery, tag="ledger"),
)  # fmt: skip
