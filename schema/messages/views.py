"""What the reading side answers about goods and codes: documentation and white list in one.

What is null may not be seen by whoever asks, or is not there; the two look alike on purpose.
"""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from schema.messages.fields import Choice, Flag, Id, Inner, Message, Text, Whole
from schema.messages.written import Container, Day, Moment


class Listed(fields.List[Any]):
    """A list in an answer; what the database knows as no rows is the empty one."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> list[Any]:
        return super()._serialize(value or [], attr, obj, **kwargs) or []


def words(text: str) -> dict[str, str]:
    """The description of a field."""
    return {"description": text}


class PartyRef(Message):
    """An organisation, wherever one is named."""

    id = Id()
    name = Text()
    name_en = Text(allow_none=True)
    region = Text()


class PlaceRef(PartyRef):
    """A facility, wherever one is named."""

    kind = Text()


class LotRef(Message):
    """A lot, wherever one is named."""

    id = Id()
    code = Text()
    product = Text()
    product_en = Text(allow_none=True)


class PaperRef(Message):
    """A certificate that a lot carries."""

    id = Id()
    kind = Text()
    issuer = Text()
    number = Text()
    issued_on = Day()
    valid_until = Day(allow_none=True)
    result = Text(allow_none=True)
    file = Text(allow_none=True, metadata=words("SHA-256 of the scanned paper; GET /api/v1/files/SHA256."))


class Held(Message):
    """What the asking organisation owns or keeps of a lot now."""

    units = Whole()
    pieces = Whole(allow_none=True)
    grams = Whole()


class Want(Message):
    """One thing that the gate still wants."""

    code = Text()
    title = Text()
    detail = Text()
    remedy = Text()


class GateView(Message):
    """What the gate would say if all of a quarantined unit were released now."""

    unit = Id()
    pieces = Whole(allow_none=True)
    grams = Whole()
    wants = Listed(Inner(Want))


class HoldRef(Message):
    """A hold in force, wherever goods are shown that it is on."""

    id = Id()
    kind = Text(metadata=words("order, breach or own."))
    reason = Text(metadata=words("A word of a closed set; of a breach the rule's code."))
    placed_at = Text()


class LotView(Message):
    """A lot. ``pieces`` and ``grams`` are for who registered or imported it, and for authorities."""

    id = Id()
    withdrawn = Flag(metadata=words("The registration was taken back by a correction."))
    code = Text()
    product = Text()
    product_en = Text(allow_none=True)
    category = Text()
    specification = Text()
    hs = Text(allow_none=True)
    gtin = Text(allow_none=True)
    temperature_class = Text()
    country = Text(allow_none=True)
    establishment = Text(allow_none=True)
    production_batch = Text(allow_none=True)
    produced_on = Day(allow_none=True)
    best_before = Day(allow_none=True)
    received_at = Moment()
    regime = Text(metadata=words("Under which policies it came."))
    pieces = Whole(allow_none=True)
    grams = Whole(allow_none=True)
    released_pieces = Whole(allow_none=True)
    released_grams = Whole(allow_none=True)
    state = Text(metadata=words("quarantined, partly_released or released."))
    organisation = Inner(PartyRef, metadata=words("Who registered or made it; its cartons bear this name."))
    facility = Inner(PlaceRef)
    arrival = Id(allow_none=True)
    details = fields.Dict()
    parents = Listed(Inner(LotRef), metadata=words("What it was made of, as far as you may see."))
    certificates = Listed(Inner(PaperRef))
    held = Inner(Held)
    holds = Listed(Inner(HoldRef), metadata=words("In force on the whole lot, wherever its goods are."))
    position = Id()


class UnitView(Message):
    """A parcel of one lot. ``in = on hand + out + loss + samples + destroyed``, in grams and where counted in
    pieces."""

    id = Id()
    lot = Inner(LotRef)
    owner = Inner(PartyRef, allow_none=True)
    custodian = Inner(PartyRef)
    facility = Inner(PlaceRef, allow_none=True)
    zone = Whole(allow_none=True)
    region = Text()
    state = Text()
    shipment = Id(allow_none=True)
    in_pieces = Whole(allow_none=True)
    in_grams = Whole()
    pieces = Whole(allow_none=True)
    grams = Whole()
    out_pieces = Whole(allow_none=True)
    out_grams = Whole()
    loss_pieces = Whole(allow_none=True)
    loss_grams = Whole()
    sample_pieces = Whole(allow_none=True)
    sample_grams = Whole()
    destroyed_pieces = Whole(allow_none=True)
    destroyed_grams = Whole()
    pack = Text(metadata=words("What the pieces count, such as carton or bag."))
    packaging = Text(metadata=words("sealed, or opened: then only grams count."))
    evidence = Listed(Text(), metadata=words("SHA-256 of files that show its destruction."))
    holds = Listed(Inner(HoldRef), metadata=words("In force: on this unit or its whole lot."))
    made_at = Moment()
    position = Id()


class LotDetail(LotView):
    """A lot with its units and what the gate still wants of those in quarantine."""

    units = Listed(Inner(UnitView), metadata=words("The newest 200; GET /api/v1/units has all."))
    gate = Listed(Inner(GateView), metadata=words("For the first station and authorities."))


class EventView(Message):
    """A line of a lot's history."""

    id = Id()
    kind = Text()
    organisation = Inner(PartyRef)
    facility = Inner(PlaceRef, allow_none=True)
    happened_at = Moment()
    position = Id()


