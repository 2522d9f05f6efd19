"""In a cold store: the page was open once with a network, and checks labels and receipts without one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import qrcode
from playwright.sync_api import Browser, BrowserContext, Page, expect

from schema.signed_code import sign
from service.codes.key_file import KeyFile
from service.ledger.cosignature import generate_cosigner
from service.web.checking import edition
from tests.acceptance.conftest import OPERATOR
from tests.acceptance.hands import Person
from tests.acceptance.running import Service, serving
from tests.signed_labels import ADDRESS, HOST, Platform, private

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
REFUSED_ON_PURPOSE = "Failed to load resource"

# What browsers that read QR codes have, and headless Chromium has not: it sees whatever `seen` says.
DETECTOR = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(image) {
    if (!(image instanceof ImageBitmap || image.videoWidth)) throw new TypeError("no image");
    return (window.seen ?? []).map((rawValue) => ({ rawValue }));
  }
};
"""
BLOCKED = "addEventListener('securitypolicyviolation', event => console.error('blocked ' + event.blockedURI))"
CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d");
  setInterval(() => brush.fillRect(0, 0, Math.random() * 9, 9), 50);
  window.stream = canvas.captureStream(10);
  return window.stream;
};
"""


class Visitor:
    """Somebody with a phone before the page."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.add_init_script(BLOCKED)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text))

    def opens(self, path: str = "/check") -> None:
        self.page.goto(path)
        expect(self.page.locator("#keys p").first).to_be_visible()

    def comes_once(self) -> None:
        """With a network, until the page is kept."""
        self.opens()
        expect(self.page.locator("#kept")).to_contain_text("is kept on this device")

    def checks(self, text: str) -> str | None:
        """The code that the text of a label is refused with, or None where it holds."""
        self.page.locator("#verdict").evaluate("each => each.replaceChildren()")
        self.page.fill("#label-text", text)
        self.page.click("#label-form button")
        return self.code

    def hands_in(self, name: str, content: bytes) -> str | None:
        """The same of a receipt's file."""
        self.page.locator("#verdict").evaluate("each => each.replaceChildren()")
        file = {"name": name, "mimeType": "application/json", "buffer": content}
        self.page.set_input_files("#receipt-file", files=[file])  # type: ignore[list-item]
        return self.code

    @property
    def code(self) -> str | None:
        return self.page.locator("#verdict .note").first.get_attribute("data-code")

    @property
    def keys(self) -> str:
        return self.page.locator("#keys").inner_text()

    @property
    def verdict(self) -> str:
        return self.page.locator("#verdict").inner_text()

    def is_content(self) -> None:
        """Nothing was blocked and nothing failed, but what there was no network for."""
        assert [each for each in self.complaints if REFUSED_ON_PURPOSE not in each] == []


def visitor(chromium: Browser, url: str, locale: str = "en-GB") -> Visitor:
    return Visitor(chromium.new_context(base_url=url, locale=locale, viewport=PHONE))  # type: ignore[arg-type]


def new_key(service: Service) -> str:
    done = service.run("label-key", "new", "--host", HOST)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[1]


def label(service: Service, key: str) -> str:
    """What the QR code of a label under that key says."""
    (file,) = service.data.parent.rglob("label.keys")
    return sign(ADDRESS, KeyFile(file).read()[key]).printed


def changed(text: str) -> str:
    return text[:-1] + str((int(text[-1]) + 1) % 10)


def receipt(service: Service, folder: Path) -> bytes:
    file = folder / "0.receipt.json"
    done = service.run("receipt", "0", "-o", str(file))
    assert done.returncode == 0, done.stderr
    return file.read_bytes()


