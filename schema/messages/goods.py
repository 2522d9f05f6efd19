"""Messages about goods on their way in: announced, opened, registered as lots, released.

Weights are grams, counts are pieces of the named pack level. A ``…Request`` is what a client sends where the
service makes the code; the other is what a statement holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import post_load, validates_schema

from schema.identifiers import (
    Level,
    normalise,
    parse_establishment,
    parse_foreign_establishment,
    parse_import_declaration,
)
from schema.messages.fields import (
    About,
    Choice,
    Flag,
    Grams,
    Id,
    Inner,
    Items,
    Message,
    Parsed,
    Personal,
    Pieces,
    ProblemError,
    Temperature,
    Text,
    Whole,
)
from schema.messages.written import Container, Country, Day, Gtin, Hs, Moment, Regime, TraceCode, Uscc
from schema.problems import Problem

SOURCES = ("port", "other_province", "within_province")
CATEGORIES = ("aquatic", "poultry", "livestock", "other")
TEMPERATURE_CLASSES = ("frozen", "chilled", "ambient")
EXIT_CODE_LENGTH = 20

_PRINTED = re.compile(r"[!-~]+")


def _about(text: str) -> dict[str, str]:
    return {"description": text}


def _mark(text: str) -> str:
    """A number stamped on metal or paper, whose case and spaces mean nothing."""
    value = normalise(text, grouping=())
    if not 1 <= len(value) <= 30:
        raise Problem("message.length", field=None, causes=(), shortest=1, longest=30, actual=len(value))
    return value


class Seal(Parsed):
    """The number of a seal, in capitals without spaces."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_mark, **{"metadata": _about("Number of the seal."), **kwargs})


class EstablishmentNumber(Parsed):
    """The number of an overseas establishment: its authority's own, or the one registered in China."""

    def __init__(self, **kwargs: Any) -> None:
        described = {"metadata": _about("Number of the establishment, as on the package."), **kwargs}
        super().__init__(parse_foreign_establishment, **described)


