"""Drills: planned, started, watched step by step, finished; and the report, as a page and as a PDF."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from aiohttp import web

from schema.messages.cases import HAZARDS
from schema.messages.drills import DRILL_STATES, TARGETS
from schema.problems import Refusal
from service.evidence.pdf import write_pdf
from service.evidence.report import Report, Section
from service.http.readers import ReaderKind
from service.http.writes import Receipt
from service.parties import Role
from service.web import choices
from service.web.forms import Field, Form, Group, Widget
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Visit

_LIST = "/drills"
_MINUTE = 60


async def drills(request: web.Request) -> web.StreamResponse:
    """Drills of the region, and when the next one is due."""
    visit = Visit(request)
    visit.demand_signed_in()
    context = {
        "states": choices.words(visit, "drill_state", DRILL_STATES),
        "clock": await visit.ask("drill-clock"),
    }
    return await list_page(visit, "drills.html", "drills", ("state",), context)


async def drill(request: web.Request) -> web.StreamResponse:
    """One drill: what is to be done now, and how it went."""
    visit = Visit(request)
    visit.demand_signed_in()
    found = await visit.ask("drill", drill=visit.id("drill"))
    context = {
        "drill": found,
        "leads": visit.reader.kind is ReaderKind.REGULATOR,
        "after": lambda seconds: _after(visit, seconds),
        "percent": _percent,
        "targets": TARGETS,
    }
    return await page(visit, "drill.html", context)


def _after(visit: Visit, seconds: int | None) -> str:
    """So long after the start, to the second."""
    if seconds is None:
        return "—"
    minutes, rest = divmod(seconds, _MINUTE)
    return visit.t("drill.after", minutes=minutes, seconds=rest)


def _percent(permille: int | None) -> str:
    return "—" if permille is None else f"{permille // 10}.{permille % 10} %"


async def report(request: web.Request) -> web.StreamResponse:
    """The report as a PDF."""
    visit = Visit(request)
    visit.demand_signed_in()
    found = await visit.ask("drill", drill=visit.id("drill"))
    content = await asyncio.to_thread(write_pdf, _report(visit, found))
    name = f'attachment; filename="drill-{found["id"]}.pdf"'
    return web.Response(body=content, content_type="application/pdf", headers={"Content-Disposition": name})


def _report(visit: Visit, found: Mapping[str, Any]) -> Report:
    title = visit.t("drill.report-title", id=found["id"])
    return Report(title, [*_facts(visit, found)], [*_sections(visit, found)], visit.t("drill.is-drill"))


def _facts(visit: Visit, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    t, score = visit.t, found["score"]
    yield t("field.organisation"), choices.named(visit, found["organisation"])
    yield t("field.hazard"), t(f"hazard.{found['hazard']}")
    yield t("field.seed"), str(found["seed"])
    if found["lot"] is not None:
        yield t("lot.title"), f"{choices.product(visit, found['lot'])} {found['lot']['code']}"
    if score is None:
        return
    yield t("drill.listed"), _after(visit, score["listed"])
    yield t("drill.held"), _after(visit, score["held"])
    yield t("drill.requested"), _after(visit, score["requested"])
    yield t("drill.acknowledged"), f"{score['acknowledged']} / {score['asked']} ({score['in_time']})"
    yield t("drill.located"), _percent(score["located_permille"])
    for target in TARGETS:
        met = t("drill.met") if score["met"][target] else t("drill.missed")
        yield t(f"target.{target}"), f"{found[target]} · {met}"


def _sections(visit: Visit, found: Mapping[str, Any]) -> Iterator[Section]:
    t = visit.t
    headings = [
        t(key) for key in ("drill.holder", "drill.had", "drill.located", "drill.seen", "drill.counted")
    ]
    holders = [
        [
            choices.named(visit, each["organisation"]),
            choices.amount(visit, None, each["grams"]),
            choices.amount(visit, None, each["located_grams"]) if each["here"] else t("drill.elsewhere"),
            _after(visit, each["acknowledged"]),
            _after(visit, each["answered"]),
        ]
        for each in found["holders"]
    ]
    yield Section(t("drill.holders"), headings, holders)
    steps = [
        [_after(visit, each["after"]), t(f"kind.{each['kind']}"), choices.named(visit, each["organisation"])]
        for each in found["steps"]
    ]
    yield Section(t("drill.steps"), [t("drill.when"), t("drill.step"), t("field.organisation")], steps)


async def _plan(visit: Visit) -> Sheet:
    if visit.reader.kind is not ReaderKind.REGULATOR:
        raise Refusal("party.role-missing", role=Role.REGULATOR.value, organisation=visit.reader.organisation)
    fields = (
        Field("scheduled_on", Widget.DAY, required=True, initial=choices.today()),
        Field("hazard", Widget.CHOICE, "field.pretended", required=True, initial=HAZARDS[0],
              options=choices.words(visit, "hazard", HAZARDS)),
        Field("seed", Widget.WHOLE, hint="hint.seed", required=True,
              initial=choices.today().replace("-", "")),
        Field("list_minutes", Widget.WHOLE, "target.list_minutes", required=True, initial="60"),
        Field("acknowledge_minutes", Widget.WHOLE, "target.acknowledge_minutes", required=True,
              initial="240"),
        Field("located_percent", Widget.WHOLE, "target.located_percent", required=True, initial="95"),
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    return Sheet(Form((Group("", fields),)), visit.t("drill.plan"), _LIST)


async def _of(visit: Visit, title: str, *fields: Field) -> Sheet:
    """A form about the drill in the address, for who leads it."""
    found = await visit.ask("drill", drill=visit.id("drill"))
    if visit.reader.kind is not ReaderKind.REGULATOR:
        raise Refusal("drill.not-found", drill=found["id"])
    facts = (
        Fact(visit.t("drill.title"), visit.t("drill.number", id=found["id"])),
        Fact(visit.t("field.seed"), str(found["seed"])),
    )
    form = Form((Group("", fields),) if fields else ())
    return Sheet(form, visit.t(title), f"{_LIST}/{found['id']}", facts)


async def _start(visit: Visit) -> Sheet:
    return await _of(visit, "drill.start")


async def _end(visit: Visit) -> Sheet:
    return await _of(visit, "drill.end", Field("note", Widget.LINES, "field.learnt", hint="hint.note"))


async def _cancel(visit: Visit) -> Sheet:
    return await _of(visit, "drill.cancel")


def _to_drill(_visit: Visit, receipt: Receipt) -> str:
    statement = receipt.acknowledgement.statement
    return f"{_LIST}/{statement.data.get('drill', statement.outcome.get('drill'))}"


def _form(path: str, kind: str, button: str, sheet: Any) -> list[web.RouteDef]:
    return FormPage(path, WRITES[kind], button, sheet, _to_drill).routes()


ROUTES = (
    web.get(_LIST, drills),
    web.get(_LIST + r"/{drill:\d{1,15}}", drill),
    web.get(_LIST + r"/{drill:\d{1,15}}/report.pdf", report),
    *_form(f"{_LIST}/new", "drill-planned", "drill.plan", _plan),
    *_form(_LIST + "/{drill:id}/start", "drill-started", "drill.start", _start),
    *_form(_LIST + "/{drill:id}/end", "drill-finished", "drill.end", _end),
    *_form(_LIST + "/{drill:id}/cancellation", "drill-cancelled", "drill.cancel", _cancel),
)
