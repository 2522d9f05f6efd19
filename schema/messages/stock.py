"""Messages about stock: what a store says that it holds, and what is told of stock and its supervision."""

from __future__ import annotations

from schema.messages.fields import Choice, Flag, Grams, Id, Inner, Items, Message, Pieces, Text, Whole
from schema.messages.views import Listed, LotRef, PartyRef, PlaceRef, words
from schema.messages.written import Day, Moment, Region, TraceCode

STOCK_STATES = ("quarantined", "released")
TOTALS = ("facility", "zone", "owner", "lot")
COVERAGE = ("reporting", "silent", "never")
FINDINGS = ("only_declared", "only_ledger", "differs", "agrees")
MAX_LINES = 1000


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class StockLine(Message):
    """So much of one lot, as counted: by the lot's id, or by a code read from the goods."""

    lot = Id(metadata=_about("The lot."))
    code = TraceCode(metadata=_about("A trace code read from the goods, where the lot is not known."))
    pieces = Pieces(least=0, metadata=_about("Pieces that are there; left out where packs were opened."))
    grams = Grams(least=0, required=True)


class StockDeclaration(Message):
    """What a place holds, as its people counted it. Lines of one lot add up."""

    facility = Id(required=True, metadata=_about("The place: one's own."))
    zone = Whole(least=1, most=999, metadata=_about("The zone that was counted; left out: the whole place."))
    as_of = Moment(required=True, metadata=_about("When it was counted."))
    lines = Items(
        Inner(StockLine),
        least=0,
        most=MAX_LINES,
        required=True,
        metadata=_about("All that is there. None says that nothing is."),
    )


class ZoneClearing(Message):
    """An independent zone was cleared, so that goods of another arrival may be put there."""

    facility = Id(required=True, metadata=_about("The place: one's own."))
    zone = Whole(least=1, most=999, required=True, metadata=_about("Number of the zone."))
    happened_at = Moment(required=True)


class StockView(Message):
    """Goods of one lot, owner and state in one zone of one place."""

    facility = Inner(PlaceRef, attribute="place")
    zone = Whole(allow_none=True, metadata=words("Number of the zone; null: in none."))
    zone_name = Text(allow_none=True)
    to_be_moved = Flag(metadata=words("The zone, or the place, is closed."))
    lot = Inner(LotRef)
    owner = Inner(PartyRef, attribute="owned")
    custodian = Inner(PartyRef, attribute="kept")
    state = Text()
    units = Whole()
    pieces = Whole(allow_none=True)
    grams = Whole()
    since = Moment(metadata=words("Since when the oldest of it is there."))
    days = Whole(metadata=words("Days since then."))
    produced_on = Day(allow_none=True)
    best_before = Day(allow_none=True)
    days_left = Whole(allow_none=True, metadata=words("Days to the best-before day; negative: past it."))


class StockQuery(Message):
    """Which stock."""

    facility = Id()
    zone = Whole(least=0, most=999)
    owner = Id()
    lot = Id()
    state = Choice(STOCK_STATES)
    to_be_moved = Flag()


class TotalView(Message):
    """Stock added up by place, zone, owner or lot: the one that was asked for is named."""

    facility = Inner(PlaceRef, allow_none=True)
    zone = Whole(allow_none=True)
    owner = Inner(PartyRef, allow_none=True)
    lot = Inner(LotRef, allow_none=True)
    units = Whole()
    lots = Whole()
    pieces = Whole(allow_none=True)
    grams = Whole()
    quarantined_grams = Whole()
    since = Moment(metadata=words("Since when the oldest of it is there."))


class TotalQuery(Message):
    """By what stock is added up."""

    by = Choice(TOTALS)


class ExpiringView(Message):
    """Goods that are past their best-before day or come to it."""

    lot = Inner(LotRef)
    best_before = Day()
    days_left = Whole(metadata=words("Negative: past it."))
    facility = Inner(PlaceRef)
    owner = Inner(PartyRef)
    custodian = Inner(PartyRef)
    units = Whole()
    pieces = Whole(allow_none=True)
    grams = Whole()


class ExpiringQuery(Message):
    """How near is near; left out, what the policy of one's region says."""

    days = Whole(least=0, most=3650)
    facility = Id()


class CoverageView(Message):
    """A filed place in service: when it last reported anything, and what the ledger says it holds."""

    id = Id()
    facility = Inner(PlaceRef)
    organisation = Inner(PartyRef)
    region = Text()
    state = Choice(COVERAGE)
    last_at = Text(allow_none=True, metadata=words("When its last report was recorded."))
    filed_at = Text()
    units = Whole(metadata=words("Units that lie there by the ledger."))


class CoverageQuery(Message):
    """Which places; ``days``: how recently a place that reports did."""

    days = Whole(least=1, most=365)
    state = Choice(COVERAGE)
    region = Region()


class CoverageRegionView(Message):
    """Filed places in service in a city."""

    region = Text()
    filed = Whole()
    reporting = Whole()
    silent = Whole()
    never = Whole()
    holding = Whole(metadata=words("That hold goods."))


class CoverageRegionQuery(Message):
    """How recently a place that reports did."""

    days = Whole(least=1, most=365)


class CoverageRegions(Message):
    """Every city of the region."""

    regions = Listed(Inner(CoverageRegionView))


class DeclarationView(Message):
    """What a place said it holds, at a time."""

    id = Id()
    organisation = Inner(PartyRef)
    facility = Inner(PlaceRef)
    zone = Whole(allow_none=True)
    as_of = Moment()
    recorded_at = Text()
    lines = Whole(metadata=words("How many lines."))
    position = Id()


class DeclarationQuery(Message):
    """Whose declarations."""

    facility = Id()


class CountDifferenceView(Message):
    """A lot as declared and as the ledger has it now."""

    lot = Inner(LotRef, allow_none=True, metadata=words("Null: no lot that you may see."))
    code = Text(metadata=words("A code that this ledger never issued; else empty."))
    finding = Choice(FINDINGS)
    declared_pieces = Whole(allow_none=True)
    declared_grams = Whole(allow_none=True)
    ledger_pieces = Whole(allow_none=True)
    ledger_grams = Whole()
    difference_pieces = Whole(allow_none=True, metadata=words("Declared less ledger."))
    difference_grams = Whole(metadata=words("Declared less ledger."))
    units = Whole(metadata=words("Units of it that lie there by the ledger."))
    moved = Flag(metadata=words("Some of it moved there since the declaration."))


class DifferenceQuery(Message):
    """Whether what agrees is told as well."""

    all = Flag()
