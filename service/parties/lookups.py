"""What other rooms ask of the parties while they judge: pure reads of a world.

A statement is judged under the policy that is in force when it is *recorded*, not when what it tells of
happened: so nobody chooses the rules by choosing a date, and an auditor who judges again needs no more than
the statements before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from schema.messages.policies import DEFAULTS
from schema.messages.written import COLD_CHAIN_IMPORT
from schema.problems import Refusal
from service.ledger import Stream, World
from service.ledger.statement import instant
from service.parties.state import ORGANISATION, POLICY, USCC, Organisation, Policy


def policy_regions(region: str) -> tuple[str, ...]:
    """The prefixes under which a policy for ``region`` may stand, narrowest first; ``""`` is everywhere."""
    return tuple(dict.fromkeys((region[:6], region[:4], region[:2], "")))


def policy_streams(region: str) -> Iterable[Stream]:
    """The streams that ``policy_for`` reads."""
    return ((POLICY, prefix) for prefix in policy_regions(region))


def policy_for(world: World, region: str, at: datetime, regime: str = COLD_CHAIN_IMPORT) -> Policy:
    """The policy in force at a time for a six-digit ``region``: that of the longest prefix that has one.

    All prefixes are read, so that a statement also records which narrower policy there was not.
    Raises Refusal ``policy.missing`` where none is in force, not even a national one, and
    ``policy.regime-unknown`` where that is so of a regime that somebody named.
    """
    policy = _found(world, region, at, regime)
    if policy is not None:
        return policy
    if regime == COLD_CHAIN_IMPORT:
        raise Refusal("policy.missing", region=region)
    raise Refusal("policy.regime-unknown", field="/regime", regime=regime, region=region)


def policy_after_release(world: World, region: str, at: datetime, regime: str) -> Policy:
    """As ``policy_for``, for goods that were registered elsewhere: where the region knows nothing of their
    regime, they are kept as imports of the cold chain are. Raises Refusal ``policy.missing``."""
    return _found(world, region, at, regime) or policy_for(world, region, at)


def _found(world: World, region: str, at: datetime, regime: str) -> Policy | None:
    moment = instant(at)
    rows = [world.get(POLICY, prefix) for prefix in policy_regions(region)]
    for row in rows:
        found = None if row is None else in_force(row.editions, regime, moment)
        if row is not None and found is not None:
            return Policy(row.region, regime, {**DEFAULTS, **found["document"]}, found["position"])
    return None


def in_force(editions: Sequence[dict[str, Any]], regime: str, moment: str) -> dict[str, Any] | None:
    """The edition of ``regime`` that holds at an instant: the one that began last, unless it has ended.

    Of two that began at the same instant the later one holds: it replaced the other at once.
    """
    begun = [each for each in editions if each["regime"] == regime and each["begins"] <= moment]
    latest = max(begun, key=lambda each: (each["begins"], each["position"]), default=None)
    if latest is None or (latest["ends"] is not None and latest["ends"] <= moment):
        return None
    return latest


def organisation_by_uscc(world: World, uscc: str) -> Organisation | None:
    """The organisation that is registered here under a social credit code."""
    holder = world.get(USCC, uscc)
    return None if holder is None else world.get(ORGANISATION, holder.organisation)


def organisation_by_uscc_streams(world: World, uscc: str) -> Iterable[Stream]:
    """The streams that ``organisation_by_uscc`` reads, as far as they can be told."""
    yield (USCC, uscc)
    holder = world.peek(USCC, uscc)
    if holder is not None:
        yield (ORGANISATION, holder.organisation)
