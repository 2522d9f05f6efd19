"""Durable registrations a second over HTTP, with all rules, authentication and idempotency, against the peer.

Both run on the same server with fsync on, in two processes each, at 256 connections, in turns; every fifth
request splits a piece off one and the same unit. Ratios are of neighbouring rounds: the machine drifts.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.ledger import Proposal, audit
from service.ledger.note import generate_key
from service.parties import ISSUE_TOKEN
from service.parties.credentials import new_token
from service.registry import make_registry
from service.storage import EmbeddedPostgres, open_pool, prepare
from tests.history import History
from tests.quay import OUT, Quay
from tests.retold import retold

CONNECTIONS, FEW_CONNECTIONS, PROCESSES, SECONDS, ROUNDS = 256, 64, 2, 8.0, 3
PIECES, GRAMS = 900_000, 40
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Ground:
    """A ledger to write to: where it is, and the requests of the mix."""

    url: str
    data: Path
    cluster: Path
    mix: list[dict[str, Any]]


def _request(port: int, token: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(body, ensure_ascii=False)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(text.encode())}\r\n"
    )
    return {"head": head, "body": text}


@asynccontextmanager
async def ground(server: EmbeddedPostgres, name: str, port: int, data: Path) -> AsyncIterator[Ground]:
    """A fresh ledger with a first station, a token of it, and a large released unit."""
    root = await open_pool(server.url(), None, 1)
    async with root:
        await root.execute(f"CREATE DATABASE {name}")
    url = server.url(name)
    await prepare(url)
    quay = Quay(History())
    goods = quay.lot(PIECES, PIECES * GRAMS)
    quay.papers(goods)
    unit = quay.release(goods)
    async with retold(url, quay.history) as ledger:
        asides, once = new_token()
        issue = Proposal(ISSUE_TOKEN, quay.station.manager, {"scopes": ["goods:write"]}, asides=asides)
        await ledger.append(issue)
    (token,) = once.values()
    lot = quay.registration(1006, 27_000_000)
    del lot["code"]
    split = {"parts": [{"pieces": 1, "grams": GRAMS}], "happened_at": OUT}
    register = _request(port, token, "/api/v1/lots", lot)
    move = _request(port, token, f"/api/v1/units/{unit}/splits", split)
    yield Ground(url, data, data.with_name("d") / "postgres", [register] * 4 + [move])


@contextmanager
def processes(place: Ground, port: int, which: str) -> Iterator[list[int]]:
    """Two service processes on one port; their numbers."""
    command = [sys.executable, "-m", "tests.benchmarks.server", place.url, str(port), str(place.data), which]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(PROCESSES)]
    try:
        for process in running:
            assert process.stdout is not None
            if process.stdout.readline() != b"listening\n":
                raise RuntimeError("a service process did not start")
        yield [process.pid for process in running]
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of processes so far, of those that are still there."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except FileNotFoundError:
            continue  # gone meanwhile, as a worker that cleans up
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def postgres_processes(cluster: Path) -> list[int]:
    """The server's processes: those that stand in its folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").samefile(cluster):
                found.append(int(process.name))
        except OSError:
            continue  # gone meanwhile
    return found


def load(place: Ground, port: int, connections: int, seconds: float) -> tuple[dict[str, Any], float]:
    """Run the load generator; what it measured, and its own CPU seconds."""
    before = os.times()
    command = [sys.executable, "-m", "tests.benchmarks.load", str(port), str(connections), str(seconds)]
    done = subprocess.run(command, input=json.dumps(place.mix).encode(), stdout=subprocess.PIPE, check=True)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return json.loads(done.stdout), spent


def measure(place: Ground, port: int, which: str, connections: int = CONNECTIONS) -> dict[str, Any]:
    """One round: a warm-up, then the figures; CPU in microseconds a request."""
    with processes(place, port, which) as pids:
        load(place, port, connections, 1.5)
        server = postgres_processes(place.cluster)
        service, postgres = cpu_seconds(pids), cpu_seconds(server)
        result, client = load(place, port, connections, SECONDS)
        service, postgres = cpu_seconds(pids) - service, cpu_seconds(server) - postgres
    if set(result["statuses"]) != {"201"}:
        raise RuntimeError(f"not every request was recorded: {result['statuses']}")
    scale = 1e6 / result["n"]
    result["cpu_us"] = {
        "service": round(service * scale),
        "postgres": round(postgres * scale),
        "load_generator": round(client * scale),
    }
    return result


async def sound(place: Ground) -> bool:
    """Whether the ledger verifies after the load, rules included."""
    pool = await open_pool(place.url, "coldledger_reader", 1)
    async with pool, pool.acquire() as conn:
        return not (await audit.verify(conn, make_registry(), None, rules=True)).findings


def with_key(data: Path) -> Path:
    """A data folder's place, with a signing key in the trust folder beside it."""
    trust = data.with_suffix(".trust")
    trust.mkdir()
    (trust / "signing.key").write_text(generate_key("bench.invalid/ledger").skey, encoding="ascii")
    return data


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def run() -> AsyncIterator[dict[str, Any]]:
    """The rounds in turn, then one line a side and the ratio."""
    own: list[dict[str, Any]] = []
    peer: list[dict[str, Any]] = []
    scratch = tempfile.TemporaryDirectory(prefix="coldledger-bench-")
    with scratch as folder, EmbeddedPostgres(Path(folder, "d")) as server:
        port = free_port()
        data = with_key(Path(folder, "f"))
        async with ground(server, "own", port, data) as ours, ground(server, "peer", port, data) as theirs:
            for _ in range(ROUNDS):
                own.append(await asyncio.to_thread(measure, ours, port, "own"))
                peer.append(await asyncio.to_thread(measure, theirs, port, "peer"))
            few = await asyncio.to_thread(measure, ours, port, "own", FEW_CONNECTIONS)
            yield _line("registrations_own", own, CONNECTIONS, verified=await sound(ours))
            yield _line("registrations_peer", peer, CONNECTIONS, verified=await sound(theirs))
            yield _line("registrations_own_fewer_connections", [few], FEW_CONNECTIONS)
    pairs = [o["per_second"] / p["per_second"] for o, p in zip(own, peer, strict=True)]
    yield {
        "name": "registrations_own_to_peer",
        "ratio": round(statistics.median(pairs), 2),
        "rounds": [round(pair, 2) for pair in pairs],
        "n": sum(r["n"] for r in own + peer),
        "settings": _settings(CONNECTIONS),
    }


def _settings(connections: int) -> dict[str, Any]:
    return {"connections": connections, "processes": PROCESSES, "seconds": SECONDS, "fsync": True}


def _line(name: str, rounds: list[dict[str, Any]], connections: int, **more: Any) -> dict[str, Any]:
    """Medians of the rounds. CPU time is microseconds a request, by who spent it."""

    def median(figure: str) -> float:
        return round(statistics.median(r[figure] for r in rounds), 1)

    cpu = {part: round(statistics.median(r["cpu_us"][part] for r in rounds)) for part in rounds[0]["cpu_us"]}
    return {
        "name": name,
        "per_second": round(median("per_second")),
        "p50_ms": median("p50_ms"),
        "p99_ms": median("p99_ms"),
        "cpu_us_per_request": cpu,
        "n": sum(r["n"] for r in rounds),
        **more,
        "settings": _settings(connections),
    }
