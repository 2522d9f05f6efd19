"""What strangers fetch of a ledger: with the types and the caching that C2SP tlog-tiles asks for."""

from __future__ import annotations

from typing import Any

import pytest

from service.http.keys import VERIFIER
from service.ledger.chain import leaf_hash
from service.ledger.checkpoint import open_checkpoint
from service.ledger.merkle import RightEdge
from service.ledger.tiles import split_entries, split_hashes
from tests.certified import published
from tests.integration.reading.conftest import Served


async def test_the_newest_checkpoint_is_kept_for_seconds(served: Served) -> None:
    app: Any = served.client.app
    size = await published(app)
    answer = await served.get("public", "/checkpoint")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.headers["Cache-Control"] == "public, max-age=2"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert open_checkpoint(await answer.read(), app[VERIFIER]).size == size


async def test_tiles_and_bundles_are_kept_for_ever_and_lead_to_the_checkpoint(served: Served) -> None:
    app: Any = served.client.app
    size = await published(app)
    assert size < 256, "one partial tile holds all of it"
    found = {}
    for level in ("0", "entries"):
        answer = await served.get("public", f"/tile/{level}/000.p/{size}")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/octet-stream")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        found[level] = await answer.read()
    leaves = [leaf_hash(entry) for entry in split_entries(found["entries"])]
    assert tuple(leaves) == split_hashes(found["0"])
    note = await (await served.get("public", "/checkpoint")).read()
    assert RightEdge().extend(leaves).root() == open_checkpoint(note, app[VERIFIER]).root


@pytest.mark.parametrize(
    "path",
    [
        "0/000",
        "0/000.p/255",
        "1/000.p/1",
        "entries/000",
        "0/001.p/1",
        "0/0",
        "6/000",
        "0/x000/000",
        "x",
        "0/" + "9" * 4000,
    ],
)
async def test_what_is_no_tile_of_the_published_tree_is_not_there_and_that_is_not_kept(
    served: Served, path: str
) -> None:
    """It may be one a moment later."""
    await published(served.client.app)
    answer = await served.get("public", f"/tile/{path}")
    assert (answer.status, (await answer.json())["code"]) == (404, "log.no-such-tile")
    assert answer.headers["Cache-Control"] == "no-store"
