"""Proofs as text: one spelling, every index of every small tree, each way in which one does not hold."""

from base64 import b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from service.ledger import merkle
from service.ledger.checkpoint import MAX_SIZE, Checkpoint, sign_checkpoint
from service.ledger.cosignature import CosignatureSigner
from service.ledger.errors import CheckpointError, LedgerFormatError, ProofError
from service.ledger.note import Signer
from service.ledger.proofs import MAX_CHARS, Proof, proof_length

LOG = Signer.of("coldledger.example/log", Ed25519PrivateKey.from_private_bytes(bytes([1] * 32)))
WITNESS = CosignatureSigner.of("witness.example/w", Ed25519PrivateKey.from_private_bytes(bytes([2] * 32)))
LEAVES = [sha256(bytes([0, number])).digest() for number in range(40)]


def proof_of(index: int, size: int) -> Proof:
    checkpoint = Checkpoint(LOG.name, size, merkle.root(LEAVES[:size]))
    note = sign_checkpoint(LOG, checkpoint) + WITNESS.sign(checkpoint.body(), 1_700_000_000)
    return Proof(index, tuple(merkle.inclusion_proof(LEAVES[:size], index)), note)


GOOD = proof_of(5, 11)
TEXT = GOOD.format()
LINES = TEXT.split("\n")


def test_the_text_is_that_of_the_specification() -> None:
    hashes = [b64encode(digest).decode() for digest in GOOD.hashes]
    assert LINES[:2] == ["c2sp.org/tlog-proof@v1", "index 5"]
    assert LINES[2:6] == hashes
    assert "\n".join(LINES[7:]) == GOOD.checkpoint
    assert LINES[6] == ""


def test_a_proof_of_the_only_entry_has_no_hash() -> None:
    alone = proof_of(0, 1)
    assert alone.format() == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{alone.checkpoint}"
    assert Proof.parse(alone.format()).verify(LEAVES[0], [LOG.verifier]).size == 1


def test_extra_data_is_read_and_written() -> None:
    proof = Proof(5, GOOD.hashes, GOOD.checkpoint, b"what it is for")
    assert proof.format().split("\n")[1] == "extra d2hhdCBpdCBpcyBmb3I="
    assert Proof.parse(proof.format().encode()) == proof


@pytest.mark.parametrize("size", range(1, 40))
def test_every_index_of_a_tree_is_proved_and_no_other(size: int) -> None:
    for index in range(size):
        proof = proof_of(index, size)
        assert Proof.parse(proof.format()) == proof
        assert len(proof.hashes) == proof_length(index, size)
        checkpoint = proof.verify(LEAVES[index], [LOG.verifier], [WITNESS.verifier], 1)
        assert (checkpoint.origin, checkpoint.size) == (LOG.name, size)
        with pytest.raises(ProofError):
            proof.verify(LEAVES[(index + 1) % 40], [LOG.verifier])


def test_a_quorum_that_is_not_there_is_no_proof() -> None:
    with pytest.raises(CheckpointError, match="1 known witnesses have cosigned, not 2"):
        GOOD.verify(LEAVES[5], [LOG.verifier], [WITNESS.verifier], 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT.replace("@v1", "@v2"),
        TEXT.replace("index 5\n", ""),
        TEXT.replace("index 5", "index 05"),
        TEXT.replace("index 5", "index  5"),
        TEXT.replace("index 5", "index -5"),
        TEXT.replace("index 5", "index ٥"),
        TEXT.replace("index 5", f"index {MAX_SIZE + 1}"),
        TEXT.replace("index 5", "extra \nindex 5"),
        TEXT.replace("index 5", "extra YQ\nindex 5"),
        TEXT.replace("index 5", "index 5\nextra YQ=="),
        TEXT.replace(LINES[2], LINES[2][:-1]),
        TEXT.replace(LINES[2], b64encode(bytes(31)).decode()),
        TEXT.replace(LINES[2], f"{LINES[2]} "),
        TEXT.replace("\n", "\r\n"),
        "\n".join(LINES[:6]),
        "\n".join([*LINES[:2], *[LINES[2]] * 64, *LINES[6:]]),
        "\n".join([*LINES[:2], f"extra {b64encode(bytes(8000)).decode()}", *LINES[2:]]),
        TEXT + "x" * MAX_CHARS,
        TEXT.encode() + b"\xff",
    ],
)
def test_what_is_written_otherwise_is_no_proof(text: str | bytes) -> None:
    with pytest.raises(ProofError):
        Proof.parse(text)


@pytest.mark.parametrize("index", [-1, MAX_SIZE + 1])
def test_an_index_is_a_position(index: int) -> None:
    with pytest.raises(ProofError):
        Proof(index, (), GOOD.checkpoint)


@given(st.text() | st.binary() | st.text().map(lambda text: f"c2sp.org/tlog-proof@v1\nindex 1\n{text}"))
def test_arbitrary_bytes_raise_errors_of_the_ledger_alone(proof: str | bytes) -> None:
    try:
        read = Proof.parse(proof)
        assert read.format().encode() == (proof.encode() if isinstance(proof, str) else proof)
        read.verify(LEAVES[0], [LOG.verifier])
    except LedgerFormatError:
        pass


@given(st.integers(0, len(TEXT.encode()) * 8 - 1))
def test_one_changed_bit_anywhere_proves_nothing(bit: int) -> None:
    data = bytearray(TEXT.encode())
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(LedgerFormatError):
        Proof.parse(bytes(data)).verify(LEAVES[5], [LOG.verifier], [WITNESS.verifier], 1)
