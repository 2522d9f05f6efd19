"""Nothing on a label leaves its place, whatever the goods are called."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from schema.problems import LANGUAGES, Problem, explain
from schema.signed_code import sign
from service.codes.labels import Label, Size
from service.codes.labels.layout import DOT, Bar, Drawing, Mark, Symbol, Text, lay_out
from service.codes.labels.matrix import QUIET
from service.codes.labels.typeface import ASCENT, DESCENT, fit, font_path, printable, width
from tests.signed_labels import private

Box = tuple[float, float, float, float]

CODE = "1B210100ABCDEF234563"
LINK = f"https://trace.example.com/t/{CODE}"
SIGNED = sign(LINK, private(1)).printed
SLACK = 1e-6

words = st.text(max_size=120) | st.text("冷冻牛肉MWi ", min_size=40, max_size=400)
labels = st.builds(
    Label,
    code=st.just(CODE),
    link=st.sampled_from([LINK, SIGNED]),
    product_zh=words,
    product_en=words,
    first_station=words,
    production_batch=words,
    best_before=st.none() | st.dates(),
    origin=words,
    origin_en=words,
    net_grams=st.none() | st.integers(0, 10**12),
    pieces_per_case=st.none() | st.integers(0, 10**9),
    sample_data=st.booleans(),
)


def box(mark: Mark) -> Box:
    """What a mark covers: a text its line's body, a QR code its quiet zone too."""
    match mark:
        case Text():
            return mark.x, mark.y - ASCENT * mark.size, mark.x + mark.width, mark.y + DESCENT * mark.size
        case Bar():
            return mark.x, mark.y, mark.x + mark.width, mark.y + mark.height
        case Symbol():
            quiet, side = QUIET * mark.module, (mark.matrix.modules + QUIET) * mark.module
            return mark.x - quiet, mark.y - quiet, mark.x + side, mark.y + side


def overlap(one: Box, other: Box) -> bool:
    return (
        one[0] < other[2] - SLACK
        and other[0] < one[2] - SLACK
        and one[1] < other[3] - SLACK
        and other[1] < one[3] - SLACK
    )


def texts(drawing: Drawing) -> list[str]:
    return [mark.text for mark in drawing.marks if isinstance(mark, Text)]


@given(labels, st.sampled_from(Size))
def test_nothing_overflows_or_overlaps(label: Label, size: Size) -> None:
    drawing = lay_out(label, size)
    marks = [(mark, box(mark)) for mark in drawing.marks]
    for _, (left, top, right, bottom) in marks:
        assert left >= -DOT / 2
        assert top >= -DOT / 2
        assert right <= drawing.width
        assert bottom <= drawing.height
    for (one, its), (other, others) in combinations(marks, 2):
        if not (isinstance(other, Text) and other.light and isinstance(one, Bar)):
            assert not overlap(its, others), (one, other)


def test_an_ordinary_label_is_set_large_enough(label: Label) -> None:
    for size, smallest in ((Size.LARGE, 1.7), (Size.SMALL, 1.5)):
        facts = [m for m in lay_out(label, size).marks if isinstance(m, Text) and not m.light]
        assert min(text.size for text in facts) >= smallest


@pytest.mark.parametrize("size", Size)
def test_everything_is_said(label: Label, size: Size) -> None:
    said = " ".join(texts(lay_out(label, size)))
    for fact in (
        "冷冻去骨牛肉（牛腩）",
        "Frozen boneless beef (flank)",
        "青岛港首站定点冷库",
        "SIF4507-20200517",
    ):
        assert fact in said
    for fact in ("2022-08-17", "巴西 Brazil", "27.18 kg / 12 件", "示例数据 SAMPLE", "1C 210100 "):
        assert fact in said


@pytest.mark.parametrize("size", Size)
def test_only_samples_say_sample(label: Label, size: Size) -> None:
    assert not any("SAMPLE" in text for text in texts(lay_out(replace(label, sample_data=False), size)))


