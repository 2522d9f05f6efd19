"""Staff on pages: who is due, who may not work, tests one by one or a whole crew's list pasted, shifts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from schema.messages.staff import STAFF_ROLES, TESTS
from schema.problems import Problem
from service.http.readers import ReaderKind, demand
from service.http.writes import Receipt, submit
from service.parties import Scope
from service.web import choices
from service.web.asking import Ends, fresh_key, view
from service.web.forms import Field, Form, Group, Option, Widget
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.rendering import Said, page, said
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import ONCE, Sent, Visit, demand_own_form, sent

_STAFF = "/staff"
_SHOWN = 200
_MOST_LINES = 200
_PARTED = re.compile(r"[\t,;，；]")
_YES = frozenset({"yes", "y", "1", "true", "clear", "negative", "是", "阴性", "合格", "通过"})
_NO = frozenset({"no", "n", "0", "false", "positive", "pending", "invalid", "否", "阳性", "不合格", "待定"})


async def staff(request: web.Request) -> web.StreamResponse:
    """The register, with how each stands today."""
    visit = Visit(request)
    visit.demand_signed_in()
    states = choices.words(visit, "staff_filter", ("working", "left"))
    return await list_page(
        visit, "staff.html", "staff", ("state",), {"states": states, "manages": _manages(visit)}
    )


async def member(request: web.Request) -> web.StreamResponse:
    """One of them."""
    visit = Visit(request)
    visit.demand_signed_in()
    found = await visit.ask("staff-member", staff=visit.id("staff"))
    own = found["organisation"]["id"] == visit.reader.organisation
    context = {
        "member": found,
        "manages": own and _manages(visit),
        "erases": Scope.PARTIES_WRITE in visit.reader.scopes,
        "keeps": visit.reader.kind is ReaderKind.REGULATOR,
        "registered": found["id"] // 1000,
    }
    return await page(visit, "staff_member.html", context)


async def shifts(request: web.Request) -> web.StreamResponse:
    """Who was assigned where and when."""
    visit = Visit(request)
    visit.demand_signed_in()
    return await list_page(visit, "shifts.html", "shifts", (), {"manages": _manages(visit)})


def _manages(visit: Visit) -> bool:
    return visit.reader.kind is ReaderKind.ORGANISATION and Scope.PARTIES_WRITE in visit.reader.scopes


async def _register(visit: Visit) -> Sheet:
    places = choices.facilities(visit, await choices.own_facilities(visit))
    fields = (
        Field("role", Widget.CHOICE, "field.staff_role", required=True,
              options=choices.words(visit, "policy_role", STAFF_ROLES)),
        Field("facility", Widget.CHOICE, options=places, ids=True),
        Field("name", label="field.person", hint="hint.personal", required=True, longest=100),
        Field("phone", hint="hint.personal", longest=30),
        Field("id_number", hint="hint.personal", longest=30),
    )  # fmt: skip
    return Sheet(Form((Group("", fields),)), visit.t("staff.register"), _STAFF)


async def _test(visit: Visit) -> Sheet:
    fields = (
        Field("test", Widget.CHOICE, required=True, initial=TESTS[0],
              options=choices.words(visit, "policy_test", TESTS)),
        Field("sampled_on", Widget.DAY, required=True, initial=choices.today()),
        Field("clears", Widget.YES_NO, hint="hint.clears", required=True, options=choices.yes_no(visit)),
        Field("result", label="field.test_result", hint="hint.personal", longest=200),
    )  # fmt: skip
    return await _about_member(visit, fields, "staff.test")


async def _vaccination(visit: Visit) -> Sheet:
    fields = (
        Field("vaccinated_on", Widget.DAY, required=True, initial=choices.today()),
        Field("vaccine", hint="hint.personal", longest=200),
    )
    return await _about_member(visit, fields, "staff.vaccination")


async def _leaving(visit: Visit) -> Sheet:
    fields = (Field("left_on", Widget.DAY, required=True, initial=choices.today()),)
    return await _about_member(visit, fields, "staff.leaving")


async def _about_member(visit: Visit, fields: tuple[Field, ...], title: str) -> Sheet:
    found = await visit.ask("staff-member", staff=visit.id("staff"))
    facts = (
        Fact(visit.t("field.person"), _named(visit, found)),
        Fact(visit.t("field.staff_role"), visit.t(f"policy_role.{found['role']}")),
    )
    return Sheet(Form((Group("", fields),)), visit.t(title), f"{_STAFF}/{found['id']}", facts)


def _named(visit: Visit, found: Mapping[str, Any]) -> str:
    return found["name"] or visit.t("staff.number", id=found["id"])


def _option(visit: Visit, found: Mapping[str, Any]) -> str:
    """Name, number and state: what is refused of somebody names the number."""
    parts = (found["name"], visit.t("staff.number", id=found["id"]), visit.t(f"staff_state.{found['state']}"))
    return " · ".join(filter(None, parts))


async def _shift(visit: Visit) -> Sheet:
    places = await choices.own_facilities(visit)
    crew = await visit.ask_list("staff", {"state": "working"}, limit=_SHOWN)
    day = choices.today()
    people = tuple(Option(str(each["id"]), _option(visit, each)) for each in crew.items)
    fields = (
        Field("facility", Widget.CHOICE, required=True, options=choices.facilities(visit, places), ids=True),
        Field("zone", Widget.WHOLE, "field.zone_no"),
        Field("bay", longest=20),
        Field("begins_at", Widget.MOMENT, required=True, initial=f"{day}T08:00"),
        Field("ends_at", Widget.MOMENT, required=True, initial=f"{day}T16:00"),
        Field(
            *("crew", Widget.CHECKS),
            hint="" if people else "hint.crew-first",
            required=True,
            options=people,
            ids=True,
        ),
    )
    return Sheet(Form((Group("", fields),)), visit.t("shift.assign"), f"{_STAFF}/shifts")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a crew's list and what became of it; ``fault`` is None where it was recorded."""

    text: str
    position: int | None = None
    fault: Said | None = None


