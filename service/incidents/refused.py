"""Intents that a rule refused, listed for the authorities of the region and for who tried.

So is a paper that was refused because it serves other goods: what was tried is evidence, though recording a
paper is no intent. Refusals write no statement, so this is a list beside the ledger: only added to, written
after the refusal. A request that is sent again within the minute is counted, and more than ``MOST_LINES``
others in a minute are counted in one line, so that nobody fills it. With it stands what was proposed, as it
would have been recorded, so that a trial of a milder policy can tell what that would have let in
(service/parties/policies).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import asyncpg

from schema.problems import Problem
from service.ledger import Actor, Data, canonical
from service.storage import query

EVIDENCE = frozenset({"certificate.number-used", "certificate.file-used"})
"""Rules whose refusals are listed whatever was refused."""

MOST_LINES = 30
"""Lines a minute of one organisation, besides the one for all others."""

MOST_BYTES = 16_384
"""The longest request that is kept, as canonical JSON, for trials of policies."""


def is_listed(intent: bool, refusal: Problem) -> bool:
    """Whether a refusal belongs into the list."""
    return intent or any(single.code in EVIDENCE for single in _single(refusal))


async def note(
    pool: asyncpg.Pool[asyncpg.Record],
    kind: str,
    actor: Actor,
    said: Data,
    sealed: Data,
    refusal: Problem,
) -> None:
    """Add a line for ``said``, the body as the client sent it, without personal values and secrets.

    ``sealed`` is what would have stood in the ledger, with commitments that nothing opens any more.
    """
    digest = hashlib.sha256(canonical.encode({"kind": kind, "said": said})).hexdigest()
    rules = [{"rule": each.code, "facts": each.facts} for each in _single(refusal)]
    named = [[*_named(said, name)] for name in ("facility", "unit", "lot")]
    await pool.execute(
        query("incidents/refused_intent.save"),
        *(actor.organisation, digest, kind, actor.user, actor.token, rules),
        *named,
        MOST_LINES,
        sealed if len(canonical.encode(sealed)) <= MOST_BYTES else None,
    )


def _single(problem: Problem) -> Iterable[Problem]:
    """What was refused, one rule each."""
    if not problem.causes:
        return [problem]
    return [single for cause in problem.causes for single in _single(cause)]


def _named(said: Any, name: str) -> Iterator[int]:
    """Every integer under ``name``, however deep."""
    if isinstance(said, dict):
        found = said.get(name)
        if isinstance(found, int):
            yield found
        for value in said.values():
            yield from _named(value, name)
    elif isinstance(said, list):
        for value in said:
            yield from _named(value, name)
