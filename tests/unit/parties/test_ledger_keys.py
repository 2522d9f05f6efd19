"""The ledger's own keys and names: each rule just beyond its boundary, and what is admitted."""

from __future__ import annotations

from typing import Any

import pytest

from service.ledger import PLATFORM, Data, chain
from service.ledger.checkpoint import Checkpoint, sign_checkpoint
from service.ledger.note import Signer, generate_key
from service.parties import REGISTER_VEHICLE
from service.parties.identity import HERE, IDENTITY, Identity
from service.parties.ledger_keys import ADD_LEDGER_KEY, RETIRE_LEDGER_KEY, RETIREMENTS
from service.parties.succession import SUCCEED, Cause
from tests.handset import Handset
from tests.refusing import Case, Cases, Said, demand_refused
from tests.retold import SIGNER
from tests.settlement import Settlement

OLD = SIGNER.verifier.vkey
NEXT = generate_key(SIGNER.name)
OTHER = generate_key("other.invalid/ledger")
HEIR = generate_key("test.invalid/ledger/2")


CASES = Cases[Settlement]()
breaks = CASES.breaks


def identity(town: Settlement) -> Identity:
    return town.history.row(IDENTITY, HERE)


def add(town: Settlement, signer: Signer = NEXT) -> None:
    town.history.say(ADD_LEDGER_KEY, {"vkey": signer.verifier.vkey}, PLATFORM)


def retiring(vkey: str = OLD, **more: str) -> Data:
    return {"vkey": vkey, "reason": "replaced", **more}


def note(size: int, signer: Signer = SIGNER) -> str:
    return sign_checkpoint(signer, Checkpoint(signer.name, size, chain.leaf_hash(b"any")))


def succeeding(town: Settlement, **changes: Any) -> Data:
    """Everything after the first entries is lost: the old name had signed two more than there are."""
    held = town.history.position
    identity = town.history.row(IDENTITY, HERE)
    old = {"origin": identity.origin, "vkeys": identity.standing, "checkpoint": note(held + 2)}
    old |= changes.pop("predecessor", {})
    said = {"origin": HEIR.name, "vkey": HEIR.verifier.vkey, "held": held, "reason": Cause.TAIL_LOST.value}
    return {**said, "predecessor": old, "shown": None, **changes}


@breaks("ledger-key.reserved")
def manager_adds_a_key(town: Settlement) -> Said:
    return Said(ADD_LEDGER_KEY, {"vkey": NEXT.verifier.vkey}, actor=town.platform.manager)


@breaks("ledger-key.malformed")
def what_is_no_key_is_added(_town: Settlement) -> Said:
    return Said(ADD_LEDGER_KEY, {"vkey": NEXT.verifier.vkey[:-4]})


@breaks("ledger-key.other-name")
def key_of_another_ledger_is_added(_town: Settlement) -> Said:
    return Said(ADD_LEDGER_KEY, {"vkey": OTHER.verifier.vkey}, facts=(OTHER.name, SIGNER.name))


@breaks("ledger-key.known")
def key_is_added_twice(_town: Settlement) -> Said:
    return Said(ADD_LEDGER_KEY, {"vkey": OLD}, facts=(SIGNER.verifier.key_id.hex(),))


@breaks("ledger-key.known")
def retired_key_comes_back(town: Settlement) -> Said:
    add(town)
    town.history.say(RETIRE_LEDGER_KEY, retiring(), PLATFORM)
    return Said(ADD_LEDGER_KEY, {"vkey": OLD})


@breaks("ledger-key.reserved")
def manager_retires_a_key(town: Settlement) -> Said:
    add(town)
    return Said(RETIRE_LEDGER_KEY, retiring(), actor=town.platform.manager)


@breaks("ledger-key.not-found")
def unknown_key_is_retired(_town: Settlement) -> Said:
    return Said(RETIRE_LEDGER_KEY, retiring(OTHER.verifier.vkey), facts=(OTHER.name,))


@breaks("ledger-key.already-retired")
def key_is_retired_twice(town: Settlement) -> Said:
    add(town)
    town.history.say(RETIRE_LEDGER_KEY, retiring(), PLATFORM)
    return Said(RETIRE_LEDGER_KEY, retiring())


@breaks("ledger-key.last")
def only_key_is_retired(_town: Settlement) -> Said:
    return Said(RETIRE_LEDGER_KEY, retiring())


