"""Accounts add up, and say so only where they do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.tracing.accounts import NOTHING, PARTS, Account, Amount, balances, total

amounts = st.builds(Amount, st.none() | st.integers(0, 10**6), st.integers(0, 10**9))


def account(parts: list[Amount]) -> Account:
    """The account whose parts these are."""
    return {**dict(zip(PARTS, parts, strict=True)), "entered": sum(parts, NOTHING), "surplus": NOTHING}


accounts = st.lists(amounts, min_size=len(PARTS), max_size=len(PARTS)).map(account)


@given(st.lists(accounts, max_size=4))
def test_a_total_of_accounts_that_balance_balances(several: list[Account]) -> None:
    assert balances(total(several))


@given(accounts, st.sampled_from(["entered", *PARTS]), st.integers(1, 99))
def test_a_gram_more_anywhere_is_noticed(whole: Account, name: str, more: int) -> None:
    changed = whole | {name: Amount(whole[name].pieces, whole[name].grams + more)}
    assert not balances(changed)


@pytest.mark.parametrize("name", ["entered", *PARTS])
def test_a_piece_more_anywhere_is_noticed(name: str) -> None:
    whole = account([Amount(2, 5)] * len(PARTS))
    assert balances(whole)
    assert not balances(whole | {name: Amount((whole[name].pieces or 0) + 1, whole[name].grams)})


def test_pieces_that_were_not_all_counted_are_not_summed() -> None:
    assert Amount(3, 10) + Amount(None, 5) == Amount(None, 15)
