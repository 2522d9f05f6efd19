"""A witness's answers to every request of the table, what it keeps, and that it never says two things."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.problems import Problem
from service.ledger.add_checkpoint import AddCheckpoint
from service.ledger.cosignature import CosignatureSigner, open_cosigned
from service.ledger.errors import NoteError
from service.ledger.note import Note
from service.witness.cosigning import Witness
from service.witness.judging import Inconsistency, RefusedError
from service.witness.keeping import Cosigned, Keeper, folder_of
from tests.asking import CASES, FORK, LOG, Case
from tests.witnessing import ORIGIN, seeded

SIGNER = CosignatureSigner.of("witness.example/w", seeded("witness"))
NOW = datetime(2021, 1, 30, 8, tzinfo=UTC)


class Clock:
    """A clock that is put where the test wants it."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "logs").mkdir()
    return tmp_path


def witness(keeper: Keeper, clock: Clock | None = None) -> Witness:
    return Witness(SIGNER, [LOG.signer.verifier], keeper, clock or Clock())


def answer(asked: Witness, body: bytes) -> tuple[int, str]:
    try:
        return 200, asked.add_checkpoint(body, "192.0.2.1")
    except RefusedError as refused:
        return refused.status, refused.text


def evidence(asked: Witness) -> list[str]:
    (log,) = asked.watched()
    return [each.name for each in log.evidence]


def test_every_request_has_its_answer(folder: Path) -> None:
    asked = witness(Keeper(folder))
    kept = 0
    for case in CASES:
        status, text = answer(asked, case.body)
        assert (case.name, status) == (case.name, case.status)
        if case.size is not None:
            assert (case.name, text) == (case.name, str(case.size))
        kept += case.evidence
        assert (case.name, len(evidence(asked))) == (case.name, kept)


@pytest.mark.parametrize("case", [case for case in CASES if case.status == 200], ids=lambda case: case.name)
def test_what_it_cosigns_opens_for_whoever_knows_its_key(folder: Path, case: Case) -> None:
    asked = witness(Keeper(folder))
    for each in CASES[: CASES.index(case)]:
        answer(asked, each.body)
    line = asked.add_checkpoint(case.body, "")
    note = case.body.decode().partition("\n\n")[2] + line
    checkpoint, (one,) = open_cosigned(note, [LOG.signer.verifier], [SIGNER.verifier], 1)
    assert checkpoint == LOG.checkpoint(checkpoint.size)
    assert one.at == NOW


def test_a_new_process_goes_on_where_the_old_one_was(folder: Path) -> None:
    """At every request of the table: nothing that matters is in memory alone."""
    for case in CASES:
        keeper = Keeper(folder)
        status, text = answer(witness(keeper), case.body)
        keeper.close()
        assert (case.name, status) == (case.name, case.status)
        assert case.size is None or (case.name, text) == (case.name, str(case.size))
    keeper = Keeper(folder)
    assert len(evidence(witness(keeper))) == sum(case.evidence for case in CASES)


def test_a_clock_that_is_put_back_signs_no_earlier_time(folder: Path) -> None:
    clock = Clock()
    asked = witness(Keeper(folder), clock)
    first = asked.add_checkpoint(LOG.asks(0, 5), "")
    clock.now = NOW - timedelta(days=1)
    second = asked.add_checkpoint(LOG.asks(5, 9), "")
    times = [
        open_cosigned(LOG.note(size) + line, [LOG.signer.verifier], [SIGNER.verifier], 1)[1][0].at
        for size, line in ((5, first), (9, second))
    ]
    assert times == [NOW, NOW]


def test_the_same_word_again_is_not_written_again(folder: Path) -> None:
    """Anybody can hand in what is published, as often as they like."""
    clock = Clock()
    asked = witness(Keeper(folder), clock)
    path = folder / "logs" / folder_of(ORIGIN) / "checkpoint"
    first = asked.add_checkpoint(LOG.asks(0, 5), "")
    written = path.stat().st_ino
    assert asked.add_checkpoint(LOG.asks(5, 5), "") == first
    assert path.stat().st_ino == written
    clock.now = NOW + timedelta(seconds=1)
    assert asked.add_checkpoint(LOG.asks(5, 5), "") != first
    assert path.stat().st_ino != written


def test_what_cannot_be_kept_is_not_handed_out(folder: Path) -> None:
    asked = witness(Keeper(folder))
    (folder / "logs" / folder_of(ORIGIN)).write_text("in the way of the folder")
    assert answer(asked, LOG.asks(0, 5))[0] == 503
    (folder / "logs" / folder_of(ORIGIN)).unlink()
    assert answer(asked, FORK.asks(0, 5))[0] == 200


