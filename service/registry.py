"""Every kind of statement and every projection of this product, for whoever writes, audits or rebuilds."""

from __future__ import annotations

from service import goods, incidents, parties
from service.codes import keys as label_keys
from service.ledger import Registry
from service.ledger.kinds import Follow
from service.ledger.said import SAID
from service.ledger.submissions import SUBMISSION
from service.supervision import kinds as supervision

FOLLOWERS: list[Follow] = [*incidents.FOLLOWERS, *goods.FOLLOWERS]
"""What statements of every kind write besides."""


def make_registry() -> Registry:
    """The registry that the service, ``verify`` and ``rebuild`` share."""
    return Registry(
        [*parties.KINDS, *goods.KINDS, *incidents.KINDS, *supervision.KINDS, *label_keys.KINDS],
        [
            SUBMISSION,
            SAID,
            *parties.PROJECTIONS,
            *goods.PROJECTIONS,
            *incidents.PROJECTIONS,
            *supervision.PROJECTIONS,
            *label_keys.PROJECTIONS,
        ],
        parties.STANDING,
        FOLLOWERS,
    )
