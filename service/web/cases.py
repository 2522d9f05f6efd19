"""Cases: opened from goods, a zone or a vehicle, with what is to be held at once; one case as one file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from schema.messages.cases import (
    CASE_CONCLUSIONS,
    CASE_STATES,
    HAZARDS,
    REOPENINGS,
    RESULTS,
    STAGES,
)
from schema.messages.incidents import HOLD_REASONS, LIFT_REASONS
from schema.messages.policies import TIERS
from schema.problems import Problem, Refusal
from service.http.readers import ReaderKind
from service.http.writes import Receipt, submit
from service.incidents.cases import acting
from service.parties import Role
from service.web import choices
from service.web.formats import number
from service.web.forms import Field, Form, Group, Option, Reading, Widget
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import ONCE, Sent, Visit

_LIST = "/cases"
_STEPS, _REQUESTS = 200, 100
_GOODS = {"lots": "lot", "arrivals": "arrival", "units": "unit"}


async def cases(request: web.Request) -> web.StreamResponse:
    """Cases that the reader leads or was told of."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    context = {"states": choices.words(visit, "case_state", CASE_STATES)}
    return await list_page(visit, "cases.html", "cases", ("state", "number", "drill"), context)


async def case(request: web.Request) -> web.StreamResponse:
    """One case as one file, with what is to be done next."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    key = visit.id("case")
    found = await visit.ask("case", case=key)
    requests = await visit.ask_list("case-requests", {"case": str(key)}, limit=_REQUESTS)
    steps = await visit.ask_list("case-steps", limit=_STEPS, case=key) if found["leads"] else None
    is_open = found["state"] != "closed"
    acts = visit.past is None and found["leads"] and visit.reader.kind is ReaderKind.REGULATOR
    context = {
        "case": found,
        "requests": requests.items,
        "steps": [] if steps is None else steps.items,
        "may_act": acts and is_open,
        "may_reopen": acts and found["state"] in ("closed", "cleared"),
    }
    return await page(visit, "case.html", context)


Act = Callable[[Visit, dict[str, Any], str | None], Awaitable[Receipt]]


@dataclass(frozen=True)
class Together(FormPage):
    """A form of what takes several statements: ``act`` makes them, and gives the last one's receipt."""

    act: Act = field(kw_only=True)

    async def _submit(self, visit: Visit, sheet: Sheet, reading: Reading, form: Sent) -> Receipt:
        if reading.problems:
            raise Problem("message.invalid", causes=(), count=len(reading.problems))
        return await self.act(visit, {**sheet.fixed, **reading.body}, form.first(ONCE) or None)


def _subject(visit: Visit) -> dict[str, Any]:
    """What the address says that the case is about."""
    named = visit.asked(*_GOODS, "vehicle", "facility", "zone", "sample")
    numbers = {name: _numbers(text) for name, text in named.items()}
    subject: dict[str, Any] = {name: numbers[name] for name in _GOODS if name in numbers}
    if "facility" in numbers:
        subject["zone"] = {"facility": numbers["facility"][0], "zone": numbers.get("zone", [0])[0]}
    return subject | {name: numbers[name][0] for name in ("vehicle", "sample") if name in numbers}


def _numbers(text: str) -> list[int]:
    """Raises Problem ``request.not-found`` for an address that somebody made up."""
    keys = text.split(",")
    if not all(key.isascii() and key.isdigit() and len(key) < 16 for key in keys):
        raise Problem("request.not-found")
    return [int(key) for key in keys]


