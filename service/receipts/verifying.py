"""``coldledger verify-receipt FILE…``: receipts and packs checked with keys alone, without network and
database."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson

from schema.problems import LANGUAGES, Language, Problem, explain
from service.evidence.checking import InReceiptError
from service.evidence.telling import is_pack, pack_document, pack_lines, read_pack
from service.receipts.checking import check
from service.receipts.receipt import MAX_BYTES
from service.receipts.telling import proved_document, proved_lines, refused_document, refused_line
from service.receipts.trust import Trust, read_ledger_keys, read_witnesses, with_directory

_AGE: Final = re.compile("([1-9][0-9]{0,5})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
STATUS: Final = """\
Exit status: 0 every receipt proves what it says; 1 at least one does not, or keys cannot be read; 2 a wrong
command line. Nothing is fetched: no network and no database is used. What a receipt does not prove: that
what was said is true, or that it was not corrected or withdrawn since."""


def add_verifying_options(
    parser: argparse.ArgumentParser, environment: Mapping[str, str] = os.environ
) -> None:
    """The files, whom to believe, and how fresh they must be."""
    parser.epilog = STATUS
    add = parser.add_argument
    add("files", nargs="+", metavar="FILE", help="receipts (N.receipt.json) or packs (.zip)")
    add(
        "--ledger-key",
        dest="ledger_keys",
        action="append",
        required=True,
        metavar="VKEY|FILE",
        help="the ledger's public key, or a file with one a line: VKEY, or VKEY SINCE UNTIL where its time "
        "is over; may be given several times",
    )
    add(
        "--keys",
        type=Path,
        metavar="FILE",
        help="a saved key directory of the ledger (/keys), for its other keys",
    )
    add(
        "--witness",
        dest="witnesses",
        action="append",
        default=[],
        metavar="VKEY|FILE",
        help="public key of a witness that is believed; may be given several times",
    )
    add("--quorum", type=int, metavar="N", help="how many of them must have cosigned (default: all)")
    add("--max-age", type=_age, metavar="AGE", help="oldest last cosignature, such as 90m, 24h or 30d")
    add("--min-size", type=int, default=0, metavar="N", help="entries that the checkpoint covers at least")
    add("--json", action="store_true", help="one JSON object a file and line")
    add(
        "--language",
        choices=LANGUAGES,
        default=_language(environment),
        help="of what is told (default: that of the environment, %(default)s)",
    )


async def verify_receipts(arguments: argparse.Namespace) -> int:
    """Check each file and tell what was found."""
    try:
        trust = _trust(arguments)
    except Problem as problem:
        words = explain(problem, arguments.language)
        sys.stderr.write(f"{words.title}: {words.detail}\n{words.remedy}\n")
        return 1
    now = datetime.now(UTC)
    # All are told, also after one that is refused.
    return max([_told(file, trust, now, arguments.language, arguments.json) for file in arguments.files])


def _trust(arguments: argparse.Namespace) -> Trust:
    keys = [key for said in arguments.ledger_keys for key in read_ledger_keys(said)]
    if arguments.keys is not None:
        keys = with_directory(keys, _content(arguments.keys))
    witnesses = [witness for said in arguments.witnesses for witness in read_witnesses(said)]
    quorum = len({each.claim for each in witnesses}) if arguments.quorum is None else arguments.quorum
    return Trust(keys, witnesses, quorum, arguments.max_age, arguments.min_size)


def _told(file: str, trust: Trust, now: datetime, spoken: Language, as_json: bool) -> int:
    lines: Iterable[str]
    status = 0
    try:
        document, lines = _found(file, trust, now, spoken)
    except InReceiptError as error:
        status, file, problem = 1, f"{file} {error.member}", error.problem
        document, lines = refused_document(file, problem, spoken), [refused_line(file, problem, spoken)]
    except Problem as problem:
        status = 1
        document, lines = refused_document(file, problem, spoken), [refused_line(file, problem, spoken)]
    text = orjson.dumps(document).decode() if as_json else "\n    ".join(lines)
    sys.stdout.write(f"{text}\n")
    return status


def _found(file: str, trust: Trust, now: datetime, spoken: Language) -> tuple[dict[str, Any], Iterable[str]]:
    """What is proved, for programs and for people."""
    path = Path(file)
    if is_pack(path):
        pack = read_pack(path, trust, now)
        return pack_document(file, pack), pack_lines(file, pack, spoken)
    proved = check(_content(path), trust, now)
    return proved_document(file, proved), proved_lines(file, proved, spoken)


def _content(path: Path) -> bytes:
    """The file's bytes, at most one more than a receipt has. Raises Problem ``receipt.file-unreadable``."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Problem("receipt.file-unreadable", file=str(path), cause=error.strerror) from None


def _age(text: str) -> timedelta:
    match = _AGE.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no age such as 90m, 24h or 30d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _language(environment: Mapping[str, str]) -> Language:
    said = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    return "zh" if said.startswith("zh") else "en"
