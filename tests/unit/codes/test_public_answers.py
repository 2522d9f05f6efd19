"""The pure parts of what the public is answered: masks, and a page or JSON."""

from __future__ import annotations

import pytest

from service.codes.consumer import masked
from service.codes.routes import wants_page


@pytest.mark.parametrize(
    ("number", "shown"),
    [("370000000123", "••••••••0123"), ("12345678", "••••••••"), ("123456789", "•••••6789"), ("", "")],
)
def test_a_number_shows_its_end_only_where_most_of_it_stays_hidden(number: str, shown: str) -> None:
    assert masked(number) == shown


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("TEXT/HTML; charset=utf-8", True),
        ("application/json", False),
        ("application/json, text/html;q=0.5", False),
        ("text/html, application/json", True),
        ("*/*", False),
        ("", False),
    ],
)
def test_people_get_a_page_and_programs_json(accept: str, page: bool) -> None:
    assert wants_page(accept) is page
