"""The code of an exit certificate (出库证明): by it anyone finds the release without an account.

Twenty random characters of the trace code's alphabet, 99 bits: it is a key to what it shows, so it must not
be guessed. It names a release and is no trace code.
"""

from __future__ import annotations

import secrets

from schema.identifiers.uscc import ALPHABET

LENGTH = 20


def new_exit_code() -> str:
    """A fresh code; made before the ledger is asked, because a judgement knows no chance."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def is_exit_code(text: str) -> bool:
    """Whether ``text`` has the form of one."""
    return len(text) == LENGTH and set(text) <= set(ALPHABET)
