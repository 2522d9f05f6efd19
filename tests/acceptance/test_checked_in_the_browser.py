"""The browser's modules against the Python checkers: the same attacks, the same refusals, one by one."""

from __future__ import annotations

import random
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest
from playwright.sync_api import Browser, Page

from scanners.checking import check as check_label
from schema.key_directory import KeyDirectory, open_directory
from schema.problems import Problem
from schema.signed_note import Signer
from service.receipts.checking import check as check_receipt
from service.receipts.trust import Trust
from tests.acceptance import limits
from tests.acceptance.running import Service
from tests.signed_labels import NOW as LABELS_NOW
from tests.signed_labels import Platform
from tests.unit.receipts import test_attacks as receipts
from tests.unit.scanners import test_checking as labels
from tests.unit.scanners import test_directory as directories

pytestmark = pytest.mark.browser

# What the commands offer and the page does not: how fresh a checkpoint must be.
NOT_OFFERED = {"checkpoint-too-small", "checkpoint-too-old", "cosigned-in-future", "age-unknown"}
FLIPS = 400

JUDGE = """
async ({ folder, cases }) => {
  const [{ readKey }, directories, { checkLabel }, proving, { Problem }] = await Promise.all(
    ["note", "directory", "label", "proving", "problem"].map((name) => import(`${folder}${name}.js`)));
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const key = async ({ vkey, since, until }) => ({ key: await readKey(vkey, 1), since, until });
  const judges = {
    async directory({ note, vkey }) { await directories.openDirectory(bytes(note), await readKey(vkey, 1)); },
    async label({ text, note, vkey, now }) {
      const directory = await directories.openDirectory(bytes(note), await readKey(vkey, 1));
      return (await checkLabel(text, directory, now)).remarks.map((remark) => remark.code).join();
    },
    async receipt({ file, keys, witnesses, quorum, now }) {
      const trust = await proving.makeTrust(await Promise.all(keys.map(key)), witnesses, quorum);
      const proved = await proving.checkReceipt(bytes(file), trust, now);
      const good = proved.keys.map((each) => each.vkey);
      return JSON.stringify([Number(proved.position), proved.at, proved.said, good, proved.unchecked]);
    },
  };
  const said = [];
  for (const [judge, each] of cases) {
    try { said.push([null, (await judges[judge](each)) ?? ""]); }
    catch (error) { said.push([error instanceof Problem ? error.code : `defect: ${error.stack}`, ""]); }
  }
  return said;
}
"""


@dataclass(frozen=True)
class Checker:
    """The modules in a browser."""

    page: Page
    folder: str

    def judge(self, *cases: tuple[str, dict[str, Any]]) -> list[list[Any]]:
        """For each case the code it is refused with (or None), and what was said of it otherwise."""
        return self.page.evaluate(JUDGE, {"folder": self.folder, "cases": cases})  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def checker(chromium: Browser, service: Service) -> Iterator[Checker]:
    context = chromium.new_context(base_url=service.url)
    page = context.new_page()
    page.goto("/check")
    script = page.locator("script[type=module]").get_attribute("src")
    assert script is not None
    yield Checker(page, script.removesuffix("page.js"))
    context.close()


def text(data: bytes) -> str:
    return b64encode(data).decode()


def label(said: str, directory: KeyDirectory, ledger: Signer) -> tuple[str, dict[str, Any]]:
    note = directory.signed(ledger).encode()
    now = LABELS_NOW.timestamp() * 1000
    return "label", {"text": said, "note": text(note), "vkey": ledger.verifier.vkey, "now": now}


def receipt(file: bytes, trust: Trust, now: Any = receipts.NOW) -> tuple[str, dict[str, Any]]:
    keys = [
        {
            "vkey": key.verifier.vkey,
            "since": key.since and f"{key.since:%Y-%m-%dT%H:%M:%S.%fZ}",
            "until": key.until and f"{key.until:%Y-%m-%dT%H:%M:%S.%fZ}",
        }
        for key in trust.keys
    ]
    witnesses = "\n".join(each.vkey for each in trust.witnesses)
    asked = {"keys": keys, "witnesses": witnesses, "quorum": trust.quorum, "now": now.timestamp() * 1000}
    return "receipt", {"file": text(file), **asked}


def test_each_attack_on_a_label_is_refused_by_the_same_name(checker: Checker) -> None:
    ledger = labels.PLATFORM.ledger
    attacks = labels.ATTACKS
    told = checker.judge(*(label(each.text, each.directory, ledger) for each in attacks.values()))
    found = dict(zip(attacks, (code for code, _ in told), strict=True))
    assert found == {name: each.code for name, each in attacks.items()}


def test_what_holds_in_python_holds_in_the_browser(checker: Checker) -> None:
    ledger = labels.PLATFORM.ledger
    small = labels.LABEL.replace("HTTPS://TRACE.EXAMPLE.COM", f"https://{labels.HOST}")
    ended = replace(labels.PLATFORM, valid_until=LABELS_NOW)
    first = replace(labels.PLATFORM, valid_from=LABELS_NOW)
    told = checker.judge(
        *(label(each, labels.DIRECTORY, ledger) for each in (labels.LABEL, small, f" {labels.LABEL}\n")),
        label(labels.LABEL, first.directory(), ledger),
        label(labels.LABEL, ended.directory(), ledger),
    )
    assert told == [*[[None, ""]] * 4, [None, "signed-code.key-ended"]]


