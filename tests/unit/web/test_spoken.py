"""The language of a page, and that nobody is led elsewhere."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request

from service.web.spoken import local, spoken


@pytest.mark.parametrize(
    ("address", "headers", "language"),
    [
        ("/", {}, "zh"),
        ("/", {"Accept-Language": "en-GB,en;q=0.9"}, "en"),
        ("/", {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}, "zh"),
        ("/", {"Accept-Language": "fr"}, "zh"),
        ("/?lang=en", {"Accept-Language": "zh"}, "en"),
        ("/?lang=xx", {"Accept-Language": "en"}, "en"),
        ("/", {"Accept-Language": "en", "Cookie": "language=zh"}, "zh"),
        ("/?lang=en", {"Cookie": "language=zh"}, "en"),
    ],
)
def test_the_address_then_the_cookie_then_the_browser(
    address: str, headers: dict[str, str], language: str
) -> None:
    assert spoken(make_mocked_request("GET", address, headers=headers)) == language


@pytest.mark.parametrize("address", ["/", "/lots/7?done=3", "/search?q=%E7%89%9B"])
def test_paths_of_this_service_are_kept(address: str) -> None:
    assert local(address) == address


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "", "/a\r\nSet-Cookie: x"],
)
def test_all_else_leads_to_the_start(address: str) -> None:
    assert local(address) == "/"
