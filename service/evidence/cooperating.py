"""Packages between ledgers: a request for co-operation with the least that it takes, and the reply to one.

Both are packs (manifest.py) of the kinds ``cooperation-request`` and ``cooperation-reply``. A request holds
what is asked, by when, and the goods that went to the region with where to look: no note, nobody's name but
those of businesses and places; of the ledger's statements the request's own and, undisclosed, those of the
shipments. Rule kept: a package is believed on the key of a ledger that is named in
``DATA.trust/known-ledgers`` or is this one's own; a directory within it may name keys that followed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from schema.messages.cases import HAZARDS
from schema.messages.cooperation import COOPERATION_ANSWERS, COOPERATION_ASKS, MOST_PACKAGE
from schema.problems import LANGUAGES, Language, Problem
from service.evidence import container
from service.evidence.checking import InReceiptError, ProvedPack, check_pack
from service.evidence.making import Maker
from service.evidence.manifest import RECEIPTS, PackKind, seal
from service.evidence.pdf import write_pdf
from service.evidence.report import Report, Section
from service.evidence.tables import Row, as_json, words
from service.ledger.proofs import Proof
from service.ledger.store import record
from service.publishing.notes import Noted
from service.receipts.making import make_receipt
from service.receipts.trust import LedgerKey, Trust, read_ledger_keys

MOST_BYTES = MOST_PACKAGE // 4 * 3
"""Of a package that is taken in."""
LETTER = "request.json"
REPLY = "reply.json"
_GOODS = ("code", "product", "production_batch", "consignee", "place", "departed_at", "grams", "waybill")


def known_ledgers(file: Path, own: Sequence[LedgerKey]) -> Trust:
    """This ledger and those whose keys stand in ``file``, where there is one.

    Raises Problem ``cooperation.ledgers-unreadable``.
    """
    try:
        others = read_ledger_keys(str(file)) if file.exists() else []
        return Trust([*own, *others])
    except Problem as problem:
        raise Problem("cooperation.ledgers-unreadable", file=str(file), cause=str(problem)) from None


@dataclass(frozen=True, slots=True)
class Letter:
    """A package that was opened: what it says, by the ledger ``origin``, with the SHA-256 of the file."""

    origin: str
    digest: str
    said: Mapping[str, Any]


def open_package(data: bytes, trust: Trust, kind: PackKind) -> Letter:
    """Raises Problem ``pack.…``, ``receipt.…``, ``cooperation.other-kind`` or ``….malformed``."""
    try:
        proved = check_pack(data, trust, datetime.now(UTC))
    except InReceiptError as error:
        raise error.problem from None
    if proved.manifest.kind is not kind:
        raise Problem("cooperation.other-kind", found=str(proved.manifest.kind), wanted=str(kind))
    said = _letter(proved, LETTER if kind is PackKind.REQUEST else REPLY)
    _demand(proved, said, _REQUEST if kind is PackKind.REQUEST else _REPLY)
    return Letter(proved.manifest.ledger, sha256(data).hexdigest(), said)


def _letter(proved: ProvedPack, name: str) -> Mapping[str, Any]:
    try:
        told = orjson.loads(bytes(proved.files[name]))
    except (KeyError, orjson.JSONDecodeError):
        told = None
    if type(told) is not dict:
        raise Problem("cooperation.malformed", origin=proved.manifest.ledger, member=name)
    return told


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 53


def _are_asks(value: Any) -> bool:
    return (
        type(value) is list and 0 < len(value) <= len(COOPERATION_ASKS) and set(value) <= {*COOPERATION_ASKS}
    )


_REQUEST: Mapping[str, Any] = {
    "reference": _is_id,
    "number": lambda value: type(value) is str and 0 < len(value) <= 50,
    "hazard": lambda value: value in HAZARDS,
    "region": lambda value: type(value) is str and len(value) == 6 and value.isascii() and value.isdigit(),
    "asks": _are_asks,
    "due_at": lambda value: type(value) is str and len(value) == 27,
    "drill": lambda value: type(value) is bool,
    "goods": lambda value: type(value) is list,
}
_REPLY: Mapping[str, Any] = {
    "asked": lambda value: type(value) is str and len(value) <= 200,
    "reference": _is_id,
    "answer": lambda value: value in COOPERATION_ANSWERS,
    "grams": lambda value: value is None or _is_id(value),
}


def _demand(proved: ProvedPack, said: Mapping[str, Any], members: Mapping[str, Any]) -> None:
    for name, holds in members.items():
        if name not in said or not holds(said[name]):
            raise Problem("cooperation.malformed", origin=proved.manifest.ledger, member=name)


async def request_package(maker: Maker, found: Row, goods: Sequence[Row]) -> bytes:
    """The package of what was asked here: the row of it as its reader sees it, and the goods."""
    said = {
        name: found[name] for name in ("number", "hazard", "region", "asks", "due_at", "made_at", "drill")
    }
    letter = {
        **said,
        "reference": found["id"],
        "authority": {name: found["organisation"][name] for name in ("name", "name_en", "region")},
        "goods": [{name: row[name] for name in row if name != "position"} for row in goods],
    }
    shown = {found["id"] // 1000}
    positions = sorted(shown | {row["position"] for row in goods})
    files: dict[str, container.Content] = {LETTER: as_json(letter)}
    for spoken in LANGUAGES:
        files[f"letter.{spoken}.pdf"] = write_pdf(_report(letter, spoken))
    about = {"number": found["number"], "reference": found["id"], "region": found["region"]}
    return await _sealed(maker, PackKind.REQUEST, about, files, positions, shown)


async def reply_package(maker: Maker, found: Row) -> bytes:
    """The package that answers what another ledger asked."""
    letter = {
        "asked": found["origin"],
        "reference": found["reference"],
        "answer": found["answer"],
        "grams": found["grams"],
        "answered_at": found["answered_at"],
        "authority": {name: found["answered_by"][name] for name in ("name", "name_en", "region")},
    }
    position = found["position"]
    about = {"number": found["number"], "reference": found["reference"], "asked": found["origin"]}
    return await _sealed(maker, PackKind.REPLY, about, {REPLY: as_json(letter)}, [position], {position})


async def _sealed(
    maker: Maker,
    kind: PackKind,
    about: dict[str, Any],
    files: dict[str, container.Content],
    positions: Sequence[int],
    shown: set[int],
) -> bytes:
    """With checkpoint, keys and receipts; statements at the positions ``shown`` are in them."""
    until = positions[-1] + 1
    note = await maker.covering(until)
    receipts = [await _receipt(maker, note, position, position in shown) for position in positions]
    content = {**files, **await maker.proofs(note), RECEIPTS: b"".join(receipts)}
    sealed = seal(kind, until, about, content, *maker.signers)
    return b"".join(map(bytes, container.write(sealed)))


async def _receipt(maker: Maker, note: Noted, position: int, disclosed: bool) -> bytes:
    async with maker.database.reader.acquire() as conn:
        found = await record(conn, position)
    assert found is not None  # noqa: S101  (it was read from its row)
    hashes = await maker.log.inclusion_under(position, note)
    return (
        make_receipt(Proof(position, tuple(hashes), note.text), found, disclosed=disclosed).encode() + b"\n"
    )


def _report(letter: Mapping[str, Any], spoken: Language) -> Report:
    """The letter that goes with a request, for people."""
    say, known, columns = words()["cooperation"], words()["words"], words()["columns"]
    authority = letter["authority"]
    named = (authority["name_en"] if spoken == "en" else None) or authority["name"]
    facts = [
        (say["from"][spoken], named),
        (say["region"][spoken], letter["region"]),
        (words()["report"]["hazard"][spoken], known[letter["hazard"]][spoken]),
        (say["asks"][spoken], "; ".join(known[ask][spoken] for ask in letter["asks"])),
        (columns["due_at"][spoken], letter["due_at"]),
    ]
    headings = [columns[name][spoken] for name in _GOODS]
    rows = [["—" if row[name] is None else str(row[name]) for name in _GOODS] for row in letter["goods"]]
    goods = Section(say["goods"][spoken], headings, rows)
    title = say["title"][spoken].format(number=letter["number"])
    return Report(title, facts, [goods] if rows else [], say["note"][spoken])
