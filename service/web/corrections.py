"""A statement with all its versions; the form by which it is corrected, filled in with what was said; and
what that would do, shown before it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from schema.messages.corrections import GROUNDS, REASONS
from schema.problems import Problem, Refusal
from service.goods.corrections.routes import CORRECTION, WRITES_OF, Preview, preview
from service.http.writes import Receipt, submit
from service.web import choices
from service.web.asking import Attempt, Ends, fresh_key, view
from service.web.correction_forms import is_sealed, lines, questions, told
from service.web.forms import Field, Form, Group, Reading, Widget, read
from service.web.navigation import DONE
from service.web.operations import WRITES
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import ONCE, Sent, Visit, demand_own_form, sent
from service.web.wording import explained

BodyOf = Callable[[Reading], dict[str, Any]]
STEP = "step"
_RECORD = "record"
SHOWN = ("in_pieces", "in_grams", "pieces", "grams", "loss_grams", "released_grams", "state", "withdrawn")
"""Members whose change is told in words; the others are counted."""
THINGS = ("unit", "lot", "certificate", "file", "shipment", "release", "arrival", "disinfection")


async def statement(request: web.Request) -> web.StreamResponse:
    """A statement as it stands, and every version of it."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    found = await visit.ask("statement", position=visit.id("position"))
    write = WRITES.get(found["kind"])
    asks = write.schema().load_fields if write else {}
    versions = [
        {
            **version,
            "lines": [*lines(visit, version["data"] or {}, asks)],
            "is_last": version is found["versions"][-1],
        }
        for version in found["versions"]
    ]
    return await page(visit, "statement.html", {"statement": found, "versions": versions})


@dataclass(frozen=True)
class _Asked:
    """The form of one correction: ``fields`` are members of the statement that it asks for."""

    sheet: Sheet
    statement: Mapping[str, Any]
    members: tuple[str, ...]

    def body(self, reading: Reading) -> dict[str, Any]:
        """What is to be otherwise: members that were typed differently, or left blank."""
        said = self.statement["data"]
        typed = reading.body
        changes = {name: typed.get(name) for name in self.members if typed.get(name) != said.get(name)}
        note = {"note": typed["note"]} if "note" in typed else {}
        return {"reason": typed.get("reason"), **note, "changes": changes}


async def _asked(visit: Visit) -> _Asked:
    found = await _correctable(visit)
    write = WRITES_OF[found["kind"]]
    sealed = [name for name, value in found["data"].items() if is_sealed(value)]
    hidden = {*write.parsed.parameters, *write.made, *sealed}
    schema = write.schema(exclude=sorted(hidden & set(write.schema._declared_fields)))
    fields = tuple(questions(visit, schema, found["data"]))
    members = tuple(dict.fromkeys(field.name.split(".")[0] for field in fields))
    form = Form((Group("correct.what", fields), _why(visit)))
    return _Asked(_sheet(visit, found, "correct.title", form), found, members)


async def _correctable(visit: Visit) -> dict[str, Any]:
    """The statement. Raises Refusal for one that is somebody else's, or is not corrected at all."""
    found: dict[str, Any] = await visit.ask("statement", position=visit.id("position"))
    if found["reverse"] is not None:
        facts = {"position": found["position"], "kind": found["kind"], "reverse": found["reverse"]}
        raise Refusal("correction.not-correctable", field=None, causes=(), **facts)
    if not found["correctable"]:
        raise Refusal("correction.not-found", position=found["position"])
    return found


def _why(visit: Visit) -> Group:
    reasons = choices.words(visit, "correction_reason", REASONS)
    return Group(
        "correct.why",
        (
            Field("reason", Widget.CHOICE, "correct.reason", required=True, options=reasons),
            Field("note", Widget.LINES, "correct.note", longest=500),
        ),
    )


def _sheet(visit: Visit, found: Mapping[str, Any], title: str, form: Form) -> Sheet:
    facts = (
        Fact(visit.t("correct.kind"), visit.t(f"kind.{found['kind']}")),
        Fact(visit.t("correct.position"), str(found["position"])),
    )
    return Sheet(form, visit.t(title), f"/statements/{found['position']}", facts)


async def correct(request: web.Request) -> web.StreamResponse:
    """The form, filled in with what was said."""
    visit = Visit(request)
    visit.demand_signed_in()
    form = await _asked(visit)
    shown = view(form.sheet.form, visit, _ends(visit, form.sheet))
    return await _shown(visit, form.sheet, shown)


async def take_back(request: web.Request) -> web.StreamResponse:
    """The question why it is withdrawn."""
    visit = Visit(request)
    visit.demand_signed_in()
    sheet = await _withdrawal(visit)
    return await _shown(visit, sheet, view(sheet.form, visit, _ends(visit, sheet)))


async def _withdrawal(visit: Visit) -> Sheet:
    found = await _correctable(visit)
    return _sheet(visit, found, "correct.withdraw", Form((_why(visit),)))


async def send_correction(request: web.Request) -> web.StreamResponse:
    """Shows what would follow, or records it."""
    visit = Visit(request)
    visit.demand_signed_in()
    asked_for = await _asked(visit)
    return await _taken(visit, asked_for.sheet, asked_for.body)


