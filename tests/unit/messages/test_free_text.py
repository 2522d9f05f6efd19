"""Statements never change, so what is written freely must not stand in one in clear."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from marshmallow import Schema, ValidationError, fields

from schema.messages.fields import About, Personal, Text, refusal
from schema.messages.movements import (
    LOSSES,
    SHORTFALLS,
    GoodsProcessingRequest,
    GoodsReceipt,
    GoodsShipping,
    ProcessedLotRequest,
    ReceivedPortion,
    Waybill,
)
from schema.messages.written import Uscc
from service.parties.persons.personal import seal
from service.web.operations import WRITES

IN_CLEAR = {
    "ArrivalAnnouncement": {"voyage", "vessel", "bill_of_lading", "exporter", "port", "declaration"},
    "CaseOpening": {"number"},
    "CaseTest": {"test"},
    "CertificateRecord": {"number", "agent", "concentration"},
    "Covers": {"product", "production_batch"},
    "DisinfectionRecord": {"agent_name"},
    "Enhanced": {"establishment"},
    "FacilityChange": {"filing"},
    "FacilityFiling": {"filing"},
    "ForeignCode": {"system"},
    "HoldLifting": {"test"},
    "HoldPlacingRequest": {"case_number"},
    "GoodsDiscoveryRequest": {
        *("product", "product_en", "specification", "establishment", "production_batch"),
    },
    "LotRegistrationRequest": {"product", "product_en", "specification", "production_batch", "exporter"},
    "NewZone": {"name"},
    "Label": {"en", "zh"},
    "PolicyDocument": {"entry_places", "name"},
    "ShiftAssignment": {"bay"},
    "ProcessedLotRequest": {"product", "product_en", "specification", "production_batch"},
    "UserRegistrationRequest": {"login"},
    "Waybill": {"number", "seals"},
    "Zone": {"name"},
}
"""What is named: goods, ships, papers and places, and numbers of theirs. A login is taken out before."""


def texts(schema: Schema) -> Iterator[tuple[str, str]]:
    for name, field in schema.load_fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from texts(inner.schema)
        elif isinstance(inner, Text) and not isinstance(inner, Personal):
            yield type(schema).__name__, name


def test_no_statement_has_a_text_that_nobody_thought_about() -> None:
    found: dict[str, set[str]] = {}
    for write in WRITES.values():
        for message, name in texts(write.loader):
            found.setdefault(message, set()).add(name)
    assert found == IN_CLEAR


CODES = {
    ("OrganisationRegistration", "uscc"): About.MADE,
    ("ArrivalAnnouncement", "importer"): About.CODED,
    ("OrganisationChange", "uscc"): None,
    ("OwnershipTransferRequest", "to_uscc"): None,
    ("GoodsSamplingRequest", "authority_uscc"): None,
    ("GoodsSurrenderRequest", "authority_uscc"): None,
}
"""Social credit codes, and whose a commitment beside them is. Without one the code only finds somebody."""


def test_a_social_credit_code_is_known_as_one_wherever_it_is_asked_for() -> None:
    found = {}
    for write in WRITES.values():
        for name, field in write.loader.load_fields.items():
            if isinstance(field, Uscc) or "uscc" in name.split("_") or name == "importer":
                found[type(write.loader).__name__, name] = getattr(field, "about", "no code")
    found.pop(("OrganisationRegistration", "uscc_reason"))
    assert found == CODES


@pytest.mark.parametrize("word", SHORTFALLS)
def test_why_less_arrived_is_a_word(word: str) -> None:
    assert ReceivedPortion().load({"unit": 1, "grams": 0, "reason": word})["reason"] == word


@pytest.mark.parametrize(
    ("schema", "name"), [(ReceivedPortion(), "reason"), (GoodsProcessingRequest(), "loss_reason")]
)
def test_why_something_is_gone_is_no_sentence(schema: Schema, name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        schema.load({name: "张三摔坏一箱"}, partial=True)
    assert [(each.code, each.field) for each in refusal(caught.value).causes] == [
        ("message.choice", f"/{name}")
    ]


def test_a_remark_may_have_lines() -> None:
    said = {"unit": 1, "grams": 0, "remark": "一箱破损\n李四送货"}
    assert ReceivedPortion().load(said) == said


def test_what_else_there_is_to_say_is_sealed() -> None:
    receipt = {
        "shipment": 1,
        "happened_at": "2020-08-18",
        "items": [{"unit": 2, "grams": 0, "reason": SHORTFALLS[0], "remark": "李四送货"}],
    }
    sealed, values = seal(GoodsReceipt(), GoodsReceipt().load(receipt))
    assert sealed["items"][0]["remark"].keys() == {"sha256"}
    assert [each.value for each in values] == ["李四送货"]
    output = dict.fromkeys(ProcessedLotRequest().load_fields, "x")
    made = {"facility": 1, "outputs": [output], "loss_reason": LOSSES[0], "remark": "李四修割"}
    assert seal(GoodsProcessingRequest(), made)[0]["remark"].keys() == {"sha256"}
    waybill = {"carrier": "李四运输"}
    assert seal(GoodsShipping(), {"waybill": Waybill().load(waybill)})[0]["waybill"]["carrier"].keys() == {
        "sha256"
    }
