"""What it costs to be checked: publishing, receipts, proofs, and verifying over sealed segments.

* Writes with checkpoints, tiles and segments against the same service without a publisher, in turns.
* From a commit until the published checkpoint covers it, one statement at a time.
* Receipts over HTTP from one process, for random positions; each proof checked, signature included.
* ``verify`` of sealed segments against a bare hashlib loop over the same entries, layer by layer.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import web

from service.app import make_app
from service.goods.movements import SPLIT
from service.http.keys import LEDGER
from service.ledger import Proposal
from service.ledger.checking import check_hashes, check_segment
from service.ledger.checkpoint import open_checkpoint
from service.ledger.merkle import verify_inclusion
from service.ledger.segments import Segment, Segments
from service.ledger.tiles import WIDTH, split_entries, subtree
from service.publishing.keys import LOG
from service.publishing.publisher import Places
from service.settings import Settings
from service.storage import EmbeddedPostgres, prepare
from service.trust import open_signer
from tests.benchmarks import registrations
from tests.benchmarks.load import run as run_load
from tests.history import History
from tests.quay import OUT, Quay
from tests.retold import retold

ROUNDS, SEGMENTS, BATCH, GRAMS = 5, 6, 1_000, 900
REPEATS = 8
"""Times that each segment is verified in a round, so that a round lasts."""
COMMITS, RECEIPT_CONNECTIONS, RECEIPT_SECONDS, PROOFS = 200, 16, 6.0, 2_000


async def run() -> AsyncIterator[dict[str, Any]]:
    """All of them, a line each."""
    async for line in _writes():
        yield line
    scratch = tempfile.TemporaryDirectory(prefix="coldledger-bench-")
    with scratch as folder, EmbeddedPostgres(Path(folder, "d")) as server:
        async for line in _published(server, Path(folder, "f")):
            yield line
        for line in await asyncio.to_thread(_verified, Places.of(_settings(Path(folder, "f"))).segments):
            yield line


async def _writes() -> AsyncIterator[dict[str, Any]]:
    pairs: list[float] = []
    sides: dict[str, list[float]] = {"own": [], "unpublished": []}
    scratch = tempfile.TemporaryDirectory(prefix="coldledger-bench-")
    with scratch as folder, EmbeddedPostgres(Path(folder, "d")) as server:
        port = registrations.free_port()
        places = {which: registrations.with_key(Path(folder, which)) for which in sides}
        async with (
            registrations.ground(server, "own", port, places["own"]) as own,
            registrations.ground(server, "unpublished", port, places["unpublished"]) as bare,
        ):
            grounds = {"own": own, "unpublished": bare}
            for number in range(ROUNDS):
                order = ("own", "unpublished") if number % 2 else ("unpublished", "own")
                for which in order:
                    measured = await asyncio.to_thread(registrations.measure, grounds[which], port, which)
                    sides[which].append(measured["per_second"])
                pairs.append(sides["own"][-1] / sides["unpublished"][-1])
    yield {
        "name": "writes_published_to_unpublished",
        "ratio": round(statistics.median(pairs), 3),
        "rounds": [round(pair, 3) for pair in pairs],
        "per_second_published": round(statistics.median(sides["own"])),
        "per_second_unpublished": round(statistics.median(sides["unpublished"])),
        "n": 2 * ROUNDS,
        "settings": {"connections": registrations.CONNECTIONS, "processes": registrations.PROCESSES},
    }


def _settings(data: Path) -> Settings:
    return Settings(data=data, trust=data.with_suffix(".trust"), sample_data=True, access_log=False)


async def _published(server: EmbeddedPostgres, data: Path) -> AsyncIterator[dict[str, Any]]:
    """On one ledger with sealed segments, and a service in this process."""
    await prepare(server.url())
    quay = Quay(History())
    size = SEGMENTS * 16 * WIDTH + 200
    goods = quay.lot(size, size * GRAMS)
    quay.papers(goods)
    unit = quay.release(goods)
    async with retold(server.url(), quay.history):
        pass
    settings = _settings(registrations.with_key(data))
    app = await make_app(settings, server.url(), open_signer(settings, "bench.invalid/ledger"))
    part = {"pieces": 1, "grams": GRAMS}
    split = Proposal(SPLIT, quay.station.staff, {"unit": unit, "parts": [part], "happened_at": OUT})
    for _ in range(size // BATCH):
        await asyncio.gather(*(app[LEDGER].append(split) for _ in range(BATCH)))
    while app[LOG].published().size < size // BATCH * BATCH:  # noqa: ASYNC110  (as any stranger would wait)
        await asyncio.sleep(0.1)
    yield await _commit_to_checkpoint(app, split)
    yield await _receipts(app)
    yield await _proofs(app, settings)
    await app.cleanup()


async def _commit_to_checkpoint(app: Any, split: Proposal) -> dict[str, Any]:
    random, waits = Random(1), []
    for _ in range(COMMITS):
        await asyncio.sleep(random.uniform(0, 0.4))
        position = (await app[LEDGER].append(split)).position
        begun = time.perf_counter()
        while app[LOG].published().size <= position:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        waits.append((time.perf_counter() - begun) * 1000)
    cuts = statistics.quantiles(waits, n=100)
    return {
        "name": "commit_to_published_checkpoint",
        "p50_ms": round(cuts[49], 1),
        "p99_ms": round(cuts[98], 1),
        "n": COMMITS,
        "settings": {"witnesses": 0, "apart_ms": "0–400"},
    }


async def _receipts(app: Any) -> dict[str, Any]:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = registrations.free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    random, size = Random(2), app[LOG].published().size
    heads = [f"GET /receipts/{random.randrange(size)} HTTP/1.1\r\nHost: 127.0.0.1\r\n" for _ in range(500)]
    mix = [{"head": head, "body": ""} for head in heads]
    measured = await run_load(port, RECEIPT_CONNECTIONS, RECEIPT_SECONDS, mix)
    if set(measured["statuses"]) != {200}:
        raise RuntimeError(f"not every receipt was given: {measured['statuses']}")
    return {
        "name": "receipts_over_http",
        "per_second": round(measured["per_second"]),
        "p50_ms": round(measured["p50_ms"], 1),
        "p99_ms": round(measured["p99_ms"], 1),
        "n": measured["n"],
        "settings": {"processes": 1, "connections": RECEIPT_CONNECTIONS, "load_generator": "same process"},
    }


async def _proofs(app: Any, settings: Settings) -> dict[str, Any]:
    verifier = open_signer(settings, "").verifier
    log, random = app[LOG], Random(3)
    note = log.published()
    leaves = []
    with closing(Segments(settings.segments)) as segments:
        assert segments.end
        for _ in range(PROOFS):
            position = random.randrange(segments.end)
            proof, note = await log.inclusion(position)
            leaves.append((segments.leaves(position, position + 1), position, proof))
    begun = time.perf_counter()
    for leaf, position, proof in leaves:
        checkpoint = open_checkpoint(note.text, verifier)
        verify_inclusion(leaf, position, checkpoint.size, proof, checkpoint.root)
    return {
        "name": "proof_verification",
        "per_second": round(PROOFS / (time.perf_counter() - begun)),
        "n": PROOFS,
        "settings": {"size": note.size, "signature": "checked each time"},
    }


def _verified(folder: Path) -> list[dict[str, Any]]:
    """Layers of ``verify`` over segments, in turns with the bare loop; entries a second, and shares of it."""
    with closing(Segments(folder)) as segments, ProcessPoolExecutor(2, get_context("spawn")) as pool:
        sealed = [*segments] * REPEATS
        paths = [segment.path for segment in sealed]
        entries = [entry for segment in sealed for entry in _entries(segment)]
        layers: dict[str, Callable[[], object]] = {
            "bare": lambda: [sha256(entry).digest() for entry in entries],
            "leaf_and_tree": lambda: [_leaf_and_tree(segment) for segment in sealed],
            "leaf_chain_and_tree": lambda: [check_hashes(segment) for segment in sealed],
            "leaf_chain_and_tree_two_processes": lambda: [*pool.map(_hashes, paths)],
            "with_statements": lambda: [check_segment(path) for path in paths],
            "with_statements_two_processes": lambda: [*pool.map(check_segment, paths)],
        }
        seconds: dict[str, list[float]] = {name: [] for name in layers}
        [*pool.map(_hashes, paths)]  # both processes are there
        for _ in range(ROUNDS):
            for name, work in layers.items():
                begun = time.perf_counter()
                work()
                seconds[name].append(time.perf_counter() - begun)
    bare = seconds.pop("bare")
    return [_layer(name, took, bare, len(entries)) for name, took in seconds.items()]


def _layer(name: str, took: list[float], bare: list[float], entries: int) -> dict[str, Any]:
    ratios = [loop / layer for loop, layer in zip(bare, took, strict=True)]
    return {
        "name": f"verify_{name}_to_bare_hashlib",
        "ratio": round(statistics.median(ratios), 3),
        "rounds": [round(ratio, 3) for ratio in ratios],
        "per_second": round(entries / statistics.median(took)),
        "bare_per_second": round(entries / statistics.median(bare)),
        "n": entries * ROUNDS,
        "settings": {"over": "sealed segments"},
    }


def _entries(segment: Segment) -> list[bytes]:
    bundles = range(segment.count // WIDTH)
    return [entry for number in bundles for entry in split_entries(segment.bundle(number))]


def _leaf_and_tree(segment: Segment) -> None:
    """What a log without a chain would need: it tells what the chain's hash costs."""
    for number in range(segment.count // WIDTH):
        entries = split_entries(segment.bundle(number))
        subtree([sha256(b"\x00" + entry).digest() for entry in entries])


def _hashes(path: Path) -> bytes:
    with Segment(path) as segment:
        return check_hashes(segment).after
