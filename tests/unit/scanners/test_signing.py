"""A device's key in its file, and what it signs: by the command, as somebody at a counter would run it."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature

from scanners.signing import DeviceKey, main
from schema import canonical
from schema.problems import LANGUAGES, catalogue
from schema.signed_request import HEADER, Signature, as_said, matching, parse_public_key

BODY = {
    "pieces": 2,
    "grams": 53_600,
    "waybill": {"driver": "张三", "number": "W-1"},
    "items": [{"remark": "x"}],
}
SIGN = ("--key", "12000", "--organisation", "4000", "--ledger", "a.invalid/l", "--operation", "goods-sold")


@pytest.fixture
def key_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    file = tmp_path / "device.key"
    assert main(["new", str(file)]) == 0
    capsys.readouterr()
    return file


@pytest.fixture
def body_file(tmp_path: Path) -> Path:
    file = tmp_path / "body.json"
    file.write_text(json.dumps(BODY), encoding="utf-8")
    return file


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "device.key"
    assert main(["new", str(file)]) == 0
    public = capsys.readouterr().out.strip()
    assert parse_public_key(public) == public
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    assert main(["new", str(file)]) == 1
    assert "device.key" in capsys.readouterr().err
    assert file.read_bytes() == before
    assert main(["show", str(file)]) == 0
    assert capsys.readouterr().out.strip() == public


def test_a_request_is_signed_over_the_text_that_the_formats_tell(
    key_file: Path, body_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--path", "unit=14000", "--path", "name=x", "--personal", "waybill/driver")
    asked = ["sign", str(key_file), str(body_file), *SIGN, *more, "--personal", "/items/*/remark"]
    assert main([*asked, "--idempotency-key", "sale-1"]) == 0
    lines = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())
    signature = Signature.of_header(lines[HEADER])
    assert (lines["Idempotency-Key"], signature.key) == ("sale-1", 12000)
    said = {
        "data": {
            **BODY,
            "unit": 14000,
            "name": "x",
            "waybill": {"driver": None, "number": "W-1"},
            "items": [{"remark": None}],
        },
        "idempotency": hashlib.sha256(b"4000\nsale-1").hexdigest(),
        "key": 12000,
        "kind": "goods-sold",
        "origin": "a.invalid/l",
        "signed_at": signature.signed_at,
        "v": 1,
    }
    public = DeviceKey.load(key_file).private.public_key()
    public.verify(signature.value, canonical.encode(said))
    with pytest.raises(InvalidSignature):
        public.verify(signature.value, canonical.encode({**said, "kind": "goods-shipped"}))


def test_each_request_gets_a_submission_of_its_own(
    key_file: Path, body_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert main(["sign", str(key_file), str(body_file), *SIGN]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len({line for line in lines if line.startswith("Idempotency-Key: ")}) == 2


def test_a_key_that_others_may_read_is_not_used(key_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key_file.chmod(0o640)
    assert main(["show", str(key_file)]) == 1
    told = capsys.readouterr().err
    assert "0600" in told
    assert "他人" in told


@pytest.mark.parametrize(
    "content", [b"", b"x", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_what_is_no_key_is_told(key_file: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    key_file.write_bytes(content)
    assert main(["show", str(key_file)]) == 1
    assert "Ed25519" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"[]", b"{"])
def test_what_is_no_body_is_told(
    key_file: Path, body_file: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    body_file.write_bytes(content)
    assert main(["sign", str(key_file), str(body_file), *SIGN]) == 1
    assert "JSON" in capsys.readouterr().err


def test_a_missing_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(tmp_path / "none")]) == 1
    assert "none" in capsys.readouterr().err


@pytest.mark.parametrize("parameter", ["unit", "=1", "unit="])
def test_a_parameter_without_a_value_is_a_wrong_command_line(
    key_file: Path, body_file: Path, parameter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sign", str(key_file), str(body_file), *SIGN, "--path", parameter])
    assert ended.value.code == 2
    assert "NAME=VALUE" in capsys.readouterr().err


def test_a_header_is_read_as_it_is_written() -> None:
    signature = Signature(12, "2026-01-31T08:30:00Z", bytes(range(64)))
    assert Signature.of_header(signature.header()) == signature
    assert Signature.of_statement(signature.recorded(["/b", "/a"])) == (signature, ["/a", "/b"])


def test_what_is_made_and_what_is_personal_is_found_wherever_it_stands() -> None:
    data = {"outputs": [{"code": "A"}, {"x": 1}], "code": "B", "list": [1, {"sha256": "00"}]}
    assert matching(["outputs/*/code", "code", "none", "code/deep"], data) == ["/outputs/0/code", "/code"]
    said = as_said(data, ["/code"], ["/outputs/1/x"])
    assert said == {"outputs": [{"code": "A"}, {"x": None}], "list": [1, None]}


def test_every_fault_of_a_device_has_words() -> None:
    for code in ("exists", "open", "unreadable"):
        entry = catalogue()[f"device.key-{code}"]
        assert all(entry.detail[language] and entry.remedy[language] for language in LANGUAGES)
