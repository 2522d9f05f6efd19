"""Shipments out and in: what leaves, what arrived of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from schema.messages.movements import PURPOSES, REJECTIONS, SHORTFALLS
from schema.problems import Problem, Refusal
from service.goods.movements.admitting import GATES
from service.http.writes import Receipt
from service.web import choices
from service.web.entitled import demand_own
from service.web.formats import plain_kilograms
from service.web.forms import Field, Form, Group, Option, Widget
from service.web.handling import handling
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.rendering import page, said
from service.web.submitting import Fact, FormPage, Sheet
from service.web.units import pickable
from service.web.visits import Visit

_DESTINATIONS = 200


async def shipments(request: web.Request) -> web.StreamResponse:
    """Shipments to and from the reader's organisation, newest first."""
    visit = Visit(request)
    visit.demand_signed_in()
    directions = choices.words(visit, "direction", ("in", "out"))
    return await list_page(
        visit, "shipments.html", "shipments", ("direction", "open"), {"directions": directions}
    )


async def shipment(request: web.Request) -> web.StreamResponse:
    """One shipment with what is aboard."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    found = await visit.ask("shipment", shipment=visit.id("shipment"))
    to_me = visit.past is None and found["consignee"]["id"] == visit.reader.organisation
    at_gate = to_me and found["destination"]["kind"] in GATES and found["admitted_at"] is None
    context = {
        "shipment": found,
        "to_me": to_me,
        "at_gate": at_gate,
        "may_reject": to_me and not _is_back(found),
    }
    return await page(visit, "shipment.html", context)


def _is_back(found: dict[str, Any]) -> bool:
    """Whether it brings back what was turned away."""
    return bool(found["purpose"] == "return" and found["consignor"]["id"] == found["consignee"]["id"])


async def choose(request: web.Request) -> web.StreamResponse:
    """Before sending: from which place, and to whom; the form itself needs to know both."""
    visit = Visit(request)
    visit.demand_signed_in()
    asked = visit.asked("facility", "uscc", "unit")
    places = choices.facilities(visit, await choices.own_facilities(visit))
    fault = None
    if visit.asked("go") and "facility" in asked:
        try:
            await _demand_consignee(visit, asked.get("uscc"))
            raise web.HTTPSeeOther("/shipments/send?" + urlencode(asked))
        except Problem as problem:
            fault = said(problem.causes[0] if problem.causes else problem, visit)
    status = 200 if fault is None else fault.words.status
    context = {"asked": {"facility": "", "uscc": "", "unit": ""} | asked, "places": places, "fault": fault}
    return await page(visit, "shipping.html", context, status=status)


async def _demand_consignee(visit: Visit, uscc: str | None) -> None:
    """Raises Problem where a social credit code is given and nobody is registered under it."""
    if uscc is not None and not (await visit.ask_list("facilities", {"uscc": uscc})).items:
        raise Problem("web.no-consignee", uscc=uscc)


async def _shipping(visit: Visit) -> Sheet:
    asked = visit.asked("facility", "uscc", "unit")
    if not asked.get("facility", "").isdecimal():
        raise Problem("request.not-found")
    origin = await visit.ask("facility", facility=int(asked["facility"]))
    demand_own(visit, origin["organisation"], Refusal("facility.not-found", facility=origin["id"]))
    by_code = {"uscc": asked["uscc"]} if "uscc" in asked else {}
    found = await visit.ask_list("facilities", by_code, limit=_DESTINATIONS)
    places = [row for row in found.items if row["active"] and row["id"] != origin["id"]]
    items = await pickable(visit, origin["id"], asked.get("unit", ""), "items")
    waybill = _waybill(await _vehicles(visit))
    groups = (_journey(visit, places), *items, waybill, await handling(visit))
    back = "/shipments/new?" + urlencode(asked)
    facts = (Fact(visit.t("field.origin"), choices.named(visit, origin)),)
    form = Form(groups, {"items": "unit"})
    return Sheet(form, visit.t("shipment.send"), back, facts, {"facility": origin["id"]})


def _journey(visit: Visit, places: list[dict[str, Any]]) -> Group:
    options = tuple(
        Option(str(row["id"]), f"{choices.named(visit, row['organisation'])} · {choices.named(visit, row)}")
        for row in places
    )
    only = options[0].value if len(options) == 1 else ""
    return Group(
        "shipment.journey",
        (
            Field("destination", Widget.CHOICE, required=True, options=options, ids=True, initial=only),
            Field("departed_at", Widget.MOMENT, required=True, initial=choices.now()),
            Field(
                "purpose",
                Widget.CHOICE,
                initial=PURPOSES[0],
                options=choices.words(visit, "purpose", PURPOSES),
            ),
        ),
    )


async def _vehicles(visit: Visit) -> tuple[Option, ...]:
    listing = await visit.ask_list("vehicles", limit=_DESTINATIONS)
    return tuple(
        Option(str(row["id"]), choices.vehicle(visit, row)) for row in listing.items if row["active"]
    )


def _waybill(vehicles: tuple[Option, ...]) -> Group:
    vehicle = (Field("vehicle", Widget.CHOICE, options=vehicles, ids=True),) if vehicles else ()
    return Group(
        "shipment.waybill",
        (
            Field("waybill.number", label="field.waybill", longest=50),
            Field("waybill.carrier", hint="hint.personal", longest=200),
            *vehicle,
            Field("waybill.plate", hint="hint.personal", longest=20),
            Field("waybill.driver_name", hint="hint.personal", longest=100),
            Field("waybill.driver_phone", hint="hint.personal", longest=30),
            Field("waybill.seals.0", label="field.seal", longest=50),
            Field(
                "waybill.temperature_decicelsius", Widget.DEGREES, "field.temperature", hint="hint.degrees"
            ),
        ),
    )


async def _receiving(visit: Visit) -> Sheet:
    found = await _to_own(visit)
    place = await visit.ask("facility", facility=found["destination"]["id"])
    aboard = [each for each in found["items"] if each["on_road_grams"]]
    items = tuple(_arrived(visit, each, row) for row, each in enumerate(aboard))
    zones = choices.zones(visit, place, ("imported", "quarantine", "independent", "domestic"))
    zone = (Field("zone", Widget.CHOICE, options=zones, ids=True),) if zones else ()
    general = Group(
        "shipment.arrival",
        (
            Field("happened_at", Widget.MOMENT, "field.arrived_at", required=True, initial=choices.now()),
            *zone,
            Field("seals_intact", Widget.YES_NO, options=choices.yes_no(visit)),
            Field("temperature_decicelsius", Widget.DEGREES, "field.temperature", hint="hint.degrees"),
        ),
    )
    form = Form((*items, general, await handling(visit)))
    return Sheet(form, visit.t("shipment.receive"), f"/shipments/{found['id']}", _parties(visit, found))


def _arrived(visit: Visit, item: dict[str, Any], row: int) -> Group:
    """One unit of the shipment: what was sent stands there, and is corrected where less arrived."""
    prefix = f"items.{row}."
    sent_pieces, sent_grams = item["on_road_pieces"], item["on_road_grams"]
    pieces = (
        (
            Field(
                f"{prefix}pieces",
                Widget.WHOLE,
                "field.arrived_pieces",
                required=True,
                initial=str(sent_pieces),
            ),
        )
        if sent_pieces is not None
        else ()
    )
    sent = visit.t("shipment.sent", amount=choices.amount(visit, item["pieces"], item["grams"]))
    return Group(
        "",
        (
            Field(f"{prefix}unit", Widget.HIDDEN, "field.take", ids=True, initial=str(item["unit"])),
            *pieces,
            Field(f"{prefix}grams", Widget.KILOGRAMS, "field.arrived", hint="hint.kilograms", required=True,
                  initial=plain_kilograms(sent_grams)),
            Field(f"{prefix}reason", Widget.CHOICE, "field.loss_reason", hint="hint.less",
                  options=choices.words(visit, "loss", SHORTFALLS)),
            Field(f"{prefix}remark", hint="hint.remark", longest=500),
        ),
        f"{choices.product(visit, item['lot'])} · {item['lot']['code']} · {sent}",
    )  # fmt: skip


async def _rejecting(visit: Visit) -> Sheet:
    found = await _to_own(visit)
    aboard = [each for each in found["items"] if each["on_road_grams"]]
    items = tuple(_turned_away(visit, each, f"items.{row}.") for row, each in enumerate(aboard))
    fields = (
        Field("remark", hint="hint.remark", longest=500),
        Field("happened_at", Widget.MOMENT, required=True, initial=choices.now()),
    )
    general = Group("", fields, visit.t("shipment.reject-note"))
    form = Form((general, *items, await handling(visit)), {"items": "unit"})
    return Sheet(form, visit.t("shipment.reject"), f"/shipments/{found['id']}", _parties(visit, found))


def _turned_away(visit: Visit, item: dict[str, Any], prefix: str) -> Group:
    """A unit to be ticked where some of it is not taken."""
    key = str(item["unit"])
    on_road = choices.amount(visit, item["on_road_pieces"], item["on_road_grams"])
    pieces = () if item["on_road_pieces"] is None else (Field(f"{prefix}pieces", Widget.WHOLE),)
    fields = (
        Field(f"{prefix}unit", Widget.PICK, "shipment.reject", ids=True, options=(Option(key, ""),),
              note=visit.t("unit.number", id=key)),
        *pieces,
        Field(f"{prefix}grams", Widget.KILOGRAMS, hint="hint.kilograms"),
        Field(f"{prefix}reason", Widget.CHOICE, options=choices.words(visit, "rejection", REJECTIONS)),
    )  # fmt: skip
    return Group("", fields, f"{choices.product(visit, item['lot'])} · {on_road}")


async def _admitting(visit: Visit) -> Sheet:
    found = await _to_own(visit)
    fields = (Field("happened_at", Widget.MOMENT, required=True, initial=choices.now()),)
    form = Form((Group("", fields, visit.t("shipment.admit-note")), await handling(visit)))
    return Sheet(form, visit.t("shipment.admit"), f"/shipments/{found['id']}", _parties(visit, found))


async def _to_own(visit: Visit) -> dict[str, Any]:
    """A shipment to the reader's organisation. Raises Refusal ``shipment.not-found``."""
    found: dict[str, Any] = await visit.ask("shipment", shipment=visit.id("shipment"))
    demand_own(visit, found["consignee"], Refusal("shipment.not-found", shipment=found["id"]))
    return found


