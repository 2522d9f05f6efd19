"""Attacks on a pack, each a change of one good pack, and each refused in words of its own."""

from __future__ import annotations

import io
import struct
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from importlib.resources import files

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

import schema.problems
from schema.key_directory import KeyDirectory
from schema.problems import LANGUAGES, Problem, explain
from schema.signed_note import sign_note
from service.evidence import container
from service.evidence.checking import InReceiptError, check_pack
from service.evidence.manifest import HEADING, MANIFEST, NOTE, RECEIPTS, PackKind, seal
from service.receipts.receipt import Receipt
from service.receipts.trust import LedgerKey, Trust
from tests.unit.receipts.forging import (
    ELSEWHERE,
    HONEST,
    LEDGER,
    NOW,
    SEEN,
    SIZE,
    THIEF,
    TRUST,
    WITNESSES,
)

AS_OF = 9
SCAN = b"%PDF-1.7 a scan"
SCAN_NAME = f"files/{sha256(SCAN).hexdigest()}.pdf"
DIRECTORY = KeyDirectory(LEDGER.name, NOW, (LedgerKey(LEDGER.verifier),), ()).signed(LEDGER).encode()


def line(position: int, disclosed: bool = True) -> bytes:
    receipt = replace(HONEST.receipt(position), promise=None)
    return (receipt if disclosed else replace(receipt, statement=None, nonce=None)).encode() + b"\n"


CONTENT: dict[str, container.Content] = {
    "README.md": b"# Evidence\n",
    "case.json": b'{"number":"WH-1"}',
    "checkpoint": HONEST.note().encode(),
    "csv/units.csv": b"unit,grams\r\n1,2\r\n",
    SCAN_NAME: SCAN,
    "keys": DIRECTORY,
    RECEIPTS: line(2) + line(3, disclosed=False) + line(5),
}
SEALED = seal(PackKind.EVIDENCE, AS_OF, {"number": "WH-1"}, CONTENT, LEDGER)


def written(content: container.Files) -> bytes:
    return b"".join(map(bytes, container.write(content)))


PACK = written(SEALED)


def changed(**files_: bytes) -> bytes:
    """The good pack with files put in, by somebody without the key."""
    return written({**SEALED, **files_})


def without(name: str) -> bytes:
    return written({key: value for key, value in SEALED.items() if key != name})


def resealed(content: container.Files, position: int = AS_OF) -> bytes:
    """A pack that the ledger itself sealed wrongly."""
    return written(seal(PackKind.EVIDENCE, position, {"number": "WH-1"}, content, LEDGER))


def with_receipts(*lines: bytes) -> bytes:
    return resealed({**CONTENT, RECEIPTS: b"".join(lines)})


def manifest(change: Callable[[dict[str, object]], object]) -> bytes:
    """The good manifest changed, and signed by the ledger."""
    told = orjson.loads(bytes(SEALED[MANIFEST]))
    change(told)
    data = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    note = sign_note(f"{HEADING}\n{LEDGER.name}\n{sha256(data).hexdigest()}\n", LEDGER)
    return changed(**{MANIFEST: data, NOTE: note.encode()})


