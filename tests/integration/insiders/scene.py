"""What insiders attack: a ledger with a released lot, one without papers, and a device that signs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from service.app import make_app
from service.http.authentication import COOKIE, CSRF_HEADER
from service.http.keys import DATABASE
from service.ledger import Proposal, Statement, audit, store
from service.ledger.add_checkpoint import AddCheckpoint
from service.ledger.checkpoint import Checkpoint, sign_checkpoint
from service.ledger.cosignature import CosignatureSigner
from service.ledger.judging import judge
from service.ledger.merkle import consistency_proof
from service.ledger.replay import Finding
from service.ledger.segments import Segments
from service.parties.credentials import Credentials
from service.publishing.fence import check_fence
from service.publishing.notes import Noted
from service.publishing.stored import StoredTiles
from service.registry import make_registry
from service.settings import Settings
from service.storage import open_pool
from service.trust import open_signer
from service.witness.cosigning import Witness
from service.witness.keeping import Keeper
from tests.handset import Handset
from tests.history import History
from tests.quay import Goods, Quay
from tests.retold import SIGNER

REGISTRY = make_registry()
ROLES = {role: f"coldledger_{role}" for role in ("owner", "writer", "reader", "follower")}


@dataclass(frozen=True)
class Ground:
    """The history that every attacked ledger begins with: at ``release`` a lot is released, into ``unit``;
    the lot ``bare`` has no papers."""

    quay: Quay
    bare: Goods
    release: int
    unit: int
    handset: Handset

    @classmethod
    def told(cls) -> Ground:
        quay = Quay(History())
        cleared, bare = quay.lot(), quay.lot()
        quay.papers(cleared)
        release, unit = quay.history.position, quay.release(cleared)
        return cls(quay, bare, release, unit, Handset.given(quay.history, quay.station.manager))

    @property
    def history(self) -> History:
        return self.quay.history

    def unreleasable(self) -> Statement:
        """A release of the lot that has no papers, as if it had been admitted."""
        true = self.history.statements[self.release]
        data = {**true.data, "lot": self.bare.lot, "unit": self.bare.unit}
        return replace(true, at=self.history.statements[-1].at, data=data, idempotency=None)

    def judged(self, proposal: Proposal) -> Statement:
        """What the rules make of a proposal at the end of the history."""
        at = self.history.statements[-1].at
        return judge(REGISTRY, proposal, self.history.world, self.history.position, at)


@asynccontextmanager
async def acting(url: str, role: str | None = None) -> AsyncIterator[Any]:
    """A connection that acts as one of the roles; None: as the superuser."""
    async with await open_pool(url, role and ROLES[role], 1) as pool, pool.acquire() as connection:
        yield connection


def superuser(url: str) -> AbstractAsyncContextManager[Any]:
    """A connection that may do anything."""
    return acting(url)


async def noted(conn: Any) -> Noted:
    """The checkpoint of this moment under the ledger's key, as the trust folder and others keep it."""
    head = await store.head(conn)
    checkpoint = Checkpoint(SIGNER.name, head.size, head.edge.root())
    return Noted(sign_checkpoint(SIGNER, checkpoint), checkpoint)


async def start(conn: Any, note: Noted | None, folder: Path) -> None:
    """What a start asks of the database. Raises Problem ``ledger.fenced``."""
    await check_fence(conn, StoredTiles(Segments(folder / "segments")), note)


async def verified(conn: Any, note: Noted | None, *, rules: bool = False) -> list[Finding]:
    """``coldledger verify [--rules]`` against a checkpoint."""
    checkpoint = None if note is None else note.checkpoint
    return (await audit.verify(conn, REGISTRY, checkpoint, rules=rules)).findings


async def compared(conn: Any) -> list[Finding]:
    """``coldledger rebuild --check``."""
    return (await audit.check_rows(conn, REGISTRY)).findings


def witness(signer: CosignatureSigner, folder: Path) -> Witness:
    """A witness that keeps what it saw in ``folder``."""
    (folder / "logs").mkdir(parents=True)
    return Witness(signer, [SIGNER.verifier], Keeper(folder))


@dataclass(frozen=True)
class Office:
    """The served ledger, as people and programs reach it."""

    client: TestClient[Any, Any]

    @classmethod
    @asynccontextmanager
    async def on(cls, url: str, folder: Path) -> AsyncIterator[Office]:
        settings = Settings(data=folder / "data", trust=folder / "trust", sample_data=True)
        app = await make_app(settings, url, open_signer(settings, SIGNER.name))
        async with TestClient(TestServer(app)) as client:
            yield cls(client)

    async def says(self, user: int, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What a signed-in user is answered to a write."""
        session = await Credentials(self.client.app[DATABASE].writer).sessions.open(user)
        headers = {"Cookie": f"{COOKIE}={session.secret}", CSRF_HEADER: session.csrf}
        answer = await self.client.post(f"/api/v1/{path}", json=body, headers=headers)
        receipt: dict[str, Any] = await answer.json()
        assert answer.status == 201, receipt
        return receipt

    async def statements(self, secret: str, size: int) -> list[dict[str, Any]]:
        """The first ``size`` statements, as a token is told them once they are published."""
        headers = {"Authorization": f"Bearer {secret}"}
        async with asyncio.timeout(30):
            while True:
                answer = await self.client.get("/api/v1/ledger/statements", headers=headers)
                body = await answer.json()
                if answer.status == 200 and body["size"] >= size:
                    told: list[dict[str, Any]] = body["statements"]
                    return told
                await asyncio.sleep(0.05)


async def show(conn: Any, asked: Witness, note: Noted, old: int = 0) -> str:
    """Ask a witness as the ledger does, proving from ``old``. Raises RefusedError."""
    leaves = [record.leaf async for record in store.records(conn)][: note.size]
    proof = consistency_proof(leaves, old) if 0 < old < note.size else []
    return asked.add_checkpoint(AddCheckpoint(old, tuple(proof), note.text).format().encode(), "here")
