"""Signs the addresses of labels; makes and registers a key where there is none that may.

The newest key that the ledger knows, that is valid now and whose private half is here signs. Where there is
none – the first label of a ledger, after a revocation, at the end of a key's time, on a machine whose trust
folder is new – one is made and registered by the platform itself, so that labels can always be printed. Where
two processes do so at once, one of them registers the key and both sign with it.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import asyncpg
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schema.ed25519 import write_public
from schema.problems import Refusal
from schema.signed_code import sign
from service.codes.key_file import KeyFile
from service.codes.keys import REGISTER_LABEL_KEY
from service.ledger import PLATFORM, Acknowledgement, Data, Ledger, Proposal
from service.ledger.statement import instant
from service.storage import query


class LabelSigner:
    """Signs with one key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    def printed(self, address: str) -> str:
        """What the QR code of an address says, with its signature. Raises Problem ``signed-code.address``."""
        return sign(address, self._key).printed


class LabelKeys:
    """The label keys of one process. ``host`` is the name that its labels carry."""

    def __init__(self, file: KeyFile, ledger: Ledger, host: str) -> None:
        self._file = file
        self._ledger = ledger
        self._host = host
        self._making = asyncio.Lock()

    async def signer(self, pool: asyncpg.Pool[asyncpg.Record]) -> LabelSigner:
        """Who signs now. Raises Problem ``label-key.…`` or ``ledger.…``."""
        async with self._making:
            key = await self._signing(pool) or await self._registered(pool)
        return LabelSigner(key)

    async def prepared(self, pool: asyncpg.Pool[asyncpg.Record]) -> Data:
        """A key, on disk and not registered yet: what a registration says of it.

        Raises Problem ``label-key.unreadable`` or ``label-key.none-left``.
        """
        return self._said_of(await self._unused(pool))

    async def register(self, data: Data) -> Acknowledgement:
        """Say it as the platform itself. Raises Problem ``ledger.…`` or a Refusal."""
        return await self._ledger.append(Proposal(REGISTER_LABEL_KEY, PLATFORM, data))

    async def _registered(self, pool: asyncpg.Pool[asyncpg.Record]) -> Ed25519PrivateKey:
        key = await self._unused(pool)
        try:
            await self.register(self._said_of(key))
        except Refusal:
            # Another process may have registered the same key a moment ago: then it signs.
            signing = await self._signing(pool)
            if signing is None:
                raise
            return signing
        return key

    async def _unused(self, pool: asyncpg.Pool[asyncpg.Record]) -> Ed25519PrivateKey:
        known = frozenset(row["id"] for row in await pool.fetch(query("codes/label_key.all")))
        return await asyncio.to_thread(self._file.unused, known)

    def _said_of(self, key: Ed25519PrivateKey) -> Data:
        return {"public_key": _written(key), "host": self._host}

    async def _signing(self, pool: asyncpg.Pool[asyncpg.Record]) -> Ed25519PrivateKey | None:
        now = instant(datetime.now(UTC))
        rows = await pool.fetch(query("codes/read_label_keys.signing"), self._host, now)
        here = await asyncio.to_thread(self._file.read)
        keys = {_written(key): key for key in here.values()}
        # By the key itself: one that was never registered may have the id of one that another machine has.
        return next((keys[row["public_key"]] for row in rows if row["public_key"] in keys), None)


def _written(key: Ed25519PrivateKey) -> str:
    return write_public(key.public_key().public_bytes_raw())


LABEL_KEYS = web.AppKey("label keys", LabelKeys)
