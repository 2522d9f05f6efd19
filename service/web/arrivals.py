"""Goods on their way in: announced, opened, registered as lots."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from schema.messages.goods import CATEGORIES, SOURCES, TEMPERATURE_CLASSES
from schema.messages.policies import DEFAULTS
from schema.messages.written import COLD_CHAIN_IMPORT
from schema.problems import Refusal
from service.http.writes import Receipt
from service.parties import Role
from service.web import choices
from service.web.entitled import demand_own, demand_role
from service.web.forms import Field, Form, Group, Option, Widget
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.places import countries
from service.web.policy_forms import regime_label
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Visit

_POLICIES = 200


async def arrivals(request: web.Request) -> web.StreamResponse:
    """Announced arrivals, newest first."""
    visit = Visit(request)
    visit.demand_signed_in()
    return await list_page(visit, "arrivals.html", "arrivals", ("container",))


async def arrival(request: web.Request) -> web.StreamResponse:
    """One arrival: what was announced, what came out of it."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    found = await visit.ask("arrival", arrival=visit.id("arrival"))
    return await page(visit, "arrival.html", {"arrival": found, "mine": is_own(visit, found)})


def is_own(visit: Visit, thing: dict[str, Any]) -> bool:
    """Whether the reader's organisation announced or registered it, and may act on it: nobody acts in the
    past."""
    return visit.past is None and bool(thing["organisation"]["id"] == visit.reader.organisation)


async def _announcement(visit: Visit) -> Sheet:
    """Whoever has a place that may take goods first, of whichever regime."""
    held = (await visit.ask_list("policies", limit=_POLICIES)).items
    kinds = {kind for row in held for kind in {**DEFAULTS, **row["document"]}["first_stations"]}
    stations = [row for row in await choices.own_facilities(visit) if row["kind"] in kinds]
    if not stations:
        await demand_role(visit, Role.FIRST_STATION)
    options = choices.facilities(visit, stations)
    regimes = {row["regime"]: regime_label(visit, row) for row in held}
    place = Group(
        "arrival.where",
        (
            Field("facility", Widget.CHOICE, "field.station", required=True, options=options, ids=True,
                  initial=options[0].value if len(options) == 1 else ""),
            Field("regime", Widget.CHOICE, required=True, initial=COLD_CHAIN_IMPORT,
                  options=tuple(Option(name, label) for name, label in sorted(regimes.items()))),
            Field("source", Widget.CHOICE, required=True, initial="port",
                  options=choices.words(visit, "source", SOURCES)),
            Field("port", hint="hint.port", required=True, longest=100),
            Field("entry_on", Widget.DAY, required=True),
            Field("expected_at", Widget.MOMENT, required=True),
        ),
    )  # fmt: skip
    box = Group(
        "arrival.container",
        (
            Field("container", hint="hint.container", longest=20),
            Field("seal", longest=40),
            Field("vessel", longest=100),
            Field("voyage", longest=40),
            Field("bill_of_lading", longest=60),
        ),
    )
    trade = Group(
        "arrival.trade",
        (
            Field("importer", hint="hint.uscc", required=True, longest=30),
            Field("exporter", longest=200),
            Field("declaration", hint="hint.declaration", longest=30),
        ),
    )
    return Sheet(Form((place, box, trade)), visit.t("arrival.announce"), "/arrivals")


def _announced(_visit: Visit, receipt: Receipt) -> str:
    return f"/arrivals/{receipt.acknowledgement.statement.outcome['arrival']}"


async def _own_arrival(visit: Visit) -> dict[str, Any]:
    """What a form about an arrival is about. Raises Refusal ``arrival.not-found`` for another's."""
    found: dict[str, Any] = await visit.ask("arrival", arrival=visit.id("arrival"))
    demand_own(visit, found["organisation"], Refusal("arrival.not-found", arrival=found["id"]))
    return found


async def _opening(visit: Visit) -> Sheet:
    found = await _own_arrival(visit)
    form = Form(
        (
            Group(
                "",
                (
                    Field(
                        "happened_at", Widget.MOMENT, "field.opened_at", required=True, initial=choices.now()
                    ),
                    Field("container", hint="hint.at-the-door", required=True, longest=20),
                    Field("seal", hint="hint.at-the-door", longest=40),
                    Field("seal_intact", Widget.YES_NO, required=True, options=choices.yes_no(visit)),
                    Field("remark", Widget.LINES, longest=500),
                ),
            ),
        )
    )
    return Sheet(form, visit.t("arrival.open"), _path(found["id"]), _about(visit, found))


