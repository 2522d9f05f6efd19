"""Personal data on pages: read with a reason, erased, kept for a case; and who read what."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from schema.messages.staff import ERASURE_REASONS, PERSON_KINDS, PURPOSES, PersonalReading
from schema.problems import Problem
from service.http.body import load
from service.http.readers import ReaderKind
from service.http.writes import Receipt
from service.parties import Scope
from service.parties.persons.access import Why
from service.parties.persons.routes import tell
from service.web import choices
from service.web.asking import Attempt, Ends, fresh_key, view
from service.web.forms import Field, Form, Group, Widget, read
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.texts import texts
from service.web.visits import Sent, Visit, demand_own_form, sent

_LOG = "/access-log"
_READING = PersonalReading()
_OF_STATEMENT = "statement"
_NAMES = {
    "name": "field.person",
    "name_en": "field.name_en",
    "result": "field.test_result",
    "uscc_code": "field.uscc",
    "importer_code": "field.importer",
}
"""Labels of fields that are not called after them."""


async def access_log(request: web.Request) -> web.StreamResponse:
    """Who read what, newest first."""
    visit = Visit(request)
    visit.demand_signed_in()
    kinds = choices.words(visit, "person_kind", PERSON_KINDS)
    filters = ("kind", "subject", "others")
    more = {"kinds": kinds, "field": lambda pointer: _field_name(visit, pointer)}
    return await list_page(visit, "access_log.html", "accesses", filters, more)


def _field_name(visit: Visit, pointer: str) -> str:
    """What a field of a statement is called on the forms; the pointer where no form asks for it."""
    parts = [part for part in pointer.split("/") if part and not part.isdigit()]
    key = _NAMES.get(parts[-1], f"field.{parts[-1]}") if parts else ""
    return visit.t(key) if key in texts() else pointer


async def ask_why(request: web.Request) -> web.StreamResponse:
    """Whoever has to give a reason gives one first; the own people see at once what they stated."""
    visit = Visit(request)
    visit.demand_signed_in()
    if visit.reader.kind is not ReaderKind.REGULATOR:
        return await _told(visit, None)
    return await _question(visit)


async def answer(request: web.Request) -> web.StreamResponse:
    """The values, once the reason is in the log."""
    visit = Visit(request)
    visit.demand_signed_in()
    async with sent(request) as form:
        demand_own_form(visit.reader, form)
        return await _answer(visit, form)


async def _answer(visit: Visit, form: Sent) -> web.StreamResponse:
    reading = read(_form(visit), form.typed)
    try:
        said = load(_READING, {"position": visit.id("position"), **reading.body})
        why = Why(said["purpose"], said.get("case")) if "purpose" in said else None
        return await _told(visit, why)
    except Problem as problem:
        if problem.code.startswith("auth.") or problem.code == "request.not-found":
            raise
        return await _question(visit, Attempt(form.typed, reading, problem, fresh_key()))


async def _told(visit: Visit, why: Why | None) -> web.Response:
    position = visit.id("position")
    told = await tell(visit.request.app, visit.reader, position, why)
    context: dict[str, Any] = {
        "position": position,
        "found": [{**each, "field": _field_name(visit, each["pointer"])} for each in told["items"]],
        "erases": Scope.PARTIES_WRITE in visit.reader.scopes,
        "keeps": visit.reader.kind is ReaderKind.REGULATOR,
        "kind": _OF_STATEMENT,
    }
    return await page(visit, "personal_data.html", context)


def _form(visit: Visit) -> Form:
    purposes = choices.words(visit, "read_purpose", PURPOSES)
    fields = (
        Field("purpose", Widget.CHOICE, "field.read_purpose", required=True, options=purposes),
        Field("case", hint="hint.case", longest=40),
    )
    return Form((Group("", fields, visit.t("person.logged")),))


async def _question(visit: Visit, attempt: Attempt | None = None) -> web.Response:
    shown = view(_form(visit), visit, Ends(visit.request.path, "person.read"), attempt)
    status = 200 if shown.trouble is None else shown.trouble.status
    title = visit.t("person.data-of", position=visit.id("position"))
    return await page(visit, "form.html", {"title": title, "view": shown, "facts": ()}, status=status)


async def _erasure(visit: Visit) -> Sheet:
    reasons = choices.words(visit, "erasure_reason", ERASURE_REASONS)
    fields = (Field("reason", Widget.CHOICE, required=True, options=reasons),)
    form = Form((Group("", fields, visit.t("person.erasing-is-final")),))
    return Sheet(form, visit.t("person.erase"), _LOG, _whom(visit), _fixed(visit))


async def _keeping(visit: Visit) -> Sheet:
    return _case(visit, "person.keep")


async def _letting(visit: Visit) -> Sheet:
    return _case(visit, "person.let")


def _case(visit: Visit, title: str) -> Sheet:
    form = Form((Group("", (Field("case", hint="hint.case", required=True, longest=40),)),))
    return Sheet(form, visit.t(title), _LOG, _whom(visit), _fixed(visit))


def _whom(visit: Visit) -> tuple[Fact, ...]:
    kind, subject = visit.part("kind"), visit.part("subject")
    return (Fact(visit.t("field.person"), f"{visit.t('person_kind.' + kind)} {subject}"),)


def _fixed(visit: Visit) -> dict[str, Any]:
    return {"kind": visit.part("kind"), "subject": visit.id("subject")}


def _to_log(visit: Visit, _receipt: Receipt) -> str:
    return f"{_LOG}?kind={visit.part('kind')}&subject={visit.id('subject')}"


ROUTES = (
    web.get(_LOG, access_log),
    web.get(r"/personal/{position:\d{1,15}}", ask_why),
    web.post(r"/personal/{position:\d{1,15}}", answer),
    *FormPage("/persons/{kind}/{subject:id}/erasure", WRITES["person-erased"], "person.erase", _erasure,
              _to_log).routes(),
    *FormPage("/persons/{kind}/{subject:id}/keeping", WRITES["person-kept"], "person.keep", _keeping,
              _to_log).routes(),
    *FormPage("/persons/{kind}/{subject:id}/letting", WRITES["person-let"], "person.let", _letting,
              _to_log).routes(),
)  # fmt: skip
