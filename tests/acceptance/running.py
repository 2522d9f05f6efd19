"""``coldledger`` as a process of its own."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PATIENCE_SECONDS = 120
_ROOT = Path(__file__).parents[2]
_SERVES = re.compile(r"serves on (http://\S+)")
_FIRST_MANAGER = re.compile(r"login (\S+), password (\S+)")


def coldledger(*words: str) -> list[str]:
    """The command line, whether the product is installed or only its source is here."""
    return [sys.executable, "-m", "service", *words]


def _environment() -> dict[str, str]:
    """Nothing of whoever runs the tests reaches the service."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COLDLEDGER_")}
    return kept | {"PYTHONPATH": str(_ROOT), "PYTHONUNBUFFERED": "1"}


@dataclass(frozen=True)
class Service:
    """A running service: where it is, what it printed, and its first manager's password where it told one."""

    url: str
    data: Path
    printed: list[str]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command beside the service, on its data."""
        return run(*words, "--data", str(self.data))

    @property
    def first_manager(self) -> tuple[str, str]:
        """Login and password that the first start told."""
        match = _FIRST_MANAGER.search("\n".join(self.printed))
        assert match is not None, self.printed
        return match[1], match[2]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """A command of the product to its end."""
    return subprocess.run(
        coldledger(*words),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        env=_environment(),
        check=False,
    )


@contextmanager
def serving(data: Path, *options: str, ready: Callable[[str], bool] | None = None) -> Iterator[Service]:
    """``coldledger serve`` on a free port, until the block ends; it must end well. No second factor is asked.

    It is ready when it printed a line that is ``ready``: by default the first manager's password.
    """
    words = coldledger("serve", "--port", "0", "--data", str(data), "--no-access-log")
    words += ["--second-factor", "nobody", *options]
    log = data.with_name(f"{data.name}.log")
    with (
        log.open("a", encoding="utf-8") as errors,
        subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=errors, text=True, env=_environment()
        ) as process,
    ):
        try:
            yield _ready(process, data, ready or (lambda line: _FIRST_MANAGER.search(line) is not None))
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(PATIENCE_SECONDS)
    assert status == 0, log.read_text(encoding="utf-8")


def _ready(process: subprocess.Popen[str], data: Path, ready: Callable[[str], bool]) -> Service:
    """Read what it prints until it is ready. A thread reads, since a pipe knows no patience."""
    lines: queue.Queue[str | None] = queue.Queue()
    assert process.stdout is not None
    threading.Thread(target=_pass_on, args=(process.stdout, lines), daemon=True).start()
    printed: list[str] = []
    while not (printed and ready(printed[-1])):
        line = lines.get(timeout=PATIENCE_SECONDS)
        assert line is not None, f"it ended before it was ready; printed: {printed}"
        printed.append(line.rstrip("\n"))
    match = _SERVES.search("\n".join(printed))
    assert match is not None, printed
    return Service(match[1], data, printed)


def _pass_on(source: IO[str], lines: queue.Queue[str | None]) -> None:
    for line in source:
        lines.put(line)
    lines.put(None)