async def crew_form(request: web.Request) -> web.StreamResponse:
    """A list to paste: one test a line. The people at work stand there already."""
    visit = Visit(request)
    demand(visit.reader, Scope.PARTIES_WRITE)
    crew = await visit.ask_list("staff", {"state": "working"}, limit=_SHOWN)
    given = "\n".join(f"{each['id']}, {choices.today()}, {visit.t('answer.yes')}" for each in crew.items)
    return await _crew_page(visit, given, ())


async def crew_sent(request: web.Request) -> web.StreamResponse:
    """Each line is a statement of its own, so that one that is refused keeps none of the others out; the same
    form sent twice records each once."""
    visit = Visit(request)
    demand(visit.reader, Scope.PARTIES_WRITE)
    async with sent(request) as form:
        demand_own_form(visit.reader, form)
        lines = [await _record(visit, line, form) for line in _lines(form)]
    left = "\n".join(line.text for line in lines if line.fault is not None)
    return await _crew_page(visit, left, lines)


def _lines(form: Sent) -> list[str]:
    """Raises Problem ``message.count`` for more than is taken at once."""
    lines = [line.strip() for line in form.first("lines").splitlines() if line.strip()]
    if not 1 <= len(lines) <= _MOST_LINES:
        raise Problem("message.count", least=1, most=_MOST_LINES, actual=len(lines))
    return lines


async def _record(visit: Visit, line: str, form: Sent) -> Line:
    test = form.first("test") or TESTS[0]
    try:
        staff_id, body = _read(line, test)
        key = f"{form.first(ONCE) or fresh_key()}.{staff_id}.{body['sampled_on']}"[:200]
        receipt = await submit(
            visit.request.app, WRITES["staff-tested"], visit.reader, {"staff": staff_id}, body, key
        )
    except Problem as problem:
        cause = problem.causes[0] if problem.causes else problem
        return Line(line, fault=said(cause, visit))
    return Line(line, receipt.acknowledgement.position)


def _read(line: str, test: str) -> tuple[int, dict[str, Any]]:
    """``number, day, yes or no[, result]``. Raises Problem ``web.crew-line``."""
    parts = [part.strip() for part in _PARTED.split(line, maxsplit=3)]
    number = parts[0].lstrip("#")
    answer = parts[2].lower() if len(parts) > 2 else ""
    if not (number.isascii() and number.isdigit() and len(number) < 16) or answer not in _YES | _NO:
        raise Problem("web.crew-line", line=line[:80])
    body = {"test": test, "sampled_on": parts[1], "clears": answer in _YES}
    return int(number), body | ({"result": parts[3]} if len(parts) > 3 and parts[3] else {})


async def _crew_page(visit: Visit, given: str, lines: Iterable[Line]) -> web.Response:
    fields = (
        Field("test", Widget.CHOICE, required=True, initial=TESTS[0],
              options=choices.words(visit, "policy_test", TESTS)),
        Field("lines", Widget.LINES, "field.crew_lines", "hint.crew-lines", required=True, initial=given),
    )  # fmt: skip
    told = tuple(lines)
    shown = view(Form((Group("", fields),)), visit, Ends(f"{_STAFF}/tests", "staff.record-tests", _STAFF))
    status = 422 if told and all(line.fault is not None for line in told) else 200
    return await page(visit, "crew_tests.html", {"view": shown, "lines": told}, status=status)


def _to_member(visit: Visit, receipt: Receipt) -> str:
    made = receipt.acknowledgement.statement.outcome.get("staff")
    return f"{_STAFF}/{made if made is not None else visit.id('staff')}"


def _to_shifts(_visit: Visit, _receipt: Receipt) -> str:
    return f"{_STAFF}/shifts"


ROUTES = (
    web.get(_STAFF, staff),
    *FormPage(f"{_STAFF}/new", WRITES["staff-registered"], "staff.register", _register, _to_member).routes(),
    web.get(f"{_STAFF}/tests", crew_form, allow_head=True),
    web.post(f"{_STAFF}/tests", crew_sent),
    web.get(f"{_STAFF}/shifts", shifts),
    *FormPage(f"{_STAFF}/shifts/new", WRITES["shift-assigned"], "shift.assign", _shift, _to_shifts).routes(),
    web.get(_STAFF + r"/{staff:\d{1,15}}", member),
    *FormPage(_STAFF + "/{staff:id}/test", WRITES["staff-tested"], "staff.test", _test, _to_member).routes(),
    *FormPage(
        _STAFF + "/{staff:id}/vaccination",
        WRITES["staff-vaccinated"],
        "staff.vaccination",
        _vaccination,
        _to_member,
    ).routes(),
    *FormPage(
        _STAFF + "/{staff:id}/leaving", WRITES["staff-left"], "staff.leaving", _leaving, _to_member
    ).routes(),
)
