"""``coldledger import-request FILE``: a package of another ledger, checked and handed to the service here.

It is a request for co-operation or the reply to one. It is checked before it is sent, with the keys that are
given, and the service checks it again with the keys that it knows.
"""

from __future__ import annotations

import argparse
import sys
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import aiohttp
import orjson

from schema.problems import Problem
from service.evidence.checking import InReceiptError, check_pack
from service.evidence.cooperating import MOST_BYTES
from service.evidence.manifest import PackKind
from service.receipts.getting import checked_address, problem_said, read_token
from service.receipts.trust import Trust, read_ledger_keys

_PATIENCE: Final = aiohttp.ClientTimeout(total=60)
_PLACES: Final = {PackKind.REQUEST: "cooperation-packages", PackKind.REPLY: "cooperation-replies"}


def add_taking_options(parser: argparse.ArgumentParser) -> None:
    """Which file, whose key, and to which service."""
    parser.epilog = (
        "The service believes ledgers whose keys stand in DATA.trust/known-ledgers. Exit status: 0 taken in; "
        "1 refused, by this command or by the service."
    )
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="the package (.zip)")
    add(
        "--ledger-key",
        required=True,
        metavar="VKEY|FILE",
        help="public key of the ledger that it comes from, or a file with one a line",
    )
    add("--url", required=True, metavar="URL", help="address of the service that takes it in")
    add(
        "--token-file",
        type=Path,
        required=True,
        metavar="FILE",
        help="a file with an API token of an authority of the region that is asked",
    )


async def take_in(arguments: argparse.Namespace) -> int:
    """Check and send it. Raises Problem ``pack.…``, ``receipt.…``, ``cooperation.…`` or ``evidence.…``."""
    data = _content(arguments.file)
    kind = _checked(data, Trust(read_ledger_keys(arguments.ledger_key)))
    token = read_token(arguments.token_file)
    url = f"{checked_address(arguments.url, token)}/api/v1/{_PLACES[kind]}"
    told = await _sent(url, token, {"file": b64encode(data).decode()})
    key = told["outcome"].get("cooperation")
    sys.stdout.write(f"{kind}: position {told['position']}{'' if key is None else f', co-operation {key}'}\n")
    return 0


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Problem("receipt.file-unreadable", file=str(path), cause=error.strerror) from None
    if len(data) > MOST_BYTES:
        raise Problem("cooperation.no-package")
    return data


def _checked(data: bytes, trust: Trust) -> PackKind:
    """What kind of package it is. Raises Problem ``cooperation.other-kind`` for evidence."""
    try:
        kind = check_pack(data, trust, datetime.now(UTC)).manifest.kind
    except InReceiptError as error:
        raise error.problem from None
    if kind not in _PLACES:
        raise Problem("cooperation.other-kind", found=str(kind), wanted=str(PackKind.REQUEST))
    return kind


async def _sent(url: str, token: str, body: dict[str, str]) -> dict[str, dict[str, int]]:
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE, headers=headers) as session,
            session.post(url, json=body, allow_redirects=False) as answer,
        ):
            content = await answer.read()
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Problem("evidence.not-given", address=url, answer=str(error)) from None
    if answer.status != 201:
        raise Problem("evidence.not-given", address=url, answer=problem_said(answer.status, content))
    return dict(orjson.loads(content))