def code_of(function: Any, *asked: Any) -> str | None:
    try:
        function(*asked)
    except Problem as problem:
        return problem.code
    return None


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_every_changed_bit_of_a_label_is_refused_alike(checker: Checker) -> None:
    raw = labels.LABEL.encode()
    texts = [flipped(raw, bit).decode("latin-1") for bit in range(8 * len(raw))]
    told = checker.judge(*(label(each, labels.DIRECTORY, labels.PLATFORM.ledger) for each in texts))
    alike = [code_of(check_label, each, labels.DIRECTORY, LABELS_NOW) for each in texts]
    assert [code for code, _ in told] == alike
    assert None not in alike


def test_a_directory_is_refused_alike(checker: Checker) -> None:
    key, note = directories.KEY, directories.NOTE.encode()
    made = {name: make() for name, make in directories.MALFORMED.items()}
    other = Platform().directory().signed(Platform().ledger).encode()
    renamed = replace(directories.PLATFORM.directory(), origin="ledger.example.org/other")
    made |= {"another's": other, "renamed": renamed.signed(directories.PLATFORM.ledger).encode()}
    made |= {"no text": b"\xff", "nothing": b"", "with a mark": b"\xef\xbb\xbf" + note, "good": note}
    made |= {f"bit {bit}": flipped(note, bit) for bit in random.Random(1).sample(range(8 * len(note)), FLIPS)}
    told = checker.judge(*(("directory", {"note": text(each), "vkey": key.vkey}) for each in made.values()))
    found = dict(zip(made, (code for code, _ in told), strict=True))
    assert found == {name: code_of(open_directory, each, key) for name, each in made.items()}
    assert [name for name, code in found.items() if code is None] == ["good"]


def test_each_attack_on_a_receipt_is_refused_by_the_same_name(checker: Checker) -> None:
    attacks = {each.what: each for each in receipts.ATTACKS if each.code not in NOT_OFFERED}
    told = checker.judge(*(receipt(each.file(), each.trust, each.now) for each in attacks.values()))
    found = dict(zip(attacks, (code for code, _ in told), strict=True))
    assert found == {what: f"receipt.{each.code}" for what, each in attacks.items()}


def test_what_a_receipt_proves_is_the_same(checker: Checker) -> None:
    trusts = (receipts.TRUST, receipts.NOBODY)
    bare = replace(receipts.GOOD, statement=None, nonce=None, promise=None).encode()
    cases = [(file, trust) for file in (receipts.FILE, bare) for trust in trusts]
    # Every place of a tree that is not full: on its right edge, nodes rise without a sibling.
    more = [(receipts.HONEST.receipt(each).encode(), receipts.TRUST) for each in range(receipts.SIZE)]
    told = checker.judge(*(receipt(file, trust) for file, trust in [*cases, *more]))
    for (file, trust), (code, said) in zip([*cases, *more], told, strict=True):
        proved = check_receipt(file, trust, receipts.NOW)
        keys = [key.vkey for key in proved.keys]
        wanted = [proved.position, proved.recorded_at, proved.said, keys, [*proved.unchecked]]
        assert (code, orjson.loads(said)) == (None, wanted)


def test_a_changed_bit_of_a_receipt_is_refused_alike(checker: Checker) -> None:
    bits = random.Random(2).sample(range(8 * len(receipts.FILE)), FLIPS)
    files = [flipped(receipts.FILE, bit) for bit in bits]
    for trust in (receipts.TRUST, receipts.NOBODY):
        told = checker.judge(*(receipt(file, trust) for file in files))
        alike = [code_of(check_receipt, file, trust, receipts.NOW) for file in files]
        assert [code for code, _ in told] == alike
        assert None not in alike


def test_at_the_limits_of_the_formats_both_say_the_same_of_receipts(checker: Checker) -> None:
    made = limits.receipts()
    found = [code for code, _ in checker.judge(*(receipt(file, trust) for file, trust in made))]
    alike = [code_of(check_receipt, file, trust, receipts.NOW) for file, trust in made]
    assert differing(made, found, alike) == []
    assert len({*alike}) >= 15


def test_at_the_limits_of_the_formats_both_say_the_same_of_labels(checker: Checker) -> None:
    made, ledger = limits.signed_labels(), labels.PLATFORM.ledger
    found = [code for code, _ in checker.judge(*(label(said, keys, ledger) for said, keys in made))]
    alike = [code_of(check_label, said, keys, LABELS_NOW) for said, keys in made]
    assert differing(made, found, alike) == []


def test_at_the_limits_of_the_formats_both_say_the_same_of_directories(checker: Checker) -> None:
    made, key = [*limits.key_directories()], directories.KEY
    cases = (("directory", {"note": text(each), "vkey": key.vkey}) for each in made)
    found = [code for code, _ in checker.judge(*cases)]
    alike = [code_of(open_directory, each, key) for each in made]
    assert differing(made, found, alike) == []
    assert {*alike} == {None, "key-directory.malformed"}


def differing(made: Sequence[Any], found: Sequence[Any], alike: Sequence[Any]) -> list[Any]:
    """Where they differ: what the browser says, what Python says, and of what."""
    return [
        (in_browser, in_python, repr(each)[:300])
        for each, in_browser, in_python in zip(made, found, alike, strict=True)
        if in_browser != in_python
    ]


def test_a_witness_with_the_ledgers_own_key_is_refused(checker: Checker) -> None:
    kind, asked = receipt(receipts.FILE, receipts.NOBODY)
    hidden = receipts.LEDGER_AS_WITNESS.verifier.vkey
    assert checker.judge((kind, {**asked, "witnesses": hidden})) == [["receipt.one-key-twice", ""]]
