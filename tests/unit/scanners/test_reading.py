"""Pictures of labels, of other codes and of nothing, read at the gate and on the command line."""

from __future__ import annotations

import json
import sys
from io import BytesIO
from pathlib import Path

import pytest
import qrcode
from PIL import Image

from scanners.__main__ import main
from scanners.reading import decode, read
from schema.identifiers import TraceCode
from schema.problems import LANGUAGES, Problem, explain

CODE = "1B210100ABCDEF234563"
ADDRESS = f"https://trace.example.com/01/06950123456786/10/{CODE}?17=220817"


def picture(*texts: str) -> bytes:
    """The QR codes of ``texts`` side by side."""
    codes = [qrcode.make(text).get_image().convert("L") for text in texts]
    image = Image.new(
        "L", (sum(c.width for c in codes) or 200, max((c.height for c in codes), default=200)), 255
    )
    x = 0
    for code in codes:
        image.paste(code, (x, 0))
        x += code.width
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_a_label_is_read() -> None:
    (scan,) = read(picture(ADDRESS))
    assert (scan.code.text, scan.address) == (CODE, ADDRESS)


def test_other_peoples_codes_are_passed_over() -> None:
    (scan,) = read(picture("https://example.com/promotion", ADDRESS, ADDRESS))
    assert scan.code == TraceCode.parse(CODE)


def test_two_addresses_of_one_code_are_two() -> None:
    forged = ADDRESS.replace("220817", "230817")
    assert [scan.address for scan in read(picture(ADDRESS, forged))] == [ADDRESS, forged]


def refused(image: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        read(image)
    for language in LANGUAGES:
        assert "{" not in explain(caught.value, language).detail
    return caught.value


def test_a_foreign_code_alone_is_told() -> None:
    assert refused(picture("https://example.com/promotion")).code == "scan.no-trace-code"


def test_an_empty_picture_is_told() -> None:
    assert refused(picture()).code == "image.no-code"


@pytest.mark.parametrize(
    "file", [b"", b"%PDF-1.4", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, picture(ADDRESS)[:120]]
)
def test_what_is_no_picture_is_told(file: bytes) -> None:
    assert refused(file).code == "image.unreadable"


def test_a_picture_too_large_to_unpack_is_refused() -> None:
    file = BytesIO()
    Image.new("1", (9000, 9000)).save(file, "PNG")
    assert refused(file.getvalue()).code == "image.unreadable"


def test_without_the_decoder_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    with pytest.raises(Problem) as caught:
        decode(picture(ADDRESS))
    assert "coldledger[scanners]" in explain(caught.value, "zh").remedy


class TestCommand:
    def test_a_line_of_json_a_code(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "label.png").write_bytes(picture(ADDRESS))
        assert main([str(tmp_path / "label.png")]) == 0
        assert json.loads(capsys.readouterr().out) == {
            "file": str(tmp_path / "label.png"),
            "code": CODE,
            "level": "batch",
            "batch": CODE,
            "gtin": "06950123456786",
            "best_before": "2022-08-17",
            "address": ADDRESS,
        }

    def test_what_gave_nothing_is_said_and_fails(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "blank.png").write_bytes(picture())
        assert main([str(tmp_path / "blank.png"), str(tmp_path / "none.png")]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert "图片中没有找到二维码" in err
        assert "No code found in the picture" in err
        assert "No such file" in err
