"""Under which names and keys the ledger signs, and signed: one row, from its first statement on.

A name (a checkpoint's origin) has one key or, while one takes over from another, several. It ends where the
ledger goes on under a new one, which inherits what is there (succession.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from service.ledger import Projection, World

HERE = 0
"""The row's id: a database holds one ledger."""
REPLACED, STOLEN, EXPOSED, SUCCEEDED = "replaced", "stolen", "exposed", "succeeded"
"""Why a key ended."""


@dataclass(frozen=True, slots=True)
class Identity:
    """``names`` are ``{"origin", "position", "keys", "held", "size", "shown"}``, the standing one last.

    ``position`` is that of the name's own first statement. ``keys`` are ``{"vkey", "since", "until",
    "reason"}``: recorded times as text, ``until`` and ``reason`` None while it signs. The last three are None
    for the first name: how many entries it inherited, how many its predecessor had signed for, and how many
    of them are shown to be the same.
    """

    id: int
    names: list[dict[str, Any]]
    version: int

    @property
    def origin(self) -> str:
        """The standing name."""
        return str(self.names[-1]["origin"])

    @property
    def keys(self) -> list[dict[str, Any]]:
        """Every key of the standing name."""
        return list(self.names[-1]["keys"])

    @property
    def standing(self) -> list[str]:
        """The keys that sign now, the oldest first."""
        return [key["vkey"] for key in self.keys if key["until"] is None]

    @property
    def trusted(self) -> list[str]:
        """The keys of the standing name whose checkpoints are believed: those that never were in doubt."""
        return [key["vkey"] for key in self.keys if key["reason"] in (None, REPLACED)]

    def key(self, vkey: str) -> dict[str, Any] | None:
        """A key of the standing name."""
        return next((key for key in self.keys if key["vkey"] == vkey), None)

    def with_keys(self, keys: Iterable[dict[str, Any]], version: int) -> Identity:
        """The same, with other keys of the standing name."""
        return replace(self, names=[*self.names[:-1], {**self.names[-1], "keys": [*keys]}], version=version)


def new_key(vkey: str, since: str) -> dict[str, Any]:
    """A key that signs from ``since`` on."""
    return {"vkey": vkey, "since": since, "until": None, "reason": None}


def new_name(
    origin: str, vkey: str, at: str, position: int, inherited: tuple[int, int, int] | None = None
) -> dict[str, Any]:
    """A name that begins at ``position`` with one key; ``inherited``: held, size, shown."""
    held, size, shown = inherited or (None, None, None)
    return {
        "origin": origin,
        "position": position,
        "keys": [new_key(vkey, at)],
        "held": held,
        "size": size,
        "shown": shown,
    }


IDENTITY = Projection(Identity, name="ledger_identity", queries="parties/ledger_identity", reference=True)
STREAM = (IDENTITY, HERE)


def identity_of(world: World) -> Identity:
    """The ledger's. Raises LookupError where nothing was said yet: then nobody could ask."""
    found = world.get(IDENTITY, HERE)
    if found is None:
        raise LookupError("a ledger without a first statement")
    return found
