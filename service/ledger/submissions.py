"""The same submission twice gives the same answer: each submission's key is a stream of its own."""

from __future__ import annotations

from dataclasses import dataclass

from schema.problems import Problem
from service.ledger.statement import Idempotency, Statement
from service.ledger.world import Projection, World


@dataclass(frozen=True, slots=True)
class Submission:
    """A key that was used, the digest of the request that used it, and the position that answered it."""

    key: str
    request: str
    version: int


SUBMISSION = Projection(Submission, name="submission", queries="ledger/idempotency", key="key")


def replayed(submission: Idempotency | None, world: World) -> int | None:
    """The position that already answers this submission, or None where it is new.

    Raises Problem ``ledger.idempotency-conflict`` where the key was used for a different request.
    """
    if submission is None:
        return None
    known = world.get(SUBMISSION, submission.key)
    if known is None:
        return None
    if known.request != submission.request:
        raise Problem("ledger.idempotency-conflict", position=known.version)
    return known.version


def project(statement: Statement, position: int) -> list[Submission]:
    """The row that a statement's submission key writes."""
    if statement.idempotency is None:
        return []
    return [Submission(statement.idempotency.key, statement.idempotency.request, position)]
