"""``coldledger serve`` as a process: it starts, shares its port, stops in order, and leaves nothing
behind."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from schema.problems import Problem
from service.serving import reserve, with_port
from service.settings import Settings

OPERATOR = (
    "--operator-uscc",
    "91210100MA17366650",
    "--operator-region",
    "210100",
    "--operator-name",
    "某平台",
)
PATIENCE_SECONDS = 60.0


class Served:
    """A running ``coldledger serve``."""

    def __init__(self, process: subprocess.Popen[str], url: str, greeting: str) -> None:
        self.process = process
        self.url = url
        self.greeting = greeting

    def workers(self) -> list[int]:
        """The processes that listen, by their command line."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def status(self, path: str) -> int:
        with urlopen(f"{self.url}{path}", timeout=10) as answer:
            return int(answer.status)

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)


def words(folder: Path, database: str, *more: str) -> list[str]:
    place = ("--data", str(folder / "data"), "--database", database)
    return [sys.executable, "-m", "service", "serve", "--port", "0", "--workers", "2", *place, *more]


@contextlib.contextmanager
def serving(folder: Path, database: str, *more: str) -> Iterator[Served]:
    log = (folder / "log").open("a")
    process = subprocess.Popen(words(folder, database, *more), stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        match = re.search(r"http://\S+", line)
        assert match, (folder / "log").read_text()
        yield Served(process, match[0], line)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        log.close()


def gone(pid: int) -> bool:
    """Whether the process ended within a few seconds."""
    until = time.monotonic() + 15
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def test_two_workers_start_serve_and_stop_in_order(empty_database: str, tmp_path: Path) -> None:
    with serving(tmp_path, empty_database, *OPERATOR) as served:
        assert len(workers := served.workers()) == 2
        assert served.status("/readyz") == 200
        assert "password" in served.process.stdout.readline()  # type: ignore[union-attr]
        assert served.end(signal.SIGTERM) == 0
        assert all(map(gone, workers))
        with pytest.raises(URLError):
            served.status("/healthz")
    key = tmp_path / "data.trust" / "signing.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "data.trust" / "checkpoint").exists()
    with serving(tmp_path, empty_database) as served:
        assert served.status("/readyz") == 200
        assert served.end(signal.SIGINT) == 0, "a second start needs no operator, and Ctrl-C stops it as well"


SECRET = "cl_7_kept-to-ourselves"
MALFORMED = (
    f"GET /healthz HTTP/1.1\r\nHost: x\r\nAuthorization : Bearer {SECRET}\r\n\r\n",
    f"GET /healthz HTTP/1.1\r\nHost: x\r\nCookie: coldledger={SECRET}\0\r\n\r\n",
    f"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: {SECRET}\r\n\r\n",
    f"GET http://[{SECRET} HTTP/1.1\r\nHost: x\r\n\r\n",
    f"GET /healthz HTTP/1.1\r\nHost: x\r\nX-CSRF-Token: {SECRET}{'a' * 20_000}\r\n\r\n",
    f"{SECRET} /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    f"POST /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{SECRET}\r\n",
)


def test_what_is_no_request_leaves_nothing_of_it_in_the_log(empty_database: str, tmp_path: Path) -> None:
    with serving(tmp_path, empty_database, *OPERATOR) as served:
        host, _, port = served.url.removeprefix("http://").partition(":")
        for sent in MALFORMED:
            with socket.create_connection((host, int(port)), timeout=10) as connection:
                connection.sendall(sent.encode())
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass
        assert served.status("/healthz") == 200
        assert served.end(signal.SIGTERM) == 0
    log = (tmp_path / "log").read_text()
    assert log.count("is no HTTP was refused") >= 3, log
    assert "kept-to-ourselves" not in log
    assert " ERROR " not in log
    assert "127.0.0.1" not in log.partition("refused")[2]


def test_workers_do_not_outlive_their_parent(empty_database: str, tmp_path: Path) -> None:
    with serving(tmp_path, empty_database, *OPERATOR) as served:
        workers = served.workers()
        served.end(signal.SIGKILL)
        assert all(map(gone, workers))


def test_a_worker_that_dies_young_ends_the_service_and_says_so(empty_database: str, tmp_path: Path) -> None:
    with serving(tmp_path, empty_database, *OPERATOR) as served:
        os.kill(served.workers()[0], signal.SIGKILL)
        assert served.process.wait(PATIENCE_SECONDS) == 1
    assert "worker ended with status" in (tmp_path / "log").read_text()


def test_a_new_ledger_needs_an_operator(empty_database: str, tmp_path: Path) -> None:
    done = subprocess.run(words(tmp_path, empty_database), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "--operator-uscc" in done.stderr
    assert not (tmp_path / "data.trust").exists(), "what was refused leaves nothing behind"


def test_a_ledger_whose_key_is_gone_is_not_continued(empty_database: str, tmp_path: Path) -> None:
    with serving(tmp_path, empty_database, *OPERATOR) as served:
        served.end(signal.SIGTERM)
    (tmp_path / "data.trust" / "signing.key").unlink()
    done = subprocess.run(words(tmp_path, empty_database), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "signing key is missing" in done.stderr


def test_a_port_that_somebody_has_is_not_shared() -> None:
    with reserve("127.0.0.1", 0) as held, pytest.raises(Problem, match=r"settings\.port-taken"):
        reserve("127.0.0.1", held.getsockname()[1])


def test_an_address_of_another_machine_cannot_be_used() -> None:
    with pytest.raises(Problem, match=r"settings\.address"):
        reserve("203.0.113.1", 0)


def test_a_port_that_the_service_just_left_can_be_taken_again() -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            accepted, _ = listener.accept()
            accepted.close()
            client.recv(1)
    with reserve("127.0.0.1", port) as held:
        assert held.getsockname()[1] == port


@pytest.mark.parametrize(
    ("named", "expected"), [("127.0.0.1:0", "127.0.0.1:4711"), ("trace.example.cn", "trace.example.cn")]
)
def test_labels_carry_the_port_that_was_taken(named: str, expected: str) -> None:
    settings = Settings(data=Path("/d"), trust=Path("/t"), port=0, public_host=named)
    assert with_port(settings, 4711).public_host == expected