async def _new(visit: Visit) -> Sheet:
    if visit.reader.kind is not ReaderKind.REGULATOR:
        raise Refusal("party.role-missing", role=Role.REGULATOR.value, organisation=visit.reader.organisation)
    subject = _subject(visit)
    hazard = visit.asked("hazard").get("hazard", "")
    fields = (
        Field("number", label="field.case-number", required=True, longest=50),
        Field("hazard", Widget.CHOICE, required=True, options=choices.words(visit, "hazard", HAZARDS),
              initial=hazard),
        Field("sampled_at", Widget.MOMENT, "case.sampled"),
        Field("hold_tiers", Widget.CHECKS, options=_tiers(visit), ids=True),
        Field("drill", Widget.CHECK, "case.is-drill"),
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    form = Form((Group("", fields, visit.t("case.open-note")),))
    facts = tuple([fact async for fact in _facts(visit, subject)])
    return Sheet(form, visit.t("case.open"), _LIST, facts, {"subject": subject})


async def _facts(visit: Visit, subject: Mapping[str, Any]) -> Any:
    for kind, read in _GOODS.items():
        for key in subject.get(kind, ()):
            thing = await visit.ask(read, **{read: key})
            yield Fact(visit.t(f"case_subject.{kind}"), _named(visit, kind, thing))
    if "zone" in subject:
        place = await visit.ask("facility", facility=subject["zone"]["facility"])
        yield Fact(visit.t("case_subject.zone"), f"{choices.named(visit, place)} · {subject['zone']['zone']}")
    if "vehicle" in subject:
        yield Fact(visit.t("case_subject.vehicle"), str(subject["vehicle"]))


def _named(visit: Visit, kind: str, thing: Mapping[str, Any]) -> str:
    if kind == "arrivals":
        return str(thing["container"] or thing["id"])
    lot = thing["lot"] if kind == "units" else thing
    return f"{choices.product(visit, lot)} · {lot['code']}" + (f" · {thing['id']}" if kind == "units" else "")


def _tiers(visit: Visit) -> tuple[Option, ...]:
    return choices.words(visit, "exposure_tier", TIERS)


async def _open(visit: Visit, body: dict[str, Any], key: str | None) -> Receipt:
    """With tiers chosen an alarm; the case alone where there are none."""
    if body.get("hold_tiers"):
        return (await acting.alarm(visit.request.app, visit.reader, body, key)).last
    body.pop("hold_tiers", None)
    return await submit(visit.request.app, WRITES["case-opened"], visit.reader, {}, body, key)


async def _led(visit: Visit) -> dict[str, Any]:
    """The case, for who leads it. Raises Refusal ``case.not-found``."""
    found: dict[str, Any] = await visit.ask("case", case=visit.id("case"))
    if not found["leads"] or visit.reader.kind is not ReaderKind.REGULATOR:
        raise Refusal("case.not-found", case=found["id"])
    return found


def sheet(visit: Visit, found: Mapping[str, Any], title: str, *fields: Field, **more: Any) -> Sheet:
    """A form about a case."""
    facts = (
        Fact(visit.t("case.title", number=found["number"]), visit.t(f"case_state.{found['state']}")),
        Fact(visit.t("case.hazard"), visit.t(f"hazard.{found['hazard']}")),
        *more.pop("facts", ()),
    )
    form = Form((Group("", fields, more.pop("note", "")),))
    return Sheet(form, visit.t(title), f"{_LIST}/{found['id']}", facts, more.pop("fixed", {}))


async def _test(visit: Visit) -> Sheet:
    fields = (
        Field("stage", Widget.CHOICE, "field.case_stage", required=True,
              options=choices.words(visit, "case_stage", STAGES)),
        Field("result", Widget.CHOICE, "field.case_result", required=True,
              options=choices.words(visit, "case_result", RESULTS)),
        Field("test", label="field.test_number", required=True, longest=60),
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    return sheet(visit, await _led(visit), "case.test", *fields)


async def _expose(visit: Visit) -> Sheet:
    fields = (
        Field("terms.tiers", Widget.CHECKS, "field.exposure_tiers", "hint.exposure_tiers",
              options=_tiers(visit)),
        Field("terms.hops", Widget.WHOLE, hint="hint.exposure_terms"),
        Field("terms.look_back_days", Widget.WHOLE, "field.case_look_back", "hint.exposure_terms"),
    )  # fmt: skip
    return sheet(visit, await _led(visit), "case.expose", *fields, note=visit.t("case.expose-note"))


async def _hold(visit: Visit) -> Sheet:
    found = await _led(visit)
    exposure = visit.id("exposure")
    known = next((each for each in found["exposures"] if each["id"] == exposure), None)
    if known is None:
        raise Refusal("case.exposure-not-found", exposure=exposure)
    reached = known["counts"]["tiers"]
    options = tuple(
        Option(tier, f"{visit.t(f'exposure_tier.{tier}')} · {number(reached[tier])}")
        for tier in TIERS
        if tier in reached
    )
    fields = (
        Field("tiers", Widget.CHECKS, "field.exposure_tiers", required=True, options=options, ids=True,
              initial=tuple(option.value for option in options)),
        Field("reason", Widget.CHOICE, "field.hold_reason", required=True, initial="suspected_positive",
              options=choices.words(visit, "hold_reason", HOLD_REASONS)),
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    return sheet(visit, found, "case.hold", *fields, fixed={"exposure": exposure})


async def _place(visit: Visit, body: dict[str, Any], _key: str | None) -> Receipt:
    held = await acting.held(visit.request.app, visit.reader, visit.id("case"), body)
    return held.receipts[-1]


async def _lift(visit: Visit) -> Sheet:
    fields = (
        Field("reason", Widget.CHOICE, "field.lift_reason", required=True,
              options=choices.words(visit, "lift_reason", LIFT_REASONS)),
        Field("test", label="field.test_number", longest=60),
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    found = await _led(visit)
    facts = (Fact(visit.t("case.holds"), number(found["holds_in_force"])),)
    return sheet(visit, found, "case.lift", *fields, facts=facts)


async def _lifted(visit: Visit, body: dict[str, Any], _key: str | None) -> Receipt:
    return (await acting.lifted(visit.request.app, visit.reader, visit.id("case"), body))[-1]


async def _close(visit: Visit) -> Sheet:
    fields = (
        Field("conclusion", Widget.CHOICE, "field.case_conclusion", required=True,
              options=choices.words(visit, "case_conclusion", CASE_CONCLUSIONS)),
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    return sheet(visit, await _led(visit), "case.close", *fields)


async def _reopen(visit: Visit) -> Sheet:
    fields = (
        Field("reason", Widget.CHOICE, "field.reopening", required=True,
              options=choices.words(visit, "reopening", REOPENINGS)),
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    return sheet(visit, await _led(visit), "case.reopen", *fields)


def to_case(visit: Visit, receipt: Receipt) -> str:
    """The page of the case that a statement is a step of."""
    statement = receipt.acknowledgement.statement
    known = {**visit.request.match_info, **statement.data, **statement.outcome}
    return f"{_LIST}/{known['case']}"


_CASE = "/cases/{case:id}"

ROUTES = (
    web.get(_LIST, cases),
    web.get(_LIST + r"/{case:\d{1,15}}", case),
    *Together("/cases/new", WRITES["case-opened"], "case.open", _new, to_case, act=_open).routes(),
    *FormPage(f"{_CASE}/test", WRITES["case-tested"], "case.test", _test, to_case).routes(),
    *FormPage(f"{_CASE}/expose", WRITES["exposure-recorded"], "case.expose", _expose, to_case).routes(),
    *Together(f"{_CASE}/exposures/{{exposure:id}}/hold", WRITES["hold-placed"], "case.hold", _hold, to_case,
              act=_place).routes(),
    *Together(f"{_CASE}/lift", WRITES["hold-lifted"], "case.lift", _lift, to_case, act=_lifted).routes(),
    *FormPage(f"{_CASE}/close", WRITES["case-closed"], "case.close", _close, to_case).routes(),
    *FormPage(f"{_CASE}/reopen", WRITES["case-reopened"], "case.reopen", _reopen, to_case).routes(),
)  # fmt: skip
