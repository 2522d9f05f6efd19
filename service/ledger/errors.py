"""What can be wrong with bytes that claim to be part of a ledger, in words for engineers.

Parsers and verifiers of this room raise these and nothing else, whatever bytes they are given: a caller who
reads notes from a network needs no other ``except``. What people are told is a ``schema.problems.Problem``.
"""

from __future__ import annotations

from schema.signed_note import LedgerFormatError, NoteError

__all__ = [
    "ChainError",
    "CheckpointError",
    "EdgeError",
    "LedgerFormatError",
    "NoteError",
    "PromiseError",
    "ProofError",
    "SegmentError",
    "TileError",
]


class ChainError(LedgerFormatError):
    """A value whose length would make a hash of the chain ambiguous."""


class EdgeError(LedgerFormatError):
    """A right edge that belongs to no tree of its size."""


class ProofError(LedgerFormatError):
    """A Merkle proof that does not prove what it is given for, or that cannot exist."""


class CheckpointError(LedgerFormatError):
    """A checkpoint's body that is malformed or of another log."""


class PromiseError(LedgerFormatError):
    """A promise's body that is malformed or of another log."""


class TileError(LedgerFormatError):
    """A tile's path, or bytes that are not those of the tile or bundle that they were fetched as."""


class SegmentError(LedgerFormatError):
    """A segment file that is not whole, or not what it says it is."""