def test_evidence_tells_both_histories_and_opens_under_the_log_s_key(folder: Path) -> None:
    keeper = Keeper(folder)
    asked = witness(keeper)
    asked.add_checkpoint(LOG.asks(0, 9), "")
    for body in (FORK.asks(9, 9), FORK.asks(9, 12), FORK.asks(9, 12)):
        assert answer(asked, body)[0] == 422
    (log,) = asked.watched()
    assert sorted(each.shown for each in log.evidence) == ["does-not-extend", "two-roots"]
    two_roots = next(each for each in log.evidence if each.shown == Inconsistency.TWO_ROOTS)
    said = json.loads(keeper.evidence(folder_of(ORIGIN), two_roots.name) or b"")
    both = [open_cosigned(said[side], [LOG.signer.verifier], [], 0)[0] for side in ("cosigned", "submitted")]
    assert [each.size for each in both] == [9, 9]
    assert both[0].root != both[1].root
    assert (said["at"], said["sender"]) == ("2021-01-30T08:00:00+00:00", "192.0.2.1")


def test_evidence_of_one_kind_does_not_crowd_out_the_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.witness.keeping.MAX_EVIDENCE", 2)
    asked = witness(Keeper(folder))
    asked.add_checkpoint(LOG.asks(0, 9), "")
    for size in range(10, 15):
        assert answer(asked, FORK.asks(9, size))[0] == 422
    assert len(evidence(asked)) == 2
    assert answer(asked, FORK.asks(9, 9))[0] == 422
    assert len(evidence(asked)) == 3


def test_proofs_that_anybody_can_make_up_do_not_fill_the_witness_s_disk(folder: Path) -> None:
    """Whoever reads an honest checkpoint can hand it in with any hashes between."""
    asked = witness(Keeper(folder))
    asked.add_checkpoint(LOG.asks(0, 9), "")
    for made_up in range(5):
        request = AddCheckpoint(9, (bytes([made_up]) * 32,), LOG.note(12))
        assert answer(asked, request.format().encode())[0] == 422
    assert len(evidence(asked)) == 1
    assert answer(asked, LOG.asks(9, 12))[0] == 200


@pytest.mark.parametrize(
    "name",
    ["", "..", "two-roots", "../checkpoint", "two-roots-00.json", "two-roots-" + "0" * 32 + ".json"],
)
def test_only_evidence_is_read_under_its_names(folder: Path, name: str) -> None:
    keeper = Keeper(folder)
    witness(keeper).add_checkpoint(LOG.asks(0, 9), "")
    assert keeper.evidence(folder_of(ORIGIN), name) is None
    assert keeper.evidence("..", name) is None


def test_a_folder_has_one_witness(folder: Path) -> None:
    held = Keeper(folder)
    with pytest.raises(Problem) as caught:
        Keeper(folder)
    assert caught.value.code == "witness.in-use"
    held.close()
    Keeper(folder).close()


def test_a_state_that_is_not_its_own_is_not_gone_on_with(folder: Path) -> None:
    keeper = Keeper(folder)
    witness(keeper).add_checkpoint(LOG.asks(0, 9), "")
    path = folder / "logs" / folder_of(ORIGIN) / "checkpoint"
    right = path.read_text(encoding="utf-8")
    other = CosignatureSigner.of("other.example/w", seeded("other"))
    wrong = (
        "",
        right.replace("\n9\n", "\n8\n"),
        LOG.note(5) + other.sign(LOG.checkpoint(5).body(), 1),
        LOG.note(5),
    )
    for text in wrong:
        path.write_text(text, encoding="utf-8")
        with pytest.raises(Problem) as caught:
            witness(keeper)
        assert caught.value.code == "witness.state-unreadable"
    moved = folder / "logs" / folder_of("other.example/log")
    moved.mkdir()
    (moved / "checkpoint").write_text(right, encoding="utf-8")
    with pytest.raises(Problem) as caught:
        keeper.last("other.example/log", SIGNER.verifier)
    assert caught.value.code == "witness.state-unreadable"


def test_its_own_key_is_no_log_s(folder: Path) -> None:
    with pytest.raises(NoteError):
        Witness(CosignatureSigner.of(ORIGIN, LOG.signer.key), [LOG.signer.verifier], Keeper(folder))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20), st.integers(1, 20)), max_size=25))
def test_it_cosigns_one_growing_history(
    tmp_path_factory: pytest.TempPathFactory, asks: list[tuple[bool, int, int]]
) -> None:
    """The law: whatever is asked, sizes never shrink, and all that was cosigned is one history."""
    folder = tmp_path_factory.mktemp("witness")
    (folder / "logs").mkdir()
    asked = witness(Keeper(folder))
    cosigned = []
    for forked, old, new in asks:
        log = FORK if forked else LOG
        if answer(asked, log.asks(min(old, new), new))[0] == 200:
            cosigned.append(log.checkpoint(new))
    sizes = [each.size for each in cosigned]
    assert sizes == sorted(sizes)
    assert any(all(each == log.checkpoint(each.size) for each in cosigned) for log in (LOG, FORK))


def test_what_is_kept_is_the_note_of_log_and_witness_alone(folder: Path) -> None:
    asked = witness(Keeper(folder))
    stranger = SIGNER.of("stranger.example/w", seeded("stranger"))
    note = LOG.note(5) + stranger.sign(LOG.checkpoint(5).body(), 1)
    line = asked.add_checkpoint(LOG.asks(0, 5, note=note), "")
    (log,) = asked.watched()
    assert log.last == Cosigned(LOG.checkpoint(5), int(NOW.timestamp()), LOG.note(5) + line)
    assert len(Note.parse(log.last.note).signatures) == 2
