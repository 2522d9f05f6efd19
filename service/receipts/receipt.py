"""The file of a receipt: one JSON object in canonical form, with a proof, a public entry, and what it hides.

::

    entry       the public entry, as its exact text
    nonce       64 hex digits, or null where the statement is not disclosed
    promise     the ledger's signed promise of this entry, or null
    proof       C2SP tlog-proof, as its exact text
    sha256      SHA-256 of this object without this member, in canonical form
    statement   the statement, as its exact text, or null
    v           1

Rules kept: a receipt has exactly one spelling – sorted keys, no space, no key twice. The digest proves
nothing, since whoever changes a receipt can make it anew; it tells damage in what no given key checks.
Nothing but Problem ``receipt.…`` is raised, whatever the bytes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import orjson

from schema.problems import Problem

FORMAT: Final = 1
SUFFIX: Final = ".receipt.json"
MAX_BYTES: Final = 4 << 20
"""A statement has at most 1 MiB, and no character takes more than two within a text; the rest is proof."""
_NONCE: Final = re.compile("[0-9a-f]{64}")
_TEXTS: Final = ("entry", "proof", "sha256")
_TEXTS_OR_NULL: Final = ("nonce", "promise", "statement")
_MEMBERS: Final = {*_TEXTS, *_TEXTS_OR_NULL, "v"}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a file says; nothing of it is proved yet. ``digest`` is what it says of itself."""

    proof: str
    entry: str
    promise: str | None = None
    statement: str | None = None
    nonce: bytes | None = None
    digest: str | None = None

    def encode(self) -> bytes:
        """The bytes of the file; it says its own digest."""
        told = self._members()
        return _written({**told, "sha256": _digest(told)})

    def demand_whole(self) -> None:
        """Raises Problem ``receipt.not-whole`` where the file's own digest is not that of what it says."""
        if self.digest != _digest(self._members()):
            raise Problem("receipt.not-whole")

    @classmethod
    def decode(cls, data: bytes) -> Receipt:
        """Read a file. Raises Problem ``receipt.…`` where it is not one, or is written otherwise."""
        told = _parsed(data)
        if told["v"] != FORMAT:
            raise Problem("receipt.unknown-format", found=told["v"], known=FORMAT)
        _demand_members(told)
        if _written(told) != data:
            raise _otherwise(data)
        nonce = told["nonce"]
        if nonce is not None and not _NONCE.fullmatch(nonce):
            raise Problem("receipt.nonce-malformed")
        return cls(
            told["proof"],
            told["entry"],
            told["promise"],
            told["statement"],
            None if nonce is None else bytes.fromhex(nonce),
            told["sha256"],
        )

    def _members(self) -> dict[str, Any]:
        return {
            "entry": self.entry,
            "nonce": None if self.nonce is None else self.nonce.hex(),
            "promise": self.promise,
            "proof": self.proof,
            "statement": self.statement,
            "v": FORMAT,
        }


def _parsed(data: bytes) -> dict[str, Any]:
    """The members, of a format that is not known yet."""
    if len(data) > MAX_BYTES:
        raise Problem("receipt.too-large", size=len(data), limit=MAX_BYTES)
    try:
        told = orjson.loads(data.decode())
    except UnicodeDecodeError as error:
        raise Problem("receipt.not-utf8", byte=error.start) from None
    except orjson.JSONDecodeError as error:
        raise Problem("receipt.not-json", line=error.lineno, column=error.colno) from None
    if type(told) is not dict or type(told.get("v")) is not int:
        raise Problem("receipt.misshapen", member="v")
    return told


def _demand_members(told: dict[str, Any]) -> None:
    for name in sorted(_MEMBERS ^ told.keys()):
        raise Problem("receipt.misshapen", member=name[:40])
    for name in _TEXTS:
        if type(told[name]) is not str:
            raise Problem("receipt.misshapen", member=name)
    for name in _TEXTS_OR_NULL:
        if told[name] is not None and type(told[name]) is not str:
            raise Problem("receipt.misshapen", member=name)


def _otherwise(data: bytes) -> Problem:
    """How an object with the members of a receipt is written otherwise than one."""
    try:
        names = [name for name, _ in json.loads(data, object_pairs_hook=list)]
    except RecursionError:
        # What stands last holds no other value: what is so deep was a value that stood before it.
        return Problem("receipt.key-twice", member="—")
    for name in _MEMBERS:
        if names.count(name) > 1:
            return Problem("receipt.key-twice", member=name)
    return Problem("receipt.not-canonical")


def _written(told: dict[str, Any]) -> bytes:
    # Texts, null and one small integer under ASCII keys: what orjson writes of them is RFC 8785.
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def _digest(told: dict[str, Any]) -> str:
    return sha256(_written(told)).hexdigest()
