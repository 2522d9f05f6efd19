"""What the command line must not be taken for, before anything is asked of a ledger."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

from schema.problems import LANGUAGES, Problem, explain
from service.auditing.alarms import Alarm
from service.auditing.command import add_audit_options, demands_from, run_audit
from service.auditing.offline import add_offline_options, run_verify_copy
from service.ledger.cosignature import CosignatureSigner, generate_cosigner
from tests.retold import SIGNER

KEY = ("--ledger-key", SIGNER.verifier.vkey)
WITNESS = generate_cosigner("one.invalid")
Options = Callable[[argparse.ArgumentParser], None]


def said(options: Options, *words: str) -> argparse.Namespace:
    """The command line, read."""
    parser = argparse.ArgumentParser()
    options(parser)
    return parser.parse_args(words)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("ftp://ledger.invalid",), "audit.url"),
        (("https://",), "audit.url"),
        (("https://ledger.invalid:port",), "audit.url"),
        (("https://ledger.invalid/?a=1",), "audit.url"),
        (("http://ledger.invalid", "--token-file", "token"), "audit.token-in-clear"),
        (("https://ledger.invalid", "--token-file", "none"), "audit.file-unreadable"),
        (("https://ledger.invalid", "--compare", "none"), "audit.file-unreadable"),
        (("https://ledger.invalid", "--quorum", "1"), "audit.quorum-size"),
        (("https://ledger.invalid", "--ledger-key", "none"), "receipt.key-unreadable"),
    ],
)
async def test_what_cannot_be_looked_at_is_told(
    words: tuple[str, ...], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "token").write_text("cl_1_secret\n", encoding="ascii")
    with pytest.raises(Problem) as raised:
        await run_audit(said(add_audit_options, *words, *KEY, "--copy", str(tmp_path / "copy")))
    assert raised.value.code == code
    for language in LANGUAGES:
        assert "{" not in explain(raised.value, language).detail


async def test_a_folder_without_a_copy_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problem) as raised:
        await run_verify_copy(said(add_offline_options, str(tmp_path / "empty"), *KEY))
    assert raised.value.code == "audit.no-copy"


def test_all_witnesses_are_needed_unless_fewer_are_asked_for() -> None:
    words = (*KEY, "--witness", WITNESS.verifier.vkey, "--witness", WITNESS.verifier.vkey)
    assert demands_from(said(add_audit_options, "https://ledger.invalid", *words)).quorum == 1
    fewer = said(add_audit_options, "https://ledger.invalid", *words, "--quorum", "0")
    assert demands_from(fewer).quorum == 0


def test_the_ledgers_own_key_is_no_witness() -> None:
    own = CosignatureSigner.of("one.invalid", SIGNER.key).verifier.vkey
    with pytest.raises(Problem) as raised:
        demands_from(said(add_audit_options, "https://ledger.invalid", *KEY, "--witness", own))
    assert raised.value.code == "audit.keys"


def test_the_help_names_every_exit_status() -> None:
    parser = argparse.ArgumentParser()
    add_audit_options(parser)
    told = " ".join(parser.format_help().split())
    assert all(f"{int(alarm)} {alarm.word}" in told for alarm in Alarm)
