"""Closed zones take no goods; an independent zone takes those of one arrival, where the policy says so."""

from __future__ import annotations

from typing import Any

import pytest

from service.goods import arrivals, lots
from service.goods.movements import STORE
from service.goods.movements.zoning import CLEAR_ZONE, ZONE_USE
from service.ledger import Data, Statement
from service.parties.filing.zones import REPARTITION_ZONES
from tests.history import History
from tests.quay import ENTERED, OPENED, Quay

INDEPENDENT, QUARANTINE = 4, 1
AT = "2020-08-19"


def quay(**policy: Any) -> Quay:
    return Quay(History(), one_family_in_independent_zones=True, **policy)


def another_arrival(there: Quay) -> int:
    container = {"container": "MSKU9070323", "seal": "CN999999"}
    announced = {
        **container,
        "facility": there.place,
        "source": "port",
        "importer": there.station.uscc,
        "port": "青岛港",
        "entry_on": ENTERED,
        "expected_at": ENTERED,
    }
    said = there.history.say(arrivals.ANNOUNCE, announced, there.station.staff)
    arrival = int(said.outcome["arrival"])
    opening = {"arrival": arrival, "happened_at": OPENED, **container, "seal_intact": True}
    there.history.say(arrivals.OPEN, opening, there.station.staff)
    return arrival


def families(there: Quay) -> list[int]:
    return there.history.row(ZONE_USE, f"{there.place}/{INDEPENDENT}").families


def put(there: Quay, unit: int, zone: int = INDEPENDENT) -> Statement:
    said = {"unit": unit, "zone": zone, "happened_at": AT}
    return there.history.say(STORE, said, there.station.staff)


def clearing(there: Quay, zone: int = INDEPENDENT) -> Data:
    return {"facility": there.place, "zone": zone, "happened_at": AT}


def test_goods_of_one_arrival_share_an_independent_zone() -> None:
    there = quay()
    there.lot(10, 1000, zone=INDEPENDENT)
    other = there.lot(20, 2000)
    assert put(there, other.unit).breach == ()
    assert families(there) == [there.arrival]


def test_goods_of_another_arrival_are_not_registered_there_and_are_in_breach_when_put_there() -> None:
    there = quay()
    there.lot(10, 1000, zone=INDEPENDENT)
    first, there.arrival = there.arrival, another_arrival(there)
    refusal = there.history.refused(
        lots.REGISTER, there.registration(5, 500, zone=INDEPENDENT), there.station.staff
    )
    assert (refusal.code, refusal.field) == ("zone.family-mixed", "/zone")
    assert refusal.facts["others"] == str(first)
    said = put(there, there.lot(5, 500).unit)
    assert [breach["rule"] for breach in said.breach] == ["zone.family-mixed"]
    assert families(there) == [first, there.arrival]


def test_a_cleared_zone_takes_the_next_arrival() -> None:
    there = quay()
    there.lot(10, 1000, zone=INDEPENDENT)
    there.history.say(CLEAR_ZONE, clearing(there), there.station.staff)
    assert families(there) == []
    there.arrival = another_arrival(there)
    there.lot(5, 500, zone=INDEPENDENT)
    assert families(there) == [there.arrival]


def test_other_zones_and_other_policies_keep_no_account_of_families() -> None:
    for there, zone in ((quay(), QUARANTINE), (Quay(History()), INDEPENDENT)):
        there.lot(10, 1000, zone=zone)
        there.arrival = another_arrival(there)
        there.lot(5, 500, zone=zone)
        assert there.history.rows(ZONE_USE) == []


@pytest.mark.parametrize(
    ("code", "field", "changed"),
    [
        ("zone.already-clear", "/zone", {}),
        ("zone.not-found", "/zone", {"zone": 9}),
        ("facility.not-found", "/facility", {"facility": 7}),
        ("time.in-future", "/happened_at", {"happened_at": "2020-08-23"}),
    ],
)
def test_what_cannot_be_cleared_is_refused(code: str, field: str, changed: Data) -> None:
    there = quay()
    refusal = there.history.refused(CLEAR_ZONE, {**clearing(there), **changed}, there.station.staff)
    assert (refusal.code, refusal.field) == (code, field)


def test_nothing_is_put_into_a_zone_that_was_divided() -> None:
    there = quay()
    waiting = there.lot(10, 1000)
    new = [{"name": "待检新区", "kind": "quarantine", "from": [QUARANTINE]}]
    divided = {"facility": there.place, "happened_at": AT, "zones": new}
    there.history.say(REPARTITION_ZONES, divided, there.station.manager)
    refusal = there.history.refused(lots.REGISTER, there.registration(5, 500), there.station.staff)
    assert (refusal.code, refusal.facts["into"]) == ("zone.closed", "5")
    said = put(there, waiting.unit, QUARANTINE)
    assert [breach["rule"] for breach in said.breach] == ["zone.closed"]
    assert put(there, waiting.unit, 5).breach == ()
