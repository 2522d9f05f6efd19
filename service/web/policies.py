"""Policies on pages: those in force, every edition; a regulator's drafts, their trial, putting in force.

Reading is for everybody who is judged by them. Drafts are the interface's own: a page only fills them in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from schema.messages.policy_views import EDITION_STATES, PolicyDraftBody
from schema.problems import Problem, Refusal
from service.http.body import load
from service.http.keys import LEDGER
from service.http.readers import ReaderKind, demand
from service.http.writes import Receipt
from service.parties import shipped_enactments
from service.parties.policies import drafts
from service.parties.policies import routes as policy_routes
from service.parties.standing import Scope
from service.web import choices
from service.web.asking import Attempt, Ends, view
from service.web.forms import Field, Form, Group, Option, Widget, read
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.places import region_name
from service.web.policy_forms import (
    document_form,
    document_of,
    place_name,
    regime_label,
    told,
    value_lines,
)
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.texts import texts
from service.web.visits import Sent, Visit, demand_own_form, sent
from service.web.wording import explained

_SHOWN = 200
_BODY = PolicyDraftBody()
_WATCHED = "4"
"""Seconds after which a browser looks again at a trial that goes on."""


async def policies(request: web.Request) -> web.StreamResponse:
    """What is in force now, and what waits to begin."""
    visit = Visit(request)
    visit.demand_signed_in()
    held = await visit.ask_list("policies", limit=_SHOWN)
    waiting = await visit.ask_list("policy-editions", {"state": "scheduled"}, limit=_SHOWN)
    context = {"held": held.items, "waiting": waiting.items, "drafts": _drafts_open(visit)}
    return await page(visit, "policies.html", {**context, **_helpers(visit)})


async def editions(request: web.Request) -> web.StreamResponse:
    """Every policy that was enacted."""
    visit = Visit(request)
    visit.demand_signed_in()
    states = choices.words(visit, "edition_state", EDITION_STATES)
    filters = ("region", "regime", "state")
    return await list_page(
        visit, "policy_editions.html", "policy-editions", filters, {"states": states, **_helpers(visit)}
    )


async def edition(request: web.Request) -> web.StreamResponse:
    """One policy in words, with what it changed."""
    visit = Visit(request)
    visit.demand_signed_in()
    found = await visit.ask("policy-edition", edition=visit.id("edition"))
    comparison = await visit.ask("policy-edition-comparison", edition=visit.id("edition"))
    context = {
        "edition": found,
        "lines": told(visit, found["document"]),
        "against": comparison["against"],
        "changes": _changes(visit, comparison),
        "drafts": _drafts_open(visit),
        "within": visit.reader.kind is ReaderKind.PLATFORM or found["region"].startswith(visit.reader.region),
    }
    return await page(visit, "policy_edition.html", {**context, **_helpers(visit)})


def _drafts_open(visit: Visit) -> bool:
    """Whether the reader may draft and enact."""
    is_authority = visit.reader.kind in (ReaderKind.REGULATOR, ReaderKind.PLATFORM)
    return is_authority and Scope.PARTIES_WRITE in visit.reader.scopes


def _changes(visit: Visit, comparison: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "place": place_name(visit, each["place"]),
            "before": value_lines(visit, each["place"], each["before"]),
            "after": value_lines(visit, each["place"], each["after"]),
        }
        for each in comparison["changes"]
    ]


def _helpers(visit: Visit) -> dict[str, Any]:
    """What the templates of policies call."""

    def place(prefix: str) -> str:
        return region_name(prefix.ljust(6, "0"), visit.language) if prefix else visit.t("policy.country")

    return {"regime": lambda row: regime_label(visit, row), "place": place}


async def all_drafts(request: web.Request) -> web.StreamResponse:
    """The organisation's drafts, and what a new one may begin with."""
    visit = Visit(request)
    _demand_drafting(visit)
    context = {"sources": await _sources(visit), **_helpers(visit)}
    return await list_page(visit, "policy_drafts.html", "policy-drafts", (), context)


def _demand_drafting(visit: Visit) -> None:
    demand(visit.reader, Scope.PARTIES_WRITE)
    drafts.demand_authority(visit.reader)


async def _sources(visit: Visit) -> list[Option]:
    """Policies to begin with: those in force, then those that come with the product."""
    held = await visit.ask_list("policies", limit=_SHOWN)
    shipped = enumerate(shipped_enactments())
    return [
        *(Option(f"edition-{row['position']}", row["document"]["name"]) for row in held.items),
        *(Option(f"shipped-{number}", said["document"]["name"]) for number, said in shipped),
    ]