def test_facts_that_are_not_known_leave_no_line(label: Label) -> None:
    bare = Label(CODE, LINK, "冻虾", best_before=date(2024, 1, 31))
    said = texts(lay_out(bare, Size.SMALL))
    assert said == ["冻虾", "保质期至", "2024-01-31", "1B 210100 ABCD EF23 4563"]


@pytest.mark.parametrize(
    ("grams", "pieces", "shown"),
    [
        (1000, None, "1 kg"),
        (20_000, None, "20 kg"),
        (455, 6, "0.455 kg / 6 件"),
        (None, 6, "6 件"),
        (0, 0, "0 kg / 0 件"),
    ],
)
def test_weights_and_pieces(grams: int | None, pieces: int | None, shown: str) -> None:
    made = Label(CODE, LINK, "冻虾", net_grams=grams, pieces_per_case=pieces)
    assert shown in texts(lay_out(made, Size.LARGE))


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("link", ["", LINK, SIGNED])
def test_modules_are_whole_dots_of_at_least_point_four_mm(label: Label, size: Size, link: str) -> None:
    drawing = lay_out(replace(label, link=link or label.link), size)
    (symbol,) = (mark for mark in drawing.marks if isinstance(mark, Symbol))
    assert symbol.module >= 0.4
    for length in (symbol.module, symbol.x, symbol.y):
        assert length / DOT == pytest.approx(round(length / DOT))


@pytest.mark.parametrize("size", Size)
def test_a_link_too_long_for_fine_print_is_refused(label: Label, size: Size) -> None:
    with pytest.raises(Problem) as caught:
        lay_out(replace(label, link="https://" + "a" * 400), size)
    assert caught.value.code == "label.link-too-long"
    assert all("408" in explain(caught.value, language).detail for language in LANGUAGES)


def test_a_wrong_code_is_not_printed(label: Label) -> None:
    with pytest.raises(Problem, match="trace-code-check"):
        lay_out(replace(label, code="1B210100ABCDEF234564"), Size.LARGE)


class TestFit:
    def test_what_fits_is_left_alone(self) -> None:
        assert fit("牛肉", 10, 4, 2) == ("牛肉", 4)

    def test_then_it_shrinks(self) -> None:
        assert fit("牛肉牛肉", 10, 4, 2) == ("牛肉牛肉", pytest.approx(2.5))

    def test_then_it_is_cut(self) -> None:
        assert fit("牛肉牛肉牛肉", 10, 4, 2) == ("牛肉牛肉…", 2)

    def test_lines_controls_and_directions_are_not_printed(self) -> None:
        assert printable(" 牛\n\t肉\u202e\x00\ud800 ") == "牛 肉"

    def test_every_character_of_gb_2312_has_a_shape_of_its_own(self) -> None:
        rows = (bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
        characters = [pair.decode("gb2312", "ignore") for pair in rows]
        known = [c for c in characters if c]
        assert len(known) == 6763
        with TTFont(font_path(), lazy=True) as font:
            mapped = font.getBestCmap()

        assert all(ord(c) in mapped for c in known)
        assert width("牛", 3) == 3


@pytest.mark.parametrize(
    ("size", "english", "told"),
    [
        (Size.LARGE, "Argentina", "阿根廷 Argentina"),
        (Size.SMALL, "Argentina", "阿根廷 Argentina"),
        (Size.LARGE, "Argentine Republic of South America", "阿根廷"),
        (Size.SMALL, "Argentine Republic", "阿根廷"),
    ],
)
def test_the_origin_stands_in_chinese_with_english_beside_it_where_there_is_room(
    label: Label, size: Size, english: str, told: str
) -> None:
    drawn = lay_out(replace(label, origin="阿根廷", origin_en=english), size)
    assert told in [mark.text for mark in drawn.marks if isinstance(mark, Text)]
    assert f"阿根廷 {english}" in drawn.description
