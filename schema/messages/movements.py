"""Messages about movements of goods: stored, shipped, received, split, processed, sold; case codes.

Weights are grams, counts are pieces of the lot's named pack level. Pieces are left out only where packs were
opened. A ``…Request`` is what a client sends where the service makes the codes.
"""

from __future__ import annotations

from schema.identifiers import Level
from schema.messages.fields import (
    Choice,
    Flag,
    Grams,
    Id,
    Inner,
    Items,
    Message,
    Personal,
    Pieces,
    Temperature,
    Text,
    Whole,
)
from schema.messages.written import Day, Gtin, Hs, Moment, TraceCode

CATEGORIES = ("aquatic", "poultry", "livestock", "other")
TEMPERATURE_CLASSES = ("frozen", "chilled")
SHORTFALLS = ("damaged", "missing", "spoiled", "refused", "drying", "sampled", "other")
"""Why less arrived than was sent. A closed set: whatever else is to be said is a remark, which is private."""
LOSSES = ("trimming", "drip", "damaged", "spoiled", "sampled", "other")
"""Why processing lost some."""
MAX_CASES = 2000
"""Case codes a statement: well below the size that a statement may have."""
MAX_UNITS = 400
"""Units a statement draws on or makes, so that what it makes stays below what one statement may make."""


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class CaseCodesRequest(Message):
    """Codes for more cases of a lot."""

    lot = Id(required=True, metadata=_about("The lot; its registrant's."))
    count = Whole(least=1, most=MAX_CASES, required=True, metadata=_about("How many codes."))
    first_serial = Whole(
        least=1, metadata=_about("The serial that the first code must get: refused where it is not the next.")
    )


class CaseCodes(CaseCodesRequest):
    """Codes for more cases of a lot, as the ledger records them."""

    class Meta(Message.Meta):
        exclude = ("count",)

    codes = Items(
        TraceCode(level=Level.CASE),
        most=MAX_CASES,
        distinct=True,
        required=True,
        metadata=_about("The codes, in the order of their serials."),
    )


class Portion(Message):
    """So much of something."""

    pieces = Pieces(metadata=_about("Left out only where packs were opened."))
    grams = Grams(required=True)


class UnitPortion(Portion):
    """So much of a unit. The same unit may be named several times; each counts."""

    unit = Id(required=True, metadata=_about("The unit that it is taken from."))


class GoodsStoring(Message):
    """A unit is put into a zone of the store that it is in."""

    unit = Id(required=True, metadata=_about("The unit."))
    zone = Whole(least=1, required=True, metadata=_about("Number of the zone in its facility."))
    happened_at = Moment(required=True)
    temperature_decicelsius = Temperature(metadata=_about("Of the goods, in tenths of a degree Celsius."))


class Waybill(Message):
    """What travels with the goods."""

    number = Text(longest=50, metadata=_about("Number of the electronic waybill."))
    carrier = Personal(longest=200, metadata=_about("The carrier's name; many a carrier is a person."))
    driver_name = Personal(longest=100, metadata=_about("The driver."))
    driver_phone = Personal(longest=30, metadata=_about("The driver's telephone number."))
    plate = Personal(longest=20, metadata=_about("The vehicle's plate."))
    seals = Items(Text(longest=50), most=20, distinct=True, metadata=_about("Numbers of the seals."))
    temperature_decicelsius = Temperature(metadata=_about("At loading, in tenths of a degree Celsius."))


class GoodsShipping(Message):
    """Goods leave a facility for another one. Refused where the gate does not let them go."""

    facility = Id(required=True, metadata=_about("Where they leave from: one's own facility."))
    destination = Id(required=True, metadata=_about("Where they go: a filed facility."))
    items = Items(Inner(UnitPortion), most=MAX_UNITS, required=True, metadata=_about("What leaves."))
    departed_at = Moment(required=True)
    vehicle = Id(metadata=_about("A registered vehicle of one's own or of a carrier."))
    waybill = Inner(Waybill, metadata=_about("The waybill."))