async def new_draft(request: web.Request) -> web.StreamResponse:
    """The form of a new draft, filled in from another policy."""
    visit = Visit(request)
    _demand_drafting(visit)
    return await _form_page(visit, await _from(visit), "policy.draft-new", "/policies/drafts")


async def _from(visit: Visit) -> dict[str, Any]:
    """A draft as it begins. Raises Problem ``request.not-found`` for a policy that there is not."""
    kind, _, number = visit.request.query.get("from", "shipped-0").partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        raise Problem("request.not-found")
    if kind == "edition":
        row = await visit.ask("policy-edition", edition=int(number))
    else:
        shipped = shipped_enactments()
        row = shipped[int(number) % len(shipped)]
    is_platform = visit.reader.kind is ReaderKind.PLATFORM
    within = is_platform or row["region"].startswith(visit.reader.region)
    region = row["region"] if within else visit.reader.region
    return {
        "name": row["document"]["name"],
        "region": region,
        "regime": row["regime"],
        "document": row["document"],
    }


async def _form_page(
    visit: Visit, draft: Mapping[str, Any], title: str, back: str, attempt: Attempt | None = None
) -> web.Response:
    ends = Ends(visit.request.path_qs, "policy.draft-keep", back)
    shown = view(_form(visit, draft), visit, ends, attempt)
    status = 200 if shown.trouble is None else shown.trouble.status
    context = {"title": visit.t(title), "view": shown, "facts": ()}
    return await page(visit, "form.html", context, status=status)


def _form(visit: Visit, draft: Mapping[str, Any]) -> Form:
    """The form; limits of their own may have those kinds of statement about goods that have words."""
    known = visit.request.app[LEDGER].registry.kinds.values()
    kinds = sorted(kind.name for kind in known if kind.scope == Scope.GOODS_WRITE)
    return document_form(visit, draft, [kind for kind in kinds if f"kind.{kind}" in texts()])


async def keep_new(request: web.Request) -> web.StreamResponse:
    """Keep a new draft and show it; or the form again."""
    visit = Visit(request)
    _demand_drafting(visit)
    return await _keep(visit, await _from(visit), "policy.draft-new", "/policies/drafts", None)


async def edit(request: web.Request) -> web.StreamResponse:
    """The form of a draft."""
    visit = Visit(request)
    _demand_drafting(visit)
    draft = await visit.ask("policy-draft", draft=visit.id("draft"))
    return await _form_page(visit, draft, "policy.draft-edit", _path(visit))


async def keep_edited(request: web.Request) -> web.StreamResponse:
    """Keep a changed draft and show it; or the form again."""
    visit = Visit(request)
    _demand_drafting(visit)
    draft = await visit.ask("policy-draft", draft=visit.id("draft"))
    return await _keep(visit, draft, "policy.draft-edit", _path(visit), visit.id("draft"))


async def _keep(
    visit: Visit, draft: Mapping[str, Any], title: str, back: str, key: int | None
) -> web.StreamResponse:
    async with sent(visit.request) as form:
        demand_own_form(visit.reader, form)
        reading = read(_form(visit, draft), form.typed)
    typed = reading.body.get("document", {})
    body = {**reading.body, "region": reading.body.get("region", ""), "document": document_of(typed)}
    try:
        kept = await drafts.keep(visit.request.app, visit.reader, load(_BODY, body), key)
    except Problem as problem:
        if problem.code == "request.not-found":
            raise
        return await _form_page(visit, draft, title, back, Attempt(form.typed, reading, problem, ""))
    raise web.HTTPSeeOther(f"/policies/drafts/{kept}")


def _path(visit: Visit) -> str:
    return f"/policies/drafts/{visit.id('draft')}"


async def draft(request: web.Request) -> web.StreamResponse:
    """One draft: what it would change, what the last days would have been, and what to do with it."""
    visit = Visit(request)
    _demand_drafting(visit)
    key = visit.id("draft")
    found = await visit.ask("policy-draft", draft=key)
    comparison = await visit.ask("policy-draft-comparison", draft=key)
    trial = await _trial(visit, key)
    context = {
        "draft": found,
        "against": comparison["against"],
        "changes": _changes(visit, comparison),
        "trial": trial,
        "lines": told(visit, found["document"]),
    }
    response = await page(visit, "policy_draft.html", {**context, **_helpers(visit)})
    if trial is not None and trial["state"] == "running":
        response.headers["Refresh"] = _WATCHED
    return response


