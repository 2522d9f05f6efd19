"""``coldledger receipt POSITION``: the receipt of an entry, from a service over HTTP or beside its data."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import orjson

from schema.problems import Problem
from service.commands.database import database_url
from service.ledger.store import record
from service.publishing.log import PublishedLog
from service.publishing.publisher import Places
from service.receipts.making import make_receipt
from service.receipts.receipt import MAX_BYTES, SUFFIX, Receipt
from service.settings import Settings, is_loopback
from service.storage import open_pool
from service.storage.durable import replace_file
from service.trust import read_verifiers

_PATIENCE: Final = aiohttp.ClientTimeout(total=60)
_CHUNK: Final = 1 << 16
_PRIVATE: Final = 0o600
"""It may hold a statement."""


def add_getting_options(parser: argparse.ArgumentParser) -> None:
    """Which entry, from where, into which file."""
    parser.epilog = (
        "With --url the service is asked, and gives the statement to who may read it; without, the receipt "
        "is made from the data folder, with the statement in it. Exit status: 0 written; 1 not to be had."
    )
    add = parser.add_argument
    add("position", type=_position, metavar="POSITION", help="the entry's position in the ledger")
    add("--url", metavar="URL", help="address of the service (default: the data folder on this machine)")
    add("--token-file", type=Path, metavar="FILE", help="a file with the API token to ask with")
    add("-o", "--output", type=Path, metavar="FILE", help=f"file to write (default: POSITION{SUFFIX})")


async def get_receipt(settings: Settings, arguments: argparse.Namespace) -> int:
    """Write the file. Raises Problem ``receipt.…``, ``log.…`` or ``ledger.no-such-position``."""
    position: int = arguments.position
    if arguments.url is None:
        content = await receipt_beside(settings, position)
    else:
        token = None if arguments.token_file is None else read_token(arguments.token_file)
        content = await receipt_from(arguments.url, position, token)
    path = arguments.output or Path(f"{position}{SUFFIX}")
    try:
        replace_file(path, [content], _PRIVATE)
    except OSError as error:
        raise Problem("receipt.file-unwritable", file=str(path), cause=error.strerror) from error
    sys.stdout.write(f"{path}\n")
    return 0


async def receipt_beside(settings: Settings, position: int) -> bytes:
    """The receipt from the data folder, with the statement: whoever runs this can read that anyhow."""
    async with database_url(settings) as url, await open_pool(url, "coldledger_reader", 1) as pool:
        with closing(PublishedLog(pool, Places.of(settings), read_verifiers(settings))) as log:
            proof = await log.proof(position)
        async with pool.acquire() as conn:
            found = await record(conn, position)
    if found is None:
        raise Problem("ledger.no-such-position", position=position)
    return make_receipt(proof, found, disclosed=True).encode()


async def receipt_from(address: str, position: int, token: str | None) -> bytes:
    """The receipt as a service gives it. Raises Problem ``receipt.not-given`` or ``….insecure-address``."""
    url = f"{checked_address(address, token)}/api/v1/statements/{position}/receipt"
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    try:
        # A redirect would take the token elsewhere.
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE) as session,
            session.get(url, headers=headers, allow_redirects=False) as answer,
        ):
            content = b""
            async for chunk in answer.content.iter_chunked(_CHUNK):
                content += chunk
                if len(content) > MAX_BYTES:
                    break
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Problem("receipt.not-given", address=url, answer=str(error)) from None
    if answer.status != 200:
        raise Problem("receipt.not-given", address=url, answer=problem_said(answer.status, content))
    Receipt.decode(content)
    return content


def checked_address(address: str, token: str | None) -> str:
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment:
        raise Problem("receipt.address", address=address)
    if token is not None and parts.scheme != "https" and not is_loopback(host):
        raise Problem("receipt.insecure-address", address=address)
    return address.rstrip("/")


def problem_said(status: int, content: bytes) -> str:
    """What a problem document says, where the answer is one."""
    try:
        told = orjson.loads(content)
        return f"{status} {told['title']}: {told['detail']}"[:300]
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return str(status)


def read_token(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise Problem("receipt.file-unreadable", file=str(path), cause=str(error)) from None


def _position(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise argparse.ArgumentTypeError(f"{text!r} is not a position")
    return int(text)
