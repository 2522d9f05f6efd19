"""Units on hand, and what one can do with one: store, split, process, sell."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from schema.messages.movements import CATEGORIES, LOSSES, PACKS, TEMPERATURE_CLASSES
from schema.problems import Problem, Refusal
from service.goods.state import UnitState
from service.http.writes import Receipt
from service.web import choices
from service.web.entitled import demand_own
from service.web.forms import Field, Form, Group, Option, Widget
from service.web.handling import handling
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Visit

COUNTERS = ("market", "shop", "restaurant")
_KEPT = ("transfer", "sample", "destroy", "surrender")
"""What may be done with goods also before release and under a hold."""
_PARTS = 4
_OUTPUTS = 3
_ON_HAND = 100
_MOVEMENTS = 100


async def units(request: web.Request) -> web.StreamResponse:
    """What is on hand, newest first; with ``all=1`` also what has left."""
    visit = Visit(request)
    visit.demand_signed_in()
    states = choices.words(visit, "unit_state", tuple(UnitState))
    shown = {} if visit.asked("all") else {"on_hand": "true"}
    places = choices.facilities(visit, await choices.own_facilities(visit))
    context = {"states": states, "all": not shown, "places": places}
    return await list_page(visit, "units.html", "units", ("state", "lot", "held"), context, shown)


async def unit(request: web.Request) -> web.StreamResponse:
    """One unit with its account and what can be done with it."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    found = await visit.ask("unit", unit=visit.id("unit"))
    deeds, more = _deeds(visit, found, is_announced=await _is_announced(visit, found))
    context = {"unit": found, "deeds": deeds, "more": more, "movements": await _movements(visit, found["id"])}
    return await page(visit, "unit.html", context)


async def _is_announced(visit: Visit, found: dict[str, Any]) -> bool:
    """Whether quarantined goods came with an arrival: only such are released, others were found."""
    if found["state"] != UnitState.QUARANTINED:
        return False
    return (await visit.ask("lot", lot=found["lot"]["id"]))["arrival"] is not None


async def _movements(visit: Visit, key: int) -> list[dict[str, Any]]:
    """What went into the unit and out of it, the oldest first; each leads to its statement."""
    found: dict[int, dict[str, Any]] = {}
    for way in ("upstream", "downstream"):
        listing = await visit.ask_list(f"unit-{way}-flows", limit=_MOVEMENTS, unit=key)
        found |= {each["id"]: each for each in listing.items}
    own = [each for each in found.values() if key in (each["source"]["unit"], each["target"]["unit"])]
    return sorted(own, key=lambda each: int(each["id"]))


