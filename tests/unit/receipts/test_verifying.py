"""``coldledger verify-receipt``: each option, both languages, what programs are told, the exit status."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schema.key_directory import KeyDirectory, LedgerKey
from service.__main__ import main
from service.ledger.proofs import Proof
from tests.unit.receipts.forging import GOOD, HONEST, LEDGER, POSITION, SIZE, THIEF, WITNESSES

NOW = datetime.now(UTC)
FRESH = replace(HONEST, seen=NOW - timedelta(minutes=30)).receipt()
KEY = ("--ledger-key", LEDGER.verifier.vkey)
BOTH = [option for each in WITNESSES for option in ("--witness", each.verifier.vkey)]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / f"{POSITION}.receipt.json"
    path.write_bytes(FRESH.encode())
    return str(path)


@pytest.mark.parametrize(
    ("options", "status", "told"),
    [
        ((), 0, "No witness that you named vouches for the checkpoint"),
        ((), 0, "Signatures of others were not checked: witness.example/w0, witness.example/w1."),
        (BOTH, 0, "witness.example/w1 cosigned the checkpoint at"),
        (BOTH[:2], 0, "Signatures of others were not checked: witness.example/w1."),
        ([*BOTH, "--quorum", "1"], 0, "PROVED"),
        ([*BOTH, "--quorum", "3"], 1, "More witnesses are needed than are named"),
        ([*BOTH, "--max-age", "2h"], 0, "PROVED"),
        ([*BOTH, "--max-age", "29m"], 1, "[receipt.checkpoint-too-old]"),
        (["--max-age", "1d"], 1, "[receipt.age-unknown]"),
        (["--min-size", str(SIZE)], 0, f"A checkpoint of {SIZE} entries covers it"),
        (["--min-size", str(SIZE + 1)], 1, "[receipt.checkpoint-too-small]"),
        (["--language", "zh"], 0, "未证明：所述内容属实，或此后未被更正、撤回。"),
        (["--language", "zh", "--max-age", "1h"], 1, "不成立"),
    ],
)
def test_each_option_decides(
    file: str, options: Sequence[str], status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify-receipt", *KEY, *options, file]) == status
    printed = capsys.readouterr()
    assert told in printed.out + printed.err


@pytest.mark.parametrize("said", ["zh_CN.UTF-8", "zh"])
def test_the_language_is_the_environments(
    file: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", said)
    assert main(["verify-receipt", *KEY, file]) == 0
    assert "北京时间" in capsys.readouterr().out


def test_a_directory_gives_the_keys_that_followed(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = tmp_path / "later"
    later.write_bytes(replace(HONEST, signer=THIEF).receipt().encode())
    assert main(["verify-receipt", *KEY, str(later)]) == 1
    directory = tmp_path / "keys"
    named = KeyDirectory(LEDGER.name, NOW, (LedgerKey(LEDGER.verifier), LedgerKey(THIEF.verifier)), ())
    directory.write_text(named.signed(LEDGER))
    assert main(["verify-receipt", *KEY, "--keys", str(directory), file, str(later)]) == 0
    assert THIEF.verifier.vkey in capsys.readouterr().out


def test_programs_are_told_an_object_a_line(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = tmp_path / "forged"
    forged.write_bytes(replace(GOOD, nonce=None).encode())
    assert main(["verify-receipt", *KEY, *BOTH, "--json", file, str(forged)]) == 1
    proved, refused = map(json.loads, capsys.readouterr().out.splitlines())
    proof = Proof.parse(FRESH.proof)
    assert (proved["file"], proved["proved"], proved["position"]) == (file, True, proof.index)
    assert proved["statement"] == json.loads(str(FRESH.statement))
    assert [each["witness"] for each in proved["cosignatures"]] == [each.verifier.vkey for each in WITNESSES]
    assert (refused["proved"], refused["code"]) == (False, "receipt.half-disclosed")
    assert refused["remedy"]
