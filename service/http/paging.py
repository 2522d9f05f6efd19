"""Lists in pages: at most 200 entries, and a cursor that only this service reads.

A cursor is where the last page ended: the sort key of its last entry. It holds no rights, so a made-up one
shows nothing that the reader may not see; its types are checked because it goes into a query.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson

from schema.problems import Problem

DEFAULT_LIMIT = 50
MAX_LIMIT = 200

Key = tuple[int | str, ...]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """The entries of one page, and where the next one begins (None: there is none)."""

    items: Sequence[Row]
    next: Key | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked for: at most ``limit`` entries after the one whose sort key is ``after``."""

    limit: int = DEFAULT_LIMIT
    after: Key | None = None

    @property
    def wanted(self) -> int:
        """How many rows to query: one more than shown tells whether there is a next page."""
        return self.limit + 1

    def cut(self, rows: Sequence[Row], key: Callable[[Row], Key]) -> Slice[Row]:
        """The page out of up to ``wanted`` rows; ``key`` gives a row's sort key."""
        if len(rows) <= self.limit:
            return Slice(rows)
        return Slice(rows[: self.limit], key(rows[self.limit - 1]))


def write_cursor(key: Key) -> str:
    """``key`` as text that is safe in an address."""
    return urlsafe_b64encode(orjson.dumps(key)).rstrip(b"=").decode("ascii")


def read_cursor(text: str, types: Sequence[type[Any]]) -> Key:
    """The sort key in a cursor. Raises Problem ``request.cursor`` where it is not one of such ``types``."""
    try:
        key = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        raise Problem("request.cursor", field="/cursor") from None
    if not isinstance(key, list) or [type(part) for part in key] != list(types):
        raise Problem("request.cursor", field="/cursor")
    if not all(map(_fits_a_query, key)):
        raise Problem("request.cursor", field="/cursor")
    return tuple(key)


def _fits_a_query(part: int | str) -> bool:
    """Whether PostgreSQL takes it: an integer of 64 bits, a text without NUL."""
    return "\0" not in part if isinstance(part, str) else 0 <= part < 2**63