def _deeds(
    visit: Visit, found: dict[str, Any], *, is_announced: bool
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """What may be tried: each a path and a key of the texts; first what is done every day, then the rest."""
    key, state = found["id"], found["state"]
    owned = found["owner"] is not None and found["owner"]["id"] == visit.reader.organisation
    in_store = state in (UnitState.QUARANTINED, UnitState.RELEASED)
    if not found["grams"] or not in_store or visit.past is not None:
        return [], []
    if found["custodian"]["id"] != visit.reader.organisation:
        return [], [_deed(key, "transfer")] if owned else []
    rest = [_deed(key, name) for name in ("merge", *_KEPT)]
    if state == UnitState.QUARANTINED:
        release = {"path": f"/lots/{found['lot']['id']}/release?unit={key}", "key": "lot.release"}
        daily = [_deed(key, name) for name in ("store", "split")]
        return [release, *daily] if is_announced else daily, rest
    place = found["facility"]
    ship = {"path": f"/shipments/new?facility={place['id']}&unit={key}", "key": "shipment.send"}
    names = ["store", "split", *(["sell"] if place["kind"] in COUNTERS else [])]
    if place["kind"] in ("processing_plant", "first_station", "central_warehouse"):
        names.append("process")
    offer = [_deed(key, "offer")] if place["kind"] in COUNTERS else []
    return [ship, *(_deed(key, name) for name in names)], [*offer, _deed(key, "repack"), *rest]


def _deed(key: int, name: str) -> dict[str, str]:
    return {"path": f"/units/{key}/{name}", "key": f"unit.{name}"}


def about(visit: Visit, found: dict[str, Any]) -> tuple[Fact, ...]:
    """What a form about a unit is about."""
    place = found["facility"]
    return (
        Fact(visit.t("field.product"), choices.product(visit, found["lot"])),
        Fact(visit.t("field.code"), found["lot"]["code"]),
        Fact(visit.t("field.on-hand"), choices.amount(visit, found["pieces"], found["grams"])),
        Fact(visit.t("field.facility"), choices.named(visit, place) if place else "—"),
    )


async def _sheet(visit: Visit, title: str, found: dict[str, Any], *groups: Group) -> Sheet:
    form = Form((*groups, await handling(visit)))
    return Sheet(form, visit.t(title), _path(found["id"]), about(visit, found))


def _path(key: int) -> str:
    return f"/units/{key}"


def quantity(found: dict[str, Any], prefix: str = "", *, required: bool = True) -> tuple[Field, ...]:
    """How much of a unit: pieces only where they count."""
    grams = Field(f"{prefix}grams", Widget.KILOGRAMS, hint="hint.kilograms", required=required)
    if found["pieces"] is None:
        return (grams,)
    return (Field(f"{prefix}pieces", Widget.WHOLE, required=required), grams)


def happened(label: str = "") -> Field:
    """When it happened: now, unless changed."""
    return Field("happened_at", Widget.MOMENT, label, required=True, initial=choices.now())


async def own_unit(visit: Visit) -> dict[str, Any]:
    """What a form about a unit is about. Raises Refusal ``unit.not-found`` for what another keeps."""
    found: dict[str, Any] = await visit.ask("unit", unit=visit.id("unit"))
    demand_own(visit, found["custodian"], Refusal("unit.not-found", unit=found["id"]))
    return found


async def _store(visit: Visit) -> Sheet:
    found = await own_unit(visit)
    place = await _place(visit, found)
    zones = choices.zones(visit, place, await _zone_kinds(visit, found, place)) if place else ()
    fields = (
        Field("zone", Widget.CHOICE, required=True, options=zones, ids=True),
        happened(),
        Field("temperature_decicelsius", Widget.DEGREES, "field.temperature", hint="hint.degrees"),
    )
    return await _sheet(visit, "unit.store", found, Group("", fields))


async def _zone_kinds(visit: Visit, found: dict[str, Any], place: dict[str, Any]) -> list[str]:
    """The zones that the policy there has for such goods; of an unknown regime, those for imports."""
    lot = await visit.ask("lot", lot=found["lot"]["id"])
    asked = {"region": place["region"], "regime": lot["regime"]}
    try:
        policy = await visit.ask("policy-judging", asked)
    except Problem as problem:
        if problem.code != "request.not-found":
            raise
        policy = await visit.ask("policy-judging", {"region": place["region"]})
    waits = found["state"] == UnitState.QUARANTINED
    kinds: list[str] = policy["document"]["zones_before_release" if waits else "zones_after_release"]
    return kinds


async def _place(visit: Visit, found: dict[str, Any]) -> dict[str, Any] | None:
    if found["facility"] is None:
        return None
    place: dict[str, Any] = await visit.ask("facility", facility=found["facility"]["id"])
    return place


async def _split(visit: Visit) -> Sheet:
    found = await own_unit(visit)
    parts = tuple(
        each for row in range(_PARTS) for each in quantity(found, f"parts.{row}.", required=row == 0)
    )
    note = visit.t("unit.split-note")
    return await _sheet(
        visit, "unit.split", found, Group("unit.parts", parts, note), Group("", (happened(),))
    )


async def _sell(visit: Visit) -> Sheet:
    found = await own_unit(visit)
    fields = (
        *quantity(found),
        happened("field.sold_at"),
        Field("buyer.name", label="field.buyer", hint="hint.buyer", longest=100),
    )
    return await _sheet(visit, "unit.sell", found, Group("", fields))


async def _process(visit: Visit) -> Sheet:
    found = await own_unit(visit)
    inputs = await pickable(
        visit, found["facility"]["id"] if found["facility"] else 0, str(found["id"]), "inputs"
    )
    outputs = tuple(_output(visit, row) for row in range(_OUTPUTS))
    loss = (
        Field("loss_grams", Widget.KILOGRAMS, hint="hint.loss", required=True, initial="0"),
        Field("loss_reason", Widget.CHOICE, options=choices.words(visit, "loss", LOSSES)),
        Field("remark", hint="hint.remark", longest=500),
        happened(),
    )
    groups = (*inputs, *outputs, Group("unit.loss", loss), await handling(visit))
    form = Form(groups, {"inputs": "unit", "outputs": "product"})
    fixed = {"facility": found["facility"]["id"]} if found["facility"] else {}
    return Sheet(form, visit.t("unit.process"), _path(found["id"]), about(visit, found), fixed)


def _output(visit: Visit, row: int) -> Group:
    """What came out; only the first is asked for."""
    name, needed = f"outputs.{row}.", row == 0
    categories = choices.words(visit, "category", CATEGORIES)
    fields = (
        Field(f"{name}product", required=needed, longest=200),
        Field(f"{name}product_en", longest=200),
        Field(f"{name}category", Widget.CHOICE, required=needed, options=categories),
        Field(f"{name}specification", hint="hint.specification", required=needed, longest=200),
        Field(f"{name}hs", hint="hint.hs", required=needed, longest=20),
        Field(f"{name}gtin", longest=20),
        Field(f"{name}temperature_class", Widget.CHOICE, required=needed,
              options=choices.words(visit, "temperature_class", TEMPERATURE_CLASSES)),
        Field(f"{name}production_batch", required=needed, longest=100),
        Field(f"{name}produced_on", Widget.DAY, required=needed),
        Field(f"{name}best_before", Widget.DAY, required=needed),
        Field(f"{name}pack", Widget.CHOICE, options=choices.words(visit, "pack", PACKS)),
        Field(f"{name}pieces", Widget.WHOLE),
        Field(f"{name}grams", Widget.KILOGRAMS, hint="hint.kilograms", required=needed),
    )  # fmt: skip
    return Group("unit.output" if needed else "unit.further-output", fields)


async def pickable(visit: Visit, facility: int, chosen: str, member: str) -> list[Group]:
    """The released units at a place, each to be ticked with how much of it is taken."""
    asked = {"facility": str(facility), "state": "released", "on_hand": "true"}
    listing = await visit.ask_list("units", asked, limit=_ON_HAND)
    mine = [each for each in listing.items if each["custodian"]["id"] == visit.reader.organisation]
    ordered = sorted(mine, key=lambda each: str(each["id"]) != chosen)
    return [
        _pick(visit, each, chosen, f"{member}.{row}.") for row, each in enumerate(ordered) if each["grams"]
    ]


def _pick(visit: Visit, found: dict[str, Any], chosen: str, prefix: str) -> Group:
    key = str(found["id"])
    take = Field(
        f"{prefix}unit", Widget.PICK, "field.take", ids=True, initial=key if key == chosen else "",
        options=(Option(key, ""),), required=True, note=visit.t("unit.number", id=key),
    )  # fmt: skip
    return Group("", (take, *quantity(found, prefix, required=False)), choices.unit_line(visit, found))


def _to_unit(visit: Visit, _receipt: Receipt) -> str:
    return _path(visit.id("unit"))


def _to_first_lot(_visit: Visit, receipt: Receipt) -> str:
    return f"/lots/{receipt.acknowledgement.statement.outcome['lots'][0]}"


ROUTES = (
    web.get("/units", units),
    web.get(r"/units/{unit:\d{1,15}}", unit),
    *FormPage("/units/{unit:id}/store", WRITES["goods-stored"], "unit.store", _store, _to_unit).routes(),
    *FormPage("/units/{unit:id}/split", WRITES["unit-split"], "unit.split", _split, _to_unit).routes(),
    *FormPage("/units/{unit:id}/sell", WRITES["goods-sold"], "unit.sell", _sell, _to_unit).routes(),
    *FormPage(
        "/units/{unit:id}/process", WRITES["goods-processed"], "unit.process", _process, _to_first_lot
    ).routes(),
)
