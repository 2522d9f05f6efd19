"""What a store says it holds: recorded as it was said, judged only where it cannot be meant."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.goods.stock import DECLARE_STOCK, STOCK_DECLARATION
from service.ledger import Data
from tests.history import History
from tests.quay import Quay

CODE = "1B370200ABCDEF234567"


@pytest.fixture
def quay() -> Quay:
    return Quay(History(STOCK_DECLARATION))


def said(quay: Quay, *lines: Data, **changed: object) -> Data:
    return {"facility": quay.place, "as_of": "2020-08-19T18:00+08:00", "lines": [*lines], **changed}


def test_a_count_is_kept_as_it_was_said(quay: Quay) -> None:
    lines = [{"lot": 7, "pieces": 10, "grams": 270_000}, {"lot": 7, "grams": 500}, {"code": CODE, "grams": 1}]
    told = quay.history.say(DECLARE_STOCK, said(quay, *lines, zone=2), quay.station.staff)
    row = quay.history.row(STOCK_DECLARATION, told.outcome["declaration"])
    assert (row.facility, row.zone, row.region) == (quay.place, 2, "370200")
    assert (row.lines, told.breach) == (lines, ())


def test_nothing_may_be_there(quay: Quay) -> None:
    told = quay.history.say(DECLARE_STOCK, said(quay), quay.station.staff)
    assert quay.history.row(STOCK_DECLARATION, told.outcome["declaration"]).lines == []


def test_a_count_that_comes_late_is_recorded_in_breach(quay: Quay) -> None:
    quay.town.policy("", issuers={}, back_dating_days=1)
    quay.history.now("2020-09-30T00:00:00+00:00")
    told = quay.history.say(DECLARE_STOCK, said(quay), quay.station.staff)
    assert [breach["rule"] for breach in told.breach] == ["time.too-far-back"]


@pytest.mark.parametrize(
    ("code", "field", "data"),
    [
        ("stock.line-unnamed", "/lines/1", lambda q: said(q, {"lot": 7, "grams": 1}, {"grams": 1})),
        ("stock.line-unnamed", "/lines/0", lambda q: said(q, {"lot": 7, "code": CODE, "grams": 1})),
        ("facility.not-found", "/facility", lambda q: said(q, facility=q.counter)),
        ("zone.not-found", "/zone", lambda q: said(q, zone=9)),
        ("time.in-future", "/as_of", lambda q: said(q, as_of="2020-08-22")),
    ],
)
def test_what_cannot_be_meant_is_refused(
    quay: Quay, code: str, field: str, data: Callable[[Quay], Data]
) -> None:
    refusal = quay.history.refused(DECLARE_STOCK, data(quay), quay.station.staff)
    assert (refusal.code, refusal.field) == (code, field)