class ArrivalView(Message):
    """An announced container or load. Import details are for first station, importer and authorities."""

    id = Id()
    withdrawn = Flag(metadata=words("The announcement was taken back by a correction."))
    organisation = Inner(PartyRef)
    facility = Inner(PlaceRef)
    regime = Text(metadata=words("Under which policies its goods come."))
    source = Text()
    container = Text(allow_none=True)
    port = Text()
    entry_on = Day()
    opened_at = Moment(allow_none=True)
    opened_in = Id(allow_none=True, metadata=words("The statement by which it was opened."))
    seal_intact = Flag(allow_none=True)
    expected_at = Moment(allow_none=True)
    seal = Text(allow_none=True)
    voyage = Text(allow_none=True)
    importer = Text(
        allow_none=True, metadata=words("Social credit code; of a sole trader for who may read it.")
    )
    importer_code = fields.Dict(
        allow_none=True, metadata=words("Of a sole trader: the commitment to the code, with its ``value``.")
    )
    details = fields.Dict(allow_none=True)
    lots = Listed(Inner(LotRef))
    holds = Listed(Inner(HoldRef), metadata=words("In force on all that comes out of it."))
    position = Id()


class CertificateView(Message):
    """A paper. ``released_…`` is for who recorded it and for authorities."""

    id = Id()
    withdrawn = Flag(metadata=words("The paper was taken back by a correction."))
    kind = Text()
    issuer = Text()
    number = Text()
    organisation = Inner(PartyRef)
    issued_on = Day()
    valid_until = Day(allow_none=True)
    happened_at = Moment(allow_none=True)
    result = Text(allow_none=True)
    sampled_where = Text(allow_none=True, metadata=words("port or store, where a sample was taken."))
    inner_sample = Flag()
    pieces = Whole(allow_none=True)
    grams = Whole(allow_none=True)
    released_pieces = Whole(allow_none=True)
    released_grams = Whole(allow_none=True)
    file = Text(allow_none=True)
    covers = fields.Dict()
    lots = Listed(Inner(LotRef))
    position = Id()


class AboardView(Message):
    """One item of a shipment: sent = on the road + lost + received."""

    unit = Id()
    lot = Inner(LotRef)
    pieces = Whole(allow_none=True)
    grams = Whole()
    on_road_pieces = Whole(allow_none=True)
    on_road_grams = Whole()
    lost_pieces = Whole(allow_none=True)
    lost_grams = Whole()
    holds = Listed(Inner(HoldRef), metadata=words("In force: on this unit or its whole lot."))


class ShipmentView(Message):
    """Goods from one facility to another. Personal fields of the waybill are commitments."""

    id = Id()
    withdrawn = Flag(metadata=words("The shipment was taken back by a correction."))
    consignor = Inner(PartyRef)
    consignee = Inner(PartyRef)
    origin = Inner(PlaceRef)
    destination = Inner(PlaceRef)
    vehicle = Id(allow_none=True)
    waybill = fields.Dict()
    departed_at = Moment()
    received_at = Moment(allow_none=True)
    admitted_at = Moment(allow_none=True, metadata=words("When a market's gate let it in."))
    purpose = Text(metadata=words("trade, return, quarantine or disposal."))
    items = Listed(Inner(AboardView))
    position = Id()


class Fit(Message):
    """A unit that whoever scanned may have in hand."""

    unit = Id()
    role = Text(metadata=words("arriving: aboard an open shipment to you; held: on hand; sent: on the road."))
    state = Text()
    facility = Inner(PlaceRef, allow_none=True)
    zone = Whole(allow_none=True)
    shipment = Id(allow_none=True)
    consignor = Inner(PartyRef, allow_none=True)
    pieces = Whole(allow_none=True)
    grams = Whole()


class CodeView(Message):
    """What a code means to whoever scanned it; several units may fit."""

    code = Text()
    level = Text(metadata=words("B batch, C case, T item."))
    serial = Whole()
    lot = Inner(LotRef)
    fits = Listed(Inner(Fit))


class EntryView(Message):
    """A statement with what proves it: commit = SHA-256(nonce ‖ statement) stands in the public entry."""

    position = Id()
    kind = Text()
    statement = Text(metadata=words("The exact text that was hashed."))
    nonce = Text(metadata=words("Hex."))
    entry = Text(metadata=words("The public entry, exactly."))
    leaf = Text(metadata=words("Hex: SHA-256(0x00 ‖ entry)."))
    chain = Text(metadata=words("Hex: SHA-256(previous chain ‖ leaf)."))


class LotQuery(Message):
    """Which lots."""

    code = Text(longest=40)
    product = Text(longest=100)
    batch = Text(longest=100, metadata=words("Production batch, exactly as registered."))
    state = Choice(("quarantined", "partly_released", "released"))
    container = Container()
    held = Flag(metadata=words("Whether a hold is on it, or on units of it that you may see."))


class UnitQuery(Message):
    """Which units."""

    lot = Id()
    state = Choice(("quarantined", "released", "in_transit", "sold", "surrendered", "withdrawn"))
    facility = Id()
    on_hand = Flag()
    held = Flag(metadata=words("Whether a hold is on it."))


class ArrivalQuery(Message):
    """Which arrivals."""

    container = Container()
    unopened = Flag()


class ShipmentQuery(Message):
    """Which shipments, as the asking organisation has them."""

    direction = Choice(("in", "out"))
    open = Flag()


class LabelQuery(Message):
    """Which labels, and how."""

    size = Choice(("70x50", "50x30"))
    format = Choice(("png", "svg", "pdf"))
    sheet = Flag(metadata=words("A4 pages of labels, as PDF."))
    codes = Text(longest=1000, metadata=words("batch (the default), cases, or case codes with commas."))
