"""A served ledger and an auditor before it, with somebody between them who may change what is said.

::

    async with serving(database, folder) as ledger, between(ledger) as liar:
        await look(liar.url, folder / "auditor")
        liar.change = lambda path, body: …
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from service.app import make_app
from service.auditing.auditor import Auditor, Demands, Known, Look, open_known
from service.auditing.fetching import Source
from service.auditing.judging import Judge
from service.auditing.keeping import Keeper
from service.goods import release
from service.goods.movements import SPLIT
from service.ledger import Actor, Context, Data, Decision, Kind, Proposal, World
from service.ledger.checkpoint import open_checkpoint
from service.parties import ISSUE_TOKEN
from service.parties.credentials.tokens import new_token
from service.receipts.trust import LedgerKey
from service.registry import make_registry
from service.settings import Settings
from service.trust import open_signer
from tests.acceptance.running import run
from tests.history import History
from tests.quay import OUT, Quay
from tests.retold import SIGNER, ledger_on, retold

SIZE = 700
"""Entries at the start: two full tiles of leaves, and a part of a third."""
CARTONS, GRAMS = 9_000, 900
PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Story:
    """What was told: who may split what, and the tokens of an auditor and of a business."""

    quay: Quay
    unit: int
    waiting: Data
    auditor: str
    business: str


async def tell(database: str) -> Story:
    """Tell it to an empty ledger."""
    quay = Quay(History())
    auditor = quay.town.party("auditor", region="110000")
    goods = quay.lot(CARTONS, CARTONS * GRAMS)
    quay.papers(goods)
    unit = quay.release(goods)
    bare = quay.lot(10, 10 * GRAMS)
    async with retold(database, quay.history) as ledger:
        secrets = []
        for actor in (auditor.manager, quay.station.manager):
            asides, once = new_token()
            await ledger.append(Proposal(ISSUE_TOKEN, actor, {"scopes": ["goods:read"]}, asides=asides))
            secrets.append(once["secret"])
    story = Story(quay, unit, quay.release_of(bare, 10, 10 * GRAMS), *secrets)
    await grow(database, story, SIZE - quay.history.position - 2)
    return story


async def grow(database: str, story: Story, count: int) -> None:
    """Split so many cartons off."""
    part = {"pieces": 1, "grams": GRAMS}
    data = {"unit": story.unit, "parts": [part], "happened_at": OUT}
    proposals = [Proposal(SPLIT, story.quay.station.staff, data) for _ in range(count)]
    async with ledger_on(database) as ledger:
        await asyncio.gather(*map(ledger.append, proposals))


async def release_past_the_gate(database: str, story: Story) -> int:
    """Release goods that have no papers, as who runs the platform can: everything else fits; the position."""

    def forged(data: Data, ctx: Context, world: World) -> Decision:
        with pytest.MonkeyPatch.context() as patch:
            judge = release.judge
            patch.setattr(release, "judge", lambda case: replace(judge(case), wants=()))
            return true.deciders[true.newest](data, ctx, world)

    true: Kind = release.RELEASE_LOT
    actor: Actor = story.quay.station.staff
    async with ledger_on(database) as ledger:
        kind = replace(true, deciders={true.newest: forged})
        return (await ledger.append(Proposal(kind, actor, story.waiting))).position


@asynccontextmanager
async def serving(database: str, folder: Path, size: int | None = None) -> AsyncIterator[str]:
    """The URL of the real application on that database, once it published ``size`` entries.

    ``folder`` holds its data and its trust; the key is always the same.
    """
    settings = Settings(data=folder / "data", trust=folder / "trust", sample_data=True)
    settings.trust.mkdir(parents=True, exist_ok=True)
    settings.key_file.write_text(SIGNER.skey, encoding="ascii")
    app = await make_app(settings, database, open_signer(settings, "test.invalid/ledger"))
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        if size is not None:
            await published(url, size)
        yield url


async def published(url: str, size: int) -> str:
    """The checkpoint, once it has that size."""
    until = time.monotonic() + PATIENCE_SECONDS
    async with ClientSession() as session:
        while time.monotonic() < until:
            async with session.get(f"{url}/checkpoint") as answer:
                text = await answer.text()
            if answer.status == 200 and open_checkpoint(text, SIGNER.verifier).size == size:
                return text
            await asyncio.sleep(0.05)
    raise AssertionError(f"not published: {text}")


@dataclass
class Liar:
    """A proxy at ``url``; ``change`` makes of an answer's path and body what is answered instead."""

    url: str
    change: Callable[[str, bytes], bytes] | None = None

    def flip(self, pattern: str) -> None:
        """Change one bit in the middle of what is at paths that fit."""

        def flipped(path: str, body: bytes) -> bytes:
            if not re.fullmatch(pattern, path):
                return body
            middle = len(body) // 2
            return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]

        self.change = flipped


@asynccontextmanager
async def between(url: str) -> AsyncIterator[Liar]:
    """Somebody between the ledger at ``url`` and whoever asks; passes on everything until told otherwise."""

    async def pass_on(request: web.Request) -> web.Response:
        headers = {name: request.headers[name] for name in ("Authorization",) if name in request.headers}
        async with session.get(url + request.path_qs, headers=headers) as answer:
            body = await answer.read()
        if liar.change is not None:
            body = liar.change(request.path, body)
        return web.Response(body=body, status=answer.status)

    app = web.Application()
    app.router.add_get("/{path:.*}", pass_on)
    async with ClientSession() as session, TestServer(app) as server:
        liar = Liar(str(server.make_url("")).rstrip("/"))
        yield liar


DEMANDS = Demands((LedgerKey(SIGNER.verifier),))


async def look(url: str, folder: Path, token: str | None = None, **more: Any) -> Look:
    """One look by an auditor whose folder that is. Raises AlarmError."""
    demands = more.pop("demands", DEMANDS)
    with closing(Keeper(folder, demands.verifiers)) as keeper:
        async with Source(url, token, pauses=(0.01,)) as source:
            judge = None if token is None else Judge(make_registry())
            return await Auditor(source, keeper, demands, judge, pauses=(0.01,), **more).look()


def known(note: str) -> Known:
    """A checkpoint that somebody else was shown."""
    return open_known(note.encode(), "theirs", [SIGNER.verifier])


async def command(*words: str | Path) -> CompletedProcess[str]:
    """A command of the product, beside what this process serves."""
    return await asyncio.to_thread(run, *map(str, words))
