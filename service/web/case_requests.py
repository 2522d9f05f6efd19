"""Requests under cases: what a business has to do, acknowledged in one click, answered on a phone; and how an
authority asks, puts off and withdraws."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from schema.messages.cases import ANSWERS, ASKS, REQUEST_STATES, WITHDRAWALS
from schema.problems import Refusal
from service.http.readers import ReaderKind
from service.http.writes import Receipt
from service.web import choices
from service.web.asking import fresh_key
from service.web.cases import sheet as case_sheet
from service.web.entitled import demand_own
from service.web.formats import plain_kilograms
from service.web.forms import Field, Form, Group, Option, Widget
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Visit

_LIST = "/case-requests"
_COUNTED = 40
"""Units that one form counts; of more, a program tells."""


async def requests(request: web.Request) -> web.StreamResponse:
    """What the reader was asked, or asked."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    context = {"states": choices.words(visit, "request_state", REQUEST_STATES), "once": fresh_key}
    return await list_page(visit, "case_requests.html", "case-requests", ("state", "overdue"), context)


async def one(request: web.Request) -> web.StreamResponse:
    """One request, with what its addressee has to do."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    found = await visit.ask("case-request", request=visit.id("request"))
    stands = visit.past is None and found["state"] != "withdrawn"
    is_mine = found["addressee"]["id"] == visit.reader.organisation
    is_asked = found["state"] in ("open", "acknowledged")
    context = {
        "ask": found,
        "once": fresh_key,
        "may_acknowledge": stands and is_mine and found["state"] == "open",
        "may_answer": stands and is_mine,
        "may_steer": stands and is_asked and visit.reader.kind is ReaderKind.REGULATOR,
    }
    return await page(visit, "case_request.html", context)


async def _ask(visit: Visit) -> Sheet:
    """The form of a request: whoever has the goods in the region is there to be chosen."""
    found = await visit.ask("case", case=visit.id("case"))
    if not found["leads"] or visit.reader.kind is not ReaderKind.REGULATOR:
        raise Refusal("case.not-found", case=found["id"])
    chosen = visit.asked("to").get("to", "")
    holders = {str(each["organisation"]["id"]): each["organisation"] for each in found["holders"]}
    options = tuple(Option(key, choices.named(visit, party)) for key, party in holders.items())
    to = (
        Field("to", Widget.CHOICE, "field.asked_of", required=True, options=options, ids=True, initial=chosen)
        if options
        else Field("to", Widget.WHOLE, "field.asked-number", "hint.asked-number", required=True)
    )
    fields = (
        to,
        Field("asks", Widget.CHECKS, required=True, options=choices.words(visit, "asked", ASKS),
              initial=("seal_stock", "count")),
        Field("hours", Widget.WHOLE, "field.due_hours", required=True, initial="24"),
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    subject = found["subject"]
    goods = {kind: subject[kind] for kind in ("lots", "units") if kind in subject}
    return case_sheet(visit, found, "case.ask", *fields, fixed=goods)


async def _own(visit: Visit) -> dict[str, Any]:
    found: dict[str, Any] = await visit.ask("case-request", request=visit.id("request"))
    demand_own(visit, found["addressee"], Refusal("case-request.not-found", request=found["id"]))
    return found


async def _acknowledge(visit: Visit) -> Sheet:
    return _sheet(visit, await _own(visit), "ask.acknowledge", ())


async def _answer(visit: Visit) -> Sheet:
    """What the ledger says is there stands in the fields: who finds just that sends the form as it is."""
    found = await _own(visit)
    first = (
        Field("answer", Widget.CHOICE, "field.request_answer", required=True,
              options=choices.words(visit, "request_answer", ANSWERS)),
    )  # fmt: skip
    last = (
        Field("evidence.0", Widget.FILE, "field.evidence"),
        Field("note", Widget.LINES, hint="hint.note"),
    )
    counts = "count" in found["asks"]
    rows = [_counted(visit, row, each) for row, each in enumerate(found["stock"][:_COUNTED]) if counts]
    note = visit.t("ask.count-note") if rows else ""
    groups = (Group("", first, note), *rows, Group("", last))
    return _sheet(visit, found, "ask.answer", groups)


def _counted(visit: Visit, row: int, each: dict[str, Any]) -> Group:
    name, lot = f"counted.{row}.", each["lot"]
    about = f"{choices.product(visit, lot)} · {lot['code']}"
    pieces = (
        Field(f"{name}pieces", Widget.WHOLE, "field.asked_pieces", note=about, initial=str(each["pieces"])),
    )
    fields = (
        Field(f"{name}unit", Widget.HIDDEN, "ask.counted", initial=str(each["id"]), ids=True),
        *(pieces if each["pieces"] is not None else ()),
        Field(f"{name}grams", Widget.KILOGRAMS, "field.asked_grams", "hint.kilograms", note=about,
              initial=plain_kilograms(each["grams"])),
    )  # fmt: skip
    return Group("", fields, about)


async def _steered(visit: Visit) -> dict[str, Any]:
    found: dict[str, Any] = await visit.ask("case-request", request=visit.id("request"))
    if visit.reader.kind is not ReaderKind.REGULATOR:
        raise Refusal("case-request.not-found", request=found["id"])
    return found


async def _withdraw(visit: Visit) -> Sheet:
    why = Field("reason", Widget.CHOICE, "field.withdrawal", required=True,
                options=choices.words(visit, "withdrawal", WITHDRAWALS))  # fmt: skip
    return _sheet(visit, await _steered(visit), "ask.withdraw", (Group("", (why,)),))


async def _extend(visit: Visit) -> Sheet:
    hours = Field("hours", Widget.WHOLE, "field.due_hours", required=True, initial="24")
    return _sheet(visit, await _steered(visit), "ask.extend", (Group("", (hours,)),))


def _sheet(visit: Visit, found: dict[str, Any], title: str, groups: tuple[Group, ...]) -> Sheet:
    facts = (
        Fact(visit.t("ask.by"), choices.named(visit, found["organisation"])),
        Fact(visit.t("field.asks"), "、".join(visit.t(f"asked.{word}") for word in found["asks"])),
    )
    form = Form(groups, {"counted": "grams"})
    return Sheet(form, visit.t(title), f"{_LIST}/{found['id']}", facts)


def _to_request(_visit: Visit, receipt: Receipt) -> str:
    statement = receipt.acknowledgement.statement
    return f"{_LIST}/{statement.data.get('request', statement.outcome.get('request'))}"


def _form(path: str, kind: str, button: str, made: Any) -> list[web.RouteDef]:
    return FormPage(path, WRITES[kind], button, made, _to_request).routes()


_REQUEST = "/case-requests/{request:id}"

ROUTES = (
    web.get(_LIST, requests),
    web.get(_LIST + r"/{request:\d{1,15}}", one),
    *_form("/cases/{case:id}/request", "request-made", "case.ask", _ask),
    *_form(f"{_REQUEST}/acknowledge", "request-acknowledged", "ask.acknowledge", _acknowledge),
    *_form(f"{_REQUEST}/answer", "request-answered", "ask.answer", _answer),
    *_form(f"{_REQUEST}/withdraw", "request-withdrawn", "ask.withdraw", _withdraw),
    *_form(f"{_REQUEST}/extend", "request-extended", "ask.extend", _extend),
)
