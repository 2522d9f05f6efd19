"""What a ledger claims of itself, for verifiers that fetch nothing: a checkpoint and proofs that lead to it.

Made from its tiles over HTTP, by the code with which the service makes receipts. What ``altered_…`` gives is
false in one way each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from service.ledger.chain import leaf_hash
from service.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from service.ledger.note import Verifier, generate_key
from service.ledger.tiles import (
    ENTRIES,
    WIDTH,
    Tile,
    consistency_proof,
    inclusion_proof,
    split_entries,
    tile_at,
)
from tests.conftest import complete
from tests.retold import SIGNER
from tests.seventy import Served


@dataclass(frozen=True)
class Inclusion:
    """That a leaf hash stands at an index."""

    index: int
    leaf: bytes
    proof: tuple[bytes, ...]

    def spoken(self) -> dict[str, object]:
        """As JSON."""
        return {"index": self.index, "leaf": self.leaf.hex(), "proof": [each.hex() for each in self.proof]}


@dataclass(frozen=True)
class Growth:
    """That the ledger extends an older checkpoint."""

    older: str
    proof: tuple[bytes, ...]

    def spoken(self) -> dict[str, object]:
        """As JSON."""
        return {"older": self.older, "proof": [each.hex() for each in self.proof]}


@dataclass(frozen=True)
class Claims:
    """A checkpoint, and what is said to lead to it."""

    vkey: str
    note: str
    inclusion: tuple[Inclusion, ...] = ()
    consistency: tuple[Growth, ...] = ()

    def spoken(self) -> str:
        """As JSON."""
        return json.dumps(
            {
                "vkey": self.vkey,
                "note": self.note,
                "inclusion": [claim.spoken() for claim in self.inclusion],
                "consistency": [claim.spoken() for claim in self.consistency],
            }
        )


def claims_of(served: Served, positions: Sequence[int]) -> Claims:
    """The newest checkpoint, the entries at ``positions``, and growth from each older checkpoint."""
    return complete(lambda: _claims(served, positions))


async def _claims(served: Served, positions: Sequence[int]) -> Claims:
    async def fetched(tiles: Sequence[Tile]) -> Mapping[Tile, bytes]:
        return {tile: served.get(f"/tile/{tile.path}") for tile in tiles}

    verifier = Verifier.parse(served.vkey)
    size = open_checkpoint(served.newest, verifier).size
    inclusion = []
    for position in positions:
        proof = await inclusion_proof(position, size, fetched)
        inclusion.append(Inclusion(position, leaf_hash(entry_at(served, position, size)), tuple(proof)))
    growth = []
    for note in served.checkpoints.values():
        old = open_checkpoint(note, verifier).size
        growth.append(Growth(note, tuple(await consistency_proof(old, size, fetched))))
    return Claims(served.vkey, served.newest, tuple(inclusion), tuple(growth))


def entries_of(served: Served, size: int) -> list[bytes]:
    """Every entry."""
    bundles = (tile_at(ENTRIES, index, size) for index in range(-(-size // WIDTH)))
    return [entry for tile in bundles for entry in split_entries(served.get(f"/tile/{tile.path}"))]


def entry_at(served: Served, position: int, size: int) -> bytes:
    """An entry, out of its bundle."""
    tile = tile_at(ENTRIES, position // WIDTH, size)
    return split_entries(served.get(f"/tile/{tile.path}"))[position % WIDTH]


def flipped(data: bytes) -> bytes:
    """The same with one bit changed in the middle."""
    changed = bytearray(data)
    changed[len(changed) // 2] ^= 1
    return bytes(changed)


def altered_notes(claims: Claims) -> Iterator[tuple[str, Claims]]:
    """Checkpoints that must not be taken for the ledger's."""
    origin, size, root, *signatures = claims.note.split("\n")
    signed = "\n".join(signatures)
    other = ("B" if root[0] == "A" else "A") + root[1:]
    yield "another root", replace(claims, note=f"{origin}\n{size}\n{other}\n{signed}")
    yield "another size", replace(claims, note=f"{origin}\n{int(size) + 1}\n{root}\n{signed}")
    yield "another origin", replace(claims, note=f"{origin}2\n{size}\n{root}\n{signed}")
    yield "no signature", replace(claims, note=f"{origin}\n{size}\n{root}\n\n")
    key = generate_key(SIGNER.name)
    yield "another key", replace(claims, note=sign_checkpoint(key, Checkpoint.parse(_body(claims.note))))
    half = len(signed) // 2
    swapped = "a" if signed[half] != "a" else "b"
    broken = signed[:half] + swapped + signed[half + 1 :]
    yield "another signature", replace(claims, note=f"{origin}\n{size}\n{root}\n{broken}")


def _body(note: str) -> str:
    return note.partition("\n\n")[0] + "\n"


def altered_inclusions(claim: Inclusion, size: int) -> Iterator[tuple[str, Inclusion]]:
    """Claims of an entry that its proof does not bear out."""
    middle = len(claim.proof) // 2
    changed = (*claim.proof[:middle], flipped(claim.proof[middle]), *claim.proof[middle + 1 :])
    yield "another leaf", replace(claim, leaf=flipped(claim.leaf))
    yield "another hash in the proof", replace(claim, proof=changed)
    yield "the neighbour's place", replace(claim, index=claim.index ^ 1)
    yield "a place beyond the end", replace(claim, index=size)
    yield "a truncated proof", replace(claim, proof=claim.proof[:-1])
    yield "a proof too long", replace(claim, proof=(*claim.proof, claim.proof[0]))
    yield "no proof", replace(claim, proof=())


def altered_growth(claim: Growth) -> Iterator[tuple[str, Growth]]:
    """Claims to extend a checkpoint that their proof does not bear out."""
    old = Checkpoint.parse(_body(claim.older))
    rewritten = Checkpoint(old.origin, old.size, flipped(old.root))
    middle = len(claim.proof) // 2
    changed = (*claim.proof[:middle], flipped(claim.proof[middle]), *claim.proof[middle + 1 :])
    yield "a rewritten history", replace(claim, older=sign_checkpoint(SIGNER, rewritten))
    larger = Checkpoint(old.origin, old.size + 1, old.root)
    yield "another size", replace(claim, older=sign_checkpoint(SIGNER, larger))
    yield "another hash in the proof", replace(claim, proof=changed)
    yield "a truncated proof", replace(claim, proof=claim.proof[:-1])
    yield "a proof too long", replace(claim, proof=(*claim.proof, claim.proof[0]))
    yield "no proof", replace(claim, proof=())
