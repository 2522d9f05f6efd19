"""The keeper of one PostgreSQL server: a process of its own between the service and the database.

It is run as a script with the standard library alone (``python -I -S supervisor.py ORDER``) and stands alone.
Rules it keeps:

* No server is left behind. Its standard input is a pipe whose other end only the service holds. The word
  ``stop`` means an orderly stop; the end of the pipe without it means that the service died, by ``kill -9``
  perhaps, and the server goes down at once (the WAL makes that safe). Should this process itself be killed,
  the kernel sends the server the same signal (``PR_SET_PDEATHSIG``). That signal is tied to the *thread* that
  forked; the service has many, this process has one, which is why it exists.
* A server that dies by a signal, from the kernel's memory killer perhaps, is started again.
* As root the server runs as another account. Its working folder is entered before the account changes and the
  server is told ``-D /proc/self/cwd``, so that the way to the data folder need not be open to that account.
* The lock on the data folder is inherited by every process of the server: it is free only when all are gone.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import shutil
import signal
import sys
import time
from typing import TypedDict

PR_SET_PDEATHSIG = 1
ORDERLY_SECONDS = 60.0
KILL_SECONDS = 4.0
RETRY_SECONDS = 0.25
RETRIES = 40
STABLE_SECONDS = 10.0
ORPHANED = b""


class Order(TypedDict):
    """What to run. ``account`` is (uid, gid) or null; ``sockets`` is removed at the end."""

    command: list[str]
    cluster: str
    sockets: str
    log: str
    account: tuple[int, int] | None
    environment: dict[str, str]


def launch(order: Order) -> int:
    """Start the server as a child; answer its process id."""
    keeper = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        _become_server(order, keeper)
    except BaseException as error:  # a forked child must never return into its parent's code
        os.write(2, f"cannot start {order['command'][0]}: {error}\n".encode())
    os._exit(127)


def _become_server(order: Order, keeper: int) -> None:
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDWR)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.chdir(order["cluster"])
    if order["account"]:
        uid, gid = order["account"]
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # After the change of account, which clears it.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)
    if os.getppid() == keeper:
        os.execve(order["command"][0], order["command"], order["environment"])  # noqa: S606


def word_within(seconds: float) -> bytes | None:
    """What the service says within ``seconds``; ORPHANED when it is gone, None when it says nothing."""
    readable, _, _ = select.select([0], [], [], seconds)
    return os.read(0, 64) if readable else None


def ended_within(pid: int, seconds: float) -> int | None:
    """The child's wait status when it ends within ``seconds``."""
    until = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        if time.monotonic() >= until:
            return None
        time.sleep(0.01)


def stop(pid: int, word: bytes) -> None:
    """Fast shutdown when asked, immediate shutdown when orphaned or when the fast one takes too long."""
    patience = [(signal.SIGQUIT, KILL_SECONDS), (signal.SIGKILL, KILL_SECONDS)]
    if word != ORPHANED:
        patience.insert(0, (signal.SIGINT, ORDERLY_SECONDS))
    for number, seconds in patience:
        os.kill(pid, number)
        if ended_within(pid, seconds) is not None:
            return


def run_once(order: Order) -> int | None:
    """Run a server until it ends (its wait status) or the service wants it gone (None)."""
    pid = launch(order)
    # A child's end is noticed through its pidfd: no signal handler, no polling.
    child = os.pidfd_open(pid)
    try:
        readable, _, _ = select.select([0, child], [], [])
        if child in readable:
            return os.waitpid(pid, 0)[1]
        stop(pid, os.read(0, 64))
        return None
    finally:
        os.close(child)


def keep(order: Order) -> int:
    """Keep the server running until it is to stop. Answers this process's exit status."""
    retries = 0
    while True:
        began = time.monotonic()
        status = run_once(order)
        if status is None:
            return 0
        if os.WIFSIGNALED(status) and (retries == 0 or time.monotonic() - began > STABLE_SECONDS):
            # Its orphaned backends take a moment to leave; until then a new server refuses to start.
            retries = RETRIES
        elif retries == 0:
            return 1
        retries -= 1
        if word_within(RETRY_SECONDS) is not None:
            return 0


def main() -> int:
    """Keep the server that the first argument describes, then clean up."""
    order: Order = json.loads(sys.argv[1])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the service decides; the server sets its own handlers
    try:
        return keep(order)
    finally:
        shutil.rmtree(order["sockets"], ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
