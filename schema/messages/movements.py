"""Messages about movements of goods, from the door of the first station to the counter; case codes.

Weights are grams, counts are pieces of the lot's named pack level. Pieces are left out only where packs were
opened. A ``…Request`` is what a client sends where the service makes the codes.
"""

from __future__ import annotations

import re
from typing import Any

from schema.identifiers import Level
from schema.messages.fields import (
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
    Temperature,
    Text,
    Whole,
    described,
)
from schema.messages.written import Day, Gtin, Hs, Moment, TraceCode
from schema.problems import Problem

CATEGORIES = ("aquatic", "poultry", "livestock", "other")
TEMPERATURE_CLASSES = ("frozen", "chilled")
SHORTFALLS = ("damaged", "missing", "spoiled", "refused", "drying", "sampled", "other")
"""Why less arrived than was sent. A closed set: whatever else is to be said is a remark, which is private."""
LOSSES = ("trimming", "drip", "damaged", "spoiled", "sampled", "other")
"""Why processing lost some."""
MAX_CASES = 2000
"""Case codes a statement: well below the size that a statement may have."""
MAX_UNITS = 240
"""Units a statement draws on or makes, so that what it makes stays below what one statement may make."""
MAX_CREW = 50
PACKS = ("carton", "bag", "tray", "piece", "drum", "block", "pallet")
"""The pack level that pieces count."""
PURPOSES = ("trade", "return", "quarantine", "disposal")
SAMPLE_PURPOSES = ("nucleic_acid", "residue", "microbiology", "quality", "other")
SAMPLERS = ("own", "regulator")
DESTRUCTION_METHODS = ("incineration", "rendering", "burial", "denaturing", "other")
REJECTIONS = ("damaged", "spoiled", "temperature", "papers", "seal", "wrong_goods", "too_late", "other")
"""Why goods are turned away at the door."""
COUNT_REASONS = ("miscounted", "drying", "damaged", "spoiled", "missing", "unrecorded", "other")
"""Why a count differs from what is on record."""
DISCOVERIES = ("found", "seized", "unlabelled")
CIRCUMSTANCES = ("in_store", "in_vehicle", "at_counter", "outside", "in_domestic_zone", "other")
"""Where goods lay that nobody knew of."""
TRANSFER_DOCUMENTS = ("contract", "invoice", "delivery_order", "court_order", "other")


def about(text: str) -> dict[str, str]:
    return {"description": text}


_SHORT_CODE = re.compile(r"[A-Za-z0-9-]{1,16}")
_DOCUMENT = re.compile(r"[A-Za-z0-9〔〕()（）一-鿿/-]{1,50}")


def _short_code(text: str) -> str:
    value = text.strip()
    if not _SHORT_CODE.fullmatch(value):
        raise Problem("handling.code", value=value[:40])
    return value


def _document(text: str) -> str:
    value = text.strip()
    if not _DOCUMENT.fullmatch(value):
        raise Problem("movement.document-number", value=value[:60])
    return value


class ShortCode(Parsed):
    """What a store calls a bay or a machine: too short for a sentence, or anybody's name."""

    def __init__(self, **kwargs: Any) -> None:
        said = described(kwargs, pattern=_SHORT_CODE.pattern)
        super().__init__(_short_code, **said)


