"""Disinfection of goods and of what they touch: recorded as facts, accepted by regulators.

Rules kept here: what is disinfected is one's own or in one's hands; pieces of counted goods are counted; an
agent that is weaker or acts shorter than the policy demands, and a record that comes too late, are breaches
and never refused. A record tells when it was recorded beside when it happened, and by whom it was accepted:
one recorded after a case opened cuts nothing until a regulator accepts it.
"""

from service.goods.disinfection.accepting import ACCEPT_DISINFECTION
from service.goods.disinfection.recording import RECORD_DISINFECTION
from service.goods.disinfection.state import DISINFECTION, Disinfection, Subject
from service.ledger import Projection

KINDS = [RECORD_DISINFECTION, ACCEPT_DISINFECTION]
PROJECTIONS: list[Projection[Disinfection]] = [DISINFECTION]

__all__ = [
    "ACCEPT_DISINFECTION",
    "DISINFECTION",
    "KINDS",
    "PROJECTIONS",
    "RECORD_DISINFECTION",
    "Disinfection",
    "Subject",
]
