"""The tree against RFC 6962 written down naively, and its proofs against every change of a bit."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.ledger import merkle
from service.ledger.chain import node_hash
from service.ledger.errors import EdgeError, ProofError
from service.ledger.merkle import RightEdge

LEAVES = [sha256(bytes([0, *number.to_bytes(2)])).digest() for number in range(300)]


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, over leaf hashes."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


ROOTS = [naive_root(LEAVES[:size]) for size in range(len(LEAVES) + 1)]


def flipped(data: bytes, bit: int) -> bytes:
    return (int.from_bytes(data) ^ 1 << bit).to_bytes(len(data))


def test_known_roots() -> None:
    """RFC 6962 test data as published with the first certificate logs: the leaves "", 00, 10 and 2021."""
    inputs = [b"", b"\x00", b"\x10", b"\x20\x21"]
    leaves = [sha256(b"\x00" + data).digest() for data in inputs]
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.root(leaves[:2]).hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert merkle.root(leaves[:3]).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert merkle.root(leaves).hex() == "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"


def test_every_root_appended_one_by_one() -> None:
    edge = RightEdge()
    for size, leaf in enumerate(LEAVES):
        assert (edge.size, edge.root()) == (size, ROOTS[size])
        edge = edge.append(leaf)


@given(st.integers(0, 300), st.integers(0, 300))
def test_extending_from_a_stored_edge_gives_the_same_tree(first: int, second: int) -> None:
    old, new = sorted((first, second))
    stored = RightEdge().extend(LEAVES[:old])
    edge = RightEdge.from_bytes(old, stored.to_bytes())
    assert edge == stored
    assert edge.extend(LEAVES[old:new]).root() == merkle.root(LEAVES[:new]) == ROOTS[new]
    assert edge == stored


@pytest.mark.parametrize(("size", "length"), [(0, 32), (1, 0), (3, 32), (3, 63), (3, 96), (-1, 32), (4, 64)])
def test_an_edge_of_another_size_is_refused(size: int, length: int) -> None:
    with pytest.raises(EdgeError):
        RightEdge.from_bytes(size, bytes(length))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_leaf_that_is_no_hash_is_not_appended(length: int) -> None:
    with pytest.raises(EdgeError):
        RightEdge().append(bytes(length))


def test_every_inclusion_proof_of_small_trees_verifies() -> None:
    for size in range(1, 70):
        for index in range(size):
            proof = merkle.inclusion_proof(LEAVES[:size], index)
            merkle.verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])
            for other in {0, index ^ 1, index + 1, size - 1} & set(range(size)) - {index}:
                with pytest.raises(ProofError):
                    merkle.verify_inclusion(LEAVES[index], other, size, proof, ROOTS[size])


@given(st.data())
def test_an_inclusion_proof_with_one_bit_changed_is_refused(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 300))
    index = data.draw(st.integers(0, size - 1))
    hashes = [LEAVES[index], ROOTS[size], *merkle.inclusion_proof(LEAVES[:size], index)]
    place, bit = data.draw(st.integers(0, len(hashes) - 1)), data.draw(st.integers(0, 255))
    hashes[place] = flipped(hashes[place], bit)
    leaf, root, *proof = hashes
    with pytest.raises(ProofError):
        merkle.verify_inclusion(leaf, index, size, proof, root)


@given(st.data())
def test_an_inclusion_proof_of_another_length_is_refused(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 300))
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(LEAVES[:size], index)
    for wrong in ([*proof, bytes(32)], [bytes(32), *proof], proof[:-1], proof[1:], [*proof, b""]):
        if wrong != proof:
            with pytest.raises(ProofError):
                merkle.verify_inclusion(LEAVES[index], index, size, wrong, ROOTS[size])


@pytest.mark.parametrize(("index", "size"), [(-1, 1), (1, 1), (0, 0), (5, 4), (-1, -1)])
def test_no_leaf_outside_of_the_tree(index: int, size: int) -> None:
    with pytest.raises(ProofError):
        merkle.verify_inclusion(LEAVES[0], index, size, [], LEAVES[0])
    with pytest.raises(ProofError):
        merkle.inclusion_proof(LEAVES[: max(size, 0)], index)


def test_every_consistency_proof_of_small_trees_verifies() -> None:
    for new in range(66):
        for old in range(new + 1):
            proof = merkle.consistency_proof(LEAVES[:new], old)
            merkle.verify_consistency(old, new, proof, ROOTS[old], ROOTS[new])


@settings(max_examples=200)
@given(st.data())
def test_a_consistency_proof_with_one_bit_changed_is_refused(data: st.DataObject) -> None:
    new = data.draw(st.integers(0, 300))
    old = data.draw(st.integers(0, new))
    proof = merkle.consistency_proof(LEAVES[:new], old)
    # From the empty tree nothing is proved about the new one: its root is the verifier's own.
    hashes = [ROOTS[old], *([ROOTS[new]] if old or not new else []), *proof]
    place, bit = data.draw(st.integers(0, len(hashes) - 1)), data.draw(st.integers(0, 255))
    hashes[place] = flipped(hashes[place], bit)
    old_root, new_root, *proof = hashes if old or not new else [*hashes, ROOTS[new]]
    with pytest.raises(ProofError):
        merkle.verify_consistency(old, new, proof, old_root, new_root)


@given(st.data())
def test_a_consistency_proof_of_another_length_is_refused(data: st.DataObject) -> None:
    new = data.draw(st.integers(0, 300))
    old = data.draw(st.integers(0, new))
    proof = merkle.consistency_proof(LEAVES[:new], old)
    for wrong in ([*proof, bytes(32)], [bytes(32), *proof], proof[:-1], proof[1:], [*proof, b""]):
        if wrong != proof:
            with pytest.raises(ProofError):
                merkle.verify_consistency(old, new, wrong, ROOTS[old], ROOTS[new])


def test_rewritten_history_has_no_consistency_proof() -> None:
    rewritten = [*LEAVES[:5], bytes(32), *LEAVES[6:20]]
    for old in range(6, 21):
        proof = merkle.consistency_proof(rewritten, old)
        with pytest.raises(ProofError):
            merkle.verify_consistency(old, 20, proof, ROOTS[old], merkle.root(rewritten))


@pytest.mark.parametrize(("old", "new"), [(2, 1), (-1, 1), (-1, -1)])
def test_a_tree_does_not_shrink(old: int, new: int) -> None:
    with pytest.raises(ProofError):
        merkle.verify_consistency(old, new, [], ROOTS[1], ROOTS[1])
    with pytest.raises(ProofError):
        merkle.consistency_proof(LEAVES[: max(new, 0)], old)


def test_a_proof_of_another_length_is_refused_even_where_it_leads_to_the_root() -> None:
    above = LEAVES[9]
    with pytest.raises(ProofError, match="short"):
        merkle.verify_inclusion(LEAVES[0], 0, 4, [LEAVES[1]], ROOTS[2])
    with pytest.raises(ProofError, match="long"):
        merkle.verify_inclusion(LEAVES[0], 0, 2, [LEAVES[1], above], node_hash(above, ROOTS[2]))
    with pytest.raises(ProofError, match="short"):
        merkle.verify_consistency(1, 4, [LEAVES[1]], ROOTS[1], ROOTS[2])
    with pytest.raises(ProofError, match="long"):
        merkle.verify_consistency(
            3,
            4,
            [*merkle.consistency_proof(LEAVES[:4], 3), above],
            node_hash(above, ROOTS[3]),
            node_hash(above, ROOTS[4]),
        )


def test_hashes_of_another_length_are_refused_even_where_they_lead_to_the_root() -> None:
    longer, shorter = LEAVES[0] + LEAVES[1][:1], LEAVES[1][1:]
    assert node_hash(longer, shorter) == ROOTS[2]
    with pytest.raises(ProofError, match="32 bytes"):
        merkle.verify_inclusion(longer, 0, 2, [shorter], ROOTS[2])
    with pytest.raises(ProofError, match="32 bytes"):
        merkle.verify_consistency(1, 2, [shorter], longer, ROOTS[2])
