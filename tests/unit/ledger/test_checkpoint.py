"""Checkpoints and promises: one spelling each, bound to the log's own key, never mistaken for one another."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from service.ledger import checkpoint, note
from service.ledger.checkpoint import MAX_SIZE, PROMISE_FORMAT, Checkpoint, Promise
from service.ledger.errors import CheckpointError, LedgerFormatError, NoteError, PromiseError
from service.ledger.merkle import EMPTY_ROOT
from service.ledger.note import Signer

ORIGIN = "coldledger.example/log"
LOG = Signer.of(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = Signer.of("other.example/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
ROOT = bytes(range(32))
ROOT64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def test_a_checkpoint_has_exactly_these_lines() -> None:
    assert Checkpoint(ORIGIN, 1006, ROOT).body() == f"{ORIGIN}\n1006\n{ROOT64}\n"


def test_a_promise_has_exactly_these_lines() -> None:
    expected = f"coldledger-promise/v1\n{ORIGIN}\n1006\n{ROOT64}\n"
    assert Promise(ORIGIN, 1006, ROOT).body() == expected
    assert note.open_note(checkpoint.sign_promise(LOG, 1006, ROOT), [LOG.verifier]).text == expected


@given(st.integers(1, MAX_SIZE), st.binary(min_size=32, max_size=32))
def test_what_is_signed_opens_as_it_was(number: int, digest: bytes) -> None:
    signed = checkpoint.sign_checkpoint(LOG, Checkpoint(ORIGIN, number, digest))
    assert checkpoint.open_checkpoint(signed.encode(), LOG.verifier) == Checkpoint(ORIGIN, number, digest)
    promise = checkpoint.sign_promise(LOG, number, digest)
    assert checkpoint.open_promise(promise, LOG.verifier) == Promise(ORIGIN, number, digest)


def test_the_empty_log_has_a_checkpoint_with_one_root() -> None:
    signed = checkpoint.sign_checkpoint(LOG, Checkpoint(ORIGIN, 0, EMPTY_ROOT))
    assert checkpoint.open_checkpoint(signed, LOG.verifier).size == 0
    with pytest.raises(CheckpointError):
        Checkpoint(ORIGIN, 0, ROOT)


def test_a_promise_is_no_checkpoint_and_a_checkpoint_no_promise() -> None:
    with pytest.raises(CheckpointError):
        checkpoint.open_checkpoint(checkpoint.sign_promise(LOG, 5, ROOT), LOG.verifier)
    with pytest.raises(PromiseError):
        checkpoint.open_promise(checkpoint.sign_checkpoint(LOG, Checkpoint(ORIGIN, 5, ROOT)), LOG.verifier)
    with pytest.raises(CheckpointError):
        Checkpoint(PROMISE_FORMAT, 5, ROOT)


def test_a_signer_speaks_only_for_itself() -> None:
    with pytest.raises(CheckpointError):
        checkpoint.sign_checkpoint(OTHER, Checkpoint(ORIGIN, 5, ROOT))


def test_a_good_signature_under_another_origin_is_refused() -> None:
    foreign = note.sign_note(Checkpoint(OTHER.name, 5, ROOT).body(), LOG)
    with pytest.raises(CheckpointError, match="not of"):
        checkpoint.open_checkpoint(foreign, LOG.verifier)
    foreign = note.sign_note(Promise(OTHER.name, 5, ROOT).body(), LOG)
    with pytest.raises(PromiseError, match="not of"):
        checkpoint.open_promise(foreign, LOG.verifier)


def test_another_key_is_refused() -> None:
    with pytest.raises(NoteError):
        checkpoint.open_checkpoint(
            checkpoint.sign_checkpoint(LOG, Checkpoint(ORIGIN, 5, ROOT)), OTHER.verifier
        )
    with pytest.raises(NoteError):
        checkpoint.open_promise(checkpoint.sign_promise(LOG, 5, ROOT), OTHER.verifier)


LAST_TWO_LINES = [
    f"05\n{ROOT64}\n",
    f"+5\n{ROOT64}\n",
    f"-5\n{ROOT64}\n",
    f"5 \n{ROOT64}\n",
    f"٥\n{ROOT64}\n",
    f"5_0\n{ROOT64}\n",
    f"0x5\n{ROOT64}\n",
    f"\n{ROOT64}\n",
    f"{MAX_SIZE + 1}\n{ROOT64}\n",
    f"{'9' * 5000}\n{ROOT64}\n",
    f"5\n{ROOT64}",
    f"5\n{ROOT64}\n\n",
    f"5\n{ROOT64}\nextension\n",
    f"5\n{ROOT64[:-1]}\n",
    f"5\n{ROOT64[:-2]}9=\n",
    f"5\n{ROOT64} \n",
    "5\nAAEC\n",
    f"5\n{ROOT64[:-1]}AAAA=\n",
    "5\n",
    "",
]


@pytest.mark.parametrize("rest", LAST_TWO_LINES)
def test_any_other_spelling_is_refused(rest: str) -> None:
    with pytest.raises(CheckpointError):
        Checkpoint.parse(f"{ORIGIN}\n{rest}")
    with pytest.raises(PromiseError):
        Promise.parse(f"{PROMISE_FORMAT}\n{ORIGIN}\n{rest}")


def test_a_promise_of_another_format_is_refused() -> None:
    with pytest.raises(PromiseError):
        Promise.parse(f"coldledger-promise/v2\n{ORIGIN}\n5\n{ROOT64}\n")


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "a\rb", "\ud800", PROMISE_FORMAT])
def test_origins_that_are_refused(origin: str) -> None:
    with pytest.raises(CheckpointError):
        Checkpoint.parse(f"{origin}\n5\n{ROOT64}\n")
    with pytest.raises(PromiseError):
        Promise.parse(f"{PROMISE_FORMAT}\n{origin}\n5\n{ROOT64}\n")


@given(st.text())
def test_parsers_raise_nothing_else(junk: str) -> None:
    for parse in (Checkpoint.parse, Promise.parse):
        with pytest.raises(LedgerFormatError):
            parse(junk)
