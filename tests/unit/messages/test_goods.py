"""What is said about goods on their way in: read into its one written form, or refused field by field."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from schema.messages.fields import Message, refusal
from schema.messages.goods import (
    ArrivalAnnouncement,
    ContainerOpening,
    LotRegistration,
    LotRegistrationRequest,
    LotRelease,
    LotReleaseRequest,
)
from schema.messages.papers import CertificateRecord
from schema.messages.policies import Issuers
from service.ledger import Data
from tests.unit.goods.inbound import (
    Inbound,
    declaration,
    disinfection,
    nucleic,
    quarantine,
)

SCENE = Inbound()
PAPER = {"lots": [1]}


def faults(schema: Message, data: Data) -> list[tuple[str, str | None]]:
    """The codes and pointers of all that is wrong."""
    with pytest.raises(ValidationError) as caught:
        schema.load(data)
    return [(cause.code, cause.field) for cause in refusal(caught.value).causes]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (ArrivalAnnouncement(), SCENE.announcement(declaration="422720201000000001")),
        (ContainerOpening(), SCENE.opening(1)),
        (LotRegistration(), SCENE.registration(1)),
        (LotRelease(), SCENE.application(1, 2)),
        (CertificateRecord(), {**PAPER, **quarantine(file="ab" * 32, covers={"country": "BRA"})}),
        (
            CertificateRecord(),
            {**PAPER, **nucleic(number="检字（2020）1号".replace("（", "(").replace("）", ")"))},
        ),
        (CertificateRecord(), {**PAPER, **disinfection(agent="次氯酸钠", contact_minutes=30)}),
        (CertificateRecord(), {**PAPER, **declaration()}),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Message) else value.get("kind", ""),
)
def test_what_the_rules_are_tested_with_is_what_the_messages_let_in(schema: Message, said: Data) -> None:
    assert schema.load(said) == said


@pytest.mark.parametrize(
    ("schema", "said", "field", "written"),
    [
        (ArrivalAnnouncement(), SCENE.announcement(container="csqu 305438-3"), "container", "CSQU3054383"),
        (ArrivalAnnouncement(), SCENE.announcement(seal=" br 123456 "), "seal", "BR123456"),
        (LotRegistration(), SCENE.registration(1, country="br"), "country", "BRA"),
        (LotRegistration(), SCENE.registration(1, establishment="sif 385"), "establishment", "SIF385"),
        (LotRegistration(), SCENE.registration(1, hs="0202.3000.90"), "hs", "0202300090"),
        (CertificateRecord(), {**PAPER, **quarantine(number="abcdefghij")}, "number", "ABCDEFGHIJ"),
        (
            CertificateRecord(),
            {**PAPER, **declaration(number="4227 2020 1 000000001")},
            "number",
            "422720201000000001",
        ),
    ],
)
def test_what_means_nothing_is_taken_away(schema: Message, said: Data, field: str, written: str) -> None:
    assert schema.load(said)[field] == written


WRONG: list[tuple[Message, Data, str, str]] = [
    (
        ArrivalAnnouncement(),
        SCENE.announcement(container="CSQU3054384"),
        "identifier.container-check",
        "/container",
    ),
    (ArrivalAnnouncement(), SCENE.announcement(seal="  "), "message.length", "/seal"),
    (
        *(ArrivalAnnouncement(), SCENE.announcement(declaration="422720181000000001")),
        *("identifier.customs-declaration-year", "/declaration"),
    ),
    (LotRegistration(), SCENE.registration(1, grams=1.5), "message.integer", "/grams"),
    (LotRegistration(), SCENE.registration(1, pieces=0), "message.range", "/pieces"),
    (
        *(LotRegistration(), SCENE.registration(1, cifer="CARG02012201010001")),
        *("identifier.establishment-origin", "/cifer"),
    ),
    (LotRegistration(), SCENE.registration(1, hs="0202"), "identifier.hs-length", "/hs"),
    (LotRegistrationRequest(), SCENE.registration(1), "message.unknown", "/code"),
    (LotReleaseRequest(), SCENE.application(1, 2), "message.unknown", "/code"),
    (
        CertificateRecord(),
        {**PAPER, **quarantine(issuer="青岛/海关")},
        "certificate.issuer-stroke",
        "/issuer",
    ),
    (
        CertificateRecord(),
        {**PAPER, **quarantine(issuer="青岛／海关")},
        "certificate.issuer-stroke",
        "/issuer",
    ),
    (CertificateRecord(), {**PAPER, **nucleic(number="HS-\u200b1")}, "message.character", "/number"),
    (
        *(CertificateRecord(), {**PAPER, **quarantine(number="123456789")}),
        *("identifier.certificate-number-length", "/number"),
    ),
    (CertificateRecord(), {**PAPER, **nucleic(result="maybe")}, "message.choice", "/result"),
    (
        CertificateRecord(),
        {**PAPER, **nucleic(covers={"country": "XXX"})},
        "identifier.country-unknown",
        "/covers/country",
    ),
    (CertificateRecord(), {**quarantine(), "lots": [1, 1]}, "message.twice", "/lots/1"),
]


@pytest.mark.parametrize(
    ("schema", "said", "code", "field"), WRONG, ids=[f"{row[2]} {row[3]}" for row in WRONG]
)
def test_what_is_wrong_is_named_by_field(schema: Message, said: Data, code: str, field: str) -> None:
    assert faults(schema, said) == [(code, field)]


@pytest.mark.parametrize(
    "url", ["https://zll.example.cn/t?c=1", "HTTP://example.cn", "http://127.0.0.1:8080/a"]
)
def test_another_platforms_code_leads_to_the_web(url: str) -> None:
    said = SCENE.registration(1, foreign_codes=[{"system": "浙冷链", "code": "ZLL-1/2", "url": url}])
    assert LotRegistration().load(said)["foreign_codes"][0]["url"] == url


@pytest.mark.parametrize(
    "url",
    (
        *("javascript:alert(1)", "data:text/html,x", "//example.cn", "example.cn", "https://", "https:///t"),
        *("http://[", "ftp://example.cn", "https://example.cn/a b", "https://example.cn/张三"),
    ),
)
def test_another_platforms_code_leads_nowhere_else(url: str) -> None:
    said = SCENE.registration(1, foreign_codes=[{"system": "浙冷链", "code": "1", "url": url}])
    assert faults(LotRegistration(), said) == [("message.web-address", "/foreign_codes/0/url")]


def test_another_platforms_code_is_no_sentence() -> None:
    said = SCENE.registration(1, foreign_codes=[{"system": "浙冷链", "code": "张三 13800000001"}])
    assert faults(LotRegistration(), said) == [("message.printed", "/foreign_codes/0/code")]


@pytest.mark.parametrize("name", ["ＡＢＣ　Lab（甲）", " ABC  Lab(甲)", "ABC\u00a0Lab（甲)"])
def test_an_issuer_is_one_name_however_it_is_typed(name: str) -> None:
    """In papers and in the lists of policies, or one paper could be recorded twice."""
    assert CertificateRecord().load({**PAPER, **quarantine(issuer=name)})["issuer"] == "ABC Lab(甲)"
    assert Issuers().load({"quarantine": [name]})["quarantine"] == ["ABC Lab(甲)"]


def test_every_field_that_is_missing_is_named() -> None:
    missing: list[Any] = [pointer for code, pointer in faults(LotRelease(), {}) if code == "message.required"]
    assert sorted(missing) == ["/code", "/grams", "/happened_at", "/lot", "/pieces", "/unit"]
