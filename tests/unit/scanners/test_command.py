"""The scanner's command: what it prints of signed labels, how it ends, and that it needs no network."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import qrcode

from scanners.__main__ import main
from tests.offline import without_network
from tests.signed_labels import ADDRESS, CODE, DAY, Platform

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime.now(UTC)
PLATFORM = Platform(valid_from=NOW - 40 * DAY, valid_until=NOW + 40 * DAY)
FORGED = PLATFORM.label().replace("220817", "230817")


@dataclass
class Scanner:
    """A scanner with a directory that was saved before."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    directory: str = PLATFORM.directory(made_at=NOW).signed(PLATFORM.ledger)

    def options(self) -> list[str]:
        file = self.folder / "keys"
        file.write_text(self.directory, encoding="utf-8")
        return ["--keys", str(file), "--ledger-key", PLATFORM.ledger.verifier.vkey]

    def run(self, *said: str) -> tuple[int, list[dict[str, Any]], str]:
        """Exit code, what was printed, and what was complained of."""
        status = main([*self.options(), *said])
        out, err = self.capsys.readouterr()
        return status, [json.loads(line) for line in out.splitlines()], err


@pytest.fixture
def scanner(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Scanner:
    return Scanner(tmp_path, capsys)


def picture(folder: Path, text: str) -> str:
    file = BytesIO()
    qrcode.make(text).save(file)
    (folder / "label.png").write_bytes(file.getvalue())
    return str(folder / "label.png")


def test_a_good_label_holds(scanner: Scanner) -> None:
    status, (told,), err = scanner.run(picture(scanner.folder, PLATFORM.label()))
    assert (status, err) == (0, "")
    assert (told["code"], told["best_before"]) == (CODE, "2022-08-17")
    signature = told["signature"]
    assert (signature["holds"], signature["key"], signature["remarks"]) == (True, PLATFORM.listed.id, [])
    assert "复制的标签" in signature["zh"]
    assert "copied label" in signature["en"]


def test_a_forged_one_does_not_and_the_others_are_told_all_the_same(scanner: Scanner) -> None:
    status, (forged, good), err = scanner.run("--text", FORGED, PLATFORM.label())
    assert status == 3
    assert (forged["signature"]["holds"], forged["signature"]["code"]) == (False, "signed-code.wrong")
    assert good["signature"]["holds"]
    assert "签名与网址不符" in err
    assert "does not fit the address" in err


def test_a_bare_code_and_an_old_label_are_not_signed(scanner: Scanner) -> None:
    status, told, _ = scanner.run("--text", CODE, ADDRESS)
    assert status == 3
    assert [each["signature"]["code"] for each in told] == ["signed-code.unsigned"] * 2


def test_what_is_no_code_weighs_less_than_one_that_does_not_hold(scanner: Scanner) -> None:
    assert scanner.run("--text", "nothing")[0] == 1
    assert scanner.run("--text", FORGED, "nothing")[0] == 3


def test_an_old_directory_is_used_and_said_to_be_old(scanner: Scanner) -> None:
    scanner.directory = PLATFORM.directory(made_at=NOW - 31 * DAY).signed(PLATFORM.ledger)
    status, _, err = scanner.run("--text", PLATFORM.label())
    assert status == 0
    assert "密钥目录已旧" in err
    assert "The key directory is old" in err
    assert scanner.run("--text", "--max-age-days", "32", PLATFORM.label())[2] == ""


def test_a_key_that_ended_is_a_remark(scanner: Scanner) -> None:
    ended = replace(PLATFORM, valid_until=NOW - DAY)
    scanner.directory = ended.directory(made_at=NOW).signed(PLATFORM.ledger)
    status, (told,), err = scanner.run("--text", PLATFORM.label())
    assert (status, told["signature"]["remarks"]) == (0, ["signed-code.key-ended"])
    assert "does not sign any more" in err


@pytest.mark.parametrize("directory", ["", Platform().directory().signed(Platform().ledger)])
def test_a_directory_that_the_ledger_did_not_sign_is_not_used(scanner: Scanner, directory: str) -> None:
    scanner.directory = directory
    status, told, err = scanner.run("--text", PLATFORM.label())
    assert (status, told) == (4, [])
    assert "密钥目录没有账本签名" in err


def test_a_directory_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    said = ["--keys", str(tmp_path / "none"), "--ledger-key", PLATFORM.ledger.verifier.vkey]
    assert main([*said, "--text", PLATFORM.label()]) == 4
    assert "No such file" in capsys.readouterr().err


def test_a_directory_is_believed_on_no_word_but_the_ledgers(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--keys", "keys", "--text", ADDRESS])
    assert caught.value.code == 2
    assert "--ledger-key" in capsys.readouterr().err


def test_it_works_where_there_is_no_network(scanner: Scanner) -> None:
    alone = without_network(sys.executable, "-m", "scanners", *scanner.options(), "--text")
    reach = "import socket; socket.create_connection(('127.0.0.1', 9), 1)"
    cut_off = subprocess.run(
        without_network(sys.executable, "-c", reach), capture_output=True, text=True, check=False
    )
    assert "unreachable" in cut_off.stderr
    for label, status in ((PLATFORM.label(), 0), (FORGED, 3)):
        done = subprocess.run([*alone, label], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stderr
        assert json.loads(done.stdout)["signature"]["holds"] is (status == 0)