def test_after_one_visit_all_is_checked_without_a_network_or_service(
    chromium: Browser, tmp_path: Path
) -> None:
    options = [word for pair in OPERATOR.items() for word in pair]
    with serving(tmp_path / "data", *options) as service:
        key, it = new_key(service), visitor(chromium, service.url)
        good, file = label(service, key), receipt(service, tmp_path)
        it.comes_once()
        it.context.set_offline(True)
        it.page.reload()
        labels_are_told_apart(it, good, key)
        receipts_are_told_apart(it, file)
        the_other_language_is_there_as_well(it)
        a_key_is_revoked(service, it, good, key)
    # The network is there, and nobody answers.
    it.page.reload()
    assert it.checks(good) == "signed-code.key-revoked"
    assert it.hands_in("0.receipt.json", file) is None
    it.is_content()


def labels_are_told_apart(it: Visitor, good: str, key: str) -> None:
    assert it.checks(good) is None
    for words in ("The label holds", "A copied label verifies as well", "held, recalled", key, ADDRESS):
        assert words in it.verdict
    assert it.checks(changed(good)) == "signed-code.wrong"
    assert "The signature does not fit the address" in it.verdict
    assert it.checks(good.replace("220817", "230817")) == "signed-code.wrong"
    assert it.checks(sign(ADDRESS, private(3)).printed) == "signed-code.key-unknown"
    assert it.checks(ADDRESS) == "signed-code.unsigned"


def receipts_are_told_apart(it: Visitor, file: bytes) -> None:
    assert it.hands_in("0.receipt.json", file) is None
    for words in ("PROVED 0.receipt.json", "This is entry 0 of the ledger", "No witness", "Not proved"):
        assert words in " ".join(it.verdict.split())
    it.page.click("#verdict summary")
    assert '"kind":' in it.verdict
    at = len(file) // 2
    flipped = file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]
    assert str(it.hands_in("0.receipt.json", flipped)).startswith("receipt.")
    assert it.hands_in("0.receipt.json", file[:-1]) == "receipt.not-json"
    it.page.fill("#witnesses", "PRIVATE+KEY+w.example+00000000+AAAA")
    assert it.hands_in("0.receipt.json", file) == "receipt.key-unreadable"
    assert "AAAA" not in it.verdict
    it.page.fill("#witnesses", generate_cosigner("witness.example/w").verifier.vkey)
    assert it.hands_in("0.receipt.json", file) == "receipt.too-few-witnesses"
    it.page.fill("#witnesses", "")


def the_other_language_is_there_as_well(it: Visitor) -> None:
    it.page.get_by_text("中文", exact=True).click()
    expect(it.page.locator("h1")).to_have_text("没有网络时核验标签或凭证")
    assert it.checks(ADDRESS) == "signed-code.unsigned"
    assert "标签没有签名" in it.verdict
    it.opens()
    expect(it.page.locator("html")).to_have_attribute("lang", "zh-CN")
    it.page.get_by_text("English", exact=True).click()
    expect(it.page.locator("html")).to_have_attribute("lang", "en")
    expect(it.page.locator("#kept")).to_contain_text("is kept on this device")


def a_key_is_revoked(service: Service, it: Visitor, good: str, key: str) -> None:
    done = service.run("label-key", "revoke", key, "--since", "2026-01-01", "--reason", "stolen")
    assert done.returncode == 0, done.stderr
    assert it.checks(good) is None, "the directory that was kept does not know of it"
    it.context.set_offline(False)
    it.comes_once()
    assert it.checks(good) == "signed-code.key-revoked"
    assert "2026-01-01" in it.verdict


def test_old_keys_are_used_and_said_to_be_old(chromium: Browser, service: Service) -> None:
    it = visitor(chromium, service.url)
    it.comes_once()
    assert "than 30 days ago" not in it.keys
    it.context.set_offline(True)
    it.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=31))
    it.opens()
    assert "than 30 days ago" in it.keys
    assert it.checks(sign(ADDRESS, private(3)).printed) == "signed-code.other-host"


def test_a_directory_of_somebody_else_is_told_and_not_kept(chromium: Browser, service: Service) -> None:
    it = visitor(chromium, service.url)
    it.comes_once()
    before = it.keys
    forger = Platform()
    it.page.route("**/keys", lambda route: route.fulfill(body=forger.directory().signed(forger.ledger)))
    it.opens()
    assert it.page.locator("#keys .bad").get_attribute("data-code") == "key-directory.not-signed"
    assert before in it.keys
    assert it.checks(forger.label()) == "signed-code.other-host"