def zipped(method: int = zipfile.ZIP_STORED, name: str = "README.md", comment: bytes = b"") -> bytes:
    """The same files as another program writes them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for key, content in sorted(SEALED.items()):
            info = zipfile.ZipInfo(name if key == "README.md" else key)
            info.compress_type = method
            archive.writestr(info, bytes(content))
        archive.comment = comment
    return out.getvalue()


def renamed(name: str) -> bytes:
    """The good pack with one name changed to another of the same length, in both places."""
    assert len(name) == len("README.md")
    return PACK.replace(b"README.md", name.encode())


def twice() -> bytes:
    """The first member once more in front: a program that reads the index sees the other one."""
    size = struct.unpack_from("<I", PACK, 18)[0]
    first = PACK[: 30 + len("README.md") + size]
    return first + PACK


WRONG_LINE = sign_note("something else\n", THIEF).partition("\n\n")[2]
RETIRED = LedgerKey(LEDGER.verifier, until=SEEN - timedelta(days=1))
BOTH_SIGN = replace(HONEST, signer=LEDGER).note() + THIEF.sign(HONEST.note().partition("\n\n")[0] + "\n")


@dataclass(frozen=True)
class Attack:
    """``pack`` makes the forged file; ``trust`` is what its victim believes."""

    what: str
    code: str
    pack: Callable[[], bytes]
    trust: Trust = TRUST
    now: datetime = NOW


ON_THE_FILE = (
    Attack("a text", "no-zip", lambda: b"case WH-1"),
    Attack("an empty file", "no-zip", lambda: b""),
    Attack("something before it", "no-zip", lambda: b"#!/bin/sh\n" + PACK),
    Attack("cut off in a file", "cut-off", lambda: PACK[:200]),
    Attack("cut off in a heading", "cut-off", lambda: PACK[:20]),
    Attack("cut off in the index", "cut-off", lambda: PACK[:-30]),
    Attack("a byte short", "cut-off", lambda: PACK[:-1]),
    Attack("a length that leads out of the file", "compressed",
           lambda: PACK[:18] + b"\xff\xff\xff\xff" + PACK[22:]),
    Attack("compressed", "compressed", lambda: zipped(zipfile.ZIP_DEFLATED)),
    Attack("a bomb", "compressed", lambda: zipped(zipfile.ZIP_LZMA)),
    Attack("a way out of the folder", "name", lambda: renamed("../RE.md/")),
    Attack("a way out of the folder, within", "name", lambda: renamed("a/../b.md")),
    Attack("an absolute path", "name", lambda: renamed("/EADME.md")),
    Attack("a drive", "name", lambda: renamed("C:ADME.md")),
    Attack("backslashes", "name", lambda: renamed("..\\..\\.md")),
    Attack("a hidden file", "name", lambda: renamed(".EADME.md")),
    Attack("letters that look alike", "name", lambda: zipped(name="RЕADME.md")),
    Attack("a file twice", "file-twice", twice),
    Attack("a flipped bit in a file", "file-damaged", lambda: PACK.replace(b"# Evidence", b"# evidence")),
    Attack("zipped by another program", "otherwise-written", zipped),
    Attack("a comment", "otherwise-written", lambda: zipped(comment=b"good")),
    Attack("something attached", "otherwise-written", lambda: PACK + b"\n"),
    Attack("another name in the index", "otherwise-written",
           lambda: PACK[:-200] + PACK[-200:].replace(b"receipts", b"receipt5")),
    Attack("a time in the index", "otherwise-written", lambda: PACK[:10] + b"\x01" + PACK[11:]),
)  # fmt: skip

ON_THE_SEAL = (
    Attack("no signature", "unsigned", lambda: without(NOTE)),
    Attack("no list", "manifest-missing", lambda: without(MANIFEST)),
    Attack("a signature that is none", "note-malformed", lambda: changed(**{NOTE: b"yes"})),
    Attack("the checkpoint for a signature", "note-malformed",
           lambda: changed(**{NOTE: HONEST.note().encode()})),
    Attack("a key directory for a signature", "note-malformed", lambda: changed(**{NOTE: DIRECTORY})),
    Attack("another ledger's pack", "other-ledger",
           lambda: written(seal(PackKind.EVIDENCE, AS_OF, {}, CONTENT, ELSEWHERE))),
    Attack("a thief's own key in the ledger's name", "unknown-key",
           lambda: written(seal(PackKind.EVIDENCE, AS_OF, {}, CONTENT, THIEF))),
    Attack("a signature taken from elsewhere", "signature-wrong",
           lambda: changed(**{NOTE: bytes(SEALED[NOTE]).replace(b"\n\n", b"0\n\n")})),
    Attack("a good signature beside a wrong one of a known key", "signature-wrong",
           lambda: changed(**{NOTE: bytes(SEALED[NOTE]) + WRONG_LINE.encode()}),
           replace(TRUST, keys=[LedgerKey(LEDGER.verifier), LedgerKey(THIEF.verifier)])),
    Attack("another list", "manifest-changed",
           lambda: changed(**{MANIFEST: bytes(SEALED[MANIFEST]).replace(b"WH-1", b"WH-2")})),
    Attack("the signature of another pack", "manifest-changed",
           lambda: changed(**{NOTE: bytes(seal(PackKind.EVIDENCE, 3, {}, CONTENT, LEDGER)[NOTE])})),
    Attack("a list without a member", "manifest-malformed",
           lambda: manifest(lambda told: told.pop("position"))),
    Attack("a list with one more", "manifest-malformed", lambda: manifest(lambda told: told.update(x=1))),
    Attack("a list of another ledger", "manifest-malformed",
           lambda: manifest(lambda told: told.update(ledger=ELSEWHERE.name))),
    Attack("an unknown kind", "manifest-malformed", lambda: manifest(lambda told: told.update(kind="joke"))),
    Attack("a position before the first", "manifest-malformed",
           lambda: manifest(lambda told: told.update(position=-1))),
    Attack("a list of a format to come", "unknown-format", lambda: manifest(lambda told: told.update(v=2))),
    Attack("a retired key, its time vouched for", "key-out-of-time",
           lambda: resealed({**CONTENT, "checkpoint": BOTH_SIGN.encode()}),
           replace(TRUST, keys=[RETIRED, LedgerKey(THIEF.verifier)], witnesses=(), quorum=0)),
)  # fmt: skip

ON_THE_FILES = (
    Attack("a file taken out", "file-missing", lambda: without("case.json")),
    Attack("the receipts taken out", "file-missing", lambda: without(RECEIPTS)),
    Attack("a file put in", "file-extra", lambda: changed(**{"malware.exe": b"MZ"})),
    Attack("a scan put in", "file-extra", lambda: changed(**{f"files/{'0' * 64}.pdf": b"%PDF-"})),
    Attack("a changed table", "file-changed", lambda: changed(**{"csv/units.csv": b"unit,grams\r\n1,3\r\n"})),
    Attack("a file emptied", "file-changed", lambda: changed(**{"case.json": b""})),
    Attack("two files exchanged", "files-swapped",
           lambda: changed(**{"case.json": bytes(CONTENT["README.md"]),
                              "README.md": bytes(CONTENT["case.json"])})),
    Attack("sealed without a checkpoint", "incomplete",
           lambda: resealed({k: v for k, v in CONTENT.items() if k != "checkpoint"})),
    Attack("sealed without receipts", "incomplete",
           lambda: resealed({k: v for k, v in CONTENT.items() if k != RECEIPTS})),
    Attack("a later position than the checkpoint's", "beyond-checkpoint",
           lambda: resealed(CONTENT, SIZE + 1)),
    Attack("a scan that is another", "scan-changed",
           lambda: resealed({**CONTENT, SCAN_NAME: b"%PDF-1.7 another"})),
)  # fmt: skip

ON_THE_RECEIPTS = (
    Attack("receipts under another checkpoint", "other-checkpoint",
           lambda: with_receipts(replace(replace(HONEST, seen=SEEN + timedelta(minutes=1)).receipt(2),
                                         promise=None).encode() + b"\n")),
    Attack("a receipt twice", "receipt-out-of-order", lambda: with_receipts(line(2), line(2))),
    Attack("receipts in another order", "receipt-out-of-order", lambda: with_receipts(line(5), line(2))),
    Attack("a receipt of what came later", "receipt-too-late", lambda: with_receipts(line(AS_OF))),
    Attack("a receipt fewer than listed", "receipts-missing",
           lambda: manifest(lambda told: told.update(receipts=4))),
)  # fmt: skip

ATTACKS = (*ON_THE_FILE, *ON_THE_SEAL, *ON_THE_FILES, *ON_THE_RECEIPTS)


def refused(pack: bytes, trust: Trust = TRUST, now: datetime = NOW) -> Problem:
    with pytest.raises((Problem, InReceiptError)) as caught:
        check_pack(pack, trust, now)
    error = caught.value
    problem = error.problem if isinstance(error, InReceiptError) else error
    assert isinstance(problem, Problem)
    return problem


def test_the_good_pack_proves_what_it_holds() -> None:
    proved = check_pack(PACK, TRUST, NOW)
    assert (proved.manifest.position, proved.checkpoint.size) == (AS_OF, SIZE)
    assert (proved.manifest.receipts, proved.disclosed) == (3, 2)
    assert proved.keys == (LEDGER.verifier,)
    assert len(proved.cosignatures) == len(WITNESSES)
    assert {name: bytes(content) for name, content in proved.files.items()} == SEALED


def test_every_archiver_opens_it() -> None:
    with zipfile.ZipFile(io.BytesIO(PACK)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == SEALED


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.what)
def test_each_attack_is_refused_in_its_own_words(attack: Attack) -> None:
    problem = refused(attack.pack(), attack.trust, attack.now)
    assert problem.code == f"pack.{attack.code}"
    told = [explain(problem, language) for language in LANGUAGES]
    assert all(words.title and words.detail and words.remedy and words.status == 422 for words in told)
    assert told[0].detail != told[1].detail


def test_every_refusal_of_the_catalogue_is_attacked_and_no_two_say_the_same() -> None:
    words = tomllib.loads((files(schema.problems) / "packs.toml").read_text(encoding="utf-8"))
    told = {code.removeprefix("pack.") for code in words} - {"too-large"}
    assert told == {attack.code for attack in ATTACKS}
    for language in LANGUAGES:
        assert len({entry["title"][language] for entry in words.values()}) == len(words)


def test_what_is_too_large_is_neither_written_nor_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MOST_BYTES", len(PACK) - 1)
    assert refused(PACK).code == "pack.too-large"
    with pytest.raises(Problem) as caught:
        written(SEALED)
    assert caught.value.code == "pack.too-large"
    monkeypatch.setattr(container, "MOST_BYTES", len(PACK))
    assert check_pack(written(SEALED), TRUST, NOW).disclosed == 2
    monkeypatch.setattr(container, "MOST_FILES", len(SEALED) - 1)
    assert refused(PACK).code == "pack.too-large"


@pytest.mark.parametrize(
    ("receipt", "code"),
    [
        (b"{}\n", "receipt.misshapen"),
        (line(2).replace(b"3002", b"3003"), "receipt.not-committed"),
        (replace(Receipt.decode(line(4)[:-1]), nonce=bytes(32)).encode() + b"\n", "receipt.not-committed"),
    ],
)
def test_a_wrong_receipt_is_named_by_its_line(receipt: bytes, code: str) -> None:
    with pytest.raises(InReceiptError) as caught:
        check_pack(with_receipts(line(1), receipt), TRUST, NOW)
    assert caught.value.member == f"{RECEIPTS}:2"
    assert caught.value.problem.code == code


def test_what_the_victim_demands_of_a_checkpoint_is_demanded_of_the_packs() -> None:
    assert refused(PACK, replace(TRUST, min_size=SIZE + 1)).code == "receipt.checkpoint-too-small"
    old = replace(TRUST, max_age=timedelta(minutes=1))
    assert refused(PACK, old).code == "receipt.checkpoint-too-old"


def test_a_directory_in_the_pack_gives_the_keys_that_followed() -> None:
    both = KeyDirectory(LEDGER.name, NOW, (LedgerKey(LEDGER.verifier), LedgerKey(THIEF.verifier)), ())
    content = {
        **CONTENT,
        "keys": both.signed(LEDGER).encode(),
        "checkpoint": replace(HONEST, signer=THIEF).note().encode(),
        RECEIPTS: replace(replace(HONEST, signer=THIEF).receipt(2), promise=None).encode() + b"\n",
    }
    pack = written(seal(PackKind.EVIDENCE, AS_OF, {}, content, LEDGER, THIEF))
    assert check_pack(pack, TRUST, NOW).keys == (LEDGER.verifier,)
    content["keys"] = both.signed(THIEF).encode()
    assert refused(resealed(content)).code == "key-directory.not-signed"


@given(st.integers(0, len(PACK) * 8 - 1))
def test_one_changed_bit_anywhere_is_refused(bit: int) -> None:
    forged = bytearray(PACK)
    forged[bit // 8] ^= 1 << bit % 8
    assert refused(bytes(forged)).code.startswith("pack.")


@given(st.integers(0, len(PACK) - 1))
def test_whatever_is_cut_off_is_refused(size: int) -> None:
    assert refused(PACK[:size]).code.startswith("pack.")


@given(st.binary(), st.integers(0, len(PACK)))
def test_whatever_the_bytes_there_are_words_for_it(more: bytes, at: int) -> None:
    forged = PACK[:at] + more + PACK[at:]
    if more:
        assert refused(forged).code.startswith("pack.")
    assert refused(more).code == "pack.no-zip" or more.startswith(container.START)


@given(st.dictionaries(st.from_regex(r"\A[a-z]{1,5}(/[a-z]{1,5})?\Z"), st.binary(), min_size=1))
def test_what_is_written_is_read(content: dict[str, bytes]) -> None:
    assert {name: bytes(each) for name, each in container.read(written(content)).items()} == content


def test_the_same_files_are_the_same_bytes() -> None:
    assert written(dict(reversed(SEALED.items()))) == PACK
