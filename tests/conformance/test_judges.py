"""Our checkpoints and proofs, before verifiers that nobody here wrote and that fetch nothing themselves.

Each must take what is so, and refuse every claim that is false in one way; by each its reason is told.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from service.ledger.checkpoint import open_checkpoint
from tests.conformance.claims import (
    Claims,
    altered_growth,
    altered_inclusions,
    altered_notes,
    entries_of,
)
from tests.conformance.conftest import Checked
from tests.conformance.verifiers import JUDGES, PROGRAMS, pymerkle
from tests.retold import SIGNER
from tests.seventy import SIZES, Served


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
