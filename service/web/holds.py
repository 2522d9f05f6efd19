"""Holds: what one would cover is seen first and then confirmed; the list of holds, one with its coverage."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from schema.messages.incidents import HOLD_KINDS, HOLD_REASONS, LIFT_REASONS
from schema.problems import Refusal
from service.http.readers import ReaderKind
from service.http.writes import Receipt
from service.web import choices
from service.web.formats import number
from service.web.forms import Field, Form, Group, Widget
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Visit

_LIST = "/holds"
_PLACES = 20


async def holds(request: web.Request) -> web.StreamResponse:
    """Holds that concern the reader; with ``all=1`` also those that were lifted."""
    visit = Visit(request)
    visit.demand_signed_in()
    shown = {} if visit.asked("all") else {"in_force": "true"}
    context = {"kinds": choices.words(visit, "hold_kind", HOLD_KINDS), "all": not shown}
    return await list_page(visit, "holds.html", "holds", ("kind",), context, shown)


async def hold(request: web.Request) -> web.StreamResponse:
    """One hold with what it covers now."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    found = await visit.ask("hold", hold=visit.id("hold"))
    stands = found["lifted_at"] is None and visit.past is None
    context = {"hold": found, "may_lift": stands and _may_lift(visit, found)}
    return await page(visit, "hold.html", context)


def _may_lift(visit: Visit, found: dict[str, Any]) -> bool:
    if found["kind"] == "recall":
        return False  # it ends with its recall
    party = found["organisation"]
    if found["kind"] != "breach" and party is not None and party["id"] == visit.reader.organisation:
        return True
    region: str = found["region"] or ""
    return visit.reader.kind is ReaderKind.REGULATOR and region.startswith(visit.reader.region)


def _place(kind: str, name: str) -> Callable[[Visit], Awaitable[Sheet]]:
    """The form that holds one lot, arrival or unit: what it covers stands above, to be confirmed."""

    async def sheet(visit: Visit) -> Sheet:
        key = visit.id(name)
        proposal = await visit.ask("hold-proposal", {kind: str(key)})
        fields = (
            Field("asked_at", Widget.HIDDEN, ids=True, initial=str(proposal["asked_at"])),
            Field("digest", Widget.HIDDEN, initial=proposal["digest"]),
            Field("reason", Widget.CHOICE, "field.hold_reason", required=True,
                  options=choices.words(visit, "hold_reason", HOLD_REASONS)),
            Field("case_number", longest=50),
            Field("note", Widget.LINES, hint="hint.note"),
        )  # fmt: skip
        return Sheet(
            Form((Group("hold.confirm", fields, visit.t("hold.covers-note")),)),
            visit.t("hold.place"),
            f"/{kind}/{key}",
            _covered(visit, proposal),
            {"question": {kind: [key]}},
        )

    return sheet


def _covered(visit: Visit, proposal: dict[str, Any]) -> tuple[Fact, ...]:
    """What a hold would cover, in lines."""
    amount = choices.amount(visit, proposal["pieces"], proposal["grams"])
    facts = [
        *(
            Fact(visit.t("lot.title"), f"{choices.product(visit, lot)} · {lot['code']}")
            for lot in proposal["first_lots"][:_PLACES]
        ),
        Fact(visit.t("hold.lots"), number(proposal["lots"])),
        Fact(visit.t("hold.units"), number(proposal["units"])),
        Fact(visit.t("field.on-hand"), amount),
    ]
    if proposal["gone_grams"]:
        facts.append(Fact(visit.t("hold.gone"), choices.amount(visit, None, proposal["gone_grams"])))
    facts += [
        Fact(_where(visit, place), choices.amount(visit, place["pieces"], place["grams"]))
        for place in proposal["places"][:_PLACES]
    ]
    return tuple(facts)


def _where(visit: Visit, place: dict[str, Any]) -> str:
    facility = place["facility"]
    spot = visit.t("unit_state.in_transit") if facility is None else choices.named(visit, facility)
    return f"{spot} · {choices.named(visit, place['custodian'])}"


async def _lift(visit: Visit) -> Sheet:
    found = await visit.ask("hold", hold=visit.id("hold"))
    if not _may_lift(visit, found):
        raise Refusal("hold.not-found", hold=found["id"])
    fields = (
        Field("reason", Widget.CHOICE, "field.lift_reason", required=True,
              options=choices.words(visit, "lift_reason", LIFT_REASONS)),
        Field("test", label="field.test_number", longest=60),
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    facts = (
        Fact(visit.t("hold.units"), number(found["units"])),
        Fact(visit.t("field.on-hand"), choices.amount(visit, found["pieces"], found["grams"])),
    )
    return Sheet(Form((Group("", fields),)), visit.t("hold.lift"), f"{_LIST}/{found['id']}", facts)


def _to_hold(_visit: Visit, receipt: Receipt) -> str:
    statement = receipt.acknowledgement.statement
    return f"{_LIST}/{statement.outcome.get('hold', statement.data.get('hold'))}"


def _form(kind: str, name: str) -> FormPage:
    path = f"/{kind}/{{{name}:id}}/hold"
    return FormPage(path, WRITES["hold-placed"], "hold.place", _place(kind, name), _to_hold)


ROUTES = (
    web.get(_LIST, holds),
    web.get(_LIST + r"/{hold:\d{1,15}}", hold),
    *FormPage("/holds/{hold:id}/lift", WRITES["hold-lifted"], "hold.lift", _lift, _to_hold).routes(),
    *_form("lots", "lot").routes(),
    *_form("arrivals", "arrival").routes(),
    *_form("units", "unit").routes(),
)
