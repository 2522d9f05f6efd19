"""The Merkle tree over the ledger's leaves (RFC 6962, 2.1; verification as in RFC 9162, 2.1.3 and 2.1.4).

All here works on leaf *hashes* (``chain.leaf_hash``). The writer keeps only the right edge: one hash for each
bit set in the size, enough to append and to say the root. Provers hold the leaves. Verifiers hold nothing and
trust nothing: every hash must have 32 bytes, a proof exactly the length that its numbers ask for, and
what is refused raises ProofError. A proof vouches for no size: take size and root from one checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from service.ledger.chain import HASH_BYTES, node_hash
from service.ledger.errors import EdgeError, ProofError

EMPTY_ROOT: Final = sha256(b"").digest()


@dataclass(frozen=True, slots=True)
class RightEdge:
    """A tree as its writer needs it: the roots of its full subtrees, largest (leftmost) first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> RightEdge:
        """The edge after one more leaf."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> RightEdge:
        """The edge after more leaves, in order."""
        size, hashes = self.size, list(self.hashes)
        for leaf in leaves:
            if len(leaf) != HASH_BYTES:
                raise EdgeError(f"a leaf hash has {HASH_BYTES} bytes, not {len(leaf)}")
            node = leaf
            # As in binary addition: each trailing one is a full subtree that carries into a larger one.
            carry = size
            while carry & 1:
                node = sha256(b"\x01" + hashes.pop() + node).digest()
                carry >>= 1
            hashes.append(node)
            size += 1
        return RightEdge(size, tuple(hashes))

    def extend_full(self, roots: Iterable[bytes], width: int) -> RightEdge:
        """The edge after more full subtrees of ``width`` leaves each; the size must be a multiple of it."""
        if self.size % width:
            raise EdgeError(f"a tree of {self.size} does not end with a full subtree of {width}")
        grown = RightEdge(self.size // width, self.hashes).extend(roots)
        return RightEdge(grown.size * width, grown.hashes)

    def root(self) -> bytes:
        """The root hash of the tree."""
        if not self.hashes:
            return EMPTY_ROOT
        *rest, node = self.hashes
        for left in reversed(rest):
            node = node_hash(left, node)
        return node

    def to_bytes(self) -> bytes:
        """The hashes in order; with the size they are the edge."""
        return b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> RightEdge:
        """Read what ``to_bytes`` wrote. Raises EdgeError where ``data`` cannot be the edge of that size."""
        if size < 0 or len(data) != size.bit_count() * HASH_BYTES:
            raise EdgeError(f"{len(data)} bytes are not the right edge of a tree of {size}")
        return cls(size, _split(data))


def _split(data: bytes) -> tuple[bytes, ...]:
    return tuple(data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES))


def root(leaves: Iterable[bytes]) -> bytes:
    """The root hash over ``leaves``."""
    return RightEdge().extend(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings on the way from leaf ``index`` up to the root over ``leaves``, leaf side first."""
    if not 0 <= index < len(leaves):
        raise ProofError(f"a tree of {len(leaves)} has no leaf {index}")
    proof, level = [], list(leaves)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        level = _parents(level)
        index >>= 1
    return proof


def _parents(level: list[bytes]) -> list[bytes]:
    """The next level up; a node without a sibling rises as it is."""
    pairs = zip(level[::2], level[1::2], strict=False)
    return [node_hash(left, right) for left, right in pairs] + level[len(level) & ~1 :]


def consistency_proof(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """What shows that the tree over ``leaves`` extends that over its first ``old`` (RFC 6962, 2.1.2)."""
    if not 0 <= old <= len(leaves):
        raise ProofError(f"a tree of {len(leaves)} does not extend one of {old}")
    if old in {0, len(leaves)}:
        return []
    return _subproof(leaves, old, known=True)


def _subproof(leaves: Sequence[bytes], old: int, *, known: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962; ``known``: the verifier has the root over ``leaves`` already."""
    if old == len(leaves):
        return [] if known else [root(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:split], leaves[split:]
    if old <= split:
        return [*_subproof(left, old, known=known), root(right)]
    return [*_subproof(right, old - split, known=False), root(left)]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raises ProofError unless ``proof`` shows ``leaf`` at ``index`` in the tree of that size and root."""
    _require_hashes(leaf, root, *proof)
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} has no leaf {index}")
    node, last = leaf, size - 1
    for sibling in proof:
        if not last:
            raise ProofError("the proof is too long")
        if index & 1 or index == last:
            node = node_hash(sibling, node)
            # On the right edge a node without a sibling rises as it is.
            index, last = _rise(index, last)
        else:
            node = node_hash(node, sibling)
        index >>= 1
        last >>= 1
    if last:
        raise ProofError("the proof is too short")
    if node != root:
        raise ProofError("the proof leads to another root")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raises ProofError unless ``proof`` shows that the new tree begins with the leaves of the old one."""
    _require_hashes(old_root, new_root, *proof)
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} does not extend one of {old}")
    if old == 0 and old_root != EMPTY_ROOT:
        raise ProofError("the empty tree has another root")
    if old in {0, new}:
        if proof:
            raise ProofError("the proof is too long")
        if old == new and old_root != new_root:
            raise ProofError("trees of one size have two roots")
        return
    _verify_extension(old, new, proof, old_root, new_root)


def _verify_extension(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """RFC 9162, 2.1.4.2, for 0 < old < new: both roots are remade along one path."""
    # Where the old tree is full, its root is itself the first node and is not repeated in the proof.
    nodes = iter(proof if old & (old - 1) else (old_root, *proof))
    index, last = old - 1, new - 1
    while index & 1:
        index >>= 1
        last >>= 1
    seed = next(nodes, None)
    if seed is None:
        raise ProofError("the proof is too short")
    before = after = seed
    for node in nodes:
        if not last:
            raise ProofError("the proof is too long")
        if index & 1 or index == last:
            before, after = node_hash(node, before), node_hash(node, after)
            index, last = _rise(index, last)
        else:
            after = node_hash(after, node)
        index >>= 1
        last >>= 1
    if last:
        raise ProofError("the proof is too short")
    if before != old_root or after != new_root:
        raise ProofError("the proof leads to other roots")


def _rise(index: int, last: int) -> tuple[int, int]:
    """Skip the levels on which the node ``index`` has no sibling."""
    while index and not index & 1:
        index >>= 1
        last >>= 1
    return index, last


def _require_hashes(*hashes: bytes) -> None:
    for digest in hashes:
        if len(digest) != HASH_BYTES:
            raise ProofError(f"a hash has {HASH_BYTES} bytes, not {len(digest)}")
