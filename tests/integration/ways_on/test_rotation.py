"""One signing key takes over from another: whoever knows only one of them goes on throughout."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from schema.key_directory import open_directory
from schema.problems import LANGUAGES, Problem, explain
from service.commands import ledger_keys
from service.ledger.checkpoint import open_checkpoint
from service.ledger.cosignature import open_cosigned
from service.ledger.errors import NoteError
from service.ledger.merkle import verify_consistency
from service.ledger.note import Signer, Verifier, generate_key
from service.publishing.keys import LOG
from service.trust import KEY_VARIABLE, keep_signers, open_signers, read_verifiers
from tests.conftest import complete
from tests.integration.ways_on.house import House
from tests.retold import SIGNER
from tests.witnessing import our_witness

OLD = SIGNER.verifier


def add(house: House) -> Verifier:
    """Add a key; its public half, as the command tells it."""
    told = house.good("key", "add").splitlines()
    assert "from the next start on" in told[0]
    return Verifier.parse(told[1])


def retire(house: House, *more: str) -> str:
    return house.good("key", "retire", OLD.key_id.hex(), "--yes", *more)


def signs(note: str, key: Verifier) -> bool:
    try:
        open_checkpoint(note, key)
    except NoteError:
        return False
    return True


def test_whoever_knows_one_key_goes_on_while_both_sign(house: House) -> None:
    first = house.publish()
    new = add(house)
    assert read_verifiers(house.settings) == (OLD, new)
    overlap = house.publish()
    assert signs(overlap, OLD)
    assert signs(overlap, new)
    directory = house.get("/keys")
    assert open_directory(directory, OLD) == open_directory(directory, new)
    retire(house)
    assert read_verifiers(house.settings) == (new,)
    house.say(3)
    last = house.publish()
    assert not signs(last, OLD)
    house.sound()

    async def grown() -> list[bytes]:
        async with house.served() as (_, app):
            return list(await app[LOG].consistency(before.size, after.size))

    before, after = open_checkpoint(first, OLD), open_checkpoint(last, new)
    verify_consistency(before.size, after.size, complete(grown), before.root, after.root)


def test_a_ledger_that_does_not_grow_is_signed_by_a_key_that_joins(house: House) -> None:
    """A running service published what the command recorded, under the one key that it had."""
    add(house)
    both = house.settings.key_file.read_text(encoding="ascii")
    put(house, [SIGNER])
    assert not signs(house.publish(), generate_key(SIGNER.name).verifier)
    house.settings.key_file.write_text(both, encoding="ascii")
    note = house.publish()
    assert all(signs(note, key) for key in read_verifiers(house.settings))


def test_the_directory_tells_when_each_key_began_and_ended(house: House) -> None:
    new = add(house)
    house.publish()
    retire(house, "--reason", "stolen", "--since", "2020-08-02T00:00:00Z")
    held = {each.verifier.vkey: each for each in open_directory(house.get("/keys"), new).ledger_keys}
    until = held[OLD.vkey].until
    assert until is not None
    assert until.isoformat() == "2020-08-02T00:00:00+00:00"
    assert held[new.vkey].until is None
    since, began = held[new.vkey].since, held[OLD.vkey].since
    assert since is not None
    assert began is not None
    assert began < until < since


def test_a_witness_that_knows_one_key_cosigns_while_both_sign(house: House, tmp_path: Path) -> None:
    def seen(note: str, key: Verifier) -> int:
        return open_cosigned(note, [key], [witness.key], 1)[0].size

    with our_witness(tmp_path / "witness", [OLD]) as witness:
        named = f"{witness.key.vkey} {witness.url}"
        assert seen(house.publish(named), OLD)
        new = add(house)
        overlap = house.publish(named)
        assert seen(overlap, OLD) == seen(overlap, new) == house.size
    with our_witness(tmp_path / "witness", [OLD, new]) as witness:
        named = f"{witness.key.vkey} {witness.url}"
        house.publish(named)
        retire(house)
        house.say(3)
        assert seen(house.publish(named), new) == house.size


def test_the_keys_are_listed(house: House) -> None:
    new = add(house)
    house.publish()
    retire(house, "--reason", "exposed")
    name, *keys = [line.strip() for line in house.good("key", "list").splitlines()]
    assert name == SIGNER.name
    assert keys[0].startswith(f"{OLD.key_id.hex()}  since ")
    assert keys[0].endswith("(exposed); no private key here")
    assert keys[2].endswith("signs; private key here")
    assert (keys[1], keys[3]) == (OLD.vkey, new.vkey)


def test_a_key_is_retired_only_once_another_has_signed(house: House) -> None:
    house.publish()
    add(house)
    status, _, complaint = house.command("key", "retire", OLD.key_id.hex(), "--yes")
    assert (status, len(read_verifiers(house.settings))) == (1, 2)
    assert "signed by key" in complaint
    house.publish()
    retire(house)


def test_nothing_is_retired_that_nobody_confirmed(house: House) -> None:
    add(house)
    status, _, complaint = house.command("key", "retire", OLD.key_id.hex())
    assert status == 1
    assert "Nothing was changed" in complaint
    assert len(house.identity().standing) == 2


REFUSED = {
    "No such ledger key": ["retire", "00000000", "--yes"],
    "The only key cannot be retired": ["retire", OLD.key_id.hex(), "--yes"],
}


@pytest.mark.parametrize("title", REFUSED)
def test_what_is_refused_is_said(house: House, title: str) -> None:
    status, _, complaint = house.command("key", *REFUSED[title])
    assert status == 1
    assert title in complaint
    assert read_verifiers(house.settings) == (OLD,)


def test_half_a_command_is_told_how_it_goes(house: House) -> None:
    for words in (["retire"], ["retire", "not an id"]):
        status, _, complaint = house.command("key", *words)
        assert (status, complaint) == (2, "coldledger key retire ID --reason WORD\n")


def put(house: House, signers: Sequence[Signer]) -> None:
    house.settings.key_file.write_text("".join(f"{each.skey}\n" for each in signers), encoding="ascii")


def test_a_retirement_that_was_cut_off_is_completed_before_anything_signs(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(house)
    house.publish()

    class CutOffError(Exception):
        """The machine stops here."""

    def cut_off(*_: object) -> None:
        raise CutOffError

    with monkeypatch.context() as patch:
        patch.setattr(ledger_keys, "keep_signers", cut_off)
        with pytest.raises(CutOffError):
            retire(house)
    assert house.refused().code == "trust.key-not-standing"
    assert "it is no longer here" in retire(house)
    house.publish()
    assert retire_again(house) == 1


def retire_again(house: House) -> int:
    return house.command("key", "retire", OLD.key_id.hex(), "--yes")[0]


def test_a_key_that_the_ledger_does_not_know_signs_nothing(house: House) -> None:
    stranger = generate_key(SIGNER.name)
    put(house, [SIGNER, stranger])
    problem = house.refused()
    assert problem.code == "trust.key-not-standing"
    assert all(stranger.verifier.key_id.hex() in explain(problem, each).detail for each in LANGUAGES)


@pytest.mark.parametrize(
    "text", ["", "\n", f"{SIGNER.skey}\nnonsense\n"], ids=["nothing", "a line", "half of it nonsense"]
)
def test_a_file_without_good_keys_is_told(house: House, text: str) -> None:
    house.settings.key_file.write_text(text, encoding="ascii")
    assert house.refused().code == "trust.key-unreadable"


def test_keys_of_two_ledgers_are_not_taken(house: House) -> None:
    put(house, [SIGNER, generate_key("other.invalid/ledger")])
    assert "other.invalid/ledger, test.invalid/ledger" in str(house.refused().facts["cause"])


def test_keys_may_be_given_by_the_environment_and_are_not_changed_there(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = add(house)
    monkeypatch.setenv(KEY_VARIABLE, house.settings.key_file.read_text(encoding="ascii"))
    house.settings.key_file.unlink()
    assert [each.verifier for each in open_signers(house.settings, "")] == [OLD, new]
    for words in (["add"], ["retire", OLD.key_id.hex(), "--yes"]):
        status, _, complaint = house.command("key", *words)
        assert status == 1
        assert KEY_VARIABLE in complaint
    with pytest.raises(Problem, match="environment"):
        keep_signers(house.settings, [SIGNER])


def test_a_service_is_ready_whichever_key_signed_the_checkpoint(house: House) -> None:
    house.publish()
    add(house)
    assert house.get("/readyz") == b'{"status":"ready"}'
    retire(house)
    assert house.get("/readyz") == b'{"status":"ready"}'
