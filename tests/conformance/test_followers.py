"""A ledger of 70,000 real entries, over HTTP, before verifiers that nobody here wrote.

Each must take it as it is and refuse it with one bit changed, wherever that is.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from tests.conformance.claims import flipped
from tests.conformance.conftest import Checked
from tests.conformance.tampering import changing
from tests.conformance.verifiers import FOLLOWERS, aics, sumdb
from tests.retold import SIGNER
from tests.seventy import SIZES, Served

CHANGED = {
    "the checkpoint's root": ("/checkpoint", 0.25),
    "the checkpoint's signature": ("/checkpoint", 0.9),
    "a full tile": ("/tile/0/101", 0.5),
    "the first byte of the first tile": ("/tile/0/000", 0.0),
    "the last byte of the partial tile": ("/tile/0/273.p/112", 0.9999),
    "a full tile of the second level": ("/tile/1/000", 0.3),
    "a partial tile of the second level": ("/tile/1/001.p/17", 0.6),
    "the tile of the third level": ("/tile/2/000.p/1", 0.5),
    "a full bundle": ("/tile/entries/200", 0.4),
    "a length in a bundle": ("/tile/entries/000", 0.0),
    "the partial bundle": ("/tile/entries/273.p/112", 0.99),
}


@pytest.mark.parametrize("name", FOLLOWERS)
def test_the_whole_ledger_is_taken(name: str, seventy: Served, checked: Checked) -> None:
    install, follow = FOLLOWERS[name]
    tool = install()
    verdict = follow(tool, seventy.url, seventy.key)
    assert verdict.sound, verdict.told
    assert str(SIZES[-1]) in verdict.told
    checked(tool, f"every tile and entry of {SIZES[-1]:,} over HTTP")


@pytest.mark.parametrize("place", CHANGED)
@pytest.mark.parametrize("name", FOLLOWERS)
def test_one_changed_bit_is_refused(name: str, place: str, seventy: Served, checked: Checked) -> None:
    install, follow = FOLLOWERS[name]
    tool = install()
    with changing(seventy.url, *CHANGED[place]) as url:
        verdict = follow(tool, url, seventy.key)
    assert not verdict.sound, verdict.told
    checked(tool, "refused one changed bit")


def test_go_sees_every_tile_and_older_checkpoint(seventy: Served, checked: Checked) -> None:
    tool = sumdb()
    choice = ("-records", "500", "-seed", "2")
    done = tool.run("follow", "-key", seventy.key, *choice, seventy.url, *seventy.older)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen == {"Size": 70_000, "Tiles": 277, "Bundles": 274, "Records": 500, "Older": len(SIZES) - 1}
    checked(tool, f"500 random records and growth from {len(SIZES) - 1} checkpoints")


def test_go_refuses_an_older_checkpoint_of_another_history(
    seventy: Served, tmp_path: Path, checked: Checked
) -> None:
    tool = sumdb()
    done = tool.run("follow", "-key", seventy.key, seventy.url, _rewritten(seventy, tmp_path))
    assert done.returncode != 0
    assert "from 65536 to 70000" in done.stderr
    checked(tool, "refused a rewritten history")


@pytest.mark.parametrize("position", [0, 65_535, 69_999])
def test_aics_proves_an_entry_by_its_own_command(position: int, seventy: Served, checked: Checked) -> None:
    tool = aics()
    told = _aics(seventy, "verify-inclusion", "--index", str(position))
    assert told["ok"], told
    checked(tool, "an entry")


@pytest.mark.parametrize("size", SIZES[:-1])
def test_aics_proves_growth_by_its_own_command(size: int, seventy: Served, checked: Checked) -> None:
    tool = aics()
    told = _aics(seventy, "verify-consistency", "--old-checkpoint", seventy.folder / f"checkpoint-{size}")
    assert told["ok"], told
    checked(tool, "growth from a checkpoint")


def test_aics_refuses_a_rewritten_history(seventy: Served, tmp_path: Path, checked: Checked) -> None:
    told = _aics(seventy, "verify-consistency", "--old-checkpoint", _rewritten(seventy, tmp_path))
    assert not told["ok"]
    assert "rewritten" in told["error"]
    checked(aics(), "refused a rewritten history")


def test_aics_refuses_a_ledger_that_went_back(seventy: Served, tmp_path: Path, checked: Checked) -> None:
    newest = open_checkpoint(seventy.newest, SIGNER.verifier)
    ahead = tmp_path / "ahead"
    later = Checkpoint(newest.origin, newest.size + 1, newest.root)
    ahead.write_text(sign_checkpoint(SIGNER, later), encoding="utf-8")
    told = _aics(seventy, "verify-consistency", "--old-checkpoint", ahead)
    assert not told["ok"]
    assert "rollback" in told["error"]
    checked(aics(), "refused a rollback")


def _rewritten(served: Served, folder: Path) -> Path:
    """A checkpoint of 65,536 entries that the ledger's key has signed, and that is of another history."""
    old = open_checkpoint(served.checkpoints[65_536], SIGNER.verifier)
    note = folder / "rewritten"
    other = Checkpoint(old.origin, old.size, flipped(old.root))
    note.write_text(sign_checkpoint(SIGNER, other), encoding="utf-8")
    return note


def _aics(served: Served, command: str, *words: str | Path) -> dict[str, str]:
    """What the command of aics-tlog answers over HTTP."""
    tool = aics()
    where = ("--tiles", served.url, "--vkey-file", served.key)
    told: dict[str, str] = json.loads(tool.run("-m", "aics_tlog", command, *words, *where).stdout)
    return told
