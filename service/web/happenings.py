"""Forms of what else happens to goods in a store: merged, repacked, passed on, used up, counted, found."""

from __future__ import annotations

from typing import Any

from schema.messages.movements import (
    CATEGORIES,
    CIRCUMSTANCES,
    COUNT_REASONS,
    DESTRUCTION_METHODS,
    DISCOVERIES,
    LOSSES,
    PACKS,
    SAMPLE_PURPOSES,
    SAMPLERS,
    TEMPERATURE_CLASSES,
    TRANSFER_DOCUMENTS,
)
from schema.problems import Problem, Refusal
from service.http.writes import Receipt
from service.web import choices
from service.web.entitled import demand_own
from service.web.formats import plain_kilograms
from service.web.forms import Field, Form, Group, Option, Widget
from service.web.handling import handling
from service.web.operations import WRITES
from service.web.submitting import Fact, FormPage, Sheet
from service.web.units import about, happened, own_unit, quantity
from service.web.visits import Visit

_INTO = 3
_ON_HAND = 100


async def _sheet(visit: Visit, title: str, found: dict[str, Any], *groups: Group) -> Sheet:
    form = Form((*groups, await handling(visit)), {"into": "grams"})
    return Sheet(form, visit.t(title), f"/units/{found['id']}", about(visit, found))


async def _merge(visit: Visit) -> Sheet:
    found = await own_unit(visit)
    place = found["facility"]
    asked = {"lot": str(found["lot"]["id"]), "facility": str(place["id"] if place else 0), "on_hand": "true"}
    listing = await visit.ask_list("units", asked, limit=_ON_HAND)
    alike = [each for each in listing.items if each["custodian"]["id"] == visit.reader.organisation]
    options = tuple(Option(str(each["id"]), choices.unit_line(visit, each)) for each in alike)
    units = Field("units", Widget.CHECKS, "nav.units", options=options, ids=True, required=True,
                  initial=(str(found["id"]),))  # fmt: skip
    note = visit.t("unit.merge-note")
    return await _sheet(visit, "unit.merge", found, Group("", (units, happened()), note))


async def _repack(visit: Visit) -> Sheet:
    found = await own_unit(visit)
    into = tuple(each for row in range(_INTO) for each in _packs(visit, f"into.{row}.", needed=row == 0))
    loss = (
        Field("loss_grams", Widget.KILOGRAMS, hint="hint.loss", required=True, initial="0"),
        Field("loss_reason", Widget.CHOICE, options=choices.words(visit, "loss", LOSSES)),
        Field("remark", hint="hint.remark", longest=500),
        happened(),
    )
    note = visit.t("unit.into-note")
    groups = (
        Group("field.take", quantity(found)),
        Group("unit.into", into, note),
        Group("unit.loss", loss),
    )
    return await _sheet(visit, "unit.repack", found, *groups)


def _packs(visit: Visit, prefix: str, *, needed: bool) -> tuple[Field, ...]:
    packs = choices.words(visit, "pack", PACKS)
    return (
        Field(f"{prefix}pack", Widget.CHOICE, required=needed, options=packs),
        Field(f"{prefix}pieces", Widget.WHOLE),
        Field(f"{prefix}grams", Widget.KILOGRAMS, hint="hint.kilograms", required=needed),
        Field(f"{prefix}grams_each", Widget.KILOGRAMS, hint="hint.grams-each"),
    )


async def _transfer(visit: Visit) -> Sheet:
    """Also for who owns what another keeps. Raises Refusal ``unit.not-found`` for what is neither."""
    found: dict[str, Any] = await visit.ask("unit", unit=visit.id("unit"))
    owner = found["owner"]
    if owner is None or owner["id"] != visit.reader.organisation:
        demand_own(visit, found["custodian"], Refusal("unit.not-found", unit=found["id"]))
    kinds = choices.words(visit, "transfer_document", TRANSFER_DOCUMENTS)
    fields = (
        Field("to_uscc", label="field.new_owner", hint="hint.owner", required=True, longest=30),
        Field("document.kind", Widget.CHOICE, "field.document_kind", required=True, options=kinds),
        Field("document.number", label="field.document", required=True, longest=50),
        happened(),
    )
    return await _sheet(visit, "unit.transfer", found, Group("", fields))


