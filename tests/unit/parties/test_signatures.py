"""What devices sign, as the service and an auditor judge it: each rule at its boundary, and the law that
nothing may be otherwise than it was signed."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from typing import Any

import pytest

from schema.signed_request import Signature
from service.ledger import Actor, Data, Idempotency
from service.parties import (
    DEVICE_KEY,
    FILE_FACILITY,
    ISSUE_TOKEN,
    REGISTER_VEHICLE,
    TOKEN,
)
from service.parties.device_keys import REVOKE_DEVICE_KEY
from service.parties.signatures import AHEAD, OLDEST
from tests.handset import Handset
from tests.refusing import Case, Cases, Said, demand_refused
from tests.settlement import SEALED, Settlement

VAN: Data = {"kind": "van", "plate": SEALED}


CASES = Cases[Settlement]()
breaks = CASES.breaks


def handset(town: Settlement, seed: int = 7) -> Handset:
    return Handset.given(town.history, town.party("carrier").manager, seed=seed)


def signed(town: Settlement, device: Handset, data: Data, said: Data | None = None, **more: Any) -> Said:
    """``data`` is recorded where ``said`` was signed."""
    submission, signature = device.signs(town.history, REGISTER_VEHICLE, said or data)
    return Said(REGISTER_VEHICLE, data, device.actor, submission=submission, signature=signature, **more)


@breaks("signature.missing")
def token_with_a_key_says_something_unsigned(town: Settlement) -> Said:
    device = handset(town)
    return Said(REGISTER_VEHICLE, VAN, device.actor, facts=(str(device.actor.token),))


@breaks("signature.missing")
def its_last_key_is_revoked_and_still_it_says_nothing_unsigned(town: Settlement) -> Said:
    shop = town.party("carrier")
    device = Handset.given(town.history, shop.manager)
    town.history.say(REVOKE_DEVICE_KEY, {"device_key": device.device.id}, shop.manager)
    return Said(REGISTER_VEHICLE, VAN, device.actor)


@breaks("signature.wrong")
def member_changed(town: Settlement) -> Said:
    device = handset(town)
    said = {**VAN, "kind": "truck"}
    return signed(town, device, VAN, said, facts=(str(device.device.id),))


@breaks("signature.wrong")
def member_added(town: Settlement) -> Said:
    return signed(town, handset(town), {**VAN, "length": 4}, VAN)


@breaks("signature.wrong")
def member_taken_away(town: Settlement) -> Said:
    return signed(town, handset(town), VAN, {**VAN, "length": 4})


@breaks("signature.wrong")
def said_in_clear_where_it_was_signed_as_personal(town: Settlement) -> Said:
    return signed(town, handset(town), {**VAN, "plate": "鲁B·12345"}, VAN)


@breaks("signature.wrong")
def another_submission(town: Settlement) -> Said:
    said = signed(town, handset(town), VAN)
    assert said.submission is not None
    return replace(said, submission=Idempotency("f" * 64, said.submission.request))


@breaks("signature.wrong")
def another_kind(town: Settlement) -> Said:
    return replace(signed(town, handset(town), VAN), kind=FILE_FACILITY)


@breaks("signature.wrong")
def another_time(town: Settlement) -> Said:
    said = signed(town, handset(town), VAN)
    assert said.signature is not None
    found, made = Signature.of_statement(said.signature)
    return replace(said, signature=replace(found, signed_at="2020-07-31T12:00:00Z").recorded(made))


@breaks("signature.wrong")
def another_device_of_the_token_signed_it(town: Settlement) -> Said:
    carrier = town.party("carrier")
    one = Handset.given(town.history, carrier.manager)
    other = Handset.registered(town.history, carrier.manager, one.actor, 8)
    said = signed(town, one, VAN)
    assert said.signature is not None
    found, made = Signature.of_statement(said.signature)
    return replace(said, signature=replace(found, key=other.device.id).recorded(made))


@breaks("signature.wrong")
def key_of_the_same_bytes_under_another_id(town: Settlement) -> Said:
    carrier = town.party("carrier")
    one = Handset.given(town.history, carrier.manager)
    other = Handset.registered(town.history, carrier.manager, one.actor, 7)
    said = signed(town, one, VAN)
    assert said.signature is not None
    found, made = Signature.of_statement(said.signature)
    return replace(said, signature=replace(found, key=other.device.id).recorded(made))


@breaks("signature.wrong")
def signed_for_another_ledger(town: Settlement) -> Said:
    device = handset(town)
    elsewhere = replace(device, device=replace(device.device, ledger="other.invalid/ledger"))
    return signed(town, elsewhere, VAN)


@breaks("signature.key-unknown")
def key_that_nobody_has(town: Settlement) -> Said:
    return signed(town, handset(town).under(777), VAN, facts=("777",))


@breaks("signature.key-unknown")
def key_of_another_organisation(town: Settlement) -> Said:
    other = handset(town, seed=8)
    return signed(town, handset(town).under(other.device.id), VAN)


@breaks("signature.key-unknown")
def key_of_another_token_of_the_same_organisation(town: Settlement) -> Said:
    carrier = town.party("carrier")
    one, other = (Handset.given(town.history, carrier.manager, seed=seed) for seed in (7, 8))
    return replace(signed(town, other, VAN), actor=one.actor)


@breaks("signature.key-unknown")
def person_shows_a_signature_of_a_device(town: Settlement) -> Said:
    carrier = town.party("carrier")
    device = Handset.given(town.history, carrier.manager)
    return replace(signed(town, device, VAN), actor=carrier.manager)


@breaks("signature.key-revoked")
def key_was_revoked(town: Settlement) -> Said:
    carrier = town.party("carrier")
    device = Handset.given(town.history, carrier.manager)
    town.history.say(REVOKE_DEVICE_KEY, {"device_key": device.device.id}, carrier.manager)
    return signed(town, device, VAN, facts=(str(device.device.id),))


@breaks("signature.clock")
def signed_a_second_too_long_ago(town: Settlement) -> Said:
    device = handset(town)
    ago = town.history.at - OLDEST - timedelta(seconds=1)
    submission, signature = device.signs(town.history, REGISTER_VEHICLE, VAN, ago)
    by = {"submission": submission, "signature": signature}
    return Said(REGISTER_VEHICLE, VAN, device.actor, facts=("72", "5"), **by)


@breaks("signature.clock")
def signed_a_second_too_far_ahead(town: Settlement) -> Said:
    device = handset(town)
    ahead = town.history.at + AHEAD + timedelta(seconds=1)
    submission, signature = device.signs(town.history, REGISTER_VEHICLE, VAN, ahead)
    return Said(REGISTER_VEHICLE, VAN, device.actor, submission=submission, signature=signature)


@breaks("signature.member-added")
def said_member_called_an_addition_of_the_service(town: Settlement) -> Said:
    said = signed(town, handset(town), {**VAN, "length": 4}, VAN)
    assert said.signature is not None
    found, _ = Signature.of_statement(said.signature)
    return replace(said, signature=found.recorded(["/length"]), facts=("/length",))


@breaks("signature.without-idempotency-key")
def signed_without_a_key_of_the_submission(town: Settlement) -> Said:
    return replace(signed(town, handset(town), VAN), submission=None)


MALFORMED = [
    "",
    "x",
    "[]",
    "\ud800",
    '{"key":1,"made":[],"signature":"","signed_at":"2020-08-01T00:00:00Z","v":1}',
    '{"key":1,"made":[1],"signature":"%s","signed_at":"2020-08-01T00:00:00Z","v":1}' % ("A" * 86 + "=="),
    '{"key":1,"made":[],"signature":"%s","signed_at":"2020-08-01T00:00:00+00:00","v":1}' % ("A" * 86 + "=="),
    '{"key":1,"made":[],"signature":"%s","signed_at":"2020-08-01T00:00:00Z","v":2}' % ("A" * 86 + "=="),
    '{"key":1,"made":[],"more":0,"signature":"%s","signed_at":"2020-08-01T00:00:00Z","v":1}'
    % ("A" * 86 + "=="),
    ' {"key":1,"made":[],"signature":"%s","signed_at":"2020-08-01T00:00:00Z","v":1}' % ("A" * 86 + "=="),
    '{"key":"1","made":[],"signature":"%s","signed_at":"2020-08-01T00:00:00Z","v":1}' % ("A" * 86 + "=="),
]


def unreadable(text: str) -> Case:
    def what_is_no_signature(town: Settlement) -> Said:
        said = signed(town, handset(town), VAN)
        return replace(said, signature=text)

    return what_is_no_signature


for _text in MALFORMED:
    breaks("signature.malformed")(unreadable(_text))


@pytest.mark.parametrize(("code", "case"), CASES.params)
def test_refused(town: Settlement, code: str, case: Case[Settlement]) -> None:
    demand_refused(town.history, code, case(town))


AT_THE_DOOR = {"signature.not-normal", "signature.not-as-said", "signature.differs"}
"""What is refused before it is judged; tests of tests/integration/http say so."""


def test_no_rule_is_without_a_case() -> None:
    text = (files("schema.problems") / "signatures.toml").read_text(encoding="utf-8")
    codes = {code for code in tomllib.loads(text) if code.startswith("signature.")}
    assert codes - AT_THE_DOOR == CASES.codes


@pytest.mark.parametrize("off", [-OLDEST, timedelta(0), AHEAD])
def test_what_is_signed_in_time_is_recorded_with_its_signature(town: Settlement, off: timedelta) -> None:
    device = handset(town)
    town.history.now(town.history.at.replace(microsecond=0) + timedelta(seconds=1))
    submission, signature = device.signs(town.history, REGISTER_VEHICLE, VAN, town.history.at + off)
    statement = town.history.say(
        REGISTER_VEHICLE, VAN, device.actor, submission=submission, signature=signature
    )
    assert statement.signature == signature
    assert (f"device_key/{device.device.id}", device.device.id // 1000) in statement.judged


def test_two_devices_sign_for_one_token_and_each_is_named(town: Settlement) -> None:
    manager = town.party("carrier").manager
    one = Handset.given(town.history, manager)
    other = Handset.registered(town.history, manager, one.actor, 8)
    for device in (one, other):
        submission, signature = device.signs(town.history, REGISTER_VEHICLE, VAN)
        statement = town.history.say(
            REGISTER_VEHICLE, VAN, device.actor, submission=submission, signature=signature
        )
        assert Signature.of_statement(statement.signature or "")[0].key == device.device.id
    rows = [town.history.row(DEVICE_KEY, each.device.id) for each in (one, other)]
    assert [(row.number, row.origin) for row in rows] == [
        (7, "test.invalid/ledger"),
        (8, "test.invalid/ledger"),
    ]
    assert town.history.row(TOKEN, one.actor.token or 0).signs


def test_tokens_without_a_key_and_people_go_on_unsigned(town: Settlement) -> None:
    carrier = town.party("carrier")
    Handset.given(town.history, carrier.manager)
    issued = town.history.say(ISSUE_TOKEN, {"scopes": ["parties:write"]}, carrier.manager)
    for actor in (carrier.manager, Actor(carrier.organisation, token=issued.outcome["token"])):
        assert town.history.say(REGISTER_VEHICLE, VAN, actor).signature is None
