"""How tests change behind the service's back what the database itself refuses to change, as attackers would.

Only a superuser or the owner can, and has to switch the ledger's triggers off by name: saying to be a replica
(``session_replication_role``) does not, as they fire always. What the writer may do needs no such thing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from service.ledger import Statement, chain, store
from service.ledger.store import EMPTY, Head, Record
from service.storage import query


async def disarm(conn: Any) -> None:
    """Switch off what defends the ledger's tables, for the connection of a superuser or the owner."""
    for table in ("ledger.entry", "ledger.head"):
        await conn.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


async def arm(conn: Any) -> None:
    """Switch it on again, as the migration has it."""
    await conn.execute(
        "ALTER TABLE ledger.entry ENABLE ALWAYS TRIGGER entry_kept, ENABLE ALWAYS TRIGGER entry_counted;"
        "ALTER TABLE ledger.head ENABLE ALWAYS TRIGGER head_kept, ENABLE ALWAYS TRIGGER head_fits,"
        " ENABLE TRIGGER head_told"
    )


def follow(head: Head, said: Iterable[tuple[bytes, Statement]]) -> tuple[Head, list[Record]]:
    """What nonces and statements become that nobody judged, hashed and chained as the ledger does it."""
    records: list[Record] = []
    value, edge, at = head.chain, head.edge, head.at
    for nonce, statement in said:
        text, at = statement.encode(), statement.at
        entry = chain.entry(at, chain.commit(nonce, text))
        leaf = chain.leaf_hash(entry)
        value, edge = chain.link(value, leaf), edge.append(leaf)
        records.append(Record(edge.size - 1, statement.kind, nonce, text, entry, leaf, value))
    return Head(edge.size, value, edge, at, head.reference), records


async def slip_in(conn: Any, *statements: Statement) -> list[int]:
    """Append statements past every rule; whoever may write can do this. Their positions."""
    async with conn.transaction():
        old = await store.take_head(conn)
        new, records = follow(old, [(secrets.token_bytes(32), each) for each in statements])
        assert await store.write(conn, store.advance_head(old, new), store.insert_entries(records))
    return [record.position for record in records]


async def rewrite(conn: Any, changes: Mapping[int, Statement], size: int | None = None) -> None:
    """Another history, whole in itself: changed statements, all hashes after them anew, cut to ``size``."""
    records = [record async for record in store.records(conn)][:size]
    said = [(each.nonce, changes.get(each.position) or Statement.decode(each.statement)) for each in records]
    head, made = follow(EMPTY, said)
    await disarm(conn)
    async with conn.transaction():
        await conn.execute("DELETE FROM ledger.entry")
        writing = store.insert_entries(made)
        await conn.execute(query(writing.query), *writing.arguments)
        await conn.execute(
            "UPDATE ledger.head SET size = $1, chain = $2, edge = $3, at = $4,"
            " reference = least(reference, $1)",
            head.size,
            head.chain,
            head.edge.to_bytes(),
            head.at,
        )
    await arm(conn)