@breaks("ledger-key.last")
def last_of_two_is_retired(town: Settlement) -> Said:
    add(town)
    town.history.say(RETIRE_LEDGER_KEY, retiring(), PLATFORM)
    return Said(RETIRE_LEDGER_KEY, retiring(NEXT.verifier.vkey))


@breaks("ledger-key.since-future")
def key_ends_in_the_future(town: Settlement) -> Said:
    add(town)
    said = retiring(since="2020-08-01T08:01:00+08:00", reason="stolen")
    return Said(RETIRE_LEDGER_KEY, said, facts=("2020-08-01 08:01:00",))


@breaks("ledger-key.since-before")
def key_ends_before_it_was_added(town: Settlement) -> Said:
    add(town)
    return Said(RETIRE_LEDGER_KEY, retiring(since="2020-07-31T23:59:59Z", reason="exposed"))


@breaks("ledger-key.reserved")
def manager_succeeds(town: Settlement) -> Said:
    return Said(SUCCEED, succeeding(town), actor=town.platform.manager)


@breaks("succession.moved")
def something_was_recorded_meanwhile(town: Settlement) -> Said:
    data = succeeding(town)
    town.party("carrier")
    return Said(SUCCEED, data, facts=(str(data["held"]), str(town.history.position)))


@breaks("succession.not-the-predecessor")
def another_ledger_is_succeeded(town: Settlement) -> Said:
    return Said(
        SUCCEED, succeeding(town, predecessor={"origin": OTHER.name}), facts=(OTHER.name, SIGNER.name)
    )


@breaks("succession.not-the-predecessor")
def keys_of_the_predecessor_are_left_out(town: Settlement) -> Said:
    add(town)
    return Said(SUCCEED, succeeding(town, predecessor={"vkeys": [OLD]}))


@breaks("ledger-key.malformed")
def heir_has_no_key(town: Settlement) -> Said:
    return Said(SUCCEED, succeeding(town, vkey="none"))


@breaks("ledger-key.other-name")
def heirs_key_bears_another_name(town: Settlement) -> Said:
    return Said(SUCCEED, succeeding(town, vkey=OTHER.verifier.vkey), facts=(OTHER.name, HEIR.name))


@breaks("succession.name-used")
def heir_has_the_same_name(town: Settlement) -> Said:
    return Said(SUCCEED, succeeding(town, origin=NEXT.name, vkey=NEXT.verifier.vkey), facts=(NEXT.name,))


@breaks("succession.checkpoint-unsigned")
def somebody_else_signed_the_checkpoint(town: Settlement) -> Said:
    return Said(SUCCEED, succeeding(town, predecessor={"checkpoint": note(9, OTHER)}))


@breaks("succession.checkpoint-unsigned")
def key_in_doubt_signed_the_checkpoint(town: Settlement) -> Said:
    add(town)
    town.history.say(RETIRE_LEDGER_KEY, retiring(reason="stolen"), PLATFORM)
    return Said(SUCCEED, succeeding(town))


@breaks("succession.checkpoint-unsigned")
def somebody_else_signed_what_is_shown(town: Settlement) -> Said:
    return Said(SUCCEED, succeeding(town, shown=note(1, OTHER)))


@breaks("succession.shows-too-much")
def more_is_shown_than_is_there(town: Settlement) -> Said:
    held = town.history.position
    return Said(SUCCEED, succeeding(town, shown=note(held + 1)), facts=(str(held + 1), str(held)))


@breaks("succession.shows-too-much")
def more_is_shown_than_was_signed(town: Settlement) -> Said:
    data = succeeding(town, predecessor={"checkpoint": note(2)}, shown=note(3), reason=Cause.KEY_LOST.value)
    return Said(SUCCEED, data)


@breaks("succession.nothing-missing")
def nothing_was_lost(town: Settlement) -> Said:
    held = town.history.position
    return Said(SUCCEED, succeeding(town, predecessor={"checkpoint": note(held)}), facts=(str(held),))


@breaks("succession.nothing-missing")
def nothing_was_ever_signed(town: Settlement) -> Said:
    return Said(SUCCEED, succeeding(town, predecessor={"checkpoint": None}))


@breaks("succession.nothing-differs")
def history_is_the_same(town: Settlement) -> Said:
    signed = {"checkpoint": note(3)}
    reason = Cause.HISTORY_DIFFERS.value
    return Said(SUCCEED, succeeding(town, predecessor=signed, shown=note(3), reason=reason))


