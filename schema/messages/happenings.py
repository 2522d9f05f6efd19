"""Messages about what else happens to goods: merged, repacked, passed on, used up, turned away, found.

A ``…Request`` is what a client sends where the service finds or makes what the ledger records.
"""

from __future__ import annotations

from schema.identifiers import Level
from schema.messages.fields import Choice, Grams, Id, Inner, Items, Message, Personal, Pieces, Text, Whole
from schema.messages.movements import (
    CATEGORIES,
    CIRCUMSTANCES,
    COUNT_REASONS,
    DESTRUCTION_METHODS,
    DISCOVERIES,
    LOSSES,
    MAX_UNITS,
    PACKS,
    REJECTIONS,
    SAMPLE_PURPOSES,
    SAMPLERS,
    TEMPERATURE_CLASSES,
    TRANSFER_DOCUMENTS,
    DocumentNumber,
    Handled,
    Portion,
    UnitPortion,
    about,
)
from schema.messages.written import Country, Day, Moment, Sha256, TraceCode, Uscc


def remark() -> Personal:
    return Personal(longest=500, lines=True, metadata=about("Remark; kept private."))


class RejectedPortion(UnitPortion):
    """How much of a unit in transit was turned away."""

    reason = Choice(REJECTIONS, required=True, metadata=about("Why."))


class GoodsRejection(Handled):
    """Goods of a shipment are turned away at the door. They go back on the vehicle that brought them."""

    shipment = Id(required=True, metadata=about("A shipment that is addressed to oneself, not received."))
    items = Items(
        Inner(RejectedPortion), most=MAX_UNITS, required=True, metadata=about("What is turned away.")
    )
    happened_at = Moment(required=True)
    remark = remark()


class UnitsMerging(Handled):
    """Units of the same goods, owner and place become one."""

    units = Items(
        Id(),
        least=2,
        most=MAX_UNITS,
        distinct=True,
        required=True,
        metadata=about("The units, all of each."),
    )
    happened_at = Moment(required=True)


class RepackedPortion(Portion):
    """Packs that repacking makes."""

    pack = Choice(PACKS, required=True, metadata=about("What the pieces count from now on."))
    grams_each = Grams(
        metadata=about("The conversion: what each of these packs holds. Times the pieces it is the weight.")
    )


class UnitRepacking(Handled, UnitPortion):
    """Packs of a unit become other packs of the same lot; without pieces they were opened."""

    into = Items(Inner(RepackedPortion), most=MAX_UNITS, required=True, metadata=about("What came out."))
    loss_grams = Grams(least=0, required=True, metadata=about("What was lost, 0 for nothing."))
    loss_reason = Choice(LOSSES, metadata=about("Why; demanded where something was lost."))
    happened_at = Moment(required=True)
    remark = remark()


class TransferDocument(Message):
    """What the goods changed hands on."""

    kind = Choice(TRANSFER_DOCUMENTS, required=True)
    number = DocumentNumber(required=True)


class OwnershipTransfer(Handled):
    """All of a unit changes its owner where it lies, as the ledger records it."""

    unit = Id(required=True, metadata=about("A unit that one owns, or keeps for its owner."))
    to = Id(required=True, metadata=about("The organisation that owns it from then on."))
    document = Inner(TransferDocument, required=True, metadata=about("On what."))
    happened_at = Moment(required=True)


class OwnershipTransferRequest(OwnershipTransfer):
    """All of a unit changes its owner where it lies."""

    to = Id(metadata=about("The organisation that owns it from then on; or its code in to_uscc."))
    to_uscc = Uscc(metadata=about("Social credit code of the new owner, instead of its id."))


class _Taken(Handled):
    """So much of a unit that is gone for good; of packs that stay, pieces are 0."""

    unit = Id(required=True, metadata=about("The unit that it is taken from."))
    pieces = Pieces(
        least=0, metadata=about("Whole packs, 0 where weight alone was taken; left out of opened packs.")
    )
    grams = Grams(required=True)
    happened_at = Moment(required=True)
    remark = remark()


