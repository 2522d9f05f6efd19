"""Resident identity numbers (公民身份号码, GB 11643): personal data.

A problem never repeats the number, not even in part: problems are logged and shown.

``stdnum.cn.ric.validate`` is not used: it also refuses people whose county was renamed before its own table
begins. Its check is the rule, taken from ``stdnum.iso7064``.
"""

from __future__ import annotations

from datetime import date

from stdnum.iso7064.mod_11_2 import calc_check_digit

from schema.identifiers.writing import DIGITS, broken, normalise
from schema.problems import Problem

_MASK = "******"


def parse_resident_number(text: str) -> str:
    """The identity number in ``text``, 18 characters, the last perhaps ``X``."""
    value = normalise(text)
    if len(value) != 18:
        raise _hidden("length", expected="18", actual=len(value))
    for position, character in enumerate(value, start=1):
        allowed = DIGITS + "X" if position == 18 else DIGITS
        if character not in allowed:
            raise _hidden("character", position=position)
    try:
        date.fromisoformat(f"{value[6:10]}-{value[10:12]}-{value[12:14]}")
    except ValueError:
        raise _hidden("birthday", position=7) from None
    if value[17] != calc_check_digit(value[:17]):
        raise _hidden("check", position=18)
    return value


def _hidden(rule: str, **facts: str | int) -> Problem:
    return broken("resident", rule, _MASK, **facts)
