"""Personal values: a commitment in their place, nothing of them left in the statement."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from schema.messages.fields import Inner, Items, Message, Personal, Secret, Text
from schema.messages.parties import FacilityFiling, OrganisationRegistration
from service.ledger import PLATFORM, Statement
from service.parties.personal import redact, seal, together
from tests.settlement import uscc


class Driver(Message):
    name = Personal()
    badge = Text()


class Trip(Message):
    carrier = Text()
    plate = Personal()
    driver = Inner(Driver, allow_none=True)
    crew = Items(Inner(Driver))
    phones = Items(Personal())
    password = Secret()


TRIP = {
    "carrier": "某物流",
    "plate": "辽A12345",
    "driver": {"name": "王力", "badge": "7"},
    "crew": [{"badge": "8"}, {"name": "李强"}],
    "phones": ["13800000001", "13800000001"],
}

STATEMENT = Statement("trip", 1, 1, "2020-08-01T00:00:00.000000Z", PLATFORM, {}, {}, {})


def kept(asides: Any) -> dict[str, tuple[Any, ...]]:
    """The rows that go aside, by pointer."""
    rows = [row for each in asides for row in each(17, STATEMENT)]
    assert {name for name, _ in rows} == {"private/personal.save"}
    return {row[2]: row for _, row in rows}


def test_each_value_is_replaced_by_its_commitment() -> None:
    sealed, asides = seal(Trip(), TRIP)
    rows = kept(asides)
    assert set(rows) == {"/plate", "/driver/name", "/crew/1/name", "/phones/0", "/phones/1"}
    for digest, position, _, salt, value in rows.values():
        assert position == 17
        assert len(salt) == 32
        assert sha256(salt + value.encode()).hexdigest() == digest
    assert sealed == {
        "carrier": "某物流",
        "plate": {"sha256": rows["/plate"][0]},
        "driver": {"name": {"sha256": rows["/driver/name"][0]}, "badge": "7"},
        "crew": [{"badge": "8"}, {"name": {"sha256": rows["/crew/1/name"][0]}}],
        "phones": [{"sha256": rows["/phones/0"][0]}, {"sha256": rows["/phones/1"][0]}],
    }
    assert rows["/plate"][4] == "辽A12345"


def test_equal_values_cannot_be_told_from_their_commitments() -> None:
    sealed, _ = seal(Trip(), TRIP)
    again, _ = seal(Trip(), TRIP)
    assert sealed["phones"][0] != sealed["phones"][1]
    assert sealed["plate"] != again["plate"]


def test_what_is_not_there_is_not_sealed() -> None:
    data = {"carrier": "某物流", "driver": None}
    assert seal(Trip(), data) == (data, ())


def test_what_was_given_is_left_as_it_was() -> None:
    before = {**TRIP, "driver": dict(TRIP["driver"])}  # type: ignore[call-overload]
    seal(Trip(), TRIP)
    assert before == TRIP


def test_only_a_sole_traders_name_is_personal() -> None:
    schema = OrganisationRegistration()
    data = {"name": "某店", "name_en": "A shop", "roles": ["retailer"], "region": "210100"}
    company, _ = seal(schema, schema.load({**data, "uscc": uscc(1, prefix="91")}))
    assert (company["name"], company["name_en"]) == ("某店", "A shop")
    trader, asides = seal(schema, schema.load({**data, "uscc": uscc(1, prefix="92")}))
    assert trader["name"].keys() == trader["name_en"].keys() == {"sha256"}
    assert set(kept(asides)) == {"/name", "/name_en"}


def test_only_a_sole_traders_places_are_personal() -> None:
    schema = FacilityFiling()
    data = {
        "kind": "shop",
        "name": "张三水产店",
        "name_en": "A shop",
        "region": "210100",
        "address": "某路 1 号",
    }
    for prefix, personal in (("91", set()), ("92", {"/name", "/name_en", "/address"})):
        sealed, asides = seal(schema, schema.load(data), uscc(1, prefix=prefix))
        assert {f"/{name}" for name, value in sealed.items() if isinstance(value, dict)} == personal
        assert set(kept(asides) if asides else ()) == personal
        digested = redact(schema, data, uscc(1, prefix=prefix))
        assert {f"/{name}" for name, value in digested.items() if value is None} == personal


def test_a_lasting_digest_is_of_nothing_personal() -> None:
    body = {**TRIP, "password": "secret words", "unknown": [1], "crew": "no list"}
    assert redact(Trip(), body) == {
        "carrier": "某物流",
        "plate": None,
        "driver": {"name": None, "badge": "7"},
        "crew": "no list",
        "phones": [None, None],
        "password": None,
        "unknown": [1],
    }


def test_asides_are_written_together() -> None:
    _, first = seal(Trip(), {"plate": "辽A1"})
    _, second = seal(Trip(), {"plate": "辽A2"})
    joined = together(*first, *second)
    assert joined is not None
    assert [row[4] for _, row in joined(3, STATEMENT)] == ["辽A1", "辽A2"]
    assert together() is None
