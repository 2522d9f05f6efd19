"""Directories of label keys: written, signed, read again; and each way in which one is not relied upon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from schema.ed25519 import read_public, write_public
from schema.key_directory import (
    REVOCATIONS,
    LabelKey,
    LedgerKey,
    Predecessor,
    Revocation,
    open_directory,
    read_ledger_key,
)
from schema.problems import LANGUAGES, Problem, explain
from schema.signed_code import key_id
from schema.signed_note import generate_key, sign_note
from tests.signed_labels import DAY, NOW, Platform, private

PLATFORM = Platform().revoked()
KEY = PLATFORM.ledger.verifier
SECOND = LabelKey(private(2).public_key().public_bytes_raw(), "other.example.com:8443", NOW, NOW + DAY)
NOTE = PLATFORM.directory(SECOND).signed(PLATFORM.ledger)
BODY = NOTE.partition("\n\n")[0] + "\n"


def test_a_directory_comes_back_as_it_was_made() -> None:
    assert open_directory(NOTE.encode(), KEY) == PLATFORM.directory(SECOND)


def test_its_lines_are_those_that_are_documented() -> None:
    public = write_public(PLATFORM.listed.public)
    assert BODY.splitlines() == [
        "coldledger-keys/v1",
        "ledger.example.com/test",
        "2026-11-22T12:00:00.000000Z",
        f"ledger {KEY.vkey} - -",
        f"label {PLATFORM.listed.id} {public} trace.example.com 2026-10-23T12:00:00.000000Z "
        "2026-12-22T12:00:00.000000Z revoked 2026-11-20T08:00+08:00 stolen",
        f"label {SECOND.id} {write_public(SECOND.public)} other.example.com:8443 "
        "2026-11-22T12:00:00.000000Z 2026-11-23T12:00:00.000000Z",
    ]


def resigned(body: str) -> bytes:
    return sign_note(body, PLATFORM.ledger).encode()


def changed(old: str, new: str) -> bytes:
    assert BODY.count(old) == 1
    return resigned(BODY.replace(old, new))


def test_keys_of_several_times_and_names_come_back() -> None:
    old = LedgerKey(generate_key("old.example.com/test").verifier, NOW - DAY, NOW)
    inherited = Predecessor("old.example.com/test", 70, 90, 64)
    keys = (LedgerKey(KEY, NOW), old)
    made = replace(PLATFORM.directory(), ledger_keys=keys, predecessors=(inherited,))
    note = made.signed(PLATFORM.ledger)
    assert open_directory(note.encode(), KEY) == made
    assert "\npredecessor old.example.com/test 70 90 64\n" in note
    assert f"\nledger {KEY.vkey} 2026-11-22T12:00:00.000000Z -\n" in note


MALFORMED: dict[str, Callable[[], bytes]] = {
    "a heading to come": lambda: changed("keys/v1", "keys/v2"),
    "no time": lambda: resigned("coldledger-keys/v1\nledger.example.com/test\n"),
    "a time that is none": lambda: changed(
        "2026-11-22T12:00:00.000000Z\nledger", "2026-11-32T12:00:00.000000Z\nledger"
    ),
    "a time without microseconds": lambda: changed("12:00:00.000000Z\nledger", "12:00:00Z\nledger"),
    "a line that is not known": lambda: resigned(f"{BODY}withdrawn {SECOND.id}\n"),
    "a ledger key that is none": lambda: changed(f"ledger {KEY.vkey}", "ledger trust-me"),
    "a ledger key without its time": lambda: changed(f"ledger {KEY.vkey} - -", f"ledger {KEY.vkey}"),
    "a ledger key until no time": lambda: changed(f"{KEY.vkey} - -", f"{KEY.vkey} - ever"),
    "a predecessor without numbers": lambda: resigned(f"{BODY}predecessor old.example.com/test\n"),
    "a predecessor with odd numbers": lambda: resigned(f"{BODY}predecessor old.example.com/test 01 2 3\n"),
    "a word too few": lambda: changed(" stolen", ""),
    "a word too many": lambda: changed(" stolen", " stolen twice"),
    "a reason that is not known": lambda: changed("stolen", "sorry"),
    "another word than revoked": lambda: changed("revoked", "praised"),
    "a moment that is none": lambda: changed("2026-11-20T08:00+08:00", "yesterday"),
    "a public key that is none": lambda: changed(write_public(SECOND.public), "AAAA"),
    "another key's id": lambda: changed(f"label {SECOND.id}", f"label {PLATFORM.listed.id}"),
    "a host that is none": lambda: changed("other.example.com:8443", "other/example"),
    "a key twice": lambda: resigned(BODY + BODY.splitlines()[-1] + "\n"),
}


def refused(note: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        open_directory(note, KEY)
    for language in LANGUAGES:
        assert "{" not in explain(caught.value, language).detail
    return caught.value


@pytest.mark.parametrize("name", MALFORMED)
def test_one_line_that_is_not_understood_refuses_the_whole(name: str) -> None:
    assert refused(MALFORMED[name]()).code == "key-directory.malformed"


def test_a_directory_that_the_ledger_did_not_sign_is_refused() -> None:
    stranger = generate_key(KEY.name)
    assert refused(PLATFORM.directory().signed(stranger)).code == "key-directory.not-signed"
    assert refused(BODY.encode()).code == "key-directory.not-signed"
    problem = refused(NOTE.replace(" revoked 2026-11-20T08:00+08:00 stolen", "").encode())
    assert problem.code == "key-directory.not-signed"
    assert all(KEY.name in explain(problem, language).detail for language in LANGUAGES)


def test_a_directory_of_another_ledger_is_refused_though_the_key_signed_it() -> None:
    other = replace(PLATFORM.directory(), origin="ledger.example.org/other")
    problem = refused(other.signed(PLATFORM.ledger).encode())
    assert problem.code == "key-directory.of-another-ledger"
    for language in LANGUAGES:
        detail = explain(problem, language).detail
        assert "ledger.example.org/other" in detail
        assert KEY.name in detail


@given(st.data())
def test_one_changed_bit_anywhere_is_refused(data: st.DataObject) -> None:
    raw = bytearray(NOTE.encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Problem):
        open_directory(bytes(raw), KEY)


@given(st.binary(max_size=300))
def test_nothing_but_a_problem_comes_of_any_bytes(raw: bytes) -> None:
    with pytest.raises(Problem):
        open_directory(raw, KEY)


@given(st.binary(min_size=32, max_size=32), st.sampled_from(REVOCATIONS), st.booleans())
def test_every_directory_comes_back(seed: bytes, reason: str, is_revoked: bool) -> None:
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    revocation = Revocation("2026-11-20", reason) if is_revoked else None
    key = LabelKey(public, "trace.example.com", NOW, NOW + DAY, revocation)
    made = replace(PLATFORM.directory(), label_keys=(key,))
    assert open_directory(made.signed(PLATFORM.ledger).encode(), KEY) == made
    assert key.id == key_id(public)
    assert read_public(write_public(public)) == public


@pytest.mark.parametrize(
    "vkey",
    ["", "name", KEY.vkey[:-4], KEY.vkey.replace("+", "-", 1)],
    ids=["nothing", "a name", "cut short", "another divider"],
)
def test_what_is_no_ledger_key_is_told(vkey: str) -> None:
    with pytest.raises(Problem) as caught:
        read_ledger_key(vkey)
    assert caught.value.code == "key-directory.ledger-key"
    assert all(explain(caught.value, language).remedy for language in LANGUAGES)
