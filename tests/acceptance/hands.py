"""Somebody before a browser, without script."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tests.acceptance.trading import Business

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PATIENCE_MS = 30_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium, without a window."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip("there is no chromium on this machine: install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        browser.close()


class Person:
    """Somebody of a business before a browser."""

    def __init__(
        self, browser: Browser, url: str, business: Business | None = None, **options: object
    ) -> None:
        settings = {"locale": "en-GB", "java_script_enabled": False, "base_url": url, **options}
        self.context: BrowserContext = browser.new_context(**settings)  # type: ignore[arg-type]
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        if business is not None:
            self.page.goto("/sign-in")
            self.fill(login=business.login, password=business.password)
            self.press()

    def fill(self, **fields: str) -> None:
        """Answer a form's questions; ``__`` stands for the dot in their names."""
        for name, value in fields.items():
            self._answer(self.page.locator(f'main form [name="{name.replace("__", ".")}"]'), value)

    def _answer(self, field: Locator, value: str) -> None:
        first = field.first
        kind = first.evaluate("field => field.type")
        if kind == "select-one":
            first.select_option(value)
        elif kind == "radio":
            field.and_(self.page.locator(f'[value="{value}"]')).check()
        elif kind == "checkbox":
            first.check()
        else:
            first.fill(value)

    def press(self, name: str | None = None) -> None:
        """Send the form: the one with a button of that name, else the page's only one."""
        buttons = self.page.locator("main form button", has_text=name)
        with self.page.expect_navigation():
            buttons.first.click()

    def send(self, path: str, **fields: str) -> None:
        """Open a form, fill it in and send it; it must be taken."""
        self.page.goto(path)
        self.fill(**fields)
        self.press()
        trouble = self.page.locator("[role=alert]")
        assert trouble.count() == 0, trouble.inner_text()
        assert "done=" in self.page.url, self.page.locator("main").inner_text()

    @property
    def refusal(self) -> str:
        """What the page says is wrong."""
        return self.page.locator("[role=alert]").inner_text()

    def id(self, pattern: str) -> str:
        """The number in the address that fits ``pattern``."""
        match = re.search(pattern, self.page.url)
        assert match is not None, self.page.url
        return match[1]

    def upload(self, path: str, label: bytes, button: str) -> None:
        """Hand a photographed label to a page."""
        self.page.goto(path)
        files = {"name": "label.png", "mimeType": "image/png", "buffer": label}
        self.page.locator('input[name="picture"]').set_input_files(files)  # type: ignore[arg-type]
        self.press(button)
