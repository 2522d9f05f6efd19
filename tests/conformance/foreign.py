"""Verifiers that nobody here wrote: found or installed beside the product, never into it.

Each goes into a folder of the user's cache, under its name and version, once: Python tools into an
environment of their own, Go tools built from ``tests/conformance/go``. What they judge reaches them as files,
by standard input or over HTTP, and nothing of ours imports them. Which there are: verifiers.py.

A tool that this machine has no ground for (no Python 3.12, no Go) skips its tests with ``CANNOT_BE_HAD``.
One that could be installed and was not skips them too, which ``--no-skips`` counts as a failure.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import CANNOT_BE_HAD, NOT_RUN

GO_SOURCES = Path(__file__).with_name("go")
GO_FOR_MODULES = (1, 25)
DEBIAN_GOPATH = Path("/usr/share/gocode")
PATIENCE_SECONDS = 240
_REQUIREMENT = re.compile(r"([a-z-]+)==([0-9.]+)")


class CannotBeHadError(Exception):
    """The machine lacks what the tool stands on."""


@dataclass(frozen=True)
class Tool:
    """An installed verifier: ``program`` is an executable, or the interpreter whose packages it is one of."""

    name: str
    version: str
    program: Path

    def run(self, *words: str | Path, said: str = "") -> subprocess.CompletedProcess[str]:
        """Run it to its end; ``said`` is its standard input."""
        # Nothing is asked of anybody but the ledger on this machine.
        return _run([str(self.program), *map(str, words)], said, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")


def python_tool(requirement: str, minimum: tuple[int, int] = (3, 12)) -> Tool:
    """The interpreter of an environment that holds ``name==version``; skips the test where there is none."""
    return _or_skip(_python_tool, requirement, minimum)


def go_tool(name: str, package: str, module: str) -> Tool:
    """A program of the Go module in ``go/``, as old as ``module``; skips the test where there is none."""
    return _or_skip(_go_tool, name, package, module)


def _or_skip(install: Callable[..., Tool], *what: object) -> Tool:
    found = _installed(install, *what)
    if isinstance(found, str):
        pytest.skip(found)
    return found


@functools.cache
def _installed(install: Callable[..., Tool], *what: object) -> Tool | str:
    """The tool, or why there is none; tried once a session."""
    try:
        return install(*what)
    except CannotBeHadError as error:
        return f"{NOT_RUN}, {CANNOT_BE_HAD}: {error}"
    except (OSError, subprocess.SubprocessError) as error:
        complaint = str(getattr(error, "stderr", None) or error).strip().splitlines()
        return f"{NOT_RUN}, could not be installed: {what[0]}: {complaint[-1]}"


def _run(
    words: list[str], said: str = "", cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        input=said,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        cwd=cwd,
        env={**os.environ, **environment},
        check=False,
    )


def _demand(words: list[str], cwd: Path | None = None, **environment: str) -> str:
    """What a command prints. Raises CalledProcessError with what it complains of."""
    done = _run(words, cwd=cwd, **environment)
    done.check_returncode()
    return done.stdout


@contextmanager
def _installed_once(name: str, program: str) -> Iterator[tuple[Path, bool]]:
    """Where in the cache the program is and whether it is there; one process at a time installs it, and whole
    or not at all."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "coldledger" / "verifiers"
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / name
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / "installed"
        # An interpreter that is gone leaves its environments behind, with a link to nothing.
        if done.exists() and (folder / program).exists():
            yield folder / program, True
            return
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        yield folder / program, False
        done.touch()


def _python_tool(requirement: str, minimum: tuple[int, int]) -> Tool:
    match = _REQUIREMENT.fullmatch(requirement)
    assert match is not None, requirement
    name, version = match.groups()
    interpreter, (major, minor) = _python(name, minimum)
    with _installed_once(f"{name}-{version}-python{major}.{minor}", "bin/python") as (own, installed):
        if not installed:
            _demand([interpreter, "-m", "venv", str(own.parents[1])])
            pip = [str(own), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            # Wheels alone: nothing of a tool runs before it is asked to verify.
            _demand([*pip, "--retries", "2", "--only-binary", ":all:", requirement])
    return Tool(name, version, own)


def _python(name: str, minimum: tuple[int, int]) -> tuple[str, tuple[int, int]]:
    """A Python that is new enough: the one that runs the tests, or another that is found."""
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    named = (shutil.which(f"python3.{minor}") for minor in range(minimum[1], minimum[1] + 6))
    for found in (sys.executable, *named, *sorted(map(str, versions.glob("3.*/bin/python")))):
        version = _version(found) if found else None
        if found and version and version >= minimum:
            return found, version
    raise CannotBeHadError(f"{name} needs Python {minimum[0]}.{minimum[1]} or newer")


@functools.cache
def _version(interpreter: str) -> tuple[int, int] | None:
    # A version manager's shim is on the PATH and may still answer that there is no such command.
    done = _run([interpreter, "-c", "import sys, venv; print(*sys.version_info[:2])"])
    if done.returncode:
        return None
    major, minor = done.stdout.split()
    return int(major), int(minor)


def _go_tool(name: str, package: str, module: str) -> Tool:
    go = shutil.which("go")
    if go is None:
        raise CannotBeHadError(f"{name} needs Go")
    version = _demand([go, "env", "GOVERSION"]).strip() or "go0.0"
    major, minor = (int(part) for part in re.findall(r"\d+", version)[:2])
    if (major, minor) >= GO_FOR_MODULES:
        settings, of = {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly"}, _pinned(module)
    elif package.startswith(".") and (DEBIAN_GOPATH / "src" / module).is_dir():
        settings, of = {"GO111MODULE": "off", "GOPATH": str(DEBIAN_GOPATH), "GOFLAGS": ""}, _debian(module)
    else:
        needed = ".".join(map(str, GO_FOR_MODULES))
        raise CannotBeHadError(f"{name} needs Go {needed} or newer; here is {version}")
    with _installed_once(f"{name}-{of}-{version}-{_digest()}", name) as (program, installed):
        if not installed:
            build = [go, "build", "-trimpath", "-buildvcs=false", "-o", str(program), package]
            # A C compiler is not asked for.
            _demand(build, cwd=GO_SOURCES, CGO_ENABLED="0", **settings)
    return Tool(name, of, program)


def _pinned(module: str) -> str:
    found = re.search(rf"{re.escape(module)} v(\S+)", (GO_SOURCES / "go.mod").read_text(encoding="ascii"))
    assert found is not None, module
    return found[1]


def _debian(module: str) -> str:
    package = "golang-" + module.replace(".org/", "-").replace("/", "-") + "-dev"
    return _run(["dpkg-query", "--show", "--showformat", "${Version}", package]).stdout or "of Debian"


def _digest() -> str:
    """What the build depends on, so that a change of our own programs is built anew."""
    digest = hashlib.sha256()
    for path in sorted(path for path in GO_SOURCES.rglob("*") if path.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