@breaks("ledger-key.since-future")
def keys_of_the_predecessor_end_in_the_future(town: Settlement) -> Said:
    return Said(SUCCEED, succeeding(town, since="2020-08-02", reason=Cause.KEY_STOLEN.value))


@pytest.mark.parametrize(("code", "case"), CASES.params)
def test_refused(town: Settlement, code: str, case: Case[Settlement]) -> None:
    demand_refused(town.history, code, case(town))


def test_the_first_statement_names_the_first_key(town: Settlement) -> None:
    row = identity(town)
    assert (row.origin, row.standing, row.trusted) == (SIGNER.name, [OLD], [OLD])
    assert row.names[0]["position"] == 0
    assert row.names[0]["held"] is None


@pytest.mark.parametrize("reason", RETIREMENTS)
def test_a_key_takes_over_from_another(town: Settlement, reason: str) -> None:
    add(town)
    assert identity(town).standing == [OLD, NEXT.verifier.vkey]
    since = "2020-08-01T08:00:00+08:00"
    said = town.history.say(RETIRE_LEDGER_KEY, retiring(reason=reason, since=since), PLATFORM)
    assert said.outcome == {"until": "2020-08-01T00:00:00.000000Z"}
    row = identity(town)
    assert row.standing == [NEXT.verifier.vkey]
    assert row.trusted == ([OLD] if reason == "replaced" else []) + [NEXT.verifier.vkey]
    assert [key["reason"] for key in row.keys] == [reason, None]


def test_a_key_ends_when_it_is_said_where_nothing_else_is(town: Settlement) -> None:
    add(town)
    said = town.history.say(RETIRE_LEDGER_KEY, retiring(), PLATFORM)
    assert said.outcome == {"until": said.at}


def test_a_successor_says_what_is_missing(town: Settlement) -> None:
    held = town.history.position
    said = town.history.say(SUCCEED, succeeding(town, shown=note(held)), PLATFORM)
    assert said.outcome == {"size": held + 2, "missing": [held, held + 2], "shown": held, "until": said.at}
    row = identity(town)
    assert (row.origin, row.standing) == (HEIR.name, [HEIR.verifier.vkey])
    old, new = row.names
    assert [key["reason"] for key in old["keys"]] == ["succeeded"]
    assert (new["position"], new["held"], new["size"], new["shown"]) == (held, held, held + 2, held)


@pytest.mark.parametrize("reason", [Cause.KEY_LOST, Cause.KEY_STOLEN])
def test_a_ledger_without_its_key_goes_on_whole(town: Settlement, reason: Cause) -> None:
    held = town.history.position
    signed = note(held)
    data = succeeding(town, predecessor={"checkpoint": signed}, shown=signed, reason=reason.value)
    outcome = town.history.say(SUCCEED, data, PLATFORM).outcome
    assert (outcome["missing"], outcome["shown"]) == (None, held)


def test_a_history_that_differs_is_inherited_as_it_is(town: Settlement) -> None:
    held = town.history.position
    data = succeeding(town, predecessor={"checkpoint": note(held)}, reason=Cause.HISTORY_DIFFERS.value)
    outcome = town.history.say(SUCCEED, data, PLATFORM).outcome
    assert (outcome["missing"], outcome["shown"]) == (None, 0)


def test_a_successor_is_succeeded_in_turn(town: Settlement) -> None:
    town.history.say(SUCCEED, succeeding(town), PLATFORM)
    third = generate_key("test.invalid/ledger/3")
    data = succeeding(town, origin=third.name, vkey=third.verifier.vkey)
    data["predecessor"]["checkpoint"] = note(town.history.position + 1, HEIR)
    town.history.say(SUCCEED, data, PLATFORM)
    assert [name["origin"] for name in identity(town).names] == [SIGNER.name, HEIR.name, third.name]


def test_what_a_device_signs_bears_the_name_under_which_its_key_was_registered(town: Settlement) -> None:
    """One that was registered before goes on signing as it did; one that comes later takes the new name."""
    manager = town.party("carrier").manager
    before = Handset.given(town.history, manager)
    town.history.say(SUCCEED, succeeding(town), PLATFORM)
    after = Handset.given(town.history, manager)
    assert (before.device.ledger, after.device.ledger) == (SIGNER.name, HEIR.name)
    for handset in (before, after):
        data = {"kind": "van", "plate": {"sha256": "0" * 64}}
        signed = handset.signs(town.history, REGISTER_VEHICLE, data)
        assert town.history.say(REGISTER_VEHICLE, data, handset.actor, *signed).signature is not None
