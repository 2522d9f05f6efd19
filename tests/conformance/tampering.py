"""A proxy between a ledger and who checks it, which changes one bit of one answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

PASSED_ON = ("Content-Type", "Cache-Control", "Content-Encoding")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, upstream: str, path: str, at: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(upstream).netloc
        self.path, self.at = path, at
        self.changed = 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.ledger = HTTPConnection(self.server.upstream, timeout=30)

    def finish(self) -> None:
        self.ledger.close()
        super().finish()

    def do_GET(self) -> None:
        self.ledger.request("GET", self.path)
        answer = self.ledger.getresponse()
        body = bytearray(answer.read())
        if self.path == self.server.path:
            body[int(len(body) * self.server.at)] ^= 1
            self.server.changed += 1
        self.send_response(answer.status)
        for name in PASSED_ON:
            if value := answer.getheader(name):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is told of each request."""


@contextmanager
def changing(upstream: str, path: str, at: float = 0.5) -> Iterator[str]:
    """The URL of the ledger at ``upstream``, one bit of whose answer at ``path`` is not what it says.

    ``at`` is where: 0 its first byte, just below 1 its last. Whoever checks must have asked for that path.
    """
    server = _Server(upstream, path, at)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
        assert server.changed, f"nobody asked for {path}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
