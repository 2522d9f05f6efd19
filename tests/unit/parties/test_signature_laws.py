"""The law of signatures: nothing that a device signed can be otherwise, and what it did not sign is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.exceptions import InvalidSignature
from hypothesis import given
from hypothesis import strategies as st

from schema import canonical
from schema.ed25519 import write_public
from schema.signed_request import Signature, as_said, time_text
from service.goods.lots import REGISTER as REGISTER_LOT
from service.ledger import Data, Registry, Statement
from service.ledger.judging import judge_again
from service.parties import DEVICE_KEY, REGISTER_VEHICLE, STANDING
from service.parties.device_keys import REGISTER_DEVICE_KEY
from service.parties.signatures import holds, made_in, request_of
from tests.handset import Handset, key_of
from tests.history import History
from tests.quay import Quay
from tests.settlement import SEALED


@pytest.fixture(scope="module")
def lot() -> tuple[History, Statement, int]:
    """A lot registered by a handset: its code is made by the service, the rest is signed."""
    quay = Quay(History())
    device = Handset.given(quay.history, quay.station.manager)
    data = quay.registration(1006, 27_000_000)
    submission, signature = device.signs(quay.history, REGISTER_LOT, data)
    statement = quay.history.say(REGISTER_LOT, data, device.actor, submission, signature)
    return quay.history, statement, device.device.id


def test_what_the_service_makes_is_outside_the_signature(lot: tuple[History, Statement, int]) -> None:
    _, statement, _ = lot
    signature, made = Signature.of_statement(statement.signature or "")
    assert made == ["/code"]
    assert "code" not in as_said(statement.data, made)
    assert signature.recorded(made) == statement.signature


def test_under_a_key_that_proves_nothing_nothing_holds() -> None:
    """Whoever let the neutral point in, past the interface: anybody can write down a signature for it."""
    quay = Quay(History())
    device, manager = Handset.given(quay.history, quay.station.manager), quay.station.manager
    weak = {"token": device.actor.token, "public_key": write_public(b"\x01" + bytes(31)), "device": "scale"}
    key = quay.history.say(REGISTER_DEVICE_KEY, weak, manager).outcome["device_key"]
    data = quay.registration(1006, 27_000_000)
    submission, _ = device.signs(quay.history, REGISTER_LOT, data)
    forged = Signature(key, time_text(quay.history.at), b"\x01" + bytes(63)).recorded(["/code"])
    refusal = quay.history.refused(REGISTER_LOT, data, device.actor, submission, forged)
    assert refusal.code == "signature.wrong"


def _wrong(history: History, statement: Statement) -> str | None:
    registry = Registry([REGISTER_LOT, REGISTER_VEHICLE], history.projections.values(), STANDING)
    return judge_again(registry, statement, history.world, history.position)


@given(st.data())
def test_no_member_that_was_signed_can_be_otherwise(
    lot: tuple[History, Statement, int], data: st.DataObject
) -> None:
    history, statement, key = lot
    name = data.draw(st.sampled_from(sorted({*statement.data} - {"code"})))
    value = statement.data[name]
    other = data.draw(st.integers(0, 10**9) if isinstance(value, int) else st.text(max_size=30))
    forged = replace(statement, data={**statement.data, name: other})
    wrong = _wrong(history, forged) or ""
    assert (f"signature.wrong: What is recorded is not what device key {key}" in wrong) == (other != value)


@given(st.data())
def test_no_byte_of_the_text_or_the_signature_can_be_otherwise(
    lot: tuple[History, Statement, int], data: st.DataObject
) -> None:
    history, statement, id_ = lot
    signature, made = Signature.of_statement(statement.signature or "")
    key = history.row(DEVICE_KEY, id_)
    assert statement.idempotency is not None
    said = as_said(statement.data, made)
    request = request_of(key, REGISTER_LOT, statement.idempotency.key, signature, said)
    assert holds(key, request, signature)
    text = request.text()
    place, bit = data.draw(st.integers(0, len(text) - 1)), data.draw(st.integers(0, 7))
    changed = bytearray(text)
    changed[place] ^= 1 << bit
    with pytest.raises(InvalidSignature):
        key_of(7).private.public_key().verify(signature.value, bytes(changed))
    place = data.draw(st.integers(0, len(signature.value) - 1))
    bitten = bytearray(signature.value)
    bitten[place] ^= 1 << bit
    assert not holds(key, request, replace(signature, value=bytes(bitten)))


def test_a_statement_shorn_of_its_signature_is_named(lot: tuple[History, Statement, int]) -> None:
    history, statement, _ = lot
    assert "signature.missing" in (_wrong(history, replace(statement, signature=None)) or "")


def test_a_sole_traders_code_is_null_and_the_commitment_beside_it_is_not_signed() -> None:
    data: Data = {"importer": "92:" + "0" * 32, "importer_code": SEALED, "seal": "CN1"}
    made = made_in(REGISTER_VEHICLE, data)
    assert (made, as_said(data, made)) == (["/importer_code"], {"importer": None, "seal": "CN1"})


def test_codes_within_lists_are_made() -> None:
    kind = replace(REGISTER_VEHICLE, made=("outputs/*/code", "code"))
    data: Data = {"outputs": [{"code": "A", "grams": 1}, {"grams": 2}, {"code": "B"}], "unit": 3}
    made = made_in(kind, data)
    assert made == ["/outputs/0/code", "/outputs/2/code"]
    assert as_said(data, made) == {"outputs": [{"grams": 1}, {"grams": 2}, {}], "unit": 3}


def test_the_text_is_canonical_and_told_in_the_formats(lot: tuple[History, Statement, int]) -> None:
    _, statement, id_ = lot
    signature, made = Signature.of_statement(statement.signature or "")
    assert statement.idempotency is not None
    members = {
        "data": as_said(statement.data, made),
        "idempotency": statement.idempotency.key,
        "key": id_,
        "kind": "lot-registered",
        "origin": "test.invalid/ledger",
        "signed_at": signature.signed_at,
        "v": 1,
    }
    key_of(7).private.public_key().verify(signature.value, canonical.encode(members))
