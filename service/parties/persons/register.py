"""Register keys: what stands for a sole trader's social credit code (92…) in statements, streams and rows.

A sole trader is a natural person, and the code is searched for by it. So rules compare, and rows hold,
``92:`` and 32 hex digits of HMAC-SHA256 of the code, under a key that lies outside the database. Equal codes
have equal register keys, so judging again needs no secret; only who asks by a code, this service, does. Who
has the ledger alone can neither read a code from it nor try the codes that there are.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from schema.identifiers import is_register_key, is_sole_trader

_DIGITS = 32


@dataclass(frozen=True, slots=True)
class RegisterKeys:
    """Makes register keys with ``secret``, 32 bytes."""

    secret: bytes = field(repr=False)

    def of(self, uscc: str) -> str:
        """What stands for a code in the register: a legal body's code itself."""
        if not is_sole_trader(uscc) or is_register_key(uscc):
            return uscc
        return f"92:{hmac.digest(self.secret, uscc.encode(), 'sha256').hex()[:_DIGITS]}"
