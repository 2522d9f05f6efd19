"""Signed notes against the example of Go's sumdb/note, the rules about keys, and arbitrary bytes."""

from base64 import b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from service.ledger import note
from service.ledger.errors import LedgerFormatError, NoteError
from service.ledger.note import Note, Signature, Signer, Verifier

PETER_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBw"
    "JnAM=\n"
)
PETER_NOTE = f"{PETER_TEXT}\n{PETER_LINE}"

LOG = Signer.of("coldledger.example/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
WITNESS = Signer.of("witness.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))
TEXT = "冷链\n\n— not a signature\n"


def rejected(text: str | bytes, *verifiers: Verifier) -> str:
    with pytest.raises(NoteError) as caught:
        note.open_note(text, verifiers)
    return str(caught.value)


def broken(line: str) -> str:
    """The line with a signature that does not hold."""
    signature = Signature.parse(line.rstrip("\n"))
    return Signature(signature.name, signature.key_id, bytes(64)).format()


def test_go_example_opens() -> None:
    opened = note.open_note(PETER_NOTE.encode(), [Verifier.parse(PETER_VKEY)])
    assert opened.text == PETER_TEXT
    assert [signature.name for signature in opened.verified] == ["PeterNeumann"]
    assert opened.unknown == ()


def test_go_example_is_signed_to_the_byte() -> None:
    signer = Signer.parse(PETER_SKEY)
    assert note.sign_note(PETER_TEXT, signer) == PETER_NOTE
    assert signer.verifier.vkey == PETER_VKEY
    assert signer.skey == PETER_SKEY


def test_a_note_is_written_as_it_was_read() -> None:
    text = note.sign_note(TEXT, LOG, WITNESS)
    assert Note.parse(text).format() == text
    assert Note.parse(text).text == TEXT


def test_the_key_id_is_that_of_the_specification() -> None:
    public = LOG.key.public_key().public_bytes_raw()
    assert LOG.verifier.key_id == sha256(b"coldledger.example/log\n\x01" + public).digest()[:4]


def test_a_new_key_survives_being_written_down() -> None:
    signer = note.generate_key("coldledger.example/log")
    again = Signer.parse(signer.skey)
    opened = note.open_note(note.sign_note(TEXT, again), [Verifier.parse(signer.verifier.vkey)])
    assert opened.text == TEXT
    assert note.generate_key("coldledger.example/log").skey != signer.skey


def test_no_repr_tells_the_private_key() -> None:
    seed = LOG.key.private_bytes_raw()
    shown = repr(LOG) + str(LOG)
    assert seed.hex() not in shown
    assert repr(seed) not in shown
    assert b64encode(b"\x01" + seed).decode() not in shown


def test_signatures_of_unknown_keys_are_ignored_even_malformed_ones() -> None:
    stranger = Signature("stranger.example", b"\0\1\2\3", b"?").format()
    opened = note.open_note(f"{note.sign_note(TEXT, LOG, WITNESS)}{stranger}", [LOG.verifier])
    assert [signature.name for signature in opened.verified] == [LOG.name]
    assert [signature.name for signature in opened.unknown] == [WITNESS.name, "stranger.example"]


def test_a_known_name_with_another_key_is_unknown() -> None:
    impostor = note.generate_key(LOG.name)
    assert "no known key" in rejected(note.sign_note(TEXT, impostor), LOG.verifier)
    opened = note.open_note(note.sign_note(TEXT, impostor, LOG), [LOG.verifier])
    assert len(opened.verified) == len(opened.unknown) == 1


def test_a_note_that_no_known_key_signed_is_refused() -> None:
    assert "no known key" in rejected(note.sign_note(TEXT, WITNESS), LOG.verifier)
    assert "no known key" in rejected(note.sign_note(TEXT, WITNESS))


@pytest.mark.parametrize("order", [1, -1])
def test_a_known_key_that_fails_refuses_the_note_beside_good_ones(order: int) -> None:
    lines = [LOG.sign(TEXT), broken(WITNESS.sign(TEXT))][::order]
    text = f"{TEXT}\n{''.join(lines)}"
    assert "does not hold" in rejected(text, LOG.verifier, WITNESS.verifier)
    assert note.open_note(text, [LOG.verifier]).verified


def test_a_repeated_signature_counts_once_and_a_repeated_failure_refuses() -> None:
    line = LOG.sign(TEXT)
    assert len(note.open_note(f"{TEXT}\n{line}{line}", [LOG.verifier]).verified) == 1
    assert "does not hold" in rejected(f"{TEXT}\n{line}{broken(line)}", LOG.verifier)


def test_two_known_keys_with_one_name_and_id_are_refused() -> None:
    other = note.generate_key(LOG.name)
    twin = Verifier(LOG.name, other.verifier.key, LOG.verifier.key_id)
    assert "one id" in rejected(note.sign_note(TEXT, LOG), LOG.verifier, twin)
    assert note.open_note(note.sign_note(TEXT, LOG), [LOG.verifier, LOG.verifier]).verified


@given(st.data())
def test_any_change_of_text_or_signature_is_refused(data: st.DataObject) -> None:
    signed = note.sign_note(TEXT, LOG).encode()
    place = data.draw(st.integers(0, len(signed) - 1))
    changed = bytearray(signed)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(NoteError):
        note.open_note(bytes(changed), [LOG.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        f"{PETER_TEXT}{PETER_LINE}",
        f"{PETER_TEXT}\n{PETER_LINE}".rstrip("\n"),
        f"{PETER_TEXT}\n{PETER_LINE}\n",
        f"{PETER_TEXT}\n{PETER_LINE}trailing\n",
        f"{PETER_TEXT}\n{PETER_LINE}— x \n",
        f"{PETER_TEXT}\n{PETER_LINE}— x AAAA\n",
        f"{PETER_TEXT}\n{PETER_LINE}— x AAAAAA==\n",
        f"{PETER_TEXT}\n{PETER_LINE}— x AAAAAAB=\n",
        f"{PETER_TEXT}\n{PETER_LINE}— x AAAAAAA\n",
        f"{PETER_TEXT}\n{PETER_LINE}— x AAA*AAA=\n",
        f"{PETER_TEXT}\n{PETER_LINE}— x+y AAAAAAA=\n",
        f"{PETER_TEXT}\n{PETER_LINE}— x\u00a0y AAAAAAA=\n",
        f"{PETER_TEXT}\n{PETER_LINE}—  AAAAAAA=\n",
        f"{PETER_TEXT}\n- {PETER_LINE[2:]}",
        PETER_NOTE.replace("\n", "\r\n"),
        PETER_NOTE.replace("problem", "prob\0lem"),
        PETER_NOTE.replace("problem", "prob\tlem"),
        PETER_NOTE.replace("problem", "prob\udc00lem"),
        PETER_NOTE.encode().replace(b"problem", b"prob\xfflem"),
        "x" * note.MAX_NOTE_CHARS + PETER_NOTE,
        f"{PETER_TEXT}\n{PETER_LINE * 101}",
    ],
)
def test_malformed_notes_are_refused(text: str | bytes) -> None:
    with pytest.raises(NoteError):
        Note.parse(text)


def test_the_most_signatures_are_admitted() -> None:
    assert note.open_note(f"{PETER_TEXT}\n{PETER_LINE * 100}", [Verifier.parse(PETER_VKEY)]).verified


@given(st.text() | st.binary() | st.text("— \nAx=+\0"))
def test_parsers_raise_nothing_else(junk: str | bytes) -> None:
    with pytest.raises(LedgerFormatError):
        note.open_note(junk, [LOG.verifier])
    if isinstance(junk, str):
        for parse in (Verifier.parse, Signer.parse, Signature.parse):
            with pytest.raises(LedgerFormatError):
                parse(junk)


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "return\r\n", "half \ud800\n"])
def test_texts_that_cannot_be_signed(text: str) -> None:
    with pytest.raises(NoteError):
        note.sign_note(text, LOG)
    with pytest.raises(NoteError):
        Note(text, ()).format()


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u3000b", "a\u2028", "\x00", "\ud800"])
def test_names_that_no_key_may_have(name: str) -> None:
    with pytest.raises(NoteError):
        note.generate_key(name)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "PeterNeumann+c74f20a3",
        PETER_VKEY.replace("c74f20a3", "c74f20a4"),
        PETER_VKEY.replace("c74f20a3", "C74F20A3"),
        PETER_VKEY.replace("Peter", "Petra"),
        PETER_VKEY[:-4],
        PETER_VKEY + "AAAA",
        PETER_VKEY.replace("+ARpc", "+BBpc"),
        PETER_VKEY.replace("+ARpc", "+ARpd"),
        PETER_VKEY + "\n",
        " " + PETER_VKEY,
    ],
)
def test_public_keys_that_are_refused(vkey: str) -> None:
    with pytest.raises(NoteError):
        Verifier.parse(vkey)


@pytest.mark.parametrize(
    "skey",
    [
        PETER_VKEY,
        PETER_SKEY.removeprefix("PRIVATE+KEY+"),
        PETER_SKEY.replace("c74f20a3", "c74f20a4"),
        PETER_SKEY.replace("Peter", "Petra"),
        PETER_SKEY[:-4],
        PETER_SKEY.replace("+AYEK", "+AYEL"),
        PETER_SKEY + "\n",
    ],
)
def test_private_keys_that_are_refused_are_not_quoted(skey: str) -> None:
    with pytest.raises(NoteError) as caught:
        Signer.parse(skey)
    secret = PETER_SKEY.rpartition("+")[2]
    error: BaseException | None = caught.value
    while error is not None:
        assert secret[4:] not in str(error)
        error = error.__cause__
