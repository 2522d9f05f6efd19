"""Unified social credit code (统一社会信用代码, GB 32100-2015).

``stdnum.cn.uscc`` is not used: it refuses letters in positions 1 and 2, which the standard allows and
which are issued (N for rural collectives, Y for others), and it leaves out the organisation code's own check.

Both check characters may be overridden with a reason, because registers hold real codes that fail them.
Length and alphabet may not.
"""

from __future__ import annotations

import re

from schema.identifiers.writing import DIGITS, broken, demand_length, demand_places, normalise
from schema.problems import Problem

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100's 31 symbols: no I, O, S, V, Z."""

_PLACES = (ALPHABET,) * 2 + (DIGITS,) * 6 + (ALPHABET,) * 10
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def parse_uscc(text: str, override_reason: str | None = None) -> str:
    """The code in ``text``, 18 characters.

    With an ``override_reason`` that is not blank a failing check is accepted; the caller records the reason
    in the ledger entry. :func:`failed_check` tells whether it was needed.
    """
    value = normalise(text)
    demand_length("uscc", value, [18])
    demand_places("uscc", value, _PLACES)
    failure = failed_check(value)
    if failure is not None and not (override_reason and override_reason.strip()):
        raise failure
    return value


def failed_check(uscc: str) -> Problem | None:
    """The check that a well-formed ``uscc`` fails: its own (position 18), else the organisation's (17)."""
    if uscc[17] != (expected := check_character(uscc)):
        return broken("uscc", "check", uscc, position=18, character=uscc[17], expected=expected)
    if uscc[16] != (expected := organisation_check(uscc[8:16])):
        return broken("uscc", "organisation-check", uscc, position=17, character=uscc[16], expected=expected)
    return None


def check_character(uscc: str) -> str:
    """Position 18 from positions 1–17. A sum of 0 modulo 31 gives ``0``, not a 32nd symbol."""
    total = sum(ALPHABET.index(c) * weight for c, weight in zip(uscc[:17], _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check(body: str) -> str:
    """The ninth character of an organisation code (GB 11714) from its first eight; A is 10 … Z is 35."""
    total = sum(int(c, 36) * weight for c, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


SOLE_TRADER = "个体工商户 sole trader"
"""Stands where a sole trader's code is not told, in both languages."""

_REGISTER_KEY = re.compile(r"92:[0-9a-f]{32}")


def is_sole_trader(uscc: str) -> bool:
    """Whether the code, or the register key that stands for one, is a natural person's business (92…), and so
    personal data."""
    return uscc.startswith("92")


def is_register_key(value: object) -> bool:
    """Whether ``value`` stands for a sole trader's code (service/parties/persons/register.py). No code looks
    so."""
    return isinstance(value, str) and _REGISTER_KEY.fullmatch(value) is not None


def spoken_code(uscc: str) -> str:
    """The code as it may be told to anybody: of a sole trader only that it is one."""
    return SOLE_TRADER if is_sole_trader(uscc) else uscc
