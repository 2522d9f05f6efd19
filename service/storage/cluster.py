"""The database cluster in a data folder: who runs it, whether it may be opened, how it is made.

Rules it keeps:

* One process at a time: a lock on ``DATA/lock`` which the server inherits, so that it is free only when the
  service *and* every process of the server are gone. A ``postmaster.pid`` alone proves nothing.
* A cluster is there whole or not at all: it is made beside its place and renamed into it.
* A folder that is not ours, or of another major version, is never touched.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from schema.problems import Problem
from service.storage.binaries import Binaries, everyone_can_enter

SUPERUSER = "coldledger"
DATABASE = "coldledger"
LOCK_SECONDS = 6.0
# Beyond what accounts are handed out on a machine, below what a rootless container can still map.
SERVER_ID = 58213
# Chosen at the making, in postgresql.conf, where an administrator may change them. The large min_wal_size
# keeps the tail of commits short: new WAL segments are what makes a commit slow.
SETTINGS = {
    "min_wal_size": "1GB",
    "max_wal_size": "4GB",
    "shared_buffers": "256MB",
    "max_connections": "200",
    # Segments of System V do not depend on the size of /dev/shm, which containers keep small.
    "dynamic_shared_memory_type": "sysv",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True, slots=True)
class Account:
    """The account that a server runs as when the service is root."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The layout of a data folder."""

    root: Path

    @property
    def cluster(self) -> Path:
        return self.root / "postgres"

    @property
    def draft(self) -> Path:
        """Where a cluster is made."""
        return self.root / "postgres.new"

    @property
    def password(self) -> Path:
        return self.root / "postgres.password"

    @property
    def log(self) -> Path:
        return self.root / "postgres.log"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    def prepare(self) -> None:
        """Make the folder, for its owner only.

        :raises Problem: ``storage.data-folder-not-writable``.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryFile(dir=self.root):
                pass
        except OSError as error:
            raise _not_writable(self.root, error) from error


def _not_writable(path: Path, error: OSError) -> Problem:
    return Problem("storage.data-folder-not-writable", folder=str(path), cause=error.strerror or str(error))


def server_account(folder: DataFolder) -> Account | None:
    """Who runs the server: the caller, or, for root, whoever owns the cluster, or an account of its own.

    An existing owner is kept so that root may start what a user's own start had made.
    """
    if os.geteuid() != 0:
        return None
    if folder.cluster.exists():
        owner = folder.cluster.stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    return Account(SERVER_ID, SERVER_ID)


def lock(folder: DataFolder) -> int:
    """Take the folder for this process and the server to come; answer the lock's descriptor.

    Waits a moment, because a server whose service was killed still has to go down.

    :raises Problem: ``storage.in-use``, ``storage.data-folder-not-writable``.
    """
    try:
        descriptor = os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _not_writable(folder.lock, error) from error
    until = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > until:
                holder = os.read(descriptor, 20).decode(errors="replace").strip()
                os.close(descriptor)
                raise Problem("storage.in-use", folder=str(folder.root), process=holder or None) from None
        time.sleep(0.05)
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def check(folder: DataFolder, binaries: Binaries) -> bool:
    """Whether there is a cluster; it is one that ``binaries`` may open. Call it under the lock.

    :raises Problem: ``storage.not-a-database``, ``storage.other-version``, ``storage.password-missing``,
        ``storage.in-use`` or ``storage.data-folder-not-writable`` (another account's).
    """
    cluster = folder.cluster
    try:
        if not cluster.exists() or (cluster.is_dir() and not any(cluster.iterdir())):
            return False
        major = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    except PermissionError as error:
        raise _not_writable(cluster, error) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Problem("storage.not-a-database", folder=str(cluster)) from error
    if major != binaries.major:
        raise Problem("storage.other-version", folder=str(cluster), found=major, wanted=binaries.major)
    if not folder.password.exists():
        raise Problem("storage.password-missing", file=str(folder.password))
    _forget_dead_server(folder)
    return True


def _forget_dead_server(folder: DataFolder) -> None:
    """Remove a stale ``postmaster.pid``.

    Its process number may by now be anyone's, which would keep PostgreSQL from starting. A server of this
    folder, started by hand perhaps, is one whose processes stand in it; the lock excludes our own.
    """
    pidfile = folder.cluster / "postmaster.pid"
    if not pidfile.exists():
        return
    for process in Path("/proc").glob("[0-9]*"):
        try:
            stands_here = (process / "cwd").samefile(folder.cluster)
            program = (process / "exe").readlink().name
        except OSError:
            continue  # gone meanwhile, or another account's: a server runs as the owner of its cluster
        if stands_here and program.startswith("postgres"):
            raise Problem("storage.in-use", folder=str(folder.root), process=process.name)
    pidfile.unlink(missing_ok=True)


def titles(folder: DataFolder) -> list[bytes]:
    """What the processes of the folder's server call themselves, each by what it does."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").samefile(folder.cluster):
                found.append((process / "cmdline").read_bytes())
        except OSError:
            continue  # gone meanwhile, or another account's
    return found


def create(folder: DataFolder, binaries: Binaries, account: Account | None, lock_descriptor: int) -> None:
    """Make the cluster with its superuser, password and database.

    :raises Problem: ``storage.creation-failed`` with the last lines that the programs wrote.
    """
    maker = _maker() if account else None
    shutil.rmtree(folder.draft, ignore_errors=True)
    folder.draft.mkdir(mode=0o700)
    password = secrets.token_urlsafe(24)
    _write_private(folder.password, password)
    with tempfile.TemporaryDirectory(prefix="coldledger-", dir=runtime_parent()) as errand:
        _write_private(Path(errand, "password"), password)
        if maker:
            for path in (Path(errand), Path(errand, "password"), folder.draft):
                os.chown(path, maker.uid, maker.gid)
        run = _Making(folder.draft, maker, lock_descriptor)
        run.program(_initdb(binaries, Path(errand, "password")))
        run.program(
            [str(binaries.postgres), "--single", "-D", "/proc/self/cwd", "postgres"],
            f"CREATE DATABASE {DATABASE}\n",
        )
    give(folder.draft, account)
    if folder.cluster.exists():
        folder.cluster.rmdir()
    folder.draft.rename(folder.cluster)


def give(folder: Path, account: Account | None) -> None:
    """Make ``account`` the owner of ``folder`` and all in it; nothing when the server is the caller's own."""
    if account is None or folder.stat().st_uid == account.uid:
        return
    for path in folder.rglob("*"):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    os.chown(folder, account.uid, account.gid)


def runtime_parent() -> Path:
    """A temporary folder that every account may enter and whose name leaves room in a socket's address."""
    chosen = Path(tempfile.gettempdir())
    return chosen if len(str(chosen)) <= 60 and everyone_can_enter(chosen) else Path("/tmp")  # noqa: S108


def _maker() -> Account:
    """The account that makes a cluster for root: ``initdb`` insists on one that has a name."""
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Problem("storage.no-unprivileged-account") from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123  (a descriptor, not a path)
        file.write(text)
        file.flush()
        os.fsync(descriptor)


def _initdb(binaries: Binaries, password: Path) -> list[str]:
    """Text sorts by code point and upper-cases as Unicode says, the same on every machine."""
    return [
        str(binaries.initdb),
        "--pgdata=/proc/self/cwd",
        f"--username={SUPERUSER}",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        *(f"--set={name}={value}" for name, value in SETTINGS.items()),
    ]


@dataclass(frozen=True, slots=True)
class _Making:
    """Runs the programs that make a cluster, standing in ``place`` as ``account``."""

    place: Path
    account: Account | None
    lock_descriptor: int

    def program(self, command: list[str], text: str = "") -> None:
        result = subprocess.run(  # noqa: S603
            command,
            cwd=self.place,
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            env={"LC_ALL": "C", "PATH": os.defpath},
            # Should this process be killed, the next one waits until the half-made cluster is left alone.
            pass_fds=(self.lock_descriptor,),
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=() if self.account else None,
        )
        if result.returncode:
            last = "\n".join(result.stdout.splitlines()[-8:])
            raise Problem("storage.creation-failed", folder=str(self.place), log=last)
