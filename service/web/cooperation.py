"""Co-operation between authorities: what was asked and answered, the forms, packages in and out."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from aiohttp import web

from schema.messages.cooperation import COOPERATION_ANSWERS, COOPERATION_ASKS, COOPERATION_STATES, DIRECTIONS
from schema.problems import Problem, Refusal
from service.evidence.container import read
from service.evidence.cooperating import MOST_BYTES
from service.evidence.gathering import demand_case, gather
from service.evidence.manifest import MANIFEST, Manifest, PackKind
from service.evidence.routes import size
from service.http.keys import DATABASE
from service.http.readers import ReaderKind, demand
from service.http.writes import Receipt, Write, submit
from service.web import choices
from service.web.forms import Field, Form, Group, Option, Widget
from service.web.lists import list_page
from service.web.navigation import DONE
from service.web.operations import WRITES
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Sent, Visit, demand_own_form, sent

_LIST = "/cooperations"
_OFFERED = 100
"""Lots that the form offers; of more, a program asks."""


async def cooperations(request: web.Request) -> web.StreamResponse:
    """What was asked of or by the reader's region; a package is taken in here."""
    visit = Visit(request)
    visit.demand_signed_in()
    context = {
        "states": choices.words(visit, "cooperation_state", COOPERATION_STATES),
        "directions": choices.words(visit, "cooperation_direction", DIRECTIONS),
        "may_take": visit.reader.kind is ReaderKind.REGULATOR,
    }
    return await list_page(visit, "cooperations.html", "cooperations", ("state", "direction"), context)


async def cooperation(request: web.Request) -> web.StreamResponse:
    """One of them."""
    visit = Visit(request)
    visit.demand_signed_in()
    found = await visit.ask("cooperation", cooperation=visit.id("cooperation"))
    has_package = found["direction"] == "asked" or found["state"] == "answered"
    return await page(visit, "cooperation.html", {"found": found, "has_package": has_package})


async def package(request: web.Request) -> web.StreamResponse:
    """The file for the other authority."""
    visit = Visit(request)
    visit.demand_signed_in()
    answer: web.StreamResponse = await visit.ask("cooperation-package", cooperation=visit.id("cooperation"))
    return answer


async def take(request: web.Request) -> web.StreamResponse:
    """Take a package in: a request or a reply, whichever it is."""
    visit = Visit(request)
    demand(visit.reader, WRITES["cooperation-received"].kind.scope)
    async with sent(request) as form:
        demand_own_form(visit.reader, form)
        data = _content(form)
    body = {"file": b64encode(data).decode()}
    receipt = await submit(request.app, _write_for(data), visit.reader, {}, body)
    statement = receipt.acknowledgement.statement
    key = statement.outcome.get("cooperation") or statement.data["cooperation"]
    raise web.HTTPSeeOther(f"{_LIST}/{key}?{DONE}={receipt.acknowledgement.position}")


def _content(form: Sent) -> bytes:
    """The file's bytes. Raises Problem ``request.file-missing`` or ``cooperation.no-package``."""
    if "package" not in form.files:
        raise Problem("request.file-missing")
    data = form.files["package"].file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Problem("cooperation.no-package")
    return data


def _write_for(data: bytes) -> Write:
    """What taking it in says. Nothing is believed of it here: the write opens it with the keys."""
    manifest = Manifest.decode(bytes(read(data).get(MANIFEST, b"")))
    name = "cooperation-replied" if manifest.kind is PackKind.REPLY else "cooperation-received"
    return WRITES[name]


async def _ask(visit: Visit) -> Sheet:
    """The form that asks another region about goods of a case."""
    case = visit.id("case")
    database = visit.request.app[DATABASE]
    await demand_case(database.reader, visit.reader, case)
    found = await gather(database, visit.reader, case, await size(database.reader))
    lots = found.tables["lots"][:_OFFERED]
    options = tuple(Option(str(lot["lot"]), f"{choices.product(visit, lot)} · {lot['code']}") for lot in lots)
    fields = (
        Field("region", hint="hint.asked_region", label="field.asked_region", required=True, longest=6),
        Field("asks", Widget.CHECKS, "field.cooperation_asks", required=True,
              options=choices.words(visit, "cooperation_ask", COOPERATION_ASKS), initial=("locate", "seal")),
        Field("lots", Widget.CHECKS, "field.cooperation_lots", required=True, ids=True, options=options,
              initial=tuple(option.value for option in options)),
        Field("hours", Widget.WHOLE, "field.due_hours", required=True, initial="24"),
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    facts = (Fact(visit.t("cooperation.case"), found.number),)
    return Sheet(Form((Group("", fields),)), visit.t("cooperation.ask"), f"/cases/{case}", facts)


async def _acknowledge(visit: Visit) -> Sheet:
    found = await _asked(visit)
    return Sheet(Form(()), visit.t("cooperation.acknowledge"), _path(visit), _facts(visit, found))


async def _answer(visit: Visit) -> Sheet:
    found = await _asked(visit)
    fields = (
        Field("answer", Widget.CHOICE, "field.cooperation_answer", required=True,
              options=choices.words(visit, "cooperation_answer", COOPERATION_ANSWERS)),
        Field("grams", Widget.KILOGRAMS, "field.found_weight", "hint.kilograms"),
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    form = Form((Group("", fields),))
    return Sheet(form, visit.t("cooperation.answer"), _path(visit), _facts(visit, found))


async def _asked(visit: Visit) -> dict[str, Any]:
    """What the reader may answer. Raises Refusal ``cooperation.not-found``."""
    found: dict[str, Any] = await visit.ask("cooperation", cooperation=visit.id("cooperation"))
    if not found["may_answer"]:
        raise Refusal("cooperation.not-found", cooperation=found["id"])
    return found


def _facts(visit: Visit, found: dict[str, Any]) -> tuple[Fact, ...]:
    asks = "; ".join(visit.t(f"cooperation_ask.{ask}") for ask in found["asks"])
    return (
        Fact(visit.t("cooperation.case"), found["number"]),
        Fact(visit.t("field.cooperation_asks"), asks),
    )


def _path(visit: Visit) -> str:
    return f"{_LIST}/{visit.id('cooperation')}"


def _to_one(_visit: Visit, receipt: Receipt) -> str:
    statement = receipt.acknowledgement.statement
    return f"{_LIST}/{statement.outcome.get('cooperation') or statement.data['cooperation']}"


def _form(path: str, kind: str, button: str, sheet: Any) -> list[web.RouteDef]:
    return FormPage(path, WRITES[kind], button, sheet, _to_one).routes()


_ONE = f"{_LIST}/{{cooperation:id}}"
ROUTES = (
    web.get(_LIST, cooperations),
    web.post(_LIST, take),
    web.get(_LIST + r"/{cooperation:\d{1,15}}", cooperation),
    web.get(_LIST + r"/{cooperation:\d{1,15}}/package", package),
    *_form("/cases/{case:id}/cooperate", "cooperation-requested", "cooperation.ask-now", _ask),
    *_form(f"{_ONE}/acknowledge", "cooperation-acknowledged", "cooperation.acknowledge", _acknowledge),
    *_form(f"{_ONE}/answer", "cooperation-answered", "cooperation.answer-now", _answer),
)
