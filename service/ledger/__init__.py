"""A hash-chained, append-only ledger of statements; it knows no goods and could be lifted out.

Rules that it keeps (docs/formats.md): positions are gap-free from 0; what is acknowledged is durable; nothing
is edited; every statement is judged under the head row on state that counts everything before it; what is
public tells a time and a commitment and nothing else.
"""

from service.ledger.kinds import Context, Decision, Kind, Proposal, Registry
from service.ledger.ledger import Acknowledgement, Ledger
from service.ledger.statement import PLATFORM, Actor, Data, Idempotency, Statement
from service.ledger.world import Projection, Stream, World

__all__ = [
    "PLATFORM",
    "Acknowledgement",
    "Actor",
    "Context",
    "Data",
    "Decision",
    "Idempotency",
    "Kind",
    "Ledger",
    "Projection",
    "Proposal",
    "Registry",
    "Statement",
    "Stream",
    "World",
]
