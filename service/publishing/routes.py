"""Checkpoint, tiles (C2SP tlog-tiles) and proofs (C2SP tlog-proof), for anyone and from anywhere: nothing in
them is anyone's business.

Tiles never change and may be kept for ever, also partial ones; the checkpoint for seconds. A proof stays
good, but is soon not the newest: it may be kept for a minute.
"""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from schema.problems import Problem
from service.http.declared import Action
from service.ledger.errors import TileError
from service.ledger.tiles import Tile
from service.publishing.keys import LOG

_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_A_MINUTE = "public, max-age=60"
_FOR_SECONDS = "public, max-age=2"
_FROM_ANYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
}
TEXT = "text/plain"
BYTES = "application/octet-stream"


async def _checkpoint(request: web.Request) -> web.Response:
    note = request.app[LOG].published()
    return public(note.text.encode(), TEXT, _FOR_SECONDS)


async def _tile(request: web.Request) -> web.Response:
    """Raises Problem ``log.no-such-tile``."""
    path = request.match_info["path"]
    try:
        tile = Tile.parse(path)
    except TileError:
        raise Problem("log.no-such-tile", tile=path, size=request.app[LOG].published().size) from None
    return public(await request.app[LOG].tile(tile), BYTES, _FOR_EVER)


async def _receipt(request: web.Request) -> web.Response:
    """Raises Problem ``log.not-covered``."""
    proof = await request.app[LOG].proof(int(request.match_info["position"]))
    return public(proof.format().encode(), TEXT, _FOR_A_MINUTE)


def public(body: bytes, kind: str, caching: str) -> web.Response:
    """An answer that anyone may keep and any page may fetch."""
    charset = "utf-8" if kind == TEXT else None
    headers = {**_FROM_ANYWHERE, "Cache-Control": caching}
    return web.Response(body=body, content_type=kind, charset=charset, headers=headers)


ROUTES: Sequence[Action] = (
    Action("GET", "/checkpoint", "checkpoint", "The newest signed checkpoint (C2SP tlog-checkpoint)",
           _checkpoint, media=(TEXT,), tag="ledger"),
    Action("GET", "/tile/{path:rest}", "tile", "A tile of hashes or a bundle of entries (C2SP tlog-tiles)",
           _tile, media=(BYTES,), tag="ledger"),
    Action("GET", "/receipts/{position:id}", "inclusion-proof",
           "What proves the entry at a position to be in the ledger (C2SP tlog-proof)",
           _receipt, media=(TEXT,), tag="ledger"),
)  # fmt: skip