async def _trial(visit: Visit, key: int) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = await visit.ask("policy-draft-preview", draft=key)
    except Problem as problem:
        if problem.code != "policy-draft.no-preview":
            raise
        return None
    return found


async def differences(request: web.Request) -> web.StreamResponse:
    """Statements that the draft judges otherwise, in pages."""
    visit = Visit(request)
    _demand_drafting(visit)
    key = visit.id("draft")
    found = await visit.ask("policy-draft", draft=key)
    listing = await visit.ask_list(
        "policy-draft-differences", limit=50, cursor=visit.request.query.get("cursor"), draft=key
    )
    following = None
    if listing.next is not None:
        following = str(visit.request.rel_url.update_query(cursor=listing.next))
    context = {"draft": found, "listing": listing, "following": following, "rule": _rule(visit)}
    return await page(visit, "policy_differences.html", context)


def _rule(visit: Visit) -> Any:
    """A broken rule in words."""
    return lambda broken: explained(Refusal(broken["rule"], **broken["facts"]), visit.language)


async def preview(request: web.Request) -> web.StreamResponse:
    """Try a draft; its page tells how far that is."""
    visit = await _ordered(request)
    await policy_routes.begin_preview(request, visit.id("draft"))
    raise web.HTTPSeeOther(_path(visit))


async def remove(request: web.Request) -> web.StreamResponse:
    """Delete a draft."""
    visit = await _ordered(request)
    await drafts.remove(request.app, visit.reader, visit.id("draft"))
    raise web.HTTPSeeOther("/policies/drafts")


async def _ordered(request: web.Request) -> Visit:
    """A visit by a button of one's own page."""
    visit = Visit(request)
    _demand_drafting(visit)
    form: Sent
    async with sent(request) as form:
        demand_own_form(visit.reader, form)
    return visit


async def _enactment(visit: Visit) -> Sheet:
    """Put a draft in force: at once, or at a moment."""
    found = await visit.ask("policy-draft", draft=visit.id("draft"))
    fields = (
        Field("valid_from", Widget.MOMENT, hint="hint.valid-from"),
        Field("valid_until", Widget.MOMENT, hint="hint.valid-until"),
    )
    helpers = _helpers(visit)
    facts = (
        Fact(visit.t("policy_field.name"), found["document"]["name"]),
        Fact(visit.t("field.region"), helpers["place"](found["region"])),
        Fact(visit.t("field.regime"), helpers["regime"](found)),
    )
    fixed = {name: found[name] for name in ("region", "regime", "document")}
    return Sheet(Form((Group("", fields),)), visit.t("policy.enact"), _path(visit), facts, fixed)


async def _withdrawal(visit: Visit) -> Sheet:
    found = await visit.ask("policy-edition", edition=visit.id("edition"))
    facts = (
        Fact(visit.t("policy_field.name"), found["document"]["name"]),
        Fact(visit.t("field.region"), _helpers(visit)["place"](found["region"])),
    )
    back = f"/policies/editions/{found['position']}"
    return Sheet(Form(()), visit.t("policy.withdraw"), back, facts)


def _enacted(_visit: Visit, receipt: Receipt) -> str:
    return f"/policies/editions/{receipt.acknowledgement.position}"


def _withdrew(visit: Visit, _receipt: Receipt) -> str:
    return f"/policies/editions/{visit.id('edition')}"


_DRAFT = r"/policies/drafts/{draft:\d{1,15}}"

ROUTES = (
    web.get("/policies", policies),
    web.get("/policies/editions", editions),
    web.get(r"/policies/editions/{edition:\d{1,15}}", edition),
    *FormPage(
        "/policies/editions/{edition:id}/withdrawal", WRITES["policy-withdrawn"], "policy.withdraw",
        _withdrawal, _withdrew,
    ).routes(),
    web.get("/policies/drafts", all_drafts),
    web.get("/policies/drafts/new", new_draft),
    web.post("/policies/drafts/new", keep_new),
    web.get(_DRAFT, draft),
    web.get(f"{_DRAFT}/edit", edit),
    web.post(f"{_DRAFT}/edit", keep_edited),
    web.get(f"{_DRAFT}/differences", differences),
    web.post(f"{_DRAFT}/preview", preview),
    web.post(f"{_DRAFT}/removal", remove),
    *FormPage(
        "/policies/drafts/{draft:id}/enactment", WRITES["policy-enacted"], "policy.enact",
        _enactment, _enacted,
    ).routes(),
)  # fmt: skip