class ArrivalAnnouncement(Message):
    """Goods are on their way to a first station of one's own."""

    facility = Id(required=True, metadata=_about("The first station; one's own."))
    regime = Regime()
    source = Choice(SOURCES, required=True, metadata=_about("Where the goods come from."))
    container = Container(metadata=_about("Container number (ISO 6346); needed from a port."))
    seal = Seal(metadata=_about("Number of the container's seal; needed from a port."))
    voyage = Text(longest=40, metadata=_about("Voyage."))
    vessel = Text(longest=100, metadata=_about("Vessel."))
    bill_of_lading = Text(longest=60, metadata=_about("Bill of lading."))
    importer = Uscc(
        about=About.CODED,
        required=True,
        metadata=_about(
            "The importer's social credit code; of domestic goods the supplier's. A sole trader's is private."
        ),
    )
    exporter = Text(metadata=_about("Exporter."))
    port = Text(
        required=True,
        longest=100,
        metadata=_about("Port of entry; of domestic goods the place that they come from."),
    )
    entry_on = Day(
        required=True, metadata=_about("The day on which the goods entered the country or the place.")
    )
    expected_at = Moment(required=True, metadata=_about("When they are expected at the store."))
    declaration = Text(longest=30, metadata=_about("Customs declaration (报关单), 18 digits."))

    @post_load
    def _written(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        if "declaration" in data:
            try:
                number = parse_import_declaration(data["declaration"], int(data["entry_on"][:4]))
            except Problem as problem:
                raise ProblemError(problem.at("/declaration")) from None
            return {**data, "declaration": number}
        return data


class ContainerOpening(Message):
    """A container was opened, with the numbers that were read at its door."""

    arrival = Id(required=True, metadata=_about("The arrival that announced it."))
    happened_at = Moment(required=True, metadata=_about("When it was opened."))
    container = Container(required=True, metadata=_about("The number on the door."))
    seal = Seal(metadata=_about("The number on the seal; needed where one was announced."))
    seal_intact = Flag(required=True, metadata=_about("Whether the seal was whole."))
    remark = Personal(longest=500, lines=True, metadata=_about("Remark; kept private."))


def _foreign_code(text: str) -> str:
    code = Text(longest=100).read(text)
    if not _PRINTED.fullmatch(code):
        raise Problem("message.printed")
    return code


def _web_address(text: str) -> str:
    """Nothing but what a browser may be led to: ``javascript:`` and ``data:`` would run as ours."""
    address = Text(longest=300).read(text)
    try:
        parts = urlsplit(address)
    except ValueError:
        raise Problem("message.web-address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not _PRINTED.fullmatch(address):
        raise Problem("message.web-address")
    return address


class ForeignCode(Message):
    """A code that another platform gave to the goods."""

    system = Text(required=True, longest=40, metadata=_about("The platform, such as 浙冷链."))
    code = Parsed(_foreign_code, required=True, metadata=_about("Its code: ASCII without spaces."))
    url = Parsed(_web_address, metadata={**_about("Where it leads: http or https."), "format": "uri"})


class LotRegistrationRequest(Message):
    """What came out of an arrival becomes a lot, in quarantine unless the policy of its regime knows none.

    HS code, origin and dates are needed where that policy says so; for imports of the cold chain it does.
    """

    arrival = Id(required=True, metadata=_about("The arrival that brought it."))
    facility = Id(required=True, metadata=_about("The first station."))
    product = Text(required=True, metadata=_about("Name of the product."))
    product_en = Text(metadata=_about("Its name in English."))
    category = Choice(CATEGORIES, required=True, metadata=_about("What kind of food it is."))
    specification = Text(required=True, metadata=_about("Specification: pack, weight a piece."))
    gtin = Gtin(metadata=_about("GTIN, where the product has one."))
    hs = Hs()
    pieces = Pieces(required=True)
    grams = Grams(required=True, metadata=_about("Net weight."))
    gross_grams = Grams(metadata=_about("Gross weight."))
    temperature_class = Choice(TEMPERATURE_CLASSES, required=True, metadata=_about("How it is kept."))
    country = Country(metadata=_about("Country of origin, three letters (ISO 3166-1)."))
    establishment = EstablishmentNumber()
    cifer = Parsed(
        lambda text: parse_establishment(text).number,
        metadata=_about("Chinese registration of the establishment (CIFER), 18 characters."),
    )
    exporter = Text(metadata=_about("Exporter."))
    produced_on = Day(metadata=_about("Day of production; the oldest of a mix."))
    frozen_on = Day(metadata=_about("Day of freezing, if another."))
    production_batch = Text(longest=60, metadata=_about("Production batch."))
    best_before = Day(metadata=_about("Best before."))
    received_at = Moment(required=True, metadata=_about("When it was handed over to the store."))
    zone = Whole(least=1, most=99, required=True, metadata=_about("Zone in which it is put."))
    seal_intact = Flag(metadata=_about("Whether the seal was whole at hand-over."))
    handover_temperature_decicelsius = Temperature()
    foreign_codes = Items(Inner(ForeignCode), most=20, metadata=_about("Codes of other platforms."))

    @validates_schema
    def _check_origin(self, data: Mapping[str, Any], **_options: Any) -> None:
        if "cifer" in data and "country" in data:
            try:
                parse_establishment(data["cifer"], data["country"])
            except Problem as problem:
                raise ProblemError(problem.at("/cifer")) from None


class LotRegistration(LotRegistrationRequest):
    """A registered lot, with the batch code that was made for it."""

    code = TraceCode(level=Level.BATCH, required=True, metadata=_about("Batch code."))


class LotReleaseRequest(Message):
    """The first station asks the gate to let goods go, all of a quarantined unit or a part."""

    lot = Id(required=True, metadata=_about("The lot."))
    unit = Id(required=True, metadata=_about("The quarantined unit."))
    pieces = Pieces(required=True)
    grams = Grams(required=True)
    happened_at = Moment(required=True, metadata=_about("When they are released."))


class LotRelease(LotReleaseRequest):
    """A release, with the code of its exit certificate."""

    code = Text(
        shortest=EXIT_CODE_LENGTH,
        longest=EXIT_CODE_LENGTH,
        required=True,
        metadata=_about("Code of the exit certificate."),
    )
