"""Claims of a ledger, judged by metamorphic-log: claims on standard input, verdicts on standard output.

Run by the Python that has it. A verdict is why a claim is refused, or nothing.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import metamorphic_log


def verdict(check: Callable[..., Any], *said: Any) -> str:
    """Why ``check`` refuses, or nothing."""
    try:
        check(*said)
    except metamorphic_log.VerifyError as error:
        return str(error) or "refused"
    return ""


claims = json.load(sys.stdin)
note, keys = claims["note"], [claims["vkey"]]
found = {
    "note": verdict(metamorphic_log.checkpoint_verify, note, keys),
    "inclusion": [
        verdict(
            metamorphic_log.checkpoint_verify_inclusion,
            note,
            keys,
            claim["index"],
            bytes.fromhex(claim["leaf"]),
            [*map(bytes.fromhex, claim["proof"])],
        )
        for claim in claims["inclusion"]
    ],
    "consistency": [
        verdict(
            metamorphic_log.checkpoint_verify_consistency,
            claim["older"],
            note,
            keys,
            [*map(bytes.fromhex, claim["proof"])],
        )
        for claim in claims["consistency"]
    ],
}
print(json.dumps(found))
