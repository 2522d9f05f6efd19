"""Inclusion proofs that other implementations agree on: the vectors of transparency-dev/merkle.

Where a vector's root, leaf or proof holds something that is not a 32-byte hash, this verifier refuses it as
such, before any hashing; those with such a root are named below.
"""

import json
import os
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from service.ledger import merkle
from service.ledger.errors import ProofError

REPOSITORY = Path(__file__).parents[3]
CONFORMANCE = Path(os.environ.get("CONFORMANCE_DIR") or REPOSITORY.parent / "shared" / "conformance")
INCLUSION = CONFORMANCE / "merkle" / "inclusion"
VECTORS = sorted(INCLUSION.rglob("*.json"))
ROOT_IS_NO_HASH = {
    "additional/0/random-leaf.json",
    "additional/1/random-leaf.json",
    "additional/2/random-leaf.json",
    "additional/3/random-leaf.json",
    "single-entry/empty-root-and-leaf.json",
    "single-entry/empty-root.json",
}

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not VECTORS, reason="no vectors at ../shared/conformance/merkle nor CONFORMANCE_DIR"),
]


def name(path: Path) -> str:
    return path.relative_to(INCLUSION).as_posix()


def decoded(text: str | None) -> bytes:
    return b64decode(text or "")


def verify(vector: dict[str, Any]) -> None:
    merkle.verify_inclusion(
        decoded(vector["leafHash"]),
        vector["leafIdx"],
        vector["treeSize"],
        [decoded(node) for node in vector["proof"] or ()],
        decoded(vector["root"]),
    )


@pytest.mark.parametrize("path", VECTORS, ids=name)
def test_the_vector_is_judged_as_published(path: Path) -> None:
    vector = json.loads(path.read_bytes())
    if vector["wantErr"]:
        with pytest.raises(ProofError):
            verify(vector)
    else:
        verify(vector)


def test_the_set_is_whole() -> None:
    assert len(VECTORS) == 98
    assert sum(not json.loads(path.read_bytes())["wantErr"] for path in VECTORS) == 6


def test_roots_that_are_no_hash_are_these_and_refused_as_such() -> None:
    vectors = {name(path): json.loads(path.read_bytes()) for path in VECTORS}
    short = {name: vector for name, vector in vectors.items() if len(decoded(vector["root"])) != 32}
    assert set(short) == ROOT_IS_NO_HASH
    for vector in short.values():
        with pytest.raises(ProofError, match="a hash has 32 bytes"):
            verify(vector)
