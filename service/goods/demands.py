"""What the policy in force asks of a release, read from its document once."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.goods.state import Lot, Paper
from service.parties import Policy


@dataclass(frozen=True, slots=True)
class Demands:
    """A policy's words for the gate. What it leaves open is not demanded.

    ``issuers`` and ``validity_days`` hold only kinds of paper that are restricted. ``tolerance`` is the
    difference of weight, in thousandths of the registered one, that is a finding and no more. Goods are
    released from ``first_stations``, kinds of place.
    """

    required: tuple[Paper, ...]
    issuers: Mapping[str, list[str]]
    validity_days: Mapping[str, int]
    port_sampling: bool
    tolerance: int
    enhanced: list[dict[str, str]]
    first_stations: tuple[str, ...]

    @classmethod
    def of(cls, policy: Policy) -> Demands:
        """Read ``policy``; what it requires is put into the order of :class:`Paper`."""
        document: dict[str, Any] = policy.document
        return cls(
            required=tuple(kind for kind in Paper if kind in document["required"]),
            issuers=_stated(document["issuers"]),
            validity_days=_stated(document["certificate_validity_days"]),
            port_sampling=document["accept_port_sampling"],
            tolerance=document["weight_tolerance_permille"],
            enhanced=document["enhanced"],
            first_stations=tuple(document["first_stations"]),
        )

    def enhances(self, lot: Lot) -> bool:
        """Whether ``lot`` is under enhanced control: some entry fits it in all that the entry names."""
        return any(
            all(plain(getattr(lot, trait) or "") == plain(value) for trait, value in entry.items())
            for entry in self.enhanced
        )


def plain(name: str) -> str:
    """A name, for comparison: case, width and spaces mean nothing."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _stated(table: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: value for kind, value in table.items() if value is not None}
