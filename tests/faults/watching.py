"""A witness of ours in this process, reached over HTTP as any other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp.test_utils import TestServer

from service.ledger.cosignature import generate_cosigner
from service.publishing.witnesses import Witness as Asked
from service.witness.cosigning import Witness
from service.witness.keeping import Keeper
from service.witness.server import make_app
from tests.retold import SIGNER


@asynccontextmanager
async def witness_in(folder: Path) -> AsyncIterator[Asked]:
    """One that knows the tests' ledger, until the block ends."""
    (folder / "logs").mkdir(parents=True)
    keeper, key = Keeper(folder), generate_cosigner("witness.test.invalid")
    async with TestServer(make_app(Witness(key, [SIGNER.verifier], keeper), keeper)) as server:
        yield Asked.parse(f"{key.verifier.vkey} {server.make_url('/')}")
