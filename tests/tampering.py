"""How tests change behind the service's back what the database itself refuses to change.

Only a superuser or the owner can, and has to switch the ledger's triggers off by name: saying to be a replica
(``session_replication_role``) does not, as they fire always.
"""

from __future__ import annotations

from typing import Any


async def disarm(conn: Any) -> None:
    """Switch off what defends the ledger's tables, for the connection of a superuser or the owner."""
    for table in ("ledger.entry", "ledger.head"):
        await conn.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


async def arm(conn: Any) -> None:
    """Switch it on again, as the migration has it."""
    await conn.execute(
        "ALTER TABLE ledger.entry ENABLE ALWAYS TRIGGER entry_kept, ENABLE ALWAYS TRIGGER entry_counted;"
        "ALTER TABLE ledger.head ENABLE ALWAYS TRIGGER head_kept, ENABLE ALWAYS TRIGGER head_fits"
    )
