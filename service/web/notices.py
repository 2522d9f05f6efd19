"""The inbox: what the reader's organisation is told; and where its people are told outside of the service."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from schema.messages.notices import CHANNELS, LANGUAGES, TURNS, ContactBody
from schema.problems import Problem
from service.http.body import load
from service.notices.routes import demand_manager, mark_read
from service.notices.sending import SENDER
from service.web import choices
from service.web.asking import Attempt, Ends, fresh_key, view
from service.web.forms import Field, Form, Group, Option, Reading, Typed, Widget, read
from service.web.lists import list_page
from service.web.rendering import page
from service.web.visits import Visit, demand_own_form, sent

_LIST, _CONTACTS = "/notices", "/contacts"
_PEOPLE = 100
_BODY = ContactBody()


async def notices(request: web.Request) -> web.StreamResponse:
    """What one is told, newest first; with ``unread=true`` only what nobody has read."""
    visit = Visit(request)
    visit.demand_signed_in()
    return await list_page(visit, "notices.html", "notices", ("unread",), {"manages": _manages(visit)})


def _manages(visit: Visit) -> bool:
    return visit.reader.user_role == "manager"


async def notice(request: web.Request) -> web.StreamResponse:
    """One notice: opening it by a person is reading it."""
    visit = Visit(request)
    visit.demand_signed_in()
    number = visit.id("notice")
    found = await visit.ask("notice", notice=number)
    if found["read_at"] is None and request.method == "GET" and visit.reader.user_role is not None:
        await mark_read(request.app, visit.reader, number, acknowledged=False)
        found = await visit.ask("notice", notice=number)
    return await page(visit, "notice.html", {"notice": found})


async def acknowledge(request: web.Request) -> web.StreamResponse:
    """The button that says that somebody deals with it; it leads to what the notice is about."""
    visit = Visit(request)
    visit.demand_signed_in()
    async with sent(request) as form:
        demand_own_form(visit.reader, form)
    found = await visit.ask("notice", notice=visit.id("notice"))
    await mark_read(request.app, visit.reader, found["id"], acknowledged=True)
    raise web.HTTPSeeOther(found["page"])


async def contacts(request: web.Request) -> web.StreamResponse:
    """Where people are told, and the form for one address more."""
    visit = Visit(request)
    return await _shown(visit)


async def _shown(
    visit: Visit, attempt: Attempt | None = None, secret: str = "", trial: Any = None, status: int = 200
) -> web.StreamResponse:
    demand_manager(visit.reader)
    listing = await visit.ask_list("contacts")
    form = await _form(visit)
    context = {
        "contacts": listing.items,
        "view": view(form, visit, Ends(_CONTACTS, "contact.add", _LIST), attempt),
        "secret": secret,
        "trial": trial,
    }
    return await page(visit, "contacts.html", context, status=status)


async def _form(visit: Visit) -> Form:
    people = await visit.ask_list("accounts", {"organisation": str(visit.reader.organisation)}, limit=_PEOPLE)
    fields = (
        Field("channel", Widget.CHOICE, required=True, options=choices.words(visit, "channel", CHANNELS)),
        Field("address", label="field.contact_address", hint="hint.contact_address", required=True,
              longest=500),
        Field("turn", Widget.CHOICE, required=True, ids=True, initial="1",
              options=choices.words(visit, "turn", map(str, TURNS))),
        Field("language", Widget.CHOICE, "field.contact_language", required=True, initial="zh",
              options=choices.words(visit, "contact_language", LANGUAGES)),
        Field("user", Widget.CHOICE, "field.contact_user", "hint.contact_user", ids=True, options=tuple(
            Option(str(each["id"]), each["login"] or f"#{each['id']}")
            for each in people.items if each["active"])),
    )  # fmt: skip
    return Form((Group("contact.new", fields),))


async def add(request: web.Request) -> web.StreamResponse:
    """Keep what was typed; a webhook's secret is shown on the page that answers, and never again."""
    visit = Visit(request)
    own = demand_manager(visit.reader)
    async with sent(request) as form_sent:
        demand_own_form(visit.reader, form_sent)
        typed: Typed = form_sent.typed
    reading: Reading = read(await _form(visit), typed)
    try:
        body = load(_BODY, reading.body)
        _, secret = await request.app[SENDER].ways.contacts.add(own, body)
    except Problem as problem:
        return await _shown(visit, Attempt(typed, reading, problem, fresh_key()), status=422)
    if secret:
        return await _shown(visit, secret=secret)
    raise web.HTTPSeeOther(_CONTACTS)


async def remove(request: web.Request) -> web.StreamResponse:
    """Forget a contact."""
    visit, own, contact = await _button(request)
    await visit.request.app[SENDER].ways.contacts.remove(own, contact)
    raise web.HTTPSeeOther(_CONTACTS)


async def try_out(request: web.Request) -> web.StreamResponse:
    """Send a message that tells of nothing, and show what came of it."""
    visit, own, contact = await _button(request)
    attempt = await visit.request.app[SENDER].trial(own, contact)
    return await _shown(visit, trial=attempt)


async def _button(request: web.Request) -> tuple[Visit, int, int]:
    """A button of a contact: by a manager, from the own page."""
    visit = Visit(request)
    own = demand_manager(visit.reader)
    async with sent(request) as form:
        demand_own_form(visit.reader, form)
    return visit, own, visit.id("contact")


_NOTICE, _CONTACT = r"/notices/{notice:\d{1,15}}", r"/contacts/{contact:\d{1,15}}"

ROUTES = (
    web.get(_LIST, notices),
    web.get(_NOTICE, notice),
    web.post(f"{_NOTICE}/acknowledge", acknowledge),
    web.get(_CONTACTS, contacts),
    web.post(_CONTACTS, add),
    web.post(f"{_CONTACT}/remove", remove),
    web.post(f"{_CONTACT}/trial", try_out),
)
