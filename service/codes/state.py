"""Trace codes that were issued, and what each names."""

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