def _parties(visit: Visit, found: dict[str, Any]) -> tuple[Fact, ...]:
    """Whence and whither."""
    return (
        Fact(visit.t("field.consignor"), choices.named(visit, found["consignor"])),
        Fact(visit.t("field.origin"), choices.named(visit, found["origin"])),
        Fact(visit.t("field.destination"), choices.named(visit, found["destination"])),
    )


def _shipped(_visit: Visit, receipt: Receipt) -> str:
    return f"/shipments/{receipt.acknowledgement.statement.outcome['shipment']}"


def _received(visit: Visit, _receipt: Receipt) -> str:
    return f"/shipments/{visit.id('shipment')}"


ROUTES = (
    web.get("/shipments", shipments),
    web.get("/shipments/new", choose),
    *FormPage("/shipments/send", WRITES["goods-shipped"], "shipment.send", _shipping, _shipped).routes(),
    web.get(r"/shipments/{shipment:\d{1,15}}", shipment),
    *FormPage(
        "/shipments/{shipment:id}/receive",
        WRITES["goods-received"],
        "shipment.receive",
        _receiving,
        _received,
    ).routes(),
    *FormPage(
        "/shipments/{shipment:id}/reject", WRITES["goods-rejected"], "shipment.reject", _rejecting, _received
    ).routes(),
    *FormPage(
        "/shipments/{shipment:id}/admit", WRITES["goods-admitted"], "shipment.admit", _admitting, _received
    ).routes(),
)
