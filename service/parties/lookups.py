"""What other rooms ask of the parties while they judge: pure reads of a world."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from schema.problems import Refusal
from service.ledger import Stream, World
from service.parties.state import ORGANISATION, POLICY, USCC, Organisation, Policy


def policy_regions(region: str) -> tuple[str, ...]:
    """The prefixes under which a policy for ``region`` may stand, narrowest first; ``""`` is everywhere."""
    return (region[:6], region[:4], region[:2], "")


def policy_streams(region: str) -> Iterable[Stream]:
    """The streams that ``policy_for`` reads."""
    return ((POLICY, prefix) for prefix in policy_regions(region))


def policy_for(world: World, region: str, _at: datetime) -> Policy:
    """The policy in force at a time for a six-digit ``region``: that of the longest prefix that has one.

    All prefixes are read, so that a statement also records which narrower policy there was not.
    Raises Refusal ``policy.missing`` where none exists, not even the national one.
    """
    found = [world.get(POLICY, prefix) for prefix in policy_regions(region)]
    for policy in found:
        if policy is not None:
            return policy
    raise Refusal("policy.missing", region=region)


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