async def send_withdrawal(request: web.Request) -> web.StreamResponse:
    """Shows what would follow, or records it."""
    visit = Visit(request)
    visit.demand_signed_in()
    sheet = await _withdrawal(visit)
    return await _taken(visit, sheet, lambda reading: {**reading.body, "withdraw": True})


async def _taken(visit: Visit, sheet: Sheet, body_of: BodyOf) -> web.StreamResponse:
    async with sent(visit.request) as form:
        demand_own_form(visit.reader, form)
        reading = read(sheet.form, form.typed)
        try:
            body = _body(body_of, reading)
            if form.first(STEP) == _RECORD:
                return await _recorded(visit, body, form)
            shown = await preview(visit.request.app, visit.reader, visit.id("position"), body)
        except Problem as problem:
            if problem.code.startswith("auth.") or problem.code == "request.not-found":
                raise
            return await _again(visit, sheet, form, reading, problem)
        return await _previewed(visit, sheet, form, reading, shown)


def _body(body_of: BodyOf, reading: Reading) -> dict[str, Any]:
    """What the interface would get. Raises Problem ``message.invalid`` where the typing cannot be read."""
    if reading.problems:
        raise Problem("message.invalid", causes=reading.problems, count=len(reading.problems))
    return {name: value for name, value in body_of(reading).items() if value is not None}


async def _recorded(visit: Visit, body: Mapping[str, Any], form: Sent) -> web.StreamResponse:
    position = visit.id("position")
    key = form.first(ONCE) or fresh_key()
    receipt = await submit(visit.request.app, CORRECTION, visit.reader, {"position": position}, body, key)
    raise web.HTTPSeeOther(f"/statements/{position}?{DONE}={receipt.acknowledgement.position}")


async def _again(
    visit: Visit, sheet: Sheet, form: Sent, reading: Reading, problem: Problem
) -> web.StreamResponse:
    attempt = Attempt(form.typed, reading, _pointing(problem), form.first(ONCE) or fresh_key())
    shown = view(sheet.form, visit, _ends(visit, sheet), attempt)
    return await _shown(visit, sheet, shown, status=shown.trouble.status if shown.trouble else 200)


def _pointing(problem: Problem) -> Problem:
    """The problem, blaming what the form asks for: members of the statement are its own fields."""
    field = problem.field
    for prefix in ("/changes", "/replacement"):
        if field is not None and field.startswith(prefix):
            field = field.removeprefix(prefix) or None
    causes = [_pointing(each) for each in problem.causes]
    return type(problem)(problem.code, field=field, causes=causes, **problem.facts)


async def _previewed(
    visit: Visit, sheet: Sheet, form: Sent, reading: Reading, found: Preview
) -> web.StreamResponse:
    """The form as typed, above it what would follow."""
    typed = Attempt(form.typed, reading, Problem("message.invalid", count=0), form.first(ONCE) or fresh_key())
    fields = view(sheet.form, visit, _ends(visit, sheet), typed)
    known = [each for each in found.changes if each["member"] in SHOWN and each["thing"] in THINGS]
    context = {
        "changes": [_consequence(visit, each) for each in known],
        "more": len(found.changes) - len(known),
        "breaches": [explained(each, visit.language) for each in found.decision.breach],
    }
    return await _shown(visit, sheet, fields, preview=context)


def _consequence(visit: Visit, change: Mapping[str, Any]) -> dict[str, str]:
    member = change["member"]
    both = {name: _state(visit, member, change[name]) for name in ("before", "after")}
    thing = f"{visit.t('correct_thing.' + change['thing'])} {change['id']}"
    return {"thing": thing, "member": visit.t(f"correct_member.{member}"), **both}


def _state(visit: Visit, member: str, value: Any) -> str:
    return visit.t(f"unit_state.{value}") if member == "state" else told(visit, member, value)


def _ends(visit: Visit, sheet: Sheet) -> Ends:
    return Ends(visit.request.path, "correct.preview", sheet.back)


async def _shown(
    visit: Visit, sheet: Sheet, shown: Any, *, preview: Any = None, status: int = 200
) -> web.Response:
    context = {"title": sheet.title, "view": shown, "facts": sheet.facts, "preview": preview}
    return await page(visit, "correct.html", context, status=status)


async def _exclusion(visit: Visit) -> Sheet:
    found: dict[str, Any] = await visit.ask("statement", position=visit.id("position"))
    grounds = choices.words(visit, "exclusion_grounds", GROUNDS)
    fields = (
        Field("grounds", Widget.CHOICE, "correct.reason", required=True, options=grounds),
        Field("note", Widget.LINES, "correct.note", longest=500),
    )
    return _sheet(visit, found, "correct.exclude", Form((Group("", fields),)))


def _to_statement(visit: Visit, _receipt: Receipt) -> str:
    return f"/statements/{visit.id('position')}"


_PLACE = r"/statements/{position:\d{1,15}}"
ROUTES = (
    web.get(_PLACE, statement),
    web.get(f"{_PLACE}/correct", correct),
    web.post(f"{_PLACE}/correct", send_correction),
    web.get(f"{_PLACE}/withdraw", take_back),
    web.post(f"{_PLACE}/withdraw", send_withdrawal),
    *FormPage(
        "/statements/{position:id}/exclude", WRITES["movement-excluded"], "correct.exclude", _exclusion,
        _to_statement,
    ).routes(),
)  # fmt: skip
