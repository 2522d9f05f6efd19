"""``coldledger evidence CASE``: the evidence pack of a case, from a service over HTTP or beside its data."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final

import aiohttp
import orjson

from schema.problems import Problem
from service.commands.database import database_url
from service.evidence import container
from service.evidence.making import Maker
from service.evidence.routes import size
from service.http.known import as_of
from service.http.readers import Reader, ReaderKind
from service.publishing.log import PublishedLog
from service.publishing.publisher import Places
from service.receipts.getting import checked_address, problem_said, read_token
from service.settings import Settings
from service.storage import FileStore, open_database
from service.storage.durable import replace_file
from service.terminal import progress
from service.tracing.exposure.answering import Answers
from service.trust import open_signers, read_verifiers

_PATIENCE: Final = aiohttp.ClientTimeout(total=None, sock_read=60)
_PAUSE: Final = 1.0
"""Seconds between two questions whether the pack is made."""
_CHUNK: Final = 1 << 16
_PRIVATE: Final = 0o600
_HERE = Reader(ReaderKind.AUDITOR)
"""Whoever runs this beside the data can read all of it anyhow."""


def add_evidence_options(parser: argparse.ArgumentParser) -> None:
    """Which case, as of when, from where, into which file."""
    parser.epilog = (
        "With --url the service is asked, and puts in what the token's holder may see; without, the pack is "
        "made from the data folder, with everything in it. Check it with coldledger verify-receipt. "
        "Exit status: 0 written; 1 not to be had."
    )
    add = parser.add_argument
    add("case", type=_case, metavar="CASE", help="the case's id")
    add("--out", type=Path, metavar="FILE", help="file to write (default: case-CASE.zip)")
    add("--as-of", metavar="WHEN", help="a position of the ledger or a time (default: all that is recorded)")
    add("--url", metavar="URL", help="address of the service (default: the data folder on this machine)")
    add("--token-file", type=Path, metavar="FILE", help="a file with the API token to ask with")


async def get_evidence(settings: Settings, arguments: argparse.Namespace) -> int:
    """Write the file. Raises Problem ``request.not-found``, ``evidence.…``, ``as-of.…`` or ``receipt.…``."""
    case: int = arguments.case
    path = arguments.out or Path(f"case-{case}.zip")
    if arguments.url is None:
        parts = await _beside(settings, case, arguments.as_of)
    else:
        token = None if arguments.token_file is None else read_token(arguments.token_file)
        parts = [await _from(arguments.url, case, arguments.as_of, token)]
    try:
        replace_file(path, parts, _PRIVATE)
    except OSError as error:
        raise Problem("receipt.file-unwritable", file=str(path), cause=error.strerror) from error
    sys.stdout.write(f"{path}\n")
    return 0


async def _beside(settings: Settings, case: int, said: str | None) -> Iterable[bytes]:
    verifiers = read_verifiers(settings)
    signers = open_signers(settings, verifiers[0].name)
    async with database_url(settings) as url, open_database(url) as database:
        with closing(PublishedLog(database.reader, Places.of(settings), verifiers)) as log:
            known = await as_of(database.reader, said)
            # What no checkpoint covers yet can be proved when the service runs.
            position = min(await size(database.reader), log.published().size)
            maker = Maker(database, log, FileStore(settings.files), Answers(database), signers)
            told = progress()
            files = await maker.make(_HERE, case, known.position if known else position, told)
    return map(bytes, container.write(files))


async def _from(address: str, case: int, said: str | None, token: str | None) -> bytes:
    url = checked_address(address, token)
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    asked = {} if said is None else {"as_of": said}
    try:
        async with aiohttp.ClientSession(timeout=_PATIENCE, headers=headers) as session:
            begun = session.post(f"{url}/api/v1/cases/{case}/evidence", json=asked, allow_redirects=False)
            async with _answered(begun, url, 202) as answer:
                place = f"{url}{orjson.loads(await answer.read())['href']}"
            content = await _fetched(session, place)
            while content is None:
                await asyncio.sleep(_PAUSE)
                content = await _fetched(session, place)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Problem("evidence.not-given", address=url, answer=str(error)) from None
    return content


async def _fetched(session: aiohttp.ClientSession, place: str) -> bytes | None:
    """The pack; None while it is being made."""
    async with session.get(place, allow_redirects=False) as answer:
        if answer.status == 409:
            return None
        if answer.status != 200:
            raise Problem(
                "evidence.not-given", address=place, answer=problem_said(answer.status, await answer.read())
            )
        content = bytearray()
        async for chunk in answer.content.iter_chunked(_CHUNK):
            content += chunk
            if len(content) > container.MOST_BYTES:
                raise Problem("pack.too-large", size=len(content), limit=container.MOST_BYTES)
    return bytes(content)


@asynccontextmanager
async def _answered(asking: Any, url: str, status: int) -> AsyncIterator[aiohttp.ClientResponse]:
    """The answer. Raises Problem ``evidence.not-given`` where it is another than the one wanted."""
    async with asking as answer:
        if answer.status != status:
            said = problem_said(answer.status, await answer.read())
            raise Problem("evidence.not-given", address=url, answer=said)
        yield answer


def _case(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise argparse.ArgumentTypeError(f"{text!r} is not the id of a case")
    return int(text)
