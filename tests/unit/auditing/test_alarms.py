"""Every alarm has a status of its own, words in both languages, and evidence that is written once."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schema.problems import catalogue
from service.auditing.alarms import Alarm, AlarmError
from service.auditing.auditor import open_known
from service.auditing.keeping import ABOUT, Keeper
from service.auditing.telling import tell_alarm
from service.ledger.checkpoint import Checkpoint, sign_checkpoint
from service.ledger.note import generate_key
from service.ledger.proofs import Proof
from service.receipts.receipt import Receipt
from tests.retold import SIGNER

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NOTE = sign_checkpoint(SIGNER, Checkpoint(SIGNER.name, 7, bytes(range(32))))
PROOF = Proof(0, (), NOTE).format()


def test_no_alarm_is_mistaken_for_another_end() -> None:
    assert all(10 <= alarm < 64 for alarm in Alarm)
    assert len({alarm.word for alarm in Alarm}) == len(Alarm) == 10
    assert {alarm for alarm in Alarm if alarm.passes} == {Alarm.UNREACHABLE, Alarm.QUORUM, Alarm.TOO_OLD}


@pytest.mark.parametrize("alarm", Alarm)
def test_each_is_told_in_both_languages(alarm: Alarm) -> None:
    words = catalogue()[f"audit.{alarm.word}"]
    assert all(words.title[language] and words.remedy[language] for language in ("en", "zh"))


def test_the_guide_for_auditors_explains_each() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "auditing.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1].split() for line in guide.splitlines() if line.startswith("| 1")]
    assert rows == [[str(int(alarm)), f"`{alarm.word}`"] for alarm in Alarm]


def test_evidence_is_written_whole_and_once(tmp_path: Path) -> None:
    error = AlarmError(Alarm.ENTRY, {"entry": b"\x00{"}, position=4, cause="it is none")
    with closing(Keeper(tmp_path, [SIGNER.verifier])) as keeper:
        kept = keeper.keep_evidence(error, "https://ledger.invalid", NOW)
        assert (kept / "entry").read_bytes() == b"\x00{"
        about = json.loads((kept / ABOUT).read_bytes())
        assert (about["alarm"], about["facts"]["position"], about["files"]) == ("entry", 4, ["entry"])
        (kept / "entry").unlink()
        assert keeper.keep_evidence(error, "https://ledger.invalid", NOW) == kept
        assert not (kept / "entry").exists()
        # What was being written when the process was killed is written again.
        (kept / ABOUT).unlink()
        keeper.keep_evidence(error, "https://ledger.invalid", NOW)
        assert (kept / "entry").exists()
        told = tell_alarm(error, kept, as_json=False)
    assert "ALARM entry" in told
    assert "告警 entry：" in told
    assert str(kept) in told


@pytest.mark.parametrize("shown", [NOTE, PROOF, Receipt(PROOF, "{}").encode().decode()])
def test_what_somebody_was_given_names_a_checkpoint(shown: str) -> None:
    known = open_known(shown.encode(), "theirs", [SIGNER.verifier])
    assert (known.name, known.note.size, known.note.text) == ("theirs", 7, NOTE)


@pytest.mark.parametrize(
    "shown", [b"", b"\xff", NOTE.replace("7", "8", 1).encode(), b"c2sp.org/tlog-proof@v1\n"]
)
def test_what_the_ledger_has_not_signed_compares_with_nothing(shown: bytes) -> None:
    with pytest.raises(AlarmError) as raised:
        open_known(shown, "theirs", [SIGNER.verifier])
    assert raised.value.alarm is Alarm.WRONG_KEY
    assert "theirs" in str(raised.value)
    with pytest.raises(AlarmError):
        open_known(NOTE.encode(), "theirs", [generate_key(SIGNER.name).verifier])
