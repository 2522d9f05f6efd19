"""Personal values: a commitment in their place, nothing of them left in the statement."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from schema.messages.corrections import StatementCorrectionRequest
from schema.messages.fields import About, Inner, Items, Message, Personal, Secret, Text
from schema.messages.filing import OrganisationChange
from schema.messages.goods import ArrivalAnnouncement
from schema.messages.parties import FacilityFiling, OrganisationRegistration
from service.ledger import PLATFORM, Statement
from service.ledger.kinds import Asides
from service.parties.persons.personal import PersonalValue, redact, seal, together, unbox
from service.parties.persons.vault import Vault
from tests.settlement import REGISTER, uscc

IMPORT = ArrivalAnnouncement(only=["importer"])


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


def by_pointer(values: Iterable[PersonalValue]) -> dict[str, PersonalValue]:
    return {each.pointer: each for each in values}


def test_each_value_is_replaced_by_its_commitment() -> None:
    sealed, values = seal(Trip(), TRIP)
    found = by_pointer(values)
    assert set(found) == {"/plate", "/driver/name", "/crew/1/name", "/phones/0", "/phones/1"}
    for each in values:
        assert len(each.salt) == 32
        assert sha256(each.salt + each.value.encode()).hexdigest() == each.sha256
    assert sealed == {
        "carrier": "某物流",
        "plate": {"sha256": found["/plate"].sha256},
        "driver": {"name": {"sha256": found["/driver/name"].sha256}, "badge": "7"},
        "crew": [{"badge": "8"}, {"name": {"sha256": found["/crew/1/name"].sha256}}],
        "phones": [{"sha256": found["/phones/0"].sha256}, {"sha256": found["/phones/1"].sha256}],
    }
    assert found["/plate"].value == "辽A12345"


def test_equal_values_cannot_be_told_from_their_commitments() -> None:
    sealed, _ = seal(Trip(), TRIP)
    again, _ = seal(Trip(), TRIP)
    assert sealed["phones"][0] != sealed["phones"][1]
    assert sealed["plate"] != again["plate"]


def test_what_is_not_there_is_not_sealed() -> None:
    data = {"carrier": "某物流", "driver": None}
    assert seal(Trip(), data) == (data, ())


def test_a_box_opens_under_its_persons_key_and_for_its_commitment_alone(tmp_path: Path) -> None:
    with closing(Vault(tmp_path / "keys")) as vault:
        mine, other = asyncio.run(two_keys(vault))
        _, (value,) = seal(Trip(), {"plate": "辽A12345"})
        box = value.box(vault, mine)
        assert b"A12345" not in box
        assert unbox(vault, mine, value.sha256, box) == "辽A12345"
        assert unbox(vault, other, value.sha256, box) is None
        assert unbox(vault, mine, "0" * 64, box) is None
        assert unbox(vault, mine, value.sha256, box[:-1] + bytes([box[-1] ^ 1])) is None
        forged = replace(value, value="辽B99999")
        assert unbox(vault, mine, value.sha256, forged.box(vault, mine)) is None, "not what was committed to"
        vault.destroy([mine])
        assert unbox(vault, mine, value.sha256, box) is None


async def two_keys(vault: Vault) -> tuple[str, str]:
    return await vault.new(), await vault.new()


def test_what_was_given_is_left_as_it_was() -> None:
    before = {**TRIP, "driver": dict(TRIP["driver"])}  # type: ignore[call-overload]
    seal(Trip(), TRIP)
    assert before == TRIP


def test_only_a_sole_traders_name_is_personal() -> None:
    schema = OrganisationRegistration()
    data = {"name": "某店", "name_en": "A shop", "roles": ["retailer"], "region": "210100"}
    company, _ = seal(schema, schema.load({**data, "uscc": uscc(1, prefix="91")}))
    assert (company["name"], company["name_en"]) == ("某店", "A shop")
    code = uscc(1, prefix="92")
    trader, values = seal(schema, schema.load({**data, "uscc": code}), "", REGISTER.of)
    assert trader["name"].keys() == trader["name_en"].keys() == {"sha256"}
    assert set(by_pointer(values)) == {"/name", "/name_en", "/uscc_code"}
    assert {each.about for each in values} == {About.MADE}


def test_in_the_place_of_a_sole_traders_code_stands_what_it_is_known_by() -> None:
    data = {"roles": ["retailer"], "region": "210100", "name": "某店"}
    company, code = uscc(1, prefix="91"), uscc(1, prefix="92")
    for schema, about in ((OrganisationRegistration(), About.MADE), (IMPORT, About.CODED)):
        name = "uscc" if about is About.MADE else "importer"
        said = data if about is About.MADE else {}
        clear, values = seal(schema, schema.load({**said, name: company}))
        assert (clear[name], f"{name}_code" in clear, values) == (company, False, ())
        sealed, values = seal(schema, schema.load({**said, name: code}), "", REGISTER.of)
        (value,) = (each for each in values if each.pointer == f"/{name}_code")
        assert sealed[name] == value.register_key == REGISTER.of(code)
        assert sealed[f"{name}_code"] == {"sha256": value.sha256}
        assert (value.value, value.about) == (code, about)
        assert code not in str(sealed)
        assert redact(schema, {name: company}) == {name: company}
        for written in (code, code.lower(), f"92 {code[2:]}", f"９２{code[2:]}"):
            assert redact(schema, {name: written}) == {name: None}


def test_a_change_of_a_sole_trader_names_it_without_its_code() -> None:
    said = OrganisationChange().load({"organisation": 7, "uscc": uscc(1, prefix="92"), "roles": ["retailer"]})
    sealed, values = seal(OrganisationChange(), said, "", REGISTER.of)
    assert sealed == {**said, "uscc": REGISTER.of(uscc(1, prefix="92"))}
    assert values == ()


def test_a_sole_traders_code_goes_nowhere_without_a_register_key() -> None:
    with pytest.raises(LookupError):
        seal(IMPORT, IMPORT.load({"importer": uscc(1, prefix="92")}))


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
        sealed, values = seal(schema, schema.load(data), uscc(1, prefix=prefix))
        assert {f"/{name}" for name, value in sealed.items() if isinstance(value, dict)} == personal
        assert set(by_pointer(values)) == personal
        assert all(each.about is About.SPEAKER for each in values)
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


def test_of_changes_a_digest_is_of_what_their_own_message_does_not_call_personal() -> None:
    body = {"reason": "typing", "changes": {"carrier": "某物流", "plate": "辽A12345", "pieces": 3}}
    known = redact(StatementCorrectionRequest(), body, changed=Trip())
    assert known["changes"] == {"carrier": "某物流", "plate": None, "pieces": 3}
    unknown = redact(StatementCorrectionRequest(), body)
    assert unknown["changes"] == {"carrier": None, "plate": None, "pieces": 3}
    assert redact(StatementCorrectionRequest(), {"changes": "辽A12345"}, changed=Trip()) == {"changes": None}


STATEMENT = Statement("trip", 1, 1, "2020-08-01T00:00:00.000000Z", PLATFORM, {}, {}, [])


def one_row(name: str) -> Asides:
    return lambda position, _statement: [(name, (position,))]


def test_asides_are_written_together() -> None:
    joined = together(one_row("first"), one_row("second"))
    assert joined is not None
    assert [*joined(3, STATEMENT)] == [("first", (3,)), ("second", (3,))]
    assert together() is None