def _gone(found: dict[str, Any]) -> tuple[Field, ...]:
    """How much is gone for good: weight alone may be."""
    grams = Field("grams", Widget.KILOGRAMS, hint="hint.kilograms", required=True)
    if found["pieces"] is None:
        return (grams,)
    return (Field("pieces", Widget.WHOLE, hint="hint.pieces-gone", required=True), grams)


async def _sample(visit: Visit) -> Sheet:
    found = await own_unit(visit)
    purposes = choices.words(visit, "sample_purpose", SAMPLE_PURPOSES)
    fields = (
        *_gone(found),
        Field("purpose", Widget.CHOICE, "field.sample_purpose", required=True, options=purposes),
        Field("samples.0", label="field.sample_number", required=True, longest=50),
        Field("by", Widget.CHOICE, "field.sampled_by", required=True, initial="own",
              options=choices.words(visit, "sampler", SAMPLERS)),
        Field("authority_uscc", label="field.authority", hint="hint.authority", longest=30),
        Field("remark", hint="hint.remark", longest=500),
        happened(),
    )  # fmt: skip
    return await _sheet(visit, "unit.sample", found, Group("", fields))


async def _destroy(visit: Visit) -> Sheet:
    found = await own_unit(visit)
    methods = choices.words(visit, "method", DESTRUCTION_METHODS)
    fields = (
        *_gone(found),
        Field("method", Widget.CHOICE, required=True, options=methods),
        Field("evidence.0", Widget.FILE, "field.evidence", hint="hint.evidence"),
        Field("witness", hint="hint.personal", longest=100),
        Field("remark", hint="hint.remark", longest=500),
        happened(),
    )
    return await _sheet(visit, "unit.destroy", found, Group("", fields))


async def _surrender(visit: Visit) -> Sheet:
    found = await own_unit(visit)
    fields = (
        *quantity(found),
        Field("authority_uscc", label="field.authority", hint="hint.uscc", required=True, longest=30),
        Field("document", required=True, longest=50),
        Field("remark", hint="hint.remark", longest=500),
        happened(),
    )
    return await _sheet(visit, "unit.surrender", found, Group("", fields))


async def _offer(visit: Visit) -> Sheet:
    found = await own_unit(visit)
    place = found["facility"]
    zones: tuple[Option, ...] = ()
    if place is not None:
        zones = choices.zones(visit, await visit.ask("facility", facility=place["id"]), ("imported",))
    kept = "" if found["zone"] is None else str(found["zone"])
    zone = (Field("zone", Widget.CHOICE, options=zones, ids=True, initial=kept),) if zones else ()
    return await _sheet(visit, "unit.offer", found, Group("", (*zone, happened())))


async def _own_place(visit: Visit) -> dict[str, Any]:
    """The place in the address's ``facility``. Raises Problem for none, Refusal for somebody else's."""
    asked = visit.asked("facility").get("facility", "")
    if not asked.isdecimal():
        raise Problem("request.not-found")
    place: dict[str, Any] = await visit.ask("facility", facility=int(asked))
    demand_own(visit, place["organisation"], Refusal("facility.not-found", facility=place["id"]))
    return place


async def _count(visit: Visit) -> Sheet:
    place = await _own_place(visit)
    asked = {"facility": str(place["id"]), "on_hand": "true"}
    listing = await visit.ask_list("units", asked, limit=_ON_HAND)
    there = [
        each
        for each in listing.items
        if each["custodian"]["id"] == visit.reader.organisation
        and each["state"] in ("quarantined", "released")
    ]
    items = tuple(_counted(visit, each, f"items.{row}.") for row, each in enumerate(there))
    general = Group(
        "", (Field("remark", hint="hint.remark", longest=500), happened()), visit.t("stock.count-note")
    )
    form = Form((general, *items, await handling(visit)), {"items": "unit"})
    facts = (Fact(visit.t("field.facility"), choices.named(visit, place)),)
    return Sheet(form, visit.t("stock.count"), "/units", facts, {"facility": place["id"]})


