"""Our checkpoints and proofs, before verifiers that nobody here wrote and that fetch nothing themselves.

Each must take what is so, and refuse every claim that is false in one way; by each its reason is told.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from service.ledger.checkpoint import open_checkpoint
from service.ledger.cosignature import generate_cosigner
from tests.conformance.claims import (
    Claims,
    altered_growth,
    altered_inclusions,
    altered_notes,
    entries_of,
)
from tests.conformance.conftest import Checked
from tests.conformance.verifiers import JUDGES, PROGRAMS, aics, pymerkle
from tests.retold import SIGNER
from tests.seventy import SIZES, Served

WITNESS = generate_cosigner("witness.invalid/one")


@pytest.mark.parametrize("name", JUDGES)
def test_what_is_so_is_taken(name: str, claims: Claims, checked: Checked) -> None:
    install, judge = JUDGES[name]
    tool = install()
    verdicts = judge(tool, claims.spoken())
    assert verdicts.note == ""
    assert verdicts.inclusion == [""] * len(claims.inclusion)
    assert verdicts.consistency == [""] * len(SIZES)
    checked(tool, f"the checkpoint, {len(claims.inclusion)} proofs of entries and {len(SIZES)} of growth")


@pytest.mark.parametrize("name", JUDGES)
def test_a_cosigned_checkpoint_is_taken(name: str, claims: Claims, checked: Checked) -> None:
    install, judge = JUDGES[name]
    tool = install()
    assert judge(tool, replace(claims, note=claims.note + _cosigned(claims.note)).spoken()).note == ""
    checked(tool, "a checkpoint beside whose signature stands a witness's")


def test_aics_counts_the_cosignature_of_a_witness_of_ours(
    claims: Claims, tmp_path: Path, checked: Checked
) -> None:
    tool = aics()
    now = int(time.time())
    words = ("-m", "aics_tlog", "verify-checkpoint", "--log-key", claims.vkey)
    policy = ("--quorum", "1", "--witness-key", WITNESS.verifier.vkey, "--max-age", "3600")
    notes = {
        "cosigned": claims.note + _cosigned(claims.note, now),
        "alone": claims.note,
        "of long ago": claims.note + _cosigned(claims.note, now - 7200),
        "of something else": claims.note + _cosigned(claims.note.replace("\n7", "\n6", 1), now),
    }
    taken = {}
    for what, note in notes.items():
        file = tmp_path / what
        file.write_text(note, encoding="utf-8")
        taken[what] = json.loads(tool.run(*words, *policy, "--note", file).stdout)["ok"]
    assert taken == {what: what == "cosigned" for what in notes}
    checked(tool, "a witness's cosignature")
    checked(tool, "refused a missing, an old and a wrong one")


def _cosigned(note: str, seconds: int = 1_600_000_000) -> str:
    """The witness's line over what a note says."""
    return WITNESS.sign(note.partition("\n\n")[0] + "\n", seconds)


@pytest.mark.parametrize("name", JUDGES)
def test_altered_checkpoints_are_refused(name: str, claims: Claims, checked: Checked) -> None:
    install, judge = JUDGES[name]
    tool = install()
    for what, false in altered_notes(replace(claims, inclusion=(), consistency=())):
        assert judge(tool, false.spoken()).note, what
        checked(tool, "refused an altered checkpoint")


@pytest.mark.parametrize("name", JUDGES)
def test_altered_proofs_of_entries_are_refused(name: str, claims: Claims, checked: Checked) -> None:
    install, judge = JUDGES[name]
    tool = install()
    false = {
        f"{claim.index}: {what}": altered
        for claim in claims.inclusion
        for what, altered in altered_inclusions(claim, SIZES[-1])
    }
    verdicts = judge(tool, replace(claims, inclusion=tuple(false.values())).spoken())
    taken = [what for what, reason in zip(false, verdicts.inclusion, strict=True) if not reason]
    assert taken == []
    for _ in false:
        checked(tool, "refused an altered proof of an entry")


@pytest.mark.parametrize("name", JUDGES)
def test_altered_proofs_of_growth_are_refused(name: str, claims: Claims, checked: Checked) -> None:
    install, judge = JUDGES[name]
    tool = install()
    # The checkpoint itself needs no proof, so that there is none to alter.
    grown = [claim for claim in claims.consistency if claim.proof]
    assert len(grown) == len(SIZES) - 1
    false = {
        f"{number}: {what}": altered
        for number, claim in enumerate(grown)
        for what, altered in altered_growth(claim)
    }
    verdicts = judge(tool, replace(claims, consistency=tuple(false.values())).spoken())
    taken = [what for what, reason in zip(false, verdicts.consistency, strict=True) if not reason]
    assert taken == []
    for _ in false:
        checked(tool, "refused an altered proof of growth")


def _pymerkle(entries: list[bytes], claims: Claims) -> dict[str, list[str]]:
    said = json.loads(claims.spoken()) | {"entries": [entry.hex() for entry in entries], "sizes": SIZES}
    done = pymerkle().run(PROGRAMS / "judge_pymerkle.py", said=json.dumps(said))
    done.check_returncode()
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_pymerkle_makes_the_same_tree(seventy: Served, claims: Claims, checked: Checked) -> None:
    entries = entries_of(seventy, SIZES[-1])
    found = _pymerkle(entries, claims)
    notes = seventy.checkpoints.values()
    assert found["roots"] == [open_checkpoint(note, SIGNER.verifier).root.hex() for note in notes]
    assert found["inclusion"] == [""] * len(claims.inclusion)
    checked(pymerkle(), f"the roots of {len(SIZES)} checkpoints made from {SIZES[-1]:,} entries")
    checked(pymerkle(), f"{len(claims.inclusion)} proofs of entries")


def test_pymerkle_refuses_what_is_altered(seventy: Served, claims: Claims, checked: Checked) -> None:
    entries = entries_of(seventy, SIZES[-1])
    entries[300] += b" "
    false = [altered for claim in claims.inclusion for _, altered in altered_inclusions(claim, SIZES[-1])]
    found = _pymerkle(entries, replace(claims, inclusion=tuple(false)))
    same = [
        open_checkpoint(note, SIGNER.verifier).root.hex() == root
        for note, root in zip(seventy.checkpoints.values(), found["roots"], strict=True)
    ]
    assert same == [size <= 300 for size in SIZES]
    assert all(found["inclusion"])
    checked(pymerkle(), "refused one changed entry and every altered proof")
