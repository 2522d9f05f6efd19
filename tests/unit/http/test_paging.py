"""Pages and cursors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.problems import Problem
from service.http.paging import Page, read_cursor, write_cursor


@given(
    st.tuples(
        st.integers(0, 2**63 - 1), st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=40)
    )
)
def test_a_cursor_gives_back_the_key(key: tuple[int, str]) -> None:
    text = write_cursor(key)
    assert text.isascii()
    assert read_cursor(text, (int, str)) == key


@pytest.mark.parametrize(
    "text",
    ["", "?", "%", "AAAA", "é", write_cursor(("x",)), write_cursor((1, 2)), write_cursor((-1,)),
     write_cursor((2**63,)), "W3RydWVd", "e30"],
)  # fmt: skip
def test_a_made_up_cursor_is_refused(text: str) -> None:
    with pytest.raises(Problem) as caught:
        read_cursor(text, (int,))
    assert caught.value.code == "request.cursor"


def test_one_row_more_than_shown_tells_of_a_next_page() -> None:
    page = Page(limit=2)
    assert page.wanted == 3
    assert page.cut([1, 2], lambda row: (row,)).next is None
    cut = page.cut([1, 2, 3], lambda row: (row,))
    assert list(cut.items) == [1, 2]
    assert cut.next == (2,)
