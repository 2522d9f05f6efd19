"""A ledger goes on under a new name: with what is here, saying what is not, and never beside the old one."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from schema.key_directory import Predecessor, open_directory
from schema.problems import LANGUAGES, Problem, explain
from service.commands import succeeding
from service.ledger import Statement
from service.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from service.ledger.merkle import verify_consistency
from service.ledger.note import Verifier, generate_key
from service.ledger.proofs import Proof
from service.parties.succession import Cause
from service.publishing.keys import LOG
from service.registry import make_registry
from service.trust import KEY_VARIABLE, read_verifiers
from tests.conftest import complete
from tests.integration.ways_on.house import House
from tests.retold import SIGNER
from tests.tampering import disarm, rewrite

OLD = SIGNER.verifier
ASIDE = "test.invalid_ledger"
PUT_ASIDE = ("checkpoint", "published", "signing.key", "verifier.key")


def succeed(house: House, reason: Cause, *more: str | Path) -> str:
    return house.good("succeed", "--reason", reason, "--yes", *more)


def run(house: House, reason: Cause, *, checkpoint: tuple[Path, ...] = (), yes: bool = True) -> int:
    """What the command does. Raises the Problem that it tells."""
    said = argparse.Namespace(reason=reason.value, checkpoint=[*checkpoint], since=None, yes=yes)
    return complete(lambda: succeeding.run(house.settings, make_registry(), said))


def said_by(house: House) -> tuple[int, Statement]:
    """The newest statement by which it succeeded, and where it stands."""
    statements = [Statement.decode(record.statement) for record in house.records()]
    position = max(each for each, said in enumerate(statements) if said.kind == "ledger-succeeded")
    return position, statements[position]


def key_of(house: House) -> Verifier:
    (key,) = read_verifiers(house.settings)
    return key


@pytest.fixture
def behind(house: House) -> Iterator[House]:
    """A backup was put back, and what was published after it is nowhere."""
    house.say(4)
    house.publish()
    with house.backup() as older:
        house.say(7)
        house.publish()
        yield older


def test_what_is_here_is_inherited_and_what_is_not_is_said(behind: House) -> None:
    held, before = behind.size, behind.records()
    newest = behind.settings.published_file.read_text()
    assert behind.refused().code == "ledger.fenced"
    told = succeed(behind, Cause.TAIL_LOST)
    key = key_of(behind)
    assert f"goes on as {key.name}, with {held} entries of {SIGNER.name}" in told
    assert f"missing: positions {held} to {held + 6}" in told
    assert key.vkey in told
    position, said = said_by(behind)
    assert (position, behind.records()[:position]) == (held, before)
    assert said.data["predecessor"] == {
        "origin": SIGNER.name,
        "vkeys": [OLD.vkey],
        "checkpoint": newest,
    }
    assert said.outcome["missing"] == [held, held + 7]
    assert said.outcome["shown"] == 0
    behind.sound()


def test_it_is_served_written_and_started_again(behind: House) -> None:
    succeed(behind, Cause.TAIL_LOST)
    key = key_of(behind)
    assert open_checkpoint(behind.publish(), key).size == behind.size
    behind.say(5)
    assert open_checkpoint(behind.publish(), key).size == behind.size
    behind.sound()
    directory = open_directory(behind.get("/keys"), key)
    position, _ = said_by(behind)
    assert directory.predecessors == (Predecessor(SIGNER.name, position, position + 7, 0),)
    old, new = directory.ledger_keys
    assert (old.verifier, new.verifier, new.until) == (OLD, key, None)
    assert old.until is not None


def test_what_belongs_to_the_old_name_is_kept_under_it(behind: House) -> None:
    trust = behind.settings.trust
    kept = {name: (trust / name).read_bytes() for name in PUT_ASIDE}
    # What was sealed may go beyond what is here; it is evidence, and is made again from the rows.
    behind.settings.segments.mkdir(parents=True)
    succeed(behind, Cause.TAIL_LOST)
    assert behind.settings.segments.with_name(f"segments.{ASIDE}").is_dir()
    assert not behind.settings.segments.exists()
    assert {name: (trust / f"{name}.{ASIDE}").read_bytes() for name in PUT_ASIDE} == kept
    assert not behind.settings.next_key_file.exists()
    assert (trust / "signing.key").stat().st_mode & 0o777 == 0o600


def test_a_proof_of_the_old_ledger_stays_good(house: House) -> None:
    house.say(4)
    proof = Proof.parse(house.get("/receipts/3").decode())
    leaf = house.records()[3].leaf
    house.settings.key_file.unlink()
    assert house.refused().code == "settings.key-missing"
    succeed(house, Cause.KEY_LOST)
    assert proof.verify(leaf, [OLD]).size == house.size - 1
    again = Proof.parse(house.get("/receipts/3").decode())
    assert again.verify(leaf, [key_of(house)]).size == house.size


def test_a_ledger_whose_key_was_lost_goes_on_whole_and_proves_it(house: House) -> None:
    house.say(4)
    before = open_checkpoint(house.publish(), OLD)
    house.settings.key_file.unlink()
    told = succeed(house, Cause.KEY_LOST)
    assert "missing" not in told
    assert f"shown to be the old ones: the first {before.size} of {before.size}" in told
    key = key_of(house)
    after = open_checkpoint(house.publish(), key)

    async def grown() -> list[bytes]:
        async with house.served() as (_, app):
            return list(await app[LOG].consistency(before.size, after.size))

    verify_consistency(before.size, after.size, complete(grown), before.root, after.root)
    house.sound()


def test_a_stolen_key_ends_when_it_was_in_other_hands(house: House) -> None:
    house.publish()
    since = "2020-08-02T00:00:00Z"
    succeed(house, Cause.KEY_STOLEN, "--since", since)
    old, _ = open_directory(house.get("/keys"), key_of(house)).ledger_keys
    assert old.until == datetime(2020, 8, 2, tzinfo=UTC)


def test_older_checkpoints_show_how_much_is_the_same(house: House, tmp_path: Path) -> None:
    """Whoever kept one, such as a witness, can show that the history until then was inherited."""
    house.say(4)
    older = tmp_path / "older"
    older.write_text(house.publish(), encoding="utf-8")
    size = house.size
    house.say(3)
    with house.backup() as put_back:
        house.say(4)
        house.publish()
        told = succeed(put_back, Cause.TAIL_LOST, "--checkpoint", older)
        assert f"the first {size} of {size + 3}" in told
        assert said_by(put_back)[1].outcome["shown"] == size


def test_a_checkpoint_that_only_somebody_else_has_says_more_is_missing(behind: House, tmp_path: Path) -> None:
    """The trust folder was put back with the database: without the witness nothing would be missing."""
    settings = behind.settings
    newest = tmp_path / "of-a-witness"
    newest.write_bytes(settings.published_file.read_bytes())
    for place in (settings.checkpoint_file, settings.published_file):
        place.unlink()
    with pytest.raises(Problem) as caught:
        run(behind, Cause.TAIL_LOST)
    assert caught.value.code == "succession.nothing-missing"
    run(behind, Cause.TAIL_LOST, checkpoint=(newest,))
    assert said_by(behind)[1].outcome["missing"] == [said_by(behind)[0], said_by(behind)[0] + 7]


def rewritten(house: House) -> None:
    changed = Statement.decode(house.records()[3].statement)
    statement = replace(changed, data={**changed.data, "name": "别的公司"})
    house.tampered(lambda conn: rewrite(conn, {3: statement}))


def test_another_history_is_inherited_as_such(house: House) -> None:
    house.say(4)
    house.publish()
    rewritten(house)
    assert house.refused().code == "ledger.fenced"
    succeed(house, Cause.HISTORY_DIFFERS)
    _, said = said_by(house)
    assert (said.outcome["missing"], said.outcome["shown"]) == (None, 0)
    house.publish()
    house.sound()


def test_it_can_be_succeeded_again(behind: House) -> None:
    succeed(behind, Cause.TAIL_LOST)
    behind.publish()
    behind.settings.key_file.unlink()
    second = key_of(behind)
    succeed(behind, Cause.KEY_LOST)
    names = [name["origin"] for name in behind.identity().names]
    assert names == [SIGNER.name, second.name, key_of(behind).name]
    behind.publish()
    behind.sound()
    assert len(open_directory(behind.get("/keys"), key_of(behind)).predecessors) == 2


@pytest.mark.parametrize("steps", range(5))
def test_it_is_completed_where_it_was_cut_off(
    behind: House, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """After the statement, and before or between the files that are put aside."""
    held = behind.size

    class CutOffError(Exception):
        """The machine stops here."""

    left, rename = [steps], Path.rename

    def renamed(path: Path, to: Path) -> Path:
        if not left[0]:
            raise CutOffError
        left[0] -= 1
        return rename(path, to)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", renamed)
        with pytest.raises(CutOffError):
            run(behind, Cause.TAIL_LOST)
    assert behind.size == held + 1
    assert behind.refused().code in {"trust.key-not-standing", "settings.key-missing"}
    run(behind, Cause.TAIL_LOST, yes=False)
    assert behind.size == held + 1
    assert behind.identity().origin == key_of(behind).name
    assert (behind.settings.trust / f"checkpoint.{ASIDE}").exists()
    behind.publish()
    behind.sound()


Break = Callable[[House], Any]
REFUSED: list[tuple[str, Cause, Break, str]] = []


def breaks(code: str, reason: Cause, fact: str = "") -> Callable[[Break], Break]:
    def keep(case: Break) -> Break:
        REFUSED.append((code, reason, case, fact))
        return case

    return keep


@breaks("succession.nothing-missing", Cause.TAIL_LOST, "13")
def nothing_is_missing(house: House) -> None:
    house.say(4)
    house.publish()


@breaks("succession.nothing-differs", Cause.HISTORY_DIFFERS, "13")
def nothing_differs(house: House) -> None:
    house.say(4)
    house.publish()


@breaks("succession.note-unreadable", Cause.KEY_LOST, "checkpoint")
def the_note_outside_is_somebody_elses(house: House) -> None:
    note = sign_checkpoint(generate_key(SIGNER.name), Checkpoint(SIGNER.name, 3, b"\1" * 32))
    house.settings.checkpoint_file.write_text(note, encoding="utf-8")


@breaks("succession.note-unreadable", Cause.KEY_LOST, "nowhere")
def the_checkpoint_that_is_named_is_not_there(house: House) -> tuple[Path]:
    return (house.folder / "nowhere",)


@breaks("succession.unsound", Cause.KEY_LOST, "position 2")
def an_entry_does_not_fit(house: House) -> None:
    async def change(conn: Any) -> None:
        await disarm(conn)
        await conn.execute("UPDATE ledger.entry SET statement = statement || ' ' WHERE position = 2")

    house.tampered(change)


@breaks("succession.nothing-held", Cause.KEY_LOST)
def nothing_was_ever_said(house: House) -> None:
    async def clear(conn: Any) -> None:
        await conn.execute("DELETE FROM parties.ledger_identity")

    house.tampered(clear)


@pytest.mark.parametrize(("code", "reason", "case", "fact"), REFUSED)
def test_what_is_not_so_is_refused_and_nothing_said(
    house: House, code: str, reason: Cause, case: Break, fact: str
) -> None:
    checkpoint = case(house) or ()
    before = house.records()
    with pytest.raises(Problem) as caught:
        run(house, reason, checkpoint=checkpoint)
    assert caught.value.code == code
    for language in LANGUAGES:
        words = explain(caught.value, language)
        assert fact in words.detail
        assert words.title
        assert words.remedy
    assert house.records() == before
    assert not (house.settings.trust / f"signing.key.{ASIDE}").exists()


def test_it_does_nothing_unasked(behind: House) -> None:
    with pytest.raises(Problem, match="confirm"):
        run(behind, Cause.TAIL_LOST, yes=False)


def test_it_does_nothing_while_anybody_is_connected(behind: House) -> None:
    async def meanwhile() -> str:
        connection = await asyncpg.connect(behind.database)
        try:
            with pytest.raises(Problem) as caught:
                await asyncio.to_thread(run, behind, Cause.TAIL_LOST)
        finally:
            await connection.close()
        return caught.value.code

    assert complete(meanwhile) == "command.in-use"


def test_a_key_of_the_environment_is_put_into_the_file_first(
    behind: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, SIGNER.skey)
    with pytest.raises(Problem) as caught:
        run(behind, Cause.TAIL_LOST)
    assert caught.value.code == "ledger-key.in-environment"
