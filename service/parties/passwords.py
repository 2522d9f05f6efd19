"""Passwords: which are good enough, and how they are kept (Argon2id, 64 MiB, 3 passes: RFC 9106, 4).

A password is taken as it is but for how its characters are composed (NFC, RFC 8265).
"""

from __future__ import annotations

import asyncio
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from schema.problems import Problem

LEAST = 12
MOST = 128
_DIFFERENT = 5
"""Different characters that a password has at least: fewer is a short pattern repeated."""

_COMMON = """
    123456789012 1234567890123 12345678901234 123456789012345 1234567890abc 0123456789ab
    012345678901 qwertyuiop12 qwertyuiop123 qwertyuiopas 1qaz2wsx3edc 1q2w3e4r5t6y qazwsxedcrfv
    asdfghjkl123 zxcvbnm12345 password1234 password12345 password123456 passw0rd1234
    passwordpassword mypassword123 administrator administrator1 admin1234567 adminadmin123
    admin@123456 letmein12345 welcome12345 iloveyou1234 changeme1234 abcdefghijkl abcdefghijklm
    abcd12345678 abc123456789 a12345678910 a123456789012 aa1234567890 qq1234567890 woaini1314520
    woaini5201314 woaini123456 5201314woaini zhangwei1234 wangwei12345 coldledger12 coldledger123
    coldledger1234 coldledger2020 lengliancang
"""
"""The first that are tried of those that are long enough, divided by spaces."""

_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)


def normal(password: str) -> str:
    """The same password however a keyboard composes its characters (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", password)


def check_password(password: str, *names: str | None) -> None:
    """Raises Problem ``password.…`` for one that is soon guessed; ``names`` are the login and such."""
    password = normal(password)
    if len(password) < LEAST:
        raise Problem("password.too-short", field="/password", actual=len(password), least=LEAST)
    if len(password) > MOST:
        raise Problem("password.too-long", field="/password", actual=len(password), most=MOST)
    folded = password.strip().casefold()
    if folded in {name.strip().casefold() for name in names if name}:
        raise Problem("password.is-name", field="/password")
    if folded in _common() or len(set(folded)) < _DIFFERENT:
        raise Problem("password.too-common", field="/password")


class Hashing:
    """Hashes and verifies in threads, two at a time: each takes 64 MiB and some 50 ms of every core."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(2)

    async def hash(self, password: str) -> str:
        """A password in PHC string form, with a salt of its own."""
        async with self._turn:
            return await asyncio.to_thread(_hasher.hash, normal(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether ``password`` is the stored one; takes as long where there is none stored."""
        async with self._turn:
            return await asyncio.to_thread(_verify, stored, normal(password))


def _verify(stored: str | None, password: str) -> bool:
    try:
        _hasher.verify(stored or _nobodys(), password)
    except VerifyMismatchError:
        return False
    return stored is not None


@cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON.split())


@cache
def _nobodys() -> str:
    return _hasher.hash("the password of nobody")
