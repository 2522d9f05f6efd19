"""Whom a check believes: keys as they are said, in files and in a key directory, and who cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schema.key_directory import KeyDirectory
from schema.problems import LANGUAGES, Problem, explain
from service.receipts.checking import check
from service.receipts.trust import LedgerKey, Trust, read_ledger_keys, read_witnesses, with_directory
from tests.unit.receipts.forging import (
    ELSEWHERE,
    GOOD,
    HONEST,
    LEDGER,
    LEDGER_AS_WITNESS,
    NOW,
    SEEN,
    THIEF,
    TRUST,
    WITNESSES,
)

VKEY = LEDGER.verifier.vkey
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def code_of(work: Callable[[], object]) -> str:
    with pytest.raises(Problem) as caught:
        work()
    told = [explain(caught.value, language) for language in LANGUAGES]
    assert told[0].detail
    assert told[0].title != told[1].title
    return caught.value.code


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (VKEY, [LedgerKey(LEDGER.verifier)]),
        (f"{VKEY}\n", [LedgerKey(LEDGER.verifier)]),
        (
            f"{VKEY} 2026-01-01T00:00:00Z 2026-02-01T08:00:00+08:00",
            [LedgerKey(LEDGER.verifier, SINCE, UNTIL)],
        ),
        (f"{VKEY} - 2026-02-01T00:00:00Z", [LedgerKey(LEDGER.verifier, until=UNTIL)]),
        (f"\n{VKEY}\n{THIEF.verifier.vkey}\n", [LedgerKey(LEDGER.verifier), LedgerKey(THIEF.verifier)]),
    ],
)
def test_keys_are_read_as_they_are_said_and_from_a_file(
    text: str, keys: list[LedgerKey], tmp_path: Path
) -> None:
    file = tmp_path / "keys"
    file.write_text(text)
    assert read_ledger_keys(str(file)) == keys
    if not text.startswith("\n"):
        assert read_ledger_keys(text) == keys


@pytest.mark.parametrize(
    "said",
    [
        "",
        "no-such-file",
        f"{VKEY[:-2]}==",
        VKEY.replace("+", "+0", 1),
        f"{VKEY} 2026-01-01T00:00:00Z",
        f"{VKEY} 2026-01-01T00:00:00 -",
        f"{VKEY} yesterday -",
        LEDGER.skey,
        WITNESSES[0].verifier.vkey,
        "a\0b",
    ],
)
def test_what_is_no_key_is_told(said: str) -> None:
    assert code_of(lambda: read_ledger_keys(said)) == "receipt.key-unreadable"


def test_a_private_key_given_by_mistake_is_not_printed() -> None:
    with pytest.raises(Problem) as caught:
        read_ledger_keys(LEDGER.skey)
    assert LEDGER.skey[-20:] not in str(caught.value)


def test_a_file_without_a_key_is_told(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    for content in (b"", b"\n\n", b"\xff\xfe"):
        file.write_bytes(content)
        assert code_of(lambda: read_ledger_keys(str(file))) == "receipt.key-unreadable"
        assert code_of(lambda: read_witnesses(str(file))) == "receipt.key-unreadable"


def test_witnesses_are_read_as_they_are_said_and_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "witnesses"
    file.write_text("".join(f"{witness.verifier.vkey}\n" for witness in WITNESSES))
    assert read_witnesses(str(file)) == [witness.verifier for witness in WITNESSES]
    assert read_witnesses(WITNESSES[0].verifier.vkey) == [WITNESSES[0].verifier]
    assert code_of(lambda: read_witnesses(VKEY)) == "receipt.key-unreadable"


def test_the_ledger_cannot_be_its_own_witness() -> None:
    witnesses = [LEDGER_AS_WITNESS.verifier]
    assert code_of(lambda: replace(TRUST, witnesses=witnesses, quorum=1)) == "receipt.one-key-twice"


def test_a_quorum_is_of_witnesses_that_are_named_once() -> None:
    twice = [WITNESSES[0].verifier, WITNESSES[0].verifier]
    assert code_of(lambda: Trust(TRUST.keys, twice, quorum=2)) == "receipt.quorum-too-large"


def directory(*keys: LedgerKey, signer: object = LEDGER) -> bytes:
    made = KeyDirectory(LEDGER.name, NOW, keys, ())
    return made.signed(THIEF if signer is THIEF else LEDGER).encode()


def test_a_directory_names_further_keys_of_the_ledger() -> None:
    note = directory(LedgerKey(LEDGER.verifier), LedgerKey(THIEF.verifier))
    keys = with_directory([LedgerKey(LEDGER.verifier)], note)
    assert [key.verifier for key in keys] == [LEDGER.verifier, THIEF.verifier]
    forged = replace(HONEST, signer=THIEF).receipt().encode()
    assert check(forged, replace(TRUST, keys=keys), NOW).keys == (THIEF.verifier,)


def test_a_directory_does_not_give_a_retired_key_its_time_back() -> None:
    retired = LedgerKey(LEDGER.verifier, until=SEEN - timedelta(days=1))
    keys = with_directory([retired], directory(LedgerKey(LEDGER.verifier)))
    assert keys == [retired]
    with pytest.raises(Problem, match="the checkpoint is known to have been there"):
        check(GOOD.encode(), replace(TRUST, keys=keys), NOW)


def test_a_directory_tells_when_a_key_ended() -> None:
    """What a key signed after it was retired is refused where the directory is given."""
    retired = LedgerKey(LEDGER.verifier, until=SEEN - timedelta(days=1))
    keys = with_directory([LedgerKey(LEDGER.verifier)], directory(retired))
    assert keys == [retired]
    with pytest.raises(Problem, match="the checkpoint is known to have been there"):
        check(GOOD.encode(), replace(TRUST, keys=keys), NOW)
    before = LedgerKey(LEDGER.verifier, until=SEEN + timedelta(days=1))
    keys = with_directory([LedgerKey(LEDGER.verifier)], directory(before))
    assert check(GOOD.encode(), replace(TRUST, keys=keys), NOW).keys == (LEDGER.verifier,)


def test_a_directory_is_believed_on_the_word_of_any_key_that_was_given() -> None:
    note = directory(LedgerKey(LEDGER.verifier))
    given = [LedgerKey(ELSEWHERE.verifier), LedgerKey(LEDGER.verifier)]
    assert with_directory(given, note) == given
    assert code_of(lambda: with_directory([LedgerKey(LEDGER.verifier)], directory(signer=THIEF))) == (
        "key-directory.not-signed"
    )
