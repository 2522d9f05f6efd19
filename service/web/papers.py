"""Certificates: recorded from the paper, with its scan, and shown."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from schema.messages.papers import PAPERS, RESULTS_OF, SAMPLED_WHERE
from service.http.writes import Receipt
from service.web import choices
from service.web.forms import Field, Form, Group, Option, Widget
from service.web.lots import about, own_lot
from service.web.operations import WRITES
from service.web.places import countries
from service.web.rendering import page
from service.web.submitting import FormPage, Sheet
from service.web.visits import Visit


async def certificate(request: web.Request) -> web.StreamResponse:
    """One paper."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    found = await visit.ask("certificate", certificate=visit.id("certificate"))
    return await page(visit, "certificate.html", {"paper": found})


async def _record(visit: Visit) -> Sheet:
    lot = await own_lot(visit)
    kind = visit.asked("kind").get("kind", PAPERS[0])
    kind = kind if kind in PAPERS else PAPERS[0]
    groups = [
        _paper(visit, kind, await _siblings(visit, lot), str(lot["id"])),
        *_event(visit, kind),
        _covers(visit),
    ]
    title = visit.t("paper.record", kind=visit.t(f"paper.{kind}"))
    return Sheet(Form(tuple(groups)), title, f"/lots/{lot['id']}", about(visit, lot), {"kind": kind})


async def _siblings(visit: Visit, lot: dict[str, Any]) -> list[dict[str, Any]]:
    """The lots that came with it: a paper may name several."""
    if lot["arrival"] is None:
        return [lot]
    arrival = await visit.ask("arrival", arrival=lot["arrival"])
    return arrival["lots"] or [lot]


def _paper(visit: Visit, kind: str, lots: list[dict[str, Any]], this: str) -> Group:
    options = tuple(Option(str(lot["id"]), f"{choices.product(visit, lot)} · {lot['code']}") for lot in lots)
    return Group(
        "paper.itself",
        (
            Field("issuer", hint="hint.issuer", required=True, longest=100),
            Field("number", label="field.certificate_number", required=True, longest=60),
            Field("issued_on", Widget.DAY, required=True),
            Field("valid_until", Widget.DAY),
            Field(
                "lots", Widget.CHECKS, "field.lots", required=True, options=options, ids=True, initial=(this,)
            ),
            Field("pieces", Widget.WHOLE, "field.covered_pieces", required=kind == "disinfection"),
            Field(
                "grams", Widget.KILOGRAMS, "field.covered", hint="hint.covered", required=kind == "quarantine"
            ),
            Field("file", Widget.FILE, hint="hint.file"),
        ),
    )


def _event(visit: Visit, kind: str) -> list[Group]:
    """What the paper says happened: a sampling or a disinfection."""
    if kind == "nucleic_acid":
        fields: tuple[Field, ...] = (
            Field("happened_at", Widget.MOMENT, "field.sampled_at", required=True),
            Field("result", Widget.CHOICE, required=True,
                  options=choices.words(visit, "result", RESULTS_OF[kind])),
            Field("sampled_where", Widget.CHOICE, required=True,
                  options=choices.words(visit, "sampled_where", SAMPLED_WHERE)),
            Field("inner_sample", Widget.YES_NO, options=choices.yes_no(visit)),
        )  # fmt: skip
        return [Group("paper.sampling", fields)]
    if kind == "quality_test":
        fields = (
            Field("happened_at", Widget.MOMENT, "field.sampled_at", required=True),
            Field("result", Widget.CHOICE, required=True,
                  options=choices.words(visit, "result", RESULTS_OF[kind])),
        )  # fmt: skip
        return [Group("paper.sampling", fields)]
    if kind == "disinfection":
        fields = (
            Field("happened_at", Widget.MOMENT, "field.disinfected_at", required=True),
            Field("agent", longest=100),
            Field("concentration", longest=40),
            Field("contact_minutes", Widget.WHOLE),
        )
        return [Group("paper.disinfecting", fields)]
    return []


def _covers(visit: Visit) -> Group:
    """What the paper says of the goods, to be compared with what was registered."""
    return Group(
        "paper.goods",
        (
            Field("covers.product", longest=200),
            Field("covers.country", Widget.CHOICE, options=countries(visit.language)),
            Field("covers.establishment", longest=30),
            Field("covers.production_batch", longest=60),
            Field("covers.grams", Widget.KILOGRAMS, "field.net", hint="hint.kilograms"),
        ),
        visit.t("paper.goods-note"),
    )


def _recorded(visit: Visit, _receipt: Receipt) -> str:
    return f"/lots/{visit.id('lot')}"


ROUTES = (
    *FormPage(
        "/lots/{lot:id}/certificates/new",
        WRITES["certificate-recorded"],
        "paper.save",
        _record,
        _recorded,
    ).routes(),
    web.get(r"/certificates/{certificate:\d{1,15}}", certificate),
)
