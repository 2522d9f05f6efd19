"""A platform that holds every key rewrites what a device signed, the whole ledger after it and all hashes: an
auditor who judges again names the position, and a stranger needs the statement alone."""

from __future__ import annotations

import json
import os
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import asyncpg
import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from schema import canonical
from service.goods.lots import REGISTER
from service.ledger import audit, chain, store
from service.ledger.merkle import RightEdge
from service.parties import REGISTER_VEHICLE
from service.registry import make_registry
from service.storage import EmbeddedPostgres, open_pool
from tests.conftest import complete, fresh_copy
from tests.handset import Handset
from tests.history import History
from tests.quay import Quay
from tests.retold import retold
from tests.settlement import SEALED
from tests.tampering import disarm

Connection = Any
Change = Callable[[dict[str, Any]], None]


def told() -> tuple[History, int]:
    """A handset registers a lot and, later, a van; where the lot stands."""
    quay = Quay(History())
    device = Handset.given(quay.history, quay.station.manager)
    lot = quay.registration(1006, 27_000_000)
    position = quay.history.position
    quay.history.say(REGISTER, lot, device.actor, *device.signs(quay.history, REGISTER, lot))
    van = {"kind": "van", "plate": SEALED}
    quay.history.say(REGISTER_VEHICLE, van, device.actor, *device.signs(quay.history, REGISTER_VEHICLE, van))
    return quay.history, position


@pytest.fixture(scope="module")
def written(postgres: EmbeddedPostgres, template: str) -> Iterator[tuple[str, int]]:
    """The name of a database with that ledger, to be copied, and the lot's position."""
    history, position = told()

    async def tell(url: str) -> str:
        async with retold(url, history):
            pass
        connection = await asyncpg.connect(url)
        try:
            return str(await connection.fetchval("SELECT current_database()"))
        finally:
            await connection.close()

    for url in fresh_copy(postgres, template):
        yield complete(lambda url=url: tell(url)), position


@pytest.fixture
async def superuser(postgres: EmbeddedPostgres, written: tuple[str, int]) -> AsyncIterator[Connection]:
    """A superuser's connection to a copy of it, with nothing in the way."""
    for url in fresh_copy(postgres, written[0]):
        async with await open_pool(url, None, 1) as pool, pool.acquire() as connection:
            await disarm(connection)
            yield connection


async def rewrite(conn: Connection, position: int, change: Change) -> None:
    """Change a statement, and every hash so that all of them fit again."""
    async with conn.transaction():
        records = [record async for record in store.records(conn)]
    link, edge = chain.GENESIS, RightEdge()
    for record in records:
        statement, nonce = json.loads(record.statement), record.nonce
        if record.position == position:
            change(statement)
            nonce = os.urandom(32)
        encoded = canonical.encode(statement)
        entry = chain.entry(statement["at"], chain.commit(nonce, encoded))
        leaf = chain.leaf_hash(entry)
        link, edge = chain.link(link, leaf), edge.append(leaf)
        await conn.execute(
            "UPDATE ledger.entry SET nonce = $2, statement = $3, entry = $4, leaf = $5, chain = $6"
            " WHERE position = $1",
            *(record.position, nonce, encoded, entry, leaf, link),
        )
    await conn.execute("UPDATE ledger.head SET chain = $1, edge = $2", link, edge.to_bytes())


async def findings(conn: Connection, *, rules: bool) -> list[tuple[str, str]]:
    report = await audit.verify(conn, make_registry(), None, rules=rules)
    return [(each.where, each.what) for each in report.findings]


def weigh_otherwise(statement: dict[str, Any]) -> None:
    statement["data"]["production_batch"] = "BR-2020-06"


def shear(statement: dict[str, Any]) -> None:
    statement["signature"] = None


def call_it_an_addition(statement: dict[str, Any]) -> None:
    statement["data"]["production_batch"] = "BR-2020-06"
    kept = json.loads(statement["signature"])
    kept["made"] = ["/code", "/production_batch"]
    statement["signature"] = canonical.encode(kept).decode()


def say_it_was_another_submission(statement: dict[str, Any]) -> None:
    statement["idempotency"]["key"] = "0" * 64


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (weigh_otherwise, "signature.wrong"),
        (shear, "signature.missing"),
        (call_it_an_addition, "signature.member-added"),
        (say_it_was_another_submission, "signature.wrong"),
    ],
)
async def test_what_was_rewritten_is_named_by_its_position(
    superuser: Connection, written: tuple[str, int], change: Change, code: str
) -> None:
    assert await findings(superuser, rules=True) == []
    await rewrite(superuser, written[1], change)
    assert await findings(superuser, rules=False) == [], "all hashes fit again"
    ((where, what),) = await findings(superuser, rules=True)
    assert where == f"position {written[1]}"
    assert what.startswith(f"should have been refused: {code}: ")


def text_of(statement: dict[str, Any], origin: str) -> tuple[bytes, dict[str, Any]]:
    """What was signed, made from docs/formats.md with nothing of ours; and what the signature says."""
    kept = json.loads(statement["signature"])

    def bare(value: Any, pointer: str) -> Any:
        if isinstance(value, dict):
            if list(value) == ["sha256"]:
                return None
            places = {name: f"{pointer}/{name}" for name in value}
            return {n: bare(value[n], place) for n, place in places.items() if place not in kept["made"]}
        if isinstance(value, list):
            return [bare(each, f"{pointer}/{place}") for place, each in enumerate(value)]
        return value

    members = {
        "data": bare(statement["data"], ""),
        "idempotency": statement["idempotency"]["key"],
        "key": kept["key"],
        "kind": statement["kind"],
        "origin": origin,
        "signed_at": kept["signed_at"],
        "v": 1,
    }
    return rfc8785.dumps(members), kept


def test_a_stranger_needs_the_statement_and_the_public_key_alone() -> None:
    history, position = told()
    registered = next(s for s in history.statements if s.kind == "device-key-registered")
    public = Ed25519PublicKey.from_public_bytes(b64decode(registered.data["public_key"]))
    origin = history.statements[0].data["origin"]
    for disclosed in (history.statements[position], history.statements[-1]):
        statement = json.loads(disclosed.encode())
        text, kept = text_of(statement, origin)
        public.verify(b64decode(kept["signature"]), text)
        for member in [*statement["data"]]:
            if f"/{member}" not in kept["made"]:
                forged = {**statement, "data": {**statement["data"], member: "otherwise"}}
                with pytest.raises(InvalidSignature):
                    public.verify(b64decode(kept["signature"]), text_of(forged, origin)[0])
