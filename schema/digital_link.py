"""The address on a label (GS1 Digital Link), and what any scanned text says.

::

    https://HOST/01/<GTIN-14>/10/<batch code>?17=YYMMDD
    https://HOST/01/<GTIN-14>/10/<batch code>/21/<case or item code>?17=YYMMDD
    https://HOST/t/<code>                            a product without a GTIN

The batch code is the lot number of the link, a case's or item's code its serial. A fragment holds a signature
and is for offline checking; whoever only wants the code ignores it. The host of a scanned address is
reported, never trusted or visited: the code alone decides.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from schema.identifiers import Level, TraceCode, gtin14, normalise, parse_gtin
from schema.identifiers.writing import shown
from schema.problems import Problem
from schema.public_host import public_host, scheme

__all__ = ["Link", "Scan", "parse_scan", "public_host"]

_LONGEST = 2048
"""Characters of a scanned text that are looked at: a signed link has about 250."""


@dataclass(frozen=True, slots=True)
class Link:
    """The address of one label. ``host`` is what :func:`public_host` returned; it may have a port.

    ``batch`` is needed where ``code`` is a case's or an item's and there is a ``gtin``.
    """

    host: str
    code: TraceCode
    gtin: str | None = None
    batch: TraceCode | None = None
    best_before: date | None = None

    def __post_init__(self) -> None:
        if self.gtin is None:
            return
        _demand_batch(self.batch_code)
        if self.code.level is Level.BATCH and self.code != self.batch_code:
            raise Problem("link.case-level", value=self.code.text)

    @property
    def batch_code(self) -> TraceCode:
        """The batch in the address: ``batch``, or ``code`` where that is a batch itself."""
        return self.batch if self.batch is not None else self.code

    @property
    def path(self) -> str:
        """The address without scheme and host."""
        if self.gtin is None:
            return f"/t/{self.code}"
        serial = "" if self.code.level is Level.BATCH else f"/21/{self.code}"
        query = f"?17={self.best_before:%y%m%d}" if self.best_before else ""
        return f"/01/{gtin14(self.gtin)}/10/{self.batch_code}{serial}{query}"

    @property
    def url(self) -> str:
        """The address as the label carries it."""
        return f"{scheme(self.host)}://{self.host}{self.path}"

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scanned text says. Only ``code`` is always there; the rest is the label's word."""

    code: TraceCode
    batch: TraceCode | None = None
    gtin: str | None = None
    best_before: date | None = None
    host: str | None = None
    address: str | None = None
    """The scanned address or path as it stood, signature included; ``None`` for a bare code."""


def parse_scan(text: str) -> Scan:
    """Read a scanned or typed text: an address, its path alone, or a bare code.

    Raises the identifier's problem when the code in it is wrong, and ``scan.no-trace-code`` when an
    address has none.
    """
    trimmed = text.strip()
    if "/" not in trimmed:
        return _scan(TraceCode.parse(trimmed))
    if len(trimmed) > _LONGEST:
        raise _no_code(text)
    try:
        address = urlsplit(trimmed)
    except ValueError:
        raise _no_code(text) from None
    return replace(_read(address, text), address=trimmed)


def _read(address: SplitResult, text: str) -> Scan:
    host = address.netloc.lower() or None
    segments = [unquote(segment) for segment in address.path.split("/") if segment]
    for place, segment in enumerate(segments[:-1]):
        if segment.lower() == "t":
            return _scan(TraceCode.parse(segments[place + 1]), host=host)
        if segment == "01":
            return _product(segments[place:], address.query, host, text)
    raise _no_code(text)


def _product(segments: Sequence[str], query: str, host: str | None, text: str) -> Scan:
    keys = dict(zip(segments[::2], segments[1::2], strict=False))
    if "10" not in keys:
        raise _no_code(text)
    batch = TraceCode.parse(keys["10"])
    _demand_batch(batch)
    code = TraceCode.parse(keys["21"]) if "21" in keys else batch
    if "21" in keys and code.level is Level.BATCH:
        raise Problem("link.case-level", value=code.text)
    dates = parse_qs(query).get("17")
    return Scan(
        code,
        batch,
        gtin=gtin14(parse_gtin(keys["01"])),
        best_before=_best_before(dates[0]) if dates else None,
        host=host,
    )


def _scan(code: TraceCode, host: str | None = None) -> Scan:
    return Scan(code, batch=code if code.level is Level.BATCH else None, host=host)


def _demand_batch(code: TraceCode) -> None:
    if code.level is not Level.BATCH:
        raise Problem("link.batch-level", value=code.text, character=code.level.value)


def _best_before(text: str) -> date:
    """A GS1 date YYMMDD of this century; day 00 is the last of its month (General Specifications)."""
    value = normalise(text)
    match = re.fullmatch("([0-9]{2})([0-9]{2})([0-9]{2})", value)
    try:
        year, month, day = (int(part) for part in match.groups()) if match else (0, 0, 0)
        return date(2000 + year, month, day or monthrange(2000 + year, month)[1])
    except ValueError:  # covers calendar.IllegalMonthError, so month 0 too
        raise Problem("link.best-before", value=shown(value)) from None


def _no_code(text: str) -> Problem:
    return Problem("scan.no-trace-code", value=shown(text))