def test_before_the_first_keys_nothing_is_checked(chromium: Browser, service: Service) -> None:
    it = visitor(chromium, service.url)
    it.page.route("**/keys", lambda route: route.abort())
    it.opens()
    assert "Open this page once while there is a network" in it.keys
    it.checks(sign(ADDRESS, private(3)).printed)
    assert "The platform's keys are not here yet" in it.verdict


def test_a_picture_and_the_camera_are_read_where_the_browser_reads_codes(
    chromium: Browser, service: Service, tmp_path: Path
) -> None:
    it = visitor(chromium, service.url)
    it.page.add_init_script(DETECTOR + CAMERA)
    it.comes_once()
    expect(it.page.locator("#no-scanning")).to_be_hidden()
    picture = tmp_path / "label.png"
    qrcode.make(ADDRESS).save(picture)
    it.page.set_input_files("#picture", picture)
    assert it.code == "image.no-code"
    it.page.set_input_files("#picture", __file__)
    expect(it.page.locator("#verdict")).to_contain_text("Not a picture")
    it.page.evaluate("address => { window.seen = [address, address, 'x']; }", ADDRESS)
    it.page.set_input_files("#picture", picture)
    expect(it.page.locator("#verdict .note")).to_have_count(2)
    it.page.evaluate("window.seen = []")
    it.page.click("#camera")
    expect(it.page.locator("#video")).to_be_visible()
    it.page.evaluate("address => { window.seen = [`${address}#`]; }", ADDRESS)
    expect(it.page.locator("#verdict [data-code='signed-code.fragment']")).to_be_visible()
    expect(it.page.locator("#video")).to_be_hidden()
    assert it.page.evaluate("window.stream.getTracks().every(track => track.readyState === 'ended')")
    it.is_content()


def test_a_camera_that_is_not_given_is_told(chromium: Browser, service: Service) -> None:
    it = visitor(chromium, service.url)
    it.page.add_init_script(DETECTOR)
    it.comes_once()
    it.page.click("#camera")
    expect(it.page.locator("#verdict")).to_contain_text("The camera is not to be had")
    it.is_content()


def test_what_a_browser_cannot_do_is_said(chromium: Browser, service: Service) -> None:
    plain = visitor(chromium, service.url)
    plain.comes_once()
    expect(plain.page.locator("#scanning")).to_be_hidden()
    expect(plain.page.locator("#no-scanning")).to_be_visible()
    old = visitor(chromium, service.url)
    old.page.add_init_script("crypto.subtle.generateKey = async () => { throw new Error(); };")
    old.page.goto("/check")
    expect(old.page.locator("#verdict")).to_contain_text("coldledger verify-receipt")
    expect(old.page.locator("#check-forms")).to_be_hidden()
    unscripted = Person(chromium, service.url)
    unscripted.page.goto("/check")
    expect(unscripted.page.locator("#checker")).to_be_hidden()
    expect(unscripted.page.locator("main")).to_contain_text("python -m scanners --keys")


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_it_fits_a_phone(chromium: Browser, service: Service, locale: str) -> None:
    it = visitor(chromium, service.url, locale)
    it.page.add_init_script(DETECTOR)
    it.opens()
    it.checks(sign(ADDRESS, private(3)).printed)
    assert it.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    it.is_content()


def test_only_the_edition_that_is_served_is_had(chromium: Browser, service: Service) -> None:
    served = edition()
    get = chromium.new_context(base_url=service.url).request.get
    for name in served.contents:
        answer = get(f"{served.folder}{name}")
        assert answer.status == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers.get("service-worker-allowed") == ("/check" if name == "worker.js" else None)
    for path in (f"{served.folder}none.js", "/check/000000000000/page.js"):
        assert get(path).status == 404
