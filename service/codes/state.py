"""Trace codes that were issued, and what each names; the keys that sign labels."""

from __future__ import annotations

from dataclasses import dataclass

from service.ledger import Projection


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A trace code: of a lot (level B, serial 0), or of its ``serial``-th case (C) or item (T)."""

    code: str
    lot: int
    level: str
    serial: int
    version: int


ISSUED_CODE = Projection(IssuedCode, name="code", queries="codes/issued_code", key="code")


@dataclass(frozen=True, slots=True)
class CaseCount:
    """How many cases of a lot have a code: its highest serial."""

    lot: int
    cases: int
    version: int


CASE_COUNT = Projection(CaseCount, name="cases", queries="codes/case_count", key="lot")


@dataclass(frozen=True, slots=True)
class LabelKey:
    """The public half of a key that signs labels of ``host`` from ``valid_from`` to ``valid_until``.

    ``revoked_since`` is the moment, as said, from when on nothing of it is believed, for ``reason``
    (schema.key_directory.REVOCATIONS). ``registered`` is the position that made it known.
    """

    id: str
    public_key: str
    host: str
    valid_from: str
    valid_until: str
    revoked_since: str | None
    reason: str | None
    registered: int
    version: int


LABEL_KEY = Projection(LabelKey, name="label_key", queries="codes/label_key", reference=True)
