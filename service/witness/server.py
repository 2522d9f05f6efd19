"""The witness over HTTP: ``POST /add-checkpoint`` for logs, for everybody what it saw and what it refused.

``GET /<SHA-256 of the origin>/checkpoint`` is tlog-witness's monitoring address. The page and ``/state`` tell
nothing that the ledger's public checkpoints do not, but who sent what was refused.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from aiohttp import web

from service.http.language import negotiate
from service.ledger.add_checkpoint import ADD_CHECKPOINT, MAX_BODY, SIZE_TYPE
from service.witness.cosigning import Watched, Witness
from service.witness.judging import RefusedError
from service.witness.keeping import Keeper, folder_of
from service.witness.page import STYLE, render

WITNESS = web.AppKey("witness", Witness)
KEEPER = web.AppKey("keeper", Keeper)
MAX_SECONDS: Final = 10.0
"""For a request to arrive."""

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Server": "coldledger-witness",
}


def make_app(witness: Witness, keeper: Keeper) -> web.Application:
    """The routes of a witness."""
    app = web.Application(client_max_size=MAX_BODY)
    app[WITNESS], app[KEEPER] = witness, keeper
    app.add_routes(
        [
            web.post(ADD_CHECKPOINT, _add_checkpoint),
            web.get("/", _page),
            web.get("/witness.css", _style),
            web.get("/state", _state),
            web.get("/healthz", _healthy),
            web.get("/{log:[0-9a-f]{64}}/checkpoint", _checkpoint),
            web.get("/{log:[0-9a-f]{64}}/evidence/{name}", _evidence),
        ]
    )
    app.on_response_prepare.append(_prepare)
    return app


async def _prepare(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


async def _add_checkpoint(request: web.Request) -> web.Response:
    try:
        async with asyncio.timeout(MAX_SECONDS):
            body = await request.read()
    except TimeoutError:
        return web.Response(status=408, text="the request did not arrive\n")
    try:
        line = request.app[WITNESS].add_checkpoint(body, request.remote or "")
    except RefusedError as refused:
        kind = SIZE_TYPE if refused.status == 409 else "text/plain"
        return web.Response(status=refused.status, body=f"{refused.text}\n".encode(), content_type=kind)
    return web.Response(text=line)


async def _page(request: web.Request) -> web.Response:
    language = negotiate(request.headers.get("Accept-Language", ""), "zh")
    witness = request.app[WITNESS]
    text = render(witness.signer.verifier, [_told(each) for each in witness.watched()], language)
    return web.Response(text=text, content_type="text/html", headers={"Vary": "Accept-Language"})


async def _style(_request: web.Request) -> web.Response:
    return web.Response(text=STYLE, content_type="text/css")


async def _state(request: web.Request) -> web.Response:
    witness = request.app[WITNESS]
    key = witness.signer.verifier
    state = {
        "name": key.name,
        "key": key.vkey,
        "logs": [_told(each) for each in witness.watched()],
    }
    return web.Response(body=orjson.dumps(state), content_type="application/json")


async def _healthy(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")


async def _checkpoint(request: web.Request) -> web.Response:
    wanted = request.match_info["log"]
    for log in request.app[WITNESS].watched():
        if log.last is not None and folder_of(log.origin) == wanted:
            return web.Response(text=log.last.note)
    raise web.HTTPNotFound(text="nothing was cosigned for such a log\n")


async def _evidence(request: web.Request) -> web.Response:
    found = request.app[KEEPER].evidence(request.match_info["log"], request.match_info["name"])
    if found is None:
        raise web.HTTPNotFound(text="there is no such evidence\n")
    return web.Response(
        body=found, content_type="application/json", headers={"Content-Disposition": "attachment"}
    )


def _told(log: Watched) -> dict[str, Any]:
    """A log as ``/state`` and the page tell it. Addresses are relative: another server may stand before."""
    folder, last = folder_of(log.origin), log.last
    at = datetime.fromtimestamp(last.seconds, UTC).isoformat() if last else None
    return {
        "origin": log.origin,
        "keys": log.keys,
        "size": last and last.checkpoint.size,
        "root": last and b64encode(last.checkpoint.root).decode(),
        "cosigned_at": at,
        "checkpoint": f"{folder}/checkpoint" if last else None,
        "evidence": [
            {
                "shown": each.shown,
                "at": each.at,
                "sender": each.sender,
                "file": f"{folder}/evidence/{each.name}",
            }
            for each in log.evidence
        ],
    }
