"""Who may register and revoke the keys of devices, and what follows."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from service.ledger import PLATFORM, Actor, Data
from service.parties import DEVICE_KEY, ISSUE_TOKEN, REVOKE_TOKEN
from service.parties.device_keys import REGISTER_DEVICE_KEY, REVOKE_DEVICE_KEY
from tests.handset import Handset, key_of
from tests.refusing import Case, Cases, Said, demand_refused
from tests.settlement import Settlement

CASES = Cases[Settlement]()
breaks = CASES.breaks


def handset(town: Settlement) -> Handset:
    return Handset.given(town.history, town.party("carrier").manager)


def registering(token: int | None, seed: int = 9) -> Data:
    return {"token": token, "public_key": key_of(seed).public, "device": "scale"}


@breaks("device-key.by-person-only")
def token_registers_a_key(town: Settlement) -> Said:
    carrier = town.party("carrier")
    issued = town.history.say(ISSUE_TOKEN, {"scopes": ["parties:write"]}, carrier.manager)
    token = issued.outcome["token"]
    return Said(REGISTER_DEVICE_KEY, registering(token), Actor(carrier.organisation, token=token))


@breaks("device-key.by-person-only")
def command_line_registers_a_key(town: Settlement) -> Said:
    return Said(REGISTER_DEVICE_KEY, registering(handset(town).actor.token), PLATFORM)


@breaks("actor.manager-only")
def staff_registers_a_key(town: Settlement) -> Said:
    carrier = town.party("carrier")
    device = Handset.given(town.history, carrier.manager)
    return Said(REGISTER_DEVICE_KEY, registering(device.actor.token), carrier.staff)


@breaks("token.not-found")
def key_for_a_token_that_nobody_has(town: Settlement) -> Said:
    manager = town.party("carrier").manager
    return Said(REGISTER_DEVICE_KEY, registering(777), manager, facts=("777",), field="/token")


@breaks("token.not-found")
def platform_registers_a_key_for_somebody_elses_token(town: Settlement) -> Said:
    data = registering(handset(town).actor.token)
    return Said(REGISTER_DEVICE_KEY, data, town.platform.manager, field="/token")


@breaks("token.already-revoked")
def key_for_a_token_that_was_revoked(town: Settlement) -> Said:
    carrier = town.party("carrier")
    token = Handset.given(town.history, carrier.manager).actor.token
    town.history.say(REVOKE_TOKEN, {"token": token}, carrier.manager)
    return Said(REGISTER_DEVICE_KEY, registering(token), carrier.manager, field="/token")


@breaks("actor.manager-only")
def staff_revokes_a_key(town: Settlement) -> Said:
    carrier = town.party("carrier")
    device = Handset.given(town.history, carrier.manager)
    return Said(REVOKE_DEVICE_KEY, {"device_key": device.device.id}, carrier.staff)


@breaks("device-key.not-found")
def key_that_is_not_there_is_revoked(town: Settlement) -> Said:
    manager = town.party("carrier").manager
    return Said(REVOKE_DEVICE_KEY, {"device_key": 777}, manager, facts=("777",), field="/device_key")


@breaks("device-key.not-found")
def key_of_another_organisation_is_revoked(town: Settlement) -> Said:
    data = {"device_key": handset(town).device.id}
    return Said(REVOKE_DEVICE_KEY, data, town.party("carrier").manager, field="/device_key")


@breaks("device-key.already-revoked")
def key_is_revoked_twice(town: Settlement) -> Said:
    carrier = town.party("carrier")
    data = {"device_key": Handset.given(town.history, carrier.manager).device.id}
    town.history.say(REVOKE_DEVICE_KEY, data, carrier.manager)
    facts = (str(data["device_key"]),)
    return Said(REVOKE_DEVICE_KEY, data, carrier.manager, facts=facts, field="/device_key")


@pytest.mark.parametrize(("code", "case"), CASES.params)
def test_refused(town: Settlement, code: str, case: Case[Settlement]) -> None:
    demand_refused(town.history, code, case(town))


def test_no_rule_is_without_a_case() -> None:
    text = (files("schema.problems") / "signatures.toml").read_text(encoding="utf-8")
    codes = {code for code in tomllib.loads(text) if code.startswith("device-key.")}
    assert codes <= CASES.codes


def test_the_operator_may_revoke_anybodys_key(town: Settlement) -> None:
    device = handset(town)
    town.history.say(REVOKE_DEVICE_KEY, {"device_key": device.device.id}, town.platform.manager)
    assert not town.history.row(DEVICE_KEY, device.device.id).active
