"""Every kind of statement and every projection of this product, for whoever writes, audits or rebuilds."""

from __future__ import annotations

from service import goods, parties
from service.ledger import Registry
from service.ledger.submissions import SUBMISSION


def make_registry() -> Registry:
    """The registry that the service, ``verify`` and ``rebuild`` share."""
    return Registry(
        [*parties.KINDS, *goods.KINDS],
        [SUBMISSION, *parties.PROJECTIONS, *goods.PROJECTIONS],
        parties.STANDING,
    )
