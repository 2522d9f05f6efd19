"""When goods near their end: as the policy in force for a region says."""

from __future__ import annotations

from datetime import datetime

import asyncpg

from schema.messages.policies import DEFAULTS
from schema.messages.written import COLD_CHAIN_IMPORT
from service.ledger.statement import instant
from service.parties.lookups import in_force, policy_regions
from service.storage import query


async def near_days(pool: asyncpg.Pool[asyncpg.Record], region: str, at: datetime) -> int:
    """Days before the best-before day that are near, for a region or a prefix of one."""
    rows = await pool.fetch(query("parties/policy.load"), [*policy_regions(region)])
    by_region = {row["region"]: row["editions"] for row in rows}
    document: dict[str, int] = {}
    for prefix in policy_regions(region):
        edition = in_force(by_region.get(prefix, []), COLD_CHAIN_IMPORT, instant(at))
        if edition is not None:
            document = edition["document"]
            break
    days: int = document.get("near_expiry_days", DEFAULTS["near_expiry_days"])
    return days
