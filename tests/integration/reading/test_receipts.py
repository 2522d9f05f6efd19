"""Receipts over HTTP: a proof of every position for anyone, and the statement for who may read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest

from service.http.keys import DATABASE, LEDGER, VERIFIER
from service.ledger import Proposal
from service.ledger.chain import leaf_hash
from service.ledger.proofs import Proof
from service.parties import ISSUE_TOKEN
from service.parties.credentials.tokens import new_token
from service.receipts.checking import Proved, check
from service.receipts.trust import LedgerKey, Trust
from tests.certified import certified, published
from tests.integration.reading.bazaar import DECLARATION
from tests.integration.reading.conftest import Served
from tests.tampering import disarm

READERS = ("station", "qingdao", "hubei", "guangzhou", "auditor")
OTHERS = ("public", "importer", "wholesaler", "shop", "outsider", "platform", "beijing")


def proved(app: Any, content: bytes) -> Proved:
    """What the receipt proves to whoever has the ledger's key alone."""
    return check(content, Trust([LedgerKey(app[VERIFIER])]), datetime.now(UTC))


async def test_every_position_has_a_proof_for_anyone(served: Served) -> None:
    app: Any = served.client.app
    size = await published(app)
    entries = await app[DATABASE].reader.fetch("SELECT position, entry FROM ledger.entry ORDER BY position")
    assert len(entries) == size
    for row in entries:
        answer = await served.get("public", f"/receipts/{row['position']}")
        assert (answer.status, answer.content_type) == (200, "text/plain")
        proof = Proof.parse(await answer.read())
        assert proof.index == row["position"]
        assert proof.verify(leaf_hash(row["entry"]), [app[VERIFIER]]).size == size
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/receipts/{}", "/api/v1/statements/{}/receipt"])
async def test_beyond_the_checkpoint_there_is_none_for_anyone(served: Served, path: str) -> None:
    size = await published(served.client.app)
    answers = [await served.get(who, path.format(size)) for who in ("public", "auditor")]
    assert [answer.status for answer in answers] == [404, 404]
    assert [(await answer.json())["code"] for answer in answers] == ["log.not-covered"] * 2


async def test_who_may_read_a_statement_gets_it_and_others_what_anyone_gets(served: Served) -> None:
    app: Any = served.client.app
    await published(app)
    position = (await served.told("public", f"/api/v1/releases/{served.story.ids['release']}"))["position"]
    recorded = served.story.history.statements[position]
    path = f"/api/v1/statements/{position}/receipt"
    for who in READERS:
        answer = await served.get(who, path)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{position}.receipt.json"'
        assert answer.headers["Cache-Control"] == "no-store"
        found = proved(app, await answer.read())
        assert found.statement is not None, who
        assert replace(found.statement, idempotency=None) == recorded
        assert (found.position, found.promised) == (position, True)
    contents = {who: await (await served.get(who, path)).read() for who in OTHERS}
    assert len({*contents.values()}) == 1, "nothing tells who asked"
    found = proved(app, contents["public"])
    assert (found.position, found.statement, found.promised) == (position, None, True)
    assert orjson.loads(contents["public"])["nonce"] is None


async def test_credentials_without_the_scope_disclose_nothing(served: Served) -> None:
    app: Any = served.client.app
    auditor = served.story.parties["auditor"].manager
    disclosed = {}
    for scope in ("goods:read", "parties:write"):
        asides, once = new_token()
        await app[LEDGER].append(Proposal(ISSUE_TOKEN, auditor, {"scopes": [scope]}, asides=asides))
        await published(app)
        headers = {"Authorization": f"Bearer {once['secret']}"}
        answer = await served.get("public", "/api/v1/statements/9/receipt", **headers)
        disclosed[scope] = proved(app, await answer.read()).statement is not None
    assert disclosed == {"goods:read": True, "parties:write": False}


async def test_a_certificate_whose_release_names_a_declaration_carries_the_proof_alone(
    served: Served,
) -> None:
    """Whoever holds the code gets no import details with it."""
    app = served.client.app
    await published(app)
    certificate = await served.told("public", f"/api/v1/releases/{served.story.ids['release']}")
    statement = served.story.history.statements[certificate["position"]]
    assert DECLARATION in statement.encode().decode()
    content = await (await served.get("public", certificate["receipt"])).read()
    assert DECLARATION.encode() not in content
    found = proved(app, content)
    assert (found.position, found.statement) == (certificate["position"], None)
    assert found.leaf.hex() == certificate["leaf"]


async def test_an_unknown_code_has_no_receipt(served: Served) -> None:
    answer = await served.get("public", "/api/v1/releases/AAAAAAAAAAAAAAAAAAAA/receipt")
    assert (answer.status, (await answer.json())["code"]) == (404, "request.not-found")


async def test_a_certificate_proves_what_was_released(database: str, tmp_path: Path) -> None:
    async with certified(database, tmp_path) as it:
        answer = await it.client.get(f"/api/v1/releases/{it.code}/receipt")
        found = proved(it.app, await answer.read())
    assert found.statement is not None
    assert found.statement.data["code"] == it.code
    assert found.statement.data["grams"] == 27_000_000


async def test_a_finding_is_not_for_whoever_holds_the_code(database: str, tmp_path: Path) -> None:
    async with certified(database, tmp_path, covers={"grams": 27_000_100}) as it:
        assert it.history.statements[it.position].breach
        content = await (await it.client.get(f"/api/v1/releases/{it.code}/receipt")).read()
        assert proved(it.app, content).statement is None
        assert b"27000100" not in content


@pytest.mark.parametrize("column", ["leaf", "entry", "nonce"])
@pytest.mark.parametrize("path", ["/api/v1/releases/{code}/receipt", "/api/v1/statements/{position}/receipt"])
async def test_nothing_is_signed_for_a_row_that_was_rewritten(
    database: str, tmp_path: Path, column: str, path: str
) -> None:
    """Else whoever holds the database gets a promise for whatever is put there, by asking for its receipt."""
    async with certified(database, tmp_path) as it:
        connection = await asyncpg.connect(database)
        await disarm(connection)
        changed = f"set_byte({column}, 9, get_byte({column}, 9) # 1)"
        await connection.execute(
            f"UPDATE ledger.entry SET {column} = {changed} WHERE position = {it.position}"
        )
        await connection.close()
        answer = await it.client.get(path.format(code=it.code, position=it.position))
        said = await answer.json()
    assert (answer.status, said["code"]) == (500, "ledger.changed")
    assert str(it.position) in said["detail"]
