"""A ledger under a new name, and one whose key changes, before verifiers that nobody here wrote."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from service.ledger.note import Verifier
from service.storage import EmbeddedPostgres
from service.trust import read_verifiers
from tests.conformance.conftest import Checked
from tests.conformance.foreign import Tool
from tests.conformance.verifiers import FOLLOWERS, Follow, Verdict
from tests.conftest import complete
from tests.integration.ways_on.house import House, begin
from tests.retold import SIGNER


@pytest.fixture
def house(postgres: EmbeddedPostgres, database: str, tmp_path: Path) -> House:
    """A ledger of a few entries, all of them published."""
    house = begin(postgres, database, tmp_path / "house")
    house.say(4)
    house.publish()
    return house


def followed(house: House, tool: Tool, follow: Follow, key: Verifier) -> Verdict:
    """What a verifier that knows this key alone says of the ledger."""
    file = house.folder / "known.vkey"
    file.write_text(key.vkey, encoding="ascii")

    async def judge() -> Verdict:
        async with house.served() as (url, _):
            return await asyncio.to_thread(follow, tool, url, file)

    return complete(judge)


@pytest.mark.parametrize("name", FOLLOWERS)
def test_a_successor_is_taken_under_its_own_name_alone(name: str, house: House, checked: Checked) -> None:
    install, follow = FOLLOWERS[name]
    tool = install()
    house.settings.key_file.unlink()
    house.good("succeed", "--reason", "key-lost", "--yes")
    house.say(3)
    (key,) = read_verifiers(house.settings)
    verdict = followed(house, tool, follow, key)
    assert verdict.sound, verdict.told
    assert not followed(house, tool, follow, SIGNER.verifier).sound
    checked(tool, "a successor, with what it inherited")


@pytest.mark.parametrize("name", FOLLOWERS)
def test_either_key_is_enough_while_both_sign(name: str, house: House, checked: Checked) -> None:
    install, follow = FOLLOWERS[name]
    tool = install()
    house.good("key", "add")
    for key in read_verifiers(house.settings):
        verdict = followed(house, tool, follow, key)
        assert verdict.sound, verdict.told
    checked(tool, "two keys, known one at a time")
