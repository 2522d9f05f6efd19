"""One changed byte of the note outside: no start, and nothing is written that would hide it."""

from __future__ import annotations

from pathlib import Path

import pytest

from schema.problems import Problem
from service.founding import found
from service.settings import Settings
from tests.faults.ground import Ground, places_in, publishing
from tests.retold import SIGNER

PLACES = {"the origin": 0.02, "the size": 0.12, "the root": 0.3, "the key's name": 0.5, "the signature": 0.9}
"""Where in the note, as a share of its length."""


@pytest.mark.parametrize("place", PLACES)
async def test_a_note_with_a_changed_byte_is_refused_at_a_start(
    url: str, ground: Ground, tmp_path: Path, place: str
) -> None:
    places = places_in(tmp_path)
    async with publishing(url, places):
        pass
    trust = places.checkpoint.parent
    (trust / "signing.key").write_text(SIGNER.skey, encoding="ascii")
    note = bytearray(places.checkpoint.read_bytes())
    note[int(PLACES[place] * len(note))] ^= 1
    places.checkpoint.write_bytes(note)
    with pytest.raises(Problem) as caught:
        await found(Settings(data=tmp_path / "data", trust=trust), url)
    assert caught.value.code == "ledger.fenced"
    assert "its checkpoint cannot be read" in str(caught.value.facts["reason"])
    assert places.checkpoint.read_bytes() == note