class ReceivedPortion(Message):
    """How much of a unit in transit arrived."""

    unit = Id(required=True, metadata=_about("The unit in transit, as the shipment lists it."))
    pieces = Pieces(least=0, metadata=_about("Pieces that arrived, 0 for none."))
    grams = Grams(least=0, required=True, metadata=_about("Grams that arrived, 0 for none."))
    reason = Choice(SHORTFALLS, metadata=_about("Why less arrived than was shipped; demanded then."))
    remark = Personal(longest=500, lines=True, metadata=_about("Remark; kept private."))


class GoodsReceipt(Message):
    """What arrived of a shipment: every unit of it, each once."""

    shipment = Id(required=True, metadata=_about("A shipment that is addressed to oneself."))
    happened_at = Moment(required=True)
    zone = Whole(least=1, metadata=_about("Number of the zone in the facility that it was shipped to."))
    items = Items(Inner(ReceivedPortion), most=MAX_UNITS, required=True, metadata=_about("What arrived."))
    temperature_decicelsius = Temperature(metadata=_about("At hand-over, in tenths of a degree Celsius."))
    seals_intact = Flag(metadata=_about("Whether the seals were whole."))


class UnitSplitting(Message):
    """A unit is divided in place; what the parts leave stays in it."""

    unit = Id(required=True, metadata=_about("The unit."))
    parts = Items(Inner(Portion), most=MAX_UNITS, required=True, metadata=_about("The parts."))
    happened_at = Moment(required=True)


class ProcessedLotRequest(Portion):
    """A lot that processing makes. Country and establishment are those of what went in most."""

    product = Text(required=True, metadata=_about("Name of the product."))
    product_en = Text(metadata=_about("Name in English."))
    category = Choice(CATEGORIES, required=True)
    specification = Text(required=True, metadata=_about("Such as 20 × 500 g a carton."))
    gtin = Gtin()
    hs = Hs(required=True)
    temperature_class = Choice(TEMPERATURE_CLASSES, required=True)
    production_batch = Text(longest=100, required=True, metadata=_about("The processor's own batch."))
    produced_on = Day(required=True, metadata=_about("No earlier than the oldest of what went in."))
    best_before = Day(required=True, metadata=_about("No later than the earliest of what went in."))


class ProcessedLot(ProcessedLotRequest):
    """A lot that processing makes, with its batch code."""

    code = TraceCode(level=Level.BATCH, required=True, metadata=_about("The lot's batch code."))


class GoodsProcessingRequest(Message):
    """Goods become other goods. Grams in equal grams out plus loss."""

    facility = Id(required=True, metadata=_about("The plant: the processor's own facility."))
    inputs = Items(Inner(UnitPortion), most=MAX_UNITS, required=True, metadata=_about("What went in."))
    outputs = Items(
        Inner(ProcessedLotRequest), most=MAX_UNITS, required=True, metadata=_about("What came out.")
    )
    loss_grams = Grams(least=0, required=True, metadata=_about("What was lost, 0 for nothing."))
    loss_reason = Choice(LOSSES, metadata=_about("Why; demanded where something was lost."))
    remark = Personal(longest=500, lines=True, metadata=_about("Remark; kept private."))
    happened_at = Moment(required=True)


class GoodsProcessing(GoodsProcessingRequest):
    """Goods become other goods, as the ledger records it."""

    outputs = Items(Inner(ProcessedLot), most=MAX_UNITS, required=True, metadata=_about("What came out."))


class Buyer(Message):
    """Who bought."""

    name = Personal(required=True, longest=100, metadata=_about("Name, where the buyer gave it."))


class GoodsSale(UnitPortion):
    """Goods are sold to whoever eats them. Businesses that sell to businesses ship."""

    happened_at = Moment(required=True)
    buyer = Inner(Buyer, metadata=_about("Left out for an unnamed consumer."))
