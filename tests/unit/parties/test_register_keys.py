"""What stands for a sole trader's code in the register."""

from __future__ import annotations

import pytest

from schema.identifiers import SOLE_TRADER, is_register_key, is_sole_trader, parse_uscc, spoken_code
from schema.problems import Problem
from service.parties.credentials.keys import ROOT_BYTES, AccountKeys
from service.parties.persons.register import RegisterKeys
from tests.settlement import REGISTER, uscc

TRADER, COMPANY = uscc(1, prefix="92"), uscc(1)


def test_equal_codes_have_equal_keys_and_a_company_keeps_its_code() -> None:
    key = REGISTER.of(TRADER)
    assert key == REGISTER.of(TRADER) == REGISTER.of(key)
    assert key != REGISTER.of(uscc(2, prefix="92"))
    assert REGISTER.of(COMPANY) == COMPANY
    assert (is_register_key(key), is_sole_trader(key)) == (True, True)
    assert not any(is_register_key(code) for code in (TRADER, COMPANY, key.upper(), f"{key}0", "92:"))


def test_another_secret_gives_another_key_and_the_same_root_the_same() -> None:
    root = AccountKeys.from_root(b"\1" * ROOT_BYTES)
    assert RegisterKeys(root.register).of(TRADER) != REGISTER.of(TRADER)
    assert AccountKeys.from_root(b"\1" * ROOT_BYTES).register == root.register
    assert root.register not in {root.sealing, root.devices, root.steps, root.counters}
    assert repr(root.register) not in repr(root) + repr(RegisterKeys(root.register))


def test_nobody_asks_by_what_stands_for_a_code() -> None:
    with pytest.raises(Problem) as caught:
        parse_uscc(REGISTER.of(TRADER), "some reason")
    assert caught.value.code == "identifier.uscc-length"


def test_of_a_sole_trader_is_told_that_it_is_one() -> None:
    assert spoken_code(TRADER) == spoken_code(REGISTER.of(TRADER)) == SOLE_TRADER
    assert spoken_code(COMPANY) == COMPANY