class DocumentNumber(Parsed):
    """The number of a document, without spaces."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_document, **described(kwargs, maxLength=50))


class Handling(Message):
    """Who and what moved the goods. Exposure is traced over it."""

    crew = Items(
        Id(),
        most=MAX_CREW,
        distinct=True,
        metadata=about("Registered members of one's own staff who touched the goods."),
    )
    bay = ShortCode(metadata=about("The bay, such as D3."))
    equipment = ShortCode(metadata=about("The forklift or other equipment, such as FL-2."))


class Handled(Message):
    """What is said of every movement."""

    handling = Inner(Handling, metadata=about("Crew, bay and equipment."))


class CaseCodesRequest(Message):
    """Codes for more cases of a lot."""

    lot = Id(required=True, metadata=about("The lot; its registrant's."))
    count = Whole(least=1, most=MAX_CASES, required=True, metadata=about("How many codes."))
    first_serial = Whole(
        least=1, metadata=about("The serial that the first code must get: refused where it is not the next.")
    )


class CaseCodes(CaseCodesRequest):
    """Codes for more cases of a lot, as the ledger records them."""

    codes = Items(
        TraceCode(level=Level.CASE),
        most=MAX_CASES,
        distinct=True,
        required=True,
        metadata=about("The codes, in the order of their serials."),
    )


class Portion(Message):
    """So much of something."""

    pieces = Pieces(metadata=about("Left out only where packs were opened."))
    grams = Grams(required=True)


class UnitPortion(Portion):
    """So much of a unit. The same unit may be named several times; each counts."""

    unit = Id(required=True, metadata=about("The unit that it is taken from."))


class GoodsStoring(Handled):
    """A unit is put into a zone of the store that it is in."""

    unit = Id(required=True, metadata=about("The unit."))
    zone = Whole(least=1, required=True, metadata=about("Number of the zone in its facility."))
    happened_at = Moment(required=True)
    temperature_decicelsius = Temperature(metadata=about("Of the goods, in tenths of a degree Celsius."))


class Waybill(Message):
    """What travels with the goods."""

    number = Text(longest=50, metadata=about("Number of the electronic waybill."))
    carrier = Personal(longest=200, metadata=about("The carrier's name; many a carrier is a person."))
    driver_name = Personal(longest=100, metadata=about("The driver."))
    driver_phone = Personal(longest=30, metadata=about("The driver's telephone number."))
    plate = Personal(longest=20, metadata=about("The vehicle's plate."))
    seals = Items(Text(longest=50), most=20, distinct=True, metadata=about("Numbers of the seals."))
    temperature_decicelsius = Temperature(metadata=about("At loading, in tenths of a degree Celsius."))


class GoodsShipping(Handled):
    """Goods leave a facility for another one. Refused where the gate does not let them go."""

    facility = Id(required=True, metadata=about("Where they leave from: one's own facility."))
    destination = Id(required=True, metadata=about("Where they go: a filed facility."))
    items = Items(Inner(UnitPortion), most=MAX_UNITS, required=True, metadata=about("What leaves."))
    departed_at = Moment(required=True)
    purpose = Choice(
        PURPOSES,
        metadata={
            "description": "What for; held goods leave for quarantine or disposal only.",
            "default": "trade",
        },
    )
    vehicle = Id(metadata=about("A registered vehicle of one's own or of a carrier."))
    waybill = Inner(Waybill, metadata=about("The waybill."))


class ReceivedPortion(Message):
    """How much of a unit in transit arrived."""

    unit = Id(required=True, metadata=about("The unit in transit, as the shipment lists it."))
    pieces = Pieces(least=0, metadata=about("Pieces that arrived, 0 for none."))
    grams = Grams(least=0, required=True, metadata=about("Grams that arrived, 0 for none."))
    reason = Choice(SHORTFALLS, metadata=about("Why less arrived than was shipped; demanded then."))
    remark = Personal(longest=500, lines=True, metadata=about("Remark; kept private."))


class GoodsReceipt(Handled):
    """What arrived of a shipment: every unit of it, each once."""

    shipment = Id(required=True, metadata=about("A shipment that is addressed to oneself."))
    happened_at = Moment(required=True)
    zone = Whole(least=1, metadata=about("Number of the zone in the facility that it was shipped to."))
    items = Items(Inner(ReceivedPortion), most=MAX_UNITS, required=True, metadata=about("What arrived."))
    temperature_decicelsius = Temperature(metadata=about("At hand-over, in tenths of a degree Celsius."))
    seals_intact = Flag(metadata=about("Whether the seals were whole."))


class UnitSplitting(Handled):
    """A unit is divided in place; what the parts leave stays in it."""

    unit = Id(required=True, metadata=about("The unit."))
    parts = Items(Inner(Portion), most=MAX_UNITS, required=True, metadata=about("The parts."))
    happened_at = Moment(required=True)


class ProcessedLotRequest(Portion):
    """A lot that processing makes. Country and establishment are those of what went in most."""

    pack = Choice(PACKS, metadata={"description": "What the pieces count.", "default": "carton"})
    product = Text(required=True, metadata=about("Name of the product."))
    product_en = Text(metadata=about("Name in English."))
    category = Choice(CATEGORIES, required=True)
    specification = Text(required=True, metadata=about("Such as 20 × 500 g a carton."))
    gtin = Gtin()
    hs = Hs(required=True)
    temperature_class = Choice(TEMPERATURE_CLASSES, required=True)
    production_batch = Text(longest=100, required=True, metadata=about("The processor's own batch."))
    produced_on = Day(required=True, metadata=about("No earlier than the oldest of what went in."))
    best_before = Day(required=True, metadata=about("No later than the earliest of what went in."))


class ProcessedLot(ProcessedLotRequest):
    """A lot that processing makes, with its batch code."""

    code = TraceCode(level=Level.BATCH, required=True, metadata=about("The lot's batch code."))


class GoodsProcessingRequest(Handled):
    """Goods become other goods. Grams in equal grams out plus loss."""

    facility = Id(required=True, metadata=about("The plant: the processor's own facility."))
    inputs = Items(Inner(UnitPortion), most=MAX_UNITS, required=True, metadata=about("What went in."))
    outputs = Items(
        Inner(ProcessedLotRequest), most=MAX_UNITS, required=True, metadata=about("What came out.")
    )
    loss_grams = Grams(least=0, required=True, metadata=about("What was lost, 0 for nothing."))
    loss_reason = Choice(LOSSES, metadata=about("Why; demanded where something was lost."))
    remark = Personal(longest=500, lines=True, metadata=about("Remark; kept private."))
    happened_at = Moment(required=True)


class GoodsProcessing(GoodsProcessingRequest):
    """Goods become other goods, as the ledger records it."""

    outputs = Items(Inner(ProcessedLot), most=MAX_UNITS, required=True, metadata=about("What came out."))


class Buyer(Message):
    """Who bought."""

    name = Personal(required=True, longest=100, metadata=about("Name, where the buyer gave it."))


class GoodsSale(Handled, UnitPortion):
    """Goods are sold to whoever eats them. Businesses that sell to businesses ship."""

    happened_at = Moment(required=True)
    buyer = Inner(Buyer, metadata=about("Left out for an unnamed consumer."))
