"""The ledger's hashes, spelt out once more from their definitions, so that no format changes unseen."""

from collections.abc import Callable
from hashlib import sha256

import pytest

from service.ledger import chain
from service.ledger.errors import ChainError, LedgerFormatError

AT = "2026-03-01T08:00:00.000000Z"
NONCE = bytes(range(32))


def test_a_statement_is_committed_to_with_its_nonce() -> None:
    assert chain.commit(NONCE, b"{}") == sha256(NONCE + b"{}").digest()
    assert chain.field_commitment(NONCE, b"13800000000") == sha256(NONCE + b"13800000000").digest()


def test_an_entry_has_exactly_these_bytes() -> None:
    commitment = "ab" * 32
    expected = f'{{"at":"{AT}","commit":"{commitment}","v":1}}'
    assert chain.entry(AT, b"\xab" * 32) == expected.encode()


def test_leaf_node_and_link() -> None:
    leaf = chain.leaf_hash(b"entry")
    assert leaf == sha256(b"\x00entry").digest()
    assert chain.node_hash(leaf, NONCE) == sha256(b"\x01" + leaf + NONCE).digest()
    assert bytes(32) == chain.GENESIS
    assert chain.link(chain.GENESIS, leaf) == sha256(bytes(32) + leaf).digest()


@pytest.mark.parametrize(
    "ambiguous",
    [
        lambda: chain.commit(NONCE[:-1], b"\x1f{}"),
        lambda: chain.field_commitment(NONCE + b"1", b"3800000000"),
        lambda: chain.entry(AT, b"\xab" * 31),
        lambda: chain.link(bytes(33), bytes(32)),
        lambda: chain.link(bytes(32), bytes(31)),
    ],
)
def test_lengths_that_would_make_a_hash_ambiguous_are_refused(ambiguous: Callable[[], bytes]) -> None:
    with pytest.raises(ChainError) as caught:
        ambiguous()
    assert isinstance(caught.value, LedgerFormatError)
