"""How identifiers are written: what is forgiven, and how a wrong character is pointed at.

Full-width letters and digits, lower case and the spaces and hyphens that people put between groups mean
nothing and are taken away. Everything else must be as its standard says. Positions in problems count from 1
in the text as it stands after that cleaning, which is the text that the problem shows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence

from schema.problems import Fact, Problem

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_GROUPING = frozenset("-‐‑‒–—−")
_SHOWN = 40
"""Characters of a wrong text that a problem repeats: enough to recognise it, too few to flood a log."""


class IdentifierProblem(Problem):
    """What was typed or scanned breaks the rule of its identifier."""


def normalise(text: str, *, grouping: Collection[str] = _GROUPING) -> str:
    """``text`` in half-width capitals, without white space and without the ``grouping`` characters."""
    if text.isascii() and text.isalnum():
        return text.upper()
    wide = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in wide if not character.isspace() and character not in grouping)


def broken(kind: str, rule: str, value: str, **facts: Fact) -> IdentifierProblem:
    """The problem that identifier ``kind`` breaks ``rule``; both are parts of its code."""
    code = f"identifier.{kind}-{rule}"
    return IdentifierProblem(code, field=None, causes=(), value=shown(value), **facts)


def shown(value: str) -> str:
    """``value``, cut to what a message may repeat."""
    return value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"


def demand_length(kind: str, value: str, lengths: Sequence[int]) -> None:
    """Refuse a ``value`` that has none of ``lengths``."""
    if len(value) not in lengths:
        expected = "/".join(str(length) for length in lengths)
        raise broken(kind, "length", value, expected=expected, actual=len(value))


def demand_places(kind: str, value: str, places: Sequence[str]) -> None:
    """Refuse the first character of ``value`` that its place does not allow; ``places`` are alphabets."""
    for position, (character, alphabet) in enumerate(zip(value, places, strict=True), start=1):
        if character not in alphabet:
            raise broken(
                kind, "character", value, position=position, character=character, expected=_span(alphabet)
            )


def _span(alphabet: str) -> str:
    """An alphabet as people write it, such as ``0-9A-Z``."""
    if alphabet == DIGITS:
        return "0-9"
    if alphabet == DIGITS + LETTERS:
        return "0-9 A-Z"
    if alphabet == LETTERS:
        return "A-Z"
    return " ".join(alphabet) if len(alphabet) < len(DIGITS) else alphabet