def _path(arrival_id: int) -> str:
    return f"/arrivals/{arrival_id}"


def _about(visit: Visit, found: dict[str, Any]) -> tuple[Fact, ...]:
    return (
        Fact(visit.t("field.container"), found["container"] or "—"),
        Fact(visit.t("field.station"), choices.named(visit, found["facility"])),
    )


async def _registration(visit: Visit) -> Sheet:
    """What must be stated, and where the goods may lie, is asked of the policy of their regime."""
    found = await _own_arrival(visit)
    station = await visit.ask("facility", facility=found["facility"]["id"])
    asked = {"region": station["region"], "regime": found["regime"]}
    policy = (await visit.ask("policy-judging", asked))["document"]
    place = "zones_before_release" if policy["quarantine"] else "zones_after_release"
    zones = choices.zones(visit, station, policy[place])
    needed = frozenset(policy["particulars"])
    form = Form((_goods(visit, needed), _origin(visit, needed), _handover(visit, zones)))
    fixed = {"arrival": found["id"], "facility": found["facility"]["id"]}
    return Sheet(form, visit.t("lot.register"), _path(found["id"]), _about(visit, found), fixed)


def _goods(visit: Visit, needed: frozenset[str]) -> Group:
    categories = choices.words(visit, "category", CATEGORIES)
    classes = choices.words(visit, "temperature_class", TEMPERATURE_CLASSES)
    return Group(
        "lot.goods",
        (
            Field("product", required=True, longest=200),
            Field("product_en", longest=200),
            Field("category", Widget.CHOICE, required=True, options=categories),
            Field("specification", hint="hint.specification", required=True, longest=200),
            Field("hs", hint="hint.hs", required="hs" in needed, longest=20),
            Field("gtin", longest=20),
            Field("pieces", Widget.WHOLE, hint="hint.pieces", required=True),
            Field("grams", Widget.KILOGRAMS, "field.net", hint="hint.kilograms", required=True),
            Field("gross_grams", Widget.KILOGRAMS, hint="hint.kilograms"),
            Field("temperature_class", Widget.CHOICE, required=True, initial="frozen", options=classes),
        ),
    )


def _origin(visit: Visit, needed: frozenset[str]) -> Group:
    return Group(
        "lot.origin",
        (
            Field("country", Widget.CHOICE, required="country" in needed, options=countries(visit.language)),
            Field("establishment", hint="hint.establishment", required="establishment" in needed, longest=30),
            Field("cifer", hint="hint.cifer", longest=30),
            Field("production_batch", required="production_batch" in needed, longest=60),
            Field("produced_on", Widget.DAY, required="produced_on" in needed),
            Field("frozen_on", Widget.DAY),
            Field("best_before", Widget.DAY, required="best_before" in needed),
        ),
    )


def _handover(visit: Visit, zones: tuple[Option, ...]) -> Group:
    only = zones[0].value if len(zones) == 1 else ""
    return Group(
        "lot.handover",
        (
            Field("received_at", Widget.MOMENT, required=True, initial=choices.now()),
            Field("zone", Widget.CHOICE, required=True, options=zones, ids=True, initial=only),
            Field("seal_intact", Widget.YES_NO, options=choices.yes_no(visit)),
            Field(
                "handover_temperature_decicelsius", Widget.DEGREES, "field.temperature", hint="hint.degrees"
            ),
        ),
    )


def _registered(_visit: Visit, receipt: Receipt) -> str:
    return f"/lots/{receipt.acknowledgement.statement.outcome['lot']}"


def _opened(visit: Visit, _receipt: Receipt) -> str:
    return _path(visit.id("arrival"))


ROUTES = (
    web.get("/arrivals", arrivals),
    *FormPage(
        "/arrivals/new", WRITES["arrival-announced"], "arrival.announce", _announcement, _announced
    ).routes(),
    web.get(r"/arrivals/{arrival:\d{1,15}}", arrival),
    *FormPage(
        "/arrivals/{arrival:id}/opening", WRITES["container-opened"], "arrival.open", _opening, _opened
    ).routes(),
    *FormPage(
        "/arrivals/{arrival:id}/lots/new",
        WRITES["lot-registered"],
        "lot.register",
        _registration,
        _registered,
    ).routes(),
)
