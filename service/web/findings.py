"""Findings: raised by an inspector, answered by their owner, assigned and closed; and refused intents."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from schema.messages.incidents import CONCLUSIONS, EXPLANATIONS, FINDING_STATES, INSPECTED
from schema.problems import Problem, Refusal, catalogue, explain
from service.http.readers import ReaderKind
from service.http.writes import Receipt
from service.parties import Role
from service.web import choices
from service.web.entitled import demand_own
from service.web.forms import Field, Form, Group, Option, Widget
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Visit

_LIST = "/findings"


async def findings(request: web.Request) -> web.StreamResponse:
    """Findings to answer, or of the region; those that wait for somebody first in the filter."""
    visit = Visit(request)
    visit.demand_signed_in()
    states = choices.words(visit, "finding_state", FINDING_STATES)
    asked = visit.asked("rule").get("rule")
    known = catalogue().get(asked or "")
    more = {"states": states, "rule": asked if known is None else known.title[visit.language]}
    return await list_page(visit, "findings.html", "findings", ("state", "overdue", "rule"), more)


async def finding(request: web.Request) -> web.StreamResponse:
    """One finding, its rules in words, its clock, and what may be done."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    found = await visit.ask("finding", finding=visit.id("finding"))
    is_open = found["state"] != "closed" and visit.past is None
    context = {
        "finding": found,
        "may_answer": is_open and found["owner"]["id"] == visit.reader.organisation,
        "may_close": is_open and _supervises(visit, found["region"]),
        "may_ask": visit.reader.kind is ReaderKind.REGULATOR,
        "is_told": await _is_told(visit, found["statement"]),
    }
    return await page(visit, "finding.html", context)


async def _is_told(visit: Visit, position: int) -> bool:
    """Whether the statement behind a finding may be read too: a regulator reads those about goods it sees."""
    try:
        await visit.ask("entry", position=position)
    except Problem as problem:
        if problem.code != "request.not-found":
            raise
        return False
    return True


def _supervises(visit: Visit, region: str) -> bool:
    return visit.reader.kind is ReaderKind.REGULATOR and region.startswith(visit.reader.region)


async def refused(request: web.Request) -> web.StreamResponse:
    """What was about to be done and was refused."""
    visit = Visit(request)
    visit.demand_signed_in()
    return await list_page(visit, "refused.html", "refused-intents")


async def _raise(visit: Visit) -> Sheet:
    place = await visit.ask("facility", facility=visit.id("facility"))
    if visit.reader.kind is not ReaderKind.REGULATOR:
        raise Refusal("party.role-missing", role=Role.REGULATOR.value, organisation=visit.reader.organisation)
    fields = (
        Field("rule", Widget.CHOICE, "field.found", required=True,
              options=tuple(_inspected(visit, word) for word in INSPECTED)),
        Field("days", Widget.WHOLE, hint="hint.finding-days"),
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    facts = (Fact(visit.t("field.facility"), choices.named(visit, place)),)
    form = Form((Group("", fields),))
    return Sheet(form, visit.t("finding.raise"), _LIST, facts, {"facility": place["id"]})


def _inspected(visit: Visit, word: str) -> Option:
    return Option(word, explain(Problem(f"inspection.{word}", facility=None), visit.language).title)


async def _own(visit: Visit) -> dict[str, Any]:
    found: dict[str, Any] = await visit.ask("finding", finding=visit.id("finding"))
    demand_own(visit, found["owner"], Refusal("finding.not-found", finding=found["id"]))
    return found


async def _answer(visit: Visit) -> Sheet:
    found = await _own(visit)
    fields = (
        Field("explanation", Widget.CHOICE, required=True,
              options=choices.words(visit, "explanation", EXPLANATIONS)),
        Field("note", Widget.LINES, hint="hint.note"),
        Field("evidence.0", Widget.FILE, "field.evidence"),
    )  # fmt: skip
    return _sheet(visit, found, "finding.answer", *fields)


async def _supervised(visit: Visit) -> dict[str, Any]:
    found: dict[str, Any] = await visit.ask("finding", finding=visit.id("finding"))
    if not _supervises(visit, found["region"]):
        raise Refusal("finding.not-found", finding=found["id"])
    return found


async def _assign(visit: Visit) -> Sheet:
    found = await _supervised(visit)
    fields = (
        Field("days", Widget.WHOLE, hint="hint.finding-days", initial="3"),
        Field("owner", Widget.WHOLE, "field.responsible", hint="hint.organisation-id"),
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    return _sheet(visit, found, "finding.assign", *fields)


async def _close(visit: Visit) -> Sheet:
    found = await _supervised(visit)
    lift = (Field("lift", Widget.CHECK, "finding.lift"),) if found["hold_in_force"] else ()
    fields = (
        Field("conclusion", Widget.CHOICE, required=True,
              options=choices.words(visit, "conclusion", CONCLUSIONS)),
        *lift,
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    return _sheet(visit, found, "finding.close", *fields)


def _sheet(visit: Visit, found: dict[str, Any], title: str, *fields: Field) -> Sheet:
    facts = (
        Fact(visit.t("finding.number", id=found["id"]), "；".join(rule["title"] for rule in found["rules"])),
        Fact(visit.t("field.responsible"), choices.named(visit, found["owner"])),
    )
    form = Form((Group("", fields),))
    return Sheet(form, visit.t(title), f"{_LIST}/{found['id']}", facts)


def _to_finding(_visit: Visit, receipt: Receipt) -> str:
    statement = receipt.acknowledgement.statement
    return f"{_LIST}/{statement.data.get('finding', statement.outcome.get('finding'))}"


def _form(path: str, kind: str, button: str, sheet: Any) -> list[web.RouteDef]:
    return FormPage(path, WRITES[kind], button, sheet, _to_finding).routes()


ROUTES = (
    web.get(_LIST, findings),
    web.get(_LIST + r"/{finding:\d{1,15}}", finding),
    web.get("/refused", refused),
    *_form("/facilities/{facility:id}/findings/new", "finding-raised", "finding.raise", _raise),
    *_form("/findings/{finding:id}/answer", "finding-answered", "finding.answer", _answer),
    *_form("/findings/{finding:id}/assign", "finding-assigned", "finding.assign", _assign),
    *_form("/findings/{finding:id}/close", "finding-closed", "finding.close", _close),
)
