"""``coldledger witness``: the key, its folder, the command line, and a process that is asked and stopped."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from schema.problems import Problem, explain
from service.__main__ import make_parser
from service.ledger.cosignature import CosignatureVerifier, open_cosigned
from service.witness.starting import open_key, read_keys
from tests.witnessing import ToyLog

LOG = ToyLog()
NAME = "witness.example/w"


def refused(folder: Path, name: str | None) -> Problem:
    with pytest.raises(Problem) as caught:
        open_key(folder, name)
    return caught.value


def test_the_key_is_made_once_and_is_nobody_else_s_to_read(tmp_path: Path) -> None:
    made = open_key(tmp_path, NAME)
    assert open_key(tmp_path, None).verifier == open_key(tmp_path, NAME).verifier == made.verifier
    assert (tmp_path / "witness.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", [None, "", "a b", "a+b"])
def test_a_first_start_needs_a_name_that_a_key_can_have(tmp_path: Path, name: str | None) -> None:
    assert refused(tmp_path, name).code == "witness.name"
    assert not (tmp_path / "witness.key").exists()


def test_a_key_whose_state_or_name_is_another_is_not_used(tmp_path: Path) -> None:
    open_key(tmp_path, NAME)
    assert refused(tmp_path, "witness.example/other").code == "witness.name"
    (tmp_path / "logs").rmdir()
    assert refused(tmp_path, NAME).code == "witness.state-missing"
    (tmp_path / "witness.key").write_text("PRIVATE+KEY+secret")
    problem = refused(tmp_path, NAME)
    assert problem.code == "witness.key-unreadable"
    assert "secret" not in str(problem)


def test_the_keys_of_logs_are_read(tmp_path: Path) -> None:
    signer = open_key(tmp_path, NAME)
    assert read_keys([f" {LOG.signer.verifier.vkey}"], signer) == [LOG.signer.verifier]
    own = ToyLog(type(LOG.signer).of("log.example", signer.key)).signer.verifier.vkey
    for text in ("", "nonsense", signer.verifier.vkey, own):
        with pytest.raises(Problem) as caught:
            read_keys([text], signer)
        assert caught.value.code == "witness.log"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_problems_have_words(language: str) -> None:
    facts = {"data": "D", "file": "F", "cause": "C", "name": "N", "key": "K"}
    for code in ("in-use", "state-missing", "state-unreadable", "key-unreadable", "name", "log"):
        told = explain(Problem(f"witness.{code}", **facts), "zh" if language == "zh" else "en")
        assert told.title and told.detail and told.remedy


def test_the_command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    said = make_parser().parse_args(["witness", "--data", "D", "--log", "A", "--log", "B", "--port", "0"])
    assert (said.data, said.logs, said.port, said.host) == (Path("D"), ["A", "B"], 0, "127.0.0.1")
    with pytest.raises(SystemExit):
        make_parser().parse_args(["witness"])
    assert "--data" in capsys.readouterr().err
    monkeypatch.setenv("COLDLEDGER_WITNESS_DATA", "E")
    assert make_parser().parse_args(["witness"]).data == Path("E")


def test_a_process_cosigns_stops_and_goes_on(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "service", "witness", "--data", str(tmp_path), "--port", "0"]
    words += ["--log", LOG.signer.verifier.vkey, "--name", NAME]
    for old, new in ((0, 5), (5, 9)):
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            url = process.stdout.readline().split()[4]
            key = CosignatureVerifier.parse(process.stdout.readline().split()[-1])
            with urlopen(Request(f"{url}/add-checkpoint", LOG.asks(old, new)), timeout=30) as answer:
                line = answer.read().decode()
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        assert len(open_cosigned(LOG.note(new) + line, [LOG.signer.verifier], [key], 1)[1]) == 1