class GoodsSampling(_Taken):
    """A sample is taken. Allowed before release and under a hold."""

    purpose = Choice(SAMPLE_PURPOSES, required=True, metadata=about("What it is tested for."))
    by = Choice(SAMPLERS, required=True, metadata=about("Who took it: one's own people, or an authority."))
    authority = Id(metadata=about("The authority's organisation; demanded where an authority took it."))
    samples = Items(
        DocumentNumber(), most=100, distinct=True, required=True, metadata=about("Numbers of the samples.")
    )


class GoodsSamplingRequest(GoodsSampling):
    """A sample is taken. Allowed before release and under a hold."""

    authority_uscc = Uscc(metadata=about("Social credit code of the authority, instead of its id."))


class GoodsDestruction(_Taken):
    """Goods are destroyed. Allowed before release and under a hold; without evidence in breach."""

    method = Choice(DESTRUCTION_METHODS, required=True)
    evidence = Items(
        Sha256(), most=20, distinct=True, metadata=about("SHA-256 of pictures or papers, uploaded before.")
    )
    witness = Personal(longest=100, metadata=about("Who saw it; kept private."))


class GoodsSurrender(Handled, UnitPortion):
    """Goods are handed to an authority, as the ledger records it."""

    authority = Id(required=True, metadata=about("The authority's organisation."))
    document = DocumentNumber(required=True, metadata=about("Number of its receipt or order."))
    happened_at = Moment(required=True)
    remark = remark()


class GoodsSurrenderRequest(GoodsSurrender):
    """Goods are handed to an authority. Allowed before release and under a hold."""

    authority = Id(metadata=about("The authority's organisation; or its code in authority_uscc."))
    authority_uscc = Uscc(metadata=about("Social credit code of the authority, instead of its id."))


class CountedUnit(Message):
    """What was counted of a unit."""

    unit = Id(required=True)
    pieces = Pieces(least=0, metadata=about("Pieces that are there, 0 for none."))
    grams = Grams(least=0, required=True, metadata=about("Grams that are there, 0 for none."))
    reason = Choice(COUNT_REASONS, metadata=about("Why it differs; demanded then."))


class StockCount(Handled):
    """What was counted in a store. A difference is booked, and raises a finding."""

    facility = Id(required=True, metadata=about("One's own place."))
    items = Items(Inner(CountedUnit), most=MAX_UNITS, required=True, metadata=about("Each unit once."))
    happened_at = Moment(required=True)
    remark = remark()


class GoodsDiscoveryRequest(Handled, Portion):
    """Goods without papers. They become a lot in quarantine that is held from the start."""

    facility = Id(required=True, metadata=about("One's own place where they lie now."))
    zone = Whole(least=1, required=True, metadata=about("Number of the zone."))
    how = Choice(DISCOVERIES, required=True)
    circumstances = Choice(CIRCUMSTANCES, required=True, metadata=about("Where they lay."))
    pack = Choice(PACKS, metadata={"description": "What the pieces count.", "default": "carton"})
    product = Text(required=True, metadata=about("What they seem to be."))
    product_en = Text(metadata=about("Name in English."))
    category = Choice(CATEGORIES, required=True)
    specification = Text(metadata=about("As on the package, if it says so."))
    temperature_class = Choice(TEMPERATURE_CLASSES, required=True)
    country = Country(metadata=about("Country of origin, as on the package."))
    establishment = Text(longest=50, metadata=about("Establishment, as on the package."))
    production_batch = Text(longest=100, metadata=about("Production batch, as on the package."))
    best_before = Day(metadata=about("As on the package."))
    happened_at = Moment(required=True)
    remark = remark()


class GoodsDiscovery(GoodsDiscoveryRequest):
    """Goods without papers, with their batch code."""

    code = TraceCode(level=Level.BATCH, required=True, metadata=about("The lot's batch code."))


class GoodsAdmission(Handled):
    """A market's gate lets a shipment in. Refused where something is missing."""

    shipment = Id(required=True, metadata=about("A shipment to one's own market."))
    happened_at = Moment(required=True)


class GoodsOffer(Handled):
    """Goods are put on sale. Refused where they may not be sold."""

    unit = Id(required=True, metadata=about("The unit."))
    zone = Whole(least=1, metadata=about("Number of the zone or counter, where the place has zones."))
    happened_at = Moment(required=True)
