"""A lean load generator: keep-alive connections that each send the next request when the last was answered.

``python -m tests.benchmarks.load PORT CONNECTIONS SECONDS`` reads requests' heads and bodies as JSON from
standard input and prints what it measured. It is a process of its own, so that its CPU time is told apart.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import statistics
import sys
import time
from collections import Counter
from itertools import count
from typing import Any


class Connection(asyncio.Protocol):
    """Sends requests one after the other until the time is over."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._buffer = b""
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._next()

    def _next(self) -> None:
        self._sent = time.perf_counter()
        if self._sent > self._load.until:
            self._transport.close()
            return
        self._transport.write(self._load.request())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self._buffer = b""
        self._load.answered(int(head[9:12]), time.perf_counter() - self._sent)
        self._next()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


class Load:
    """The mix: every fifth request moves goods of one unit, the others register lots."""

    def __init__(self, mix: list[dict[str, Any]], until: float) -> None:
        self.until = until
        self.statuses: Counter[int] = Counter()
        self.seconds: list[float] = []
        self._parts = [(each["head"].encode(), each["body"].encode()) for each in mix]
        self._run = secrets.token_hex(6)
        self._numbers = count()

    def request(self) -> bytes:
        """The next request, under a submission key of its own."""
        number = next(self._numbers)
        head, body = self._parts[number % len(self._parts)]
        return b"%bIdempotency-Key: %b-%d\r\n\r\n%b" % (head, self._run.encode(), number, body)

    def answered(self, status: int, seconds: float) -> None:
        self.statuses[status] += 1
        self.seconds.append(seconds)


async def run(port: int, connections: int, seconds: float, mix: list[dict[str, Any]]) -> dict[str, Any]:
    """Send ``mix`` over and over; requests, statuses and latency in milliseconds."""
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    load = Load(mix, begun + seconds)
    made = [
        await loop.create_connection(lambda: Connection(load), "127.0.0.1", port) for _ in range(connections)
    ]
    await asyncio.gather(*(protocol.done for _, protocol in made))
    took = time.perf_counter() - begun
    cuts = statistics.quantiles(load.seconds, n=100)
    return {
        "n": sum(load.statuses.values()),
        "per_second": sum(load.statuses.values()) / took,
        "statuses": dict(load.statuses),
        "p50_ms": cuts[49] * 1000,
        "p99_ms": cuts[98] * 1000,
    }


if __name__ == "__main__":
    result = asyncio.run(run(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), json.load(sys.stdin)))
    sys.stdout.write(json.dumps(result))
