"""Cosignatures: the example of tlog-cosignature, who counts towards a quorum, and arbitrary bytes."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from service.ledger.checkpoint import Checkpoint, sign_checkpoint
from service.ledger.cosignature import (
    CosignatureSigner,
    CosignatureVerifier,
    generate_cosigner,
    open_cosigned,
    require_distinct,
    seconds_of,
)
from service.ledger.errors import CheckpointError, LedgerFormatError, NoteError
from service.ledger.merkle import root
from service.ledger.note import Note, Signature, Signer, Verifier, open_note

SPEC_LINE = (
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf"
    "5nNo0xUe+mbIUBkBIfZ+qnA=="
)
SPEC_BODY = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def key(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([number] * 32))


LOG = Signer.of("coldledger.example/log", key(1))
WITNESSES = [CosignatureSigner.of(f"witness.example/w{number}", key(number + 10)) for number in range(3)]
FIRST, SECOND, THIRD = WITNESSES
VERIFIERS = [witness.verifier for witness in WITNESSES]
CHECKPOINT = Checkpoint(LOG.name, 3, root([bytes(32)] * 3))
NOTE = sign_checkpoint(LOG, CHECKPOINT)
AT = 1_679_315_147


def cosigned(*signers: CosignatureSigner, at: int = AT) -> str:
    return NOTE + "".join(signer.sign(CHECKPOINT.body(), at) for signer in signers)


def changed(line: str, **what: bytes) -> str:
    signature = Signature.parse(line.rstrip("\n"))
    blob = what.get("time", signature.signature[:8]) + what.get("signed", signature.signature[8:])
    return Signature(signature.name, signature.key_id, blob).format()


def refused(note: str, witnesses: list[CosignatureVerifier], quorum: int = 0) -> str:
    with pytest.raises((NoteError, CheckpointError)) as caught:
        open_cosigned(note, [LOG.verifier], witnesses, quorum)
    return str(caught.value)


def test_the_specification_s_example_is_read() -> None:
    signature = Signature.parse(SPEC_LINE)
    assert signature.key_id.hex() == "8d66cf3f"
    assert seconds_of(signature) == 1_679_315_147
    assert len(signature.signature) == 72


def test_what_is_signed_is_the_heading_the_time_and_the_body() -> None:
    signature = Signature.parse(FIRST.sign(SPEC_BODY, AT).rstrip("\n"))
    public: Ed25519PublicKey = FIRST.key.public_key()
    public.verify(signature.signature[8:], f"cosignature/v1\ntime 1679315147\n{SPEC_BODY}".encode())


def test_a_key_is_written_and_read_with_its_type() -> None:
    assert CosignatureVerifier.parse(FIRST.verifier.vkey) == FIRST.verifier
    assert CosignatureSigner.parse(FIRST.skey).verifier == FIRST.verifier
    assert str(bytes(FIRST.key.private_bytes_raw())) not in repr(FIRST)
    assert FIRST.skey not in repr(FIRST)


def test_a_key_of_another_type_is_refused() -> None:
    for parse, text in (
        (CosignatureVerifier.parse, LOG.verifier.vkey),
        (Verifier.parse, FIRST.verifier.vkey),
        (CosignatureSigner.parse, LOG.skey),
        (CosignatureSigner.parse, FIRST.verifier.vkey),
        (CosignatureVerifier.parse, FIRST.verifier.vkey.replace("w0+", "w1+")),
        (CosignatureSigner.parse, FIRST.skey.replace("w0+", "w1+")),
    ):
        with pytest.raises(NoteError):
            parse(text)


def test_one_key_and_name_have_another_id_for_each_type() -> None:
    log = Verifier.of(FIRST.name, FIRST.key.public_key())
    assert log.key_id != FIRST.verifier.key_id
    with pytest.raises(NoteError, match="no known key"):
        open_note(cosigned(FIRST), [log])


def test_who_cosigned_and_when() -> None:
    checkpoint, by = open_cosigned(cosigned(SECOND, FIRST), [LOG.verifier], VERIFIERS, 2)
    assert checkpoint == CHECKPOINT
    assert [one.witness.name for one in by] == [SECOND.name, FIRST.name]
    assert {one.at for one in by} == {datetime(2023, 3, 20, 12, 25, 47, tzinfo=UTC)}


def test_unknown_witnesses_count_for_nothing() -> None:
    note = cosigned(FIRST, generate_cosigner("witness.example/other"))
    _, by = open_cosigned(note, [LOG.verifier], VERIFIERS, 1)
    assert [one.witness.name for one in by] == [FIRST.name]
    assert refused(note, VERIFIERS, 2) == "1 known witnesses have cosigned, not 2"


def test_a_witness_counts_once() -> None:
    note = cosigned(FIRST) + FIRST.sign(CHECKPOINT.body(), AT + 1)
    assert refused(note, VERIFIERS, 2) == "1 known witnesses have cosigned, not 2"
    assert len(open_cosigned(note, [LOG.verifier], [*VERIFIERS, *VERIFIERS], 1)[1]) == 1


def test_a_known_witness_whose_signature_fails_refuses_the_whole() -> None:
    line = SECOND.sign(CHECKPOINT.body(), AT)
    for broken in (
        changed(line, signed=bytes(64)),
        changed(line, time=(AT + 1).to_bytes(8, "big")),
        changed(line, time=b"\xff" * 8),
        changed(line, signed=bytes(63)),
        changed(line, signed=bytes(65)),
        SECOND.sign(SPEC_BODY, AT),
    ):
        assert SECOND.name in refused(cosigned(FIRST) + broken, VERIFIERS, 1)


def test_cosignatures_without_the_log_s_own_are_not_a_checkpoint() -> None:
    bare = f"{CHECKPOINT.body()}\n" + "".join(one.sign(CHECKPOINT.body(), AT) for one in WITNESSES)
    assert "no known key of coldledger.example/log" in refused(bare, VERIFIERS, 1)
    other = Signer.of("other.example/log", key(2))
    text = f"{CHECKPOINT.body()}\n{other.sign(CHECKPOINT.body())}"
    with pytest.raises(CheckpointError, match="no known key of"):
        open_cosigned(text, [other.verifier], VERIFIERS, 0)


def test_one_key_does_not_make_two_witnesses() -> None:
    twin = CosignatureSigner.of("witness.example/twin", key(10))
    assert "one key has two names" in refused(cosigned(FIRST, twin), [FIRST.verifier, twin.verifier], 2)
    own = CosignatureSigner.of(LOG.name, key(1))
    assert "one key has two names" in refused(cosigned(own), [own.verifier], 1)
    require_distinct([LOG.verifier, *VERIFIERS, *VERIFIERS])


@pytest.mark.parametrize("seconds", [-1, 1 << 63])
def test_a_time_that_cannot_be_is_not_signed(seconds: int) -> None:
    with pytest.raises(NoteError):
        FIRST.sign(CHECKPOINT.body(), seconds)


@given(st.integers(0, 253402214400))
def test_what_was_signed_opens_at_its_time(seconds: int) -> None:
    _, (one,) = open_cosigned(cosigned(FIRST, at=seconds), [LOG.verifier], VERIFIERS, 1)
    assert int(one.at.timestamp()) == seconds


@given(st.integers(0, 8 * 72 - 1))
def test_a_changed_bit_of_a_cosignature_is_refused(bit: int) -> None:
    signature = Note.parse(cosigned(FIRST)).signatures[1]
    blob = bytearray(signature.signature)
    blob[bit // 8] ^= 1 << bit % 8
    changed_line = Signature(signature.name, signature.key_id, bytes(blob)).format()
    assert FIRST.name in refused(NOTE + changed_line, VERIFIERS)


@given(st.binary(max_size=200))
def test_whatever_the_bytes_only_these_errors(noise: bytes) -> None:
    for text in (noise, cosigned(FIRST).encode() + noise, noise + cosigned(FIRST).encode()):
        try:
            open_cosigned(text, [LOG.verifier], VERIFIERS, 1)
        except LedgerFormatError:
            continue
