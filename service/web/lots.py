"""Lots: the list, and one with its units, papers, history and what the gate still wants; releases."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from schema.messages.papers import PAPERS
from schema.messages.written import COLD_CHAIN_IMPORT
from schema.problems import Problem, Refusal
from service.http.readers import ReaderKind
from service.http.writes import Receipt
from service.web import choices
from service.web.arrivals import is_own
from service.web.entitled import demand_own
from service.web.formats import plain_kilograms
from service.web.forms import Field, Form, Group, Option, Widget
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.policy_forms import regime_label
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Visit

LOT_STATES = ("quarantined", "partly_released", "released")
PAPER_OF_WANT = {
    "gate.quarantine-missing": "quarantine",
    "gate.nucleic-acid-missing": "nucleic_acid",
    "gate.disinfection-missing": "disinfection",
    "gate.customs-declaration-missing": "customs_declaration",
    "gate.sampled-before-arrival": "nucleic_acid",
    "gate.sampled-at-port": "nucleic_acid",
    "gate.inner-sample-missing": "nucleic_acid",
    "gate.disinfected-before-opening": "disinfection",
    "gate.disinfected-before-arrival": "disinfection",
    "gate.pieces-not-disinfected": "disinfection",
    "gate.origin-missing": "origin",
    "gate.quality-test-missing": "quality_test",
    "gate.quality-test-failed": "quality_test",
}
"""Which paper a want asks for, so that the checklist can lead to its form."""

_HISTORY = 200
_CASES = "case-codes-issued"


async def lots(request: web.Request) -> web.StreamResponse:
    """Lots, newest first."""
    visit = Visit(request)
    visit.demand_signed_in()
    states = choices.words(visit, "lot_state", LOT_STATES)
    return await list_page(
        visit, "lots.html", "lots", ("product", "code", "container", "state", "held"), {"states": states}
    )


async def lot(request: web.Request) -> web.StreamResponse:
    """One lot."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    key = visit.id("lot")
    found = await visit.ask("lot", lot=key)
    history = await visit.ask_list("lot-events", limit=_HISTORY, lot=key)
    context = {
        "lot": found,
        "history": history.items,
        "has_cases": any(event["kind"] == _CASES for event in history.items),
        "mine": is_own(visit, found),
        "authority": visit.reader.kind is not ReaderKind.ORGANISATION,
        "paper_of": PAPER_OF_WANT,
        "paper_kinds": PAPERS,
        "regime": await _regime(visit, found),
    }
    return await page(visit, "lot.html", context)


async def _regime(visit: Visit, found: dict[str, Any]) -> str:
    """What goods of the lot's regime are called, by the policy that judges them now; else its bare name."""
    if found["regime"] == COLD_CHAIN_IMPORT:
        return ""
    asked = {"region": found["facility"]["region"], "regime": found["regime"]}
    try:
        return regime_label(visit, await visit.ask("policy-judging", asked))
    except Problem as problem:
        if problem.code != "request.not-found":
            raise
        return str(found["regime"])


async def labels(request: web.Request) -> web.StreamResponse:
    """The interface's own answer; what is against it is told on a page, not in JSON."""
    visit = Visit(request)
    visit.demand_signed_in()
    asked = visit.asked("size", "format", "codes", "sheet")
    response: web.StreamResponse = await visit.ask("labels", asked, lot=visit.id("lot"))
    return response


async def own_lot(visit: Visit) -> dict[str, Any]:
    """What a form about a lot is about. Raises Refusal ``lot.not-found`` for another's."""
    found: dict[str, Any] = await visit.ask("lot", lot=visit.id("lot"))
    demand_own(visit, found["organisation"], Refusal("lot.not-found", lot=found["id"]))
    return found


async def _release(visit: Visit) -> Sheet:
    found = await own_lot(visit)
    waiting = [unit for unit in found["units"] if unit["state"] == "quarantined" and unit["grams"]]
    chosen = next((unit for unit in waiting if str(unit["id"]) == visit.asked("unit").get("unit")), None)
    first = chosen or (waiting[0] if waiting else None)
    fields = (
        Field("unit", Widget.CHOICE, required=True, ids=True, initial=str(first["id"]) if first else "",
              options=tuple(_unit_option(visit, unit) for unit in waiting)),
        Field("pieces", Widget.WHOLE, required=True, initial=str(first["pieces"] or "") if first else ""),
        Field("grams", Widget.KILOGRAMS, hint="hint.kilograms", required=True,
              initial=plain_kilograms(first["grams"]) if first else ""),
        Field("happened_at", Widget.MOMENT, "field.released_at", required=True, initial=choices.now()),
    )  # fmt: skip
    return Sheet(Form((Group("", fields),)), visit.t("lot.release"), _path(visit), about(visit, found))


def _unit_option(visit: Visit, unit: dict[str, Any]) -> Option:
    return Option(str(unit["id"]), choices.unit_line(visit, unit))


def about(visit: Visit, found: dict[str, Any]) -> tuple[Fact, ...]:
    """What a form about a lot is about."""
    return (
        Fact(visit.t("field.product"), choices.product(visit, found)),
        Fact(visit.t("field.code"), found["code"]),
        Fact(visit.t("field.production_batch"), found["production_batch"] or "—"),
    )


async def _cases(visit: Visit) -> Sheet:
    found = await own_lot(visit)
    fields = (Field("count", Widget.WHOLE, hint="hint.case-count", required=True),)
    return Sheet(Form((Group("", fields),)), visit.t("lot.cases"), _path(visit), about(visit, found))


def _path(visit: Visit) -> str:
    return f"/lots/{visit.id('lot')}"


def _released(_visit: Visit, receipt: Receipt) -> str:
    return f"/releases/{receipt.acknowledgement.statement.data['code']}"


def _back_to_lot(visit: Visit, _receipt: Receipt) -> str:
    return _path(visit)


async def exit_certificate(request: web.Request) -> web.StreamResponse:
    """An exit certificate by its code: for anyone who was handed it, and to print."""
    visit = Visit(request)
    found = await visit.ask("release", code=visit.part("code"))
    return await page(visit, "release.html", {"release": found})


ROUTES = (
    web.get("/lots", lots),
    web.get(r"/lots/{lot:\d{1,15}}", lot),
    web.get(r"/lots/{lot:\d{1,15}}/labels", labels),
    *FormPage("/lots/{lot:id}/release", WRITES["lot-released"], "lot.release", _release, _released).routes(),
    *FormPage("/lots/{lot:id}/cases/new", WRITES[_CASES], "lot.cases", _cases, _back_to_lot).routes(),
    web.get("/releases/{code}", exit_certificate),
)
