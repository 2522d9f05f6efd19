"""The keys of persons: on disk before they are used, gone for everybody once destroyed, no two alike."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from schema.problems import Problem
from service.parties.persons.vault import BLOCK, KEY, RECORD, TAG, Vault


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with closing(Vault(tmp_path / "trust" / "persons.keys")) as opened:
        yield opened


def key_bytes(vault: Vault, name: str) -> bytes:
    place = int(name.partition("-")[0]) * RECORD + TAG
    return vault.path.read_bytes()[place : place + KEY]


async def test_only_this_account_may_read_it(vault: Vault) -> None:
    assert vault.path.stat().st_mode & 0o777 == 0o600
    assert vault.path.parent.stat().st_mode & 0o777 == 0o700


async def test_a_key_is_on_disk_when_its_name_is_given_out(vault: Vault) -> None:
    name = await vault.new()
    with closing(Vault(vault.path)) as another:
        assert another.open(name, vault.seal(name, b"13800000001", b"x"), b"x") == b"13800000001"


async def test_no_name_is_given_twice_whoever_asks(vault: Vault) -> None:
    with closing(Vault(vault.path)) as another:
        asked = (each.new() for _ in range(3 * BLOCK) for each in (vault, another))
        names = await asyncio.gather(*asked)
    assert len(set(names)) == len({key_bytes(vault, name) for name in names}) == 6 * BLOCK


async def test_a_value_is_bound_to_its_place(vault: Vault) -> None:
    name, other = await vault.new(), await vault.new()
    box = vault.seal(name, b"value", b"here")
    assert vault.open(name, box, b"here") == b"value"
    assert vault.open(name, box, b"there") is None
    assert vault.open(other, box, b"here") is None
    assert vault.open(name, b"", b"here") is None


async def test_what_is_destroyed_is_gone_from_disk_and_for_every_process(vault: Vault) -> None:
    name, kept = await vault.new(), await vault.new()
    secret = key_bytes(vault, name)
    box, other = vault.seal(name, b"value", b""), vault.seal(kept, b"other", b"")
    with closing(Vault(vault.path)) as another:
        assert another.destroy([name]) == 1
        assert another.destroy([name, "999999-" + "0" * 32, "nonsense"]) == 0
    assert vault.open(name, box, b"") is None
    assert not vault.holds(name)
    assert vault.open(kept, other, b"") == b"other"
    assert secret not in vault.path.read_bytes()
    with pytest.raises(KeyError):
        vault.seal(name, b"again", b"")


async def test_a_name_of_another_vault_means_nothing(vault: Vault, tmp_path: Path) -> None:
    with closing(Vault(tmp_path / "another")) as another:
        name = await another.new()
        same_place = await vault.new()
    assert name.partition("-")[0] == same_place.partition("-")[0]
    assert not vault.holds(name)
    assert vault.destroy([name]) == 0
    assert vault.holds(same_place)


async def test_it_grows_on_after_a_crash_that_left_part_of_a_record(vault: Vault) -> None:
    before = await vault.new()
    with vault.path.open("ab") as file:
        file.write(b"torn")
    with closing(Vault(vault.path)) as another:
        name = await another.new()
        assert another.open(name, another.seal(name, b"v", b""), b"") == b"v"
        assert another.holds(before)


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "persons.keys"
    Vault(path).close()
    path.chmod(0o640)
    with pytest.raises(Problem) as caught:
        Vault(path)
    assert caught.value.code == "vault.exposed"


def test_a_file_that_is_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "persons.keys"
    path.write_text("a letter")
    path.chmod(0o600)
    with pytest.raises(Problem) as caught:
        Vault(path)
    assert caught.value.code == "vault.unreadable"


def test_an_empty_file_begins_a_vault(tmp_path: Path) -> None:
    """As the remedy of ``vault.missing`` says."""
    path = tmp_path / "persons.keys"
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    with closing(Vault(path)) as vault:
        assert vault.holds(asyncio.run(vault.new()))