def _counted(visit: Visit, found: dict[str, Any], prefix: str) -> Group:
    """A unit to be ticked when it was counted, with what is on record."""
    pieces = (
        ()
        if found["pieces"] is None
        else (Field(f"{prefix}pieces", Widget.WHOLE, "field.counted_pieces", initial=str(found["pieces"])),)
    )
    reasons = choices.words(visit, "count_reason", COUNT_REASONS)
    key = str(found["id"])
    record = visit.t("stock.on-record", amount=choices.amount(visit, found["pieces"], found["grams"]))
    fields = (
        Field(f"{prefix}unit", Widget.PICK, "stock.counted", ids=True, options=(Option(key, ""),),
              note=visit.t("unit.number", id=key)),
        *pieces,
        Field(f"{prefix}grams", Widget.KILOGRAMS, "field.counted", hint="hint.kilograms",
              initial=plain_kilograms(found["grams"])),
        Field(f"{prefix}reason", Widget.CHOICE, "field.difference_reason", hint="hint.differs",
              options=reasons),
    )  # fmt: skip
    return Group("", fields, f"{choices.product(visit, found['lot'])} · {record}")


async def _find(visit: Visit) -> Sheet:
    place = await _own_place(visit)
    zones = choices.zones(visit, place, ("quarantine", "independent", "imported", "domestic"))
    where = (
        Field("how", Widget.CHOICE, required=True, options=choices.words(visit, "discovery", DISCOVERIES)),
        Field("circumstances", Widget.CHOICE, required=True,
              options=choices.words(visit, "circumstances", CIRCUMSTANCES)),
        Field("zone", Widget.CHOICE, required=True, options=zones, ids=True),
        happened(),
    )  # fmt: skip
    form = Form((Group("", where, visit.t("goods.found-note")), _unknown(visit), await handling(visit)))
    facts = (Fact(visit.t("field.facility"), choices.named(visit, place)),)
    return Sheet(form, visit.t("goods.found"), "/units", facts, {"facility": place["id"]})


def _unknown(visit: Visit) -> Group:
    """What was seen of goods without papers; little of it need be known."""
    classes = choices.words(visit, "temperature_class", TEMPERATURE_CLASSES)
    fields = (
        Field("product", required=True, longest=200),
        Field("category", Widget.CHOICE, required=True, options=choices.words(visit, "category", CATEGORIES)),
        Field("temperature_class", Widget.CHOICE, required=True, options=classes),
        Field("pack", Widget.CHOICE, options=choices.words(visit, "pack", PACKS)),
        Field("pieces", Widget.WHOLE, hint="hint.pieces"),
        Field("grams", Widget.KILOGRAMS, "field.net", hint="hint.kilograms", required=True),
        Field("specification", longest=200),
        Field("establishment", hint="hint.establishment", longest=50),
        Field("production_batch", longest=100),
        Field("best_before", Widget.DAY),
        Field("remark", hint="hint.remark", longest=500),
    )
    return Group("lot.goods", fields)


def _to_unit(visit: Visit, _receipt: Receipt) -> str:
    return f"/units/{visit.id('unit')}"


def _to_new_unit(_visit: Visit, receipt: Receipt) -> str:
    return f"/units/{receipt.acknowledgement.statement.outcome['unit']}"


def _to_units(_visit: Visit, _receipt: Receipt) -> str:
    return "/units"


def _to_lot(_visit: Visit, receipt: Receipt) -> str:
    return f"/lots/{receipt.acknowledgement.statement.outcome['lot']}"


_PAGES = (
    FormPage("/units/{unit:id}/repack", WRITES["unit-repacked"], "unit.repack", _repack, _to_unit),
    FormPage(
        "/units/{unit:id}/transfer", WRITES["ownership-transferred"], "unit.transfer", _transfer, _to_unit
    ),
    FormPage("/units/{unit:id}/sample", WRITES["goods-sampled"], "unit.sample", _sample, _to_unit),
    FormPage("/units/{unit:id}/destroy", WRITES["goods-destroyed"], "unit.destroy", _destroy, _to_unit),
    FormPage(
        "/units/{unit:id}/surrender", WRITES["goods-surrendered"], "unit.surrender", _surrender, _to_unit
    ),
    FormPage("/units/{unit:id}/offer", WRITES["goods-offered"], "unit.offer", _offer, _to_unit),
    FormPage("/units/{unit:id}/merge", WRITES["units-merged"], "unit.merge", _merge, _to_new_unit),
    FormPage("/stock-counts/new", WRITES["stock-counted"], "stock.count", _count, _to_units),
    FormPage("/discoveries/new", WRITES["goods-found"], "goods.found", _find, _to_lot),
)
ROUTES = tuple(route for each in _PAGES for route in each.routes())
