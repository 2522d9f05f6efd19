"""Labels as files: every size and format is decoded again, turned, blurred and torn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import pypdfium2
import pytest
import resvg_py
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from scanners.reading import decode
from schema.identifiers import Level, TraceCode
from schema.problems import LANGUAGES, Problem, explain
from schema.signed_code import SignedCode
from service.codes.labels import SHEET_LIMIT, Format, Label, Size, render, render_sheet

DPI = 300


def picture(file: bytes, file_format: Format) -> Image.Image:
    """What a person sees of ``file`` at 300 dots an inch, in greys."""
    match file_format:
        case Format.PNG:
            return Image.open(BytesIO(file)).convert("L")
        case Format.SVG:
            drawn = resvg_py.svg_to_bytes(svg_string=file.decode(), dpi=DPI, skip_system_fonts=True)
            return Image.open(BytesIO(bytes(drawn))).convert("L")
        case Format.PDF:
            return pages(file)[0]


def pages(file: bytes, dpi: int = DPI) -> list[Image.Image]:
    with pypdfium2.PdfDocument(file) as document:
        return [document[n].render(scale=dpi / 72).to_pil().convert("L") for n in range(len(document))]


def decoded(image: Image.Image) -> tuple[str, ...]:
    file = BytesIO()
    image.save(file, "PNG")
    return decode(file.getvalue())


every_label = pytest.mark.parametrize(
    ("size", "file_format"), [(size, file_format) for size in Size for file_format in Format]
)


@every_label
def test_the_link_reads_back(label: Label, size: Size, file_format: Format) -> None:
    image = picture(render(label, size, file_format), file_format)
    assert image.width == pytest.approx(size.value[0] / 25.4 * DPI, abs=1)
    assert image.height == pytest.approx(size.value[1] / 25.4 * DPI, abs=1)
    assert decoded(image) == (label.link,)


@every_label
def test_it_reads_turned_by_any_angle(label: Label, size: Size, file_format: Format) -> None:
    image = picture(render(label, size, file_format), file_format)
    for angle in range(0, 360, 10):
        turned = image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
        assert decoded(turned) == (label.link,), angle


@every_label
@pytest.mark.parametrize("is_signed", [True, False])
def test_it_reads_blurred(label: Label, size: Size, file_format: Format, is_signed: bool) -> None:
    """Blur of 2 dots is nearly half a module: a phone held too near."""
    link = label.link if is_signed else SignedCode.parse(label.link).address
    image = picture(render(replace(label, link=link), size, file_format), file_format)
    assert decoded(image.filter(ImageFilter.GaussianBlur(2))) == (link,)


@pytest.mark.parametrize("size", Size)
def test_it_reads_with_a_scratch(label: Label, size: Size) -> None:
    image = picture(render(label, size, Format.PNG), Format.PNG)
    ImageDraw.Draw(image).line((120, 150, 180, 210), fill=255, width=6)
    assert decoded(image) == (label.link,)


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("file_format", [Format.SVG, Format.PDF])
def test_all_formats_look_the_same(label: Label, size: Size, file_format: Format) -> None:
    """Smoothing differs, shapes do not: blurred by a dot, hardly a point differs by more than a third."""
    one = picture(render(label, size, Format.PNG), Format.PNG)
    other = picture(render(label, size, file_format), file_format).resize(one.size)
    soft = [image.filter(ImageFilter.GaussianBlur(2)) for image in (one, other)]
    difference = ImageChops.difference(*soft)
    assert sum(difference.histogram()[85:]) / (one.width * one.height) < 0.002


class TestPng:
    def test_it_says_its_resolution(self, label: Label) -> None:
        dpi = Image.open(BytesIO(render(label, Size.SMALL, Format.PNG))).info["dpi"]
        assert dpi == pytest.approx((DPI, DPI), abs=0.1)


class TestSvg:
    def test_it_needs_no_font_and_says_itself_in_words(self, label: Label) -> None:
        odd = replace(label, product_zh="牛肉 <b>&'\"")
        tree = ElementTree.fromstring(render(odd, Size.LARGE, Format.SVG))
        space = "{http://www.w3.org/2000/svg}"
        assert tree.find(f".//{space}text") is None
        assert tree.findtext(f"{space}title") == f"牛肉 <b>&'\" {label.code}"
        words = tree.findtext(f"{space}desc") or ""
        assert label.link in words
        assert "示例数据 SAMPLE" in words
        assert (tree.get("width"), tree.get("height")) == ("70mm", "50mm")


class TestPdf:
    def test_the_code_can_be_searched_for(self, label: Label) -> None:
        with pypdfium2.PdfDocument(render(label, Size.LARGE, Format.PDF)) as document:
            assert TraceCode.parse(label.code).grouped in document[0].get_textpage().get_text_range()

    def test_the_same_label_gives_the_same_bytes(self, label: Label) -> None:
        assert render(label, Size.SMALL, Format.PDF) == render(label, Size.SMALL, Format.PDF)


class TestSheets:
    @pytest.mark.parametrize(("size", "per_page"), [(Size.LARGE, 16), (Size.SMALL, 36)])
    def test_every_label_of_every_page_is_there(self, label: Label, size: Size, per_page: int) -> None:
        codes = [TraceCode.new(Level.CASE, "210100").text for _ in range(per_page + 1)]
        links = [f"https://trace.example.com/t/{code}" for code in codes]
        file = render_sheet([replace(label, code=c, link=n) for c, n in zip(codes, links, strict=True)], size)
        first, second = pages(file)
        assert sorted(decoded(first)) == sorted(links[:-1])
        assert decoded(second) == (links[-1],)
        assert sorted(first.size) == pytest.approx([210 / 25.4 * DPI, 297 / 25.4 * DPI], abs=1)

    def test_a_sheet_grows_by_its_codes_not_by_its_letters(self, label: Label) -> None:
        one, hundred = (len(render_sheet([label] * n, Size.SMALL)) for n in (1, 100))
        assert hundred - one < 100 * 1500

    @pytest.mark.parametrize("count", [0, SHEET_LIMIT + 1])
    def test_no_label_and_too_many_are_refused(self, label: Label, count: int) -> None:
        with pytest.raises(Problem) as caught:
            render_sheet([label] * count, Size.SMALL)
        assert caught.value.code == "label.count"
        assert all(str(count) in explain(caught.value, language).detail for language in LANGUAGES)


def test_threads_draw_the_same(label: Label) -> None:
    labels = [replace(label, product_zh=f"{name}牛肉") for name in "鳕鲑鳗鲳鲷虾蟹贝"]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda each: render(each, Size.SMALL, Format.SVG), labels))
    assert together == [render(each, Size.SMALL, Format.SVG) for each in labels]
