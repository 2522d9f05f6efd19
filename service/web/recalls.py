"""Recalls: what one would cover and whom it would address is seen first and then confirmed; the list; one
with its clocks, who reported what and how much is located; and what a business does about it, on a phone.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from schema.messages.incidents import LIFT_REASONS
from schema.messages.recalls import EXTENSION_REASONS, LEVELS, MEASURES, RECALL_REASONS, RECALL_STATES
from schema.problems import Refusal
from service.http.readers import ReaderKind
from service.http.writes import Receipt
from service.web import choices
from service.web.formats import number, plain_kilograms
from service.web.forms import Field, Form, Group, Option, Widget
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Visit

_LIST = "/recalls"
_SHOWN = 20
_CASES = 100
_REPORTED = (("found", "held"), ("sold", "sold"), ("returned", "returned"), ("destroyed", "destroyed"))
"""What is asked for, and under which name the ledger accounts for it."""


async def recalls(request: web.Request) -> web.StreamResponse:
    """Recalls that concern the reader; with ``all=1`` also those that are over."""
    visit = Visit(request)
    visit.demand_signed_in()
    shown = {} if visit.asked("all") else {"running": "true"}
    context = {"states": choices.words(visit, "recall_state", RECALL_STATES), "all": not shown}
    return await list_page(visit, "recalls.html", "recalls", ("state", "lot"), context, shown)


async def recall(request: web.Request) -> web.StreamResponse:
    """One recall with what may be done about it."""
    visit = Visit(request)
    visit.demand_signed_in()
    found = await visit.ask("recall", recall=visit.id("recall"))
    running = found["ended_at"] is None
    own = _own_part(visit, found)
    context = {
        "recall": found,
        "own": own,
        "may_begin": running and own is not None and own["started_at"] is None and own["grams"] > 0,
        "may_report": running and own is not None,
        "may_steer": running and _steers(visit, found),
        "ways_out": await _ways_out(visit, found) if own is not None else [],
        "told_of": await _told_of(visit, found),
    }
    return await page(visit, "recall.html", context)


def _own_part(visit: Visit, found: dict[str, Any]) -> dict[str, Any] | None:
    own = (part for part in found["parts"] if part["organisation"]["id"] == visit.reader.organisation)
    return next(own, None)


def _steers(visit: Visit, found: dict[str, Any]) -> bool:
    author = found["organisation"]
    region: str = author["region"]
    is_supervised = visit.reader.kind is ReaderKind.REGULATOR and region.startswith(visit.reader.region)
    return is_supervised or author["id"] == visit.reader.organisation


async def _ways_out(visit: Visit, found: dict[str, Any]) -> list[dict[str, Any]]:
    listing = await visit.ask_list("recall-ways-out", recall=found["id"])
    return listing.items


async def _told_of(visit: Visit, found: dict[str, Any]) -> list[dict[str, Any]]:
    """Who was told of its order, and has read it. Of the past nothing is known but what is kept now."""
    if visit.past:
        return []
    listing = await visit.ask_list("recall-notices", recall=found["id"])
    return [each for each in listing.items if each["kind"] == "recall-ordered"]


async def _order(visit: Visit) -> Sheet:
    """The form of a recall of what the address names; what it covers stands above, to be confirmed."""
    asked = visit.asked("lots", "arrivals", "units")
    proposal = await visit.ask("recall-proposal", asked)
    ((kind, keys),) = asked.items()
    fields = (
        Field("asked_at", Widget.HIDDEN, ids=True, initial=str(proposal["asked_at"])),
        Field("digest", Widget.HIDDEN, initial=proposal["digest"]),
        *await _case_field(visit),
        Field("level", Widget.CHOICE, "field.recall_level", ids=True, required=True,
              options=choices.words(visit, "recall_level", map(str, LEVELS))),
        Field("reason", Widget.CHOICE, required=True,
              options=choices.words(visit, "recall_reason", RECALL_REASONS)),
        Field("measures", Widget.CHECKS, required=True, options=choices.words(visit, "measure", MEASURES)),
        Field("public", Widget.CHECK, "recall.tell-public"),
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    form = Form((Group("recall.confirm", fields, visit.t("recall.covers-note")),))
    question = {kind: [int(key) for key in keys.split(",")]}
    return Sheet(form, visit.t("recall.order"), _LIST, _covered(visit, proposal), {"question": question})


async def _case_field(visit: Visit) -> tuple[Field, ...]:
    """Under which of its cases an authority recalls; a business recalls under none."""
    if visit.reader.kind is not ReaderKind.REGULATOR:
        return ()
    listing = await visit.ask_list("cases", limit=_CASES)
    options = tuple(
        Option(str(each["id"]), each["number"]) for each in listing.items if each["state"] != "closed"
    )
    chosen = visit.asked("case").get("case", "")
    return (
        Field(
            "case",
            Widget.CHOICE,
            "field.recall_case",
            "hint.recall_case",
            required=True,
            options=options,
            initial=chosen,
            ids=True,
        ),
    )


def _covered(visit: Visit, proposal: dict[str, Any]) -> tuple[Fact, ...]:
    """What a recall would cover and whom it would address, in lines."""
    lots = proposal["first_lots"][:_SHOWN]
    holders = proposal["holders"]
    return (
        *(Fact(visit.t("lot.title"), f"{choices.product(visit, lot)} · {lot['code']}") for lot in lots),
        Fact(visit.t("field.on-hand"), choices.amount(visit, proposal["pieces"], proposal["grams"])),
        Fact(visit.t("hold.gone"), choices.amount(visit, None, proposal["gone_grams"])),
        Fact(visit.t("recall.addressed"), number(len(holders))),
        *(
            Fact(choices.named(visit, each["organisation"]), choices.amount(visit, None, each["grams"]))
            for each in holders[:_SHOWN]
        ),
    )


async def _begin(visit: Visit) -> Sheet:
    found, _ = await _own(visit)
    fields = (
        Field("happened_at", Widget.MOMENT, required=True, initial=choices.now()),
        Field("note", Widget.LINES, hint="hint.note"),
    )
    measures = "、".join(visit.t(f"measure.{word}") for word in found["measures"])
    return _sheet(visit, found, "recall.begin", *fields, more=(Fact(visit.t("field.measures"), measures),))


async def _report(visit: Visit) -> Sheet:
    """What the ledger accounts for stands in the fields: who found just that sends the form as it is."""
    found, part = await _own(visit)
    accounted = part["accounted"]
    amounts = tuple(
        Field(f"{name}_grams", Widget.KILOGRAMS, f"recalled.{name}", f"hint.recalled_{name}", required=True,
              initial=plain_kilograms(accounted[known]))
        for name, known in _REPORTED
    )  # fmt: skip
    fields = (
        *amounts,
        Field("missing_grams", Widget.KILOGRAMS, "recalled.missing", "hint.recalled_missing", initial="0"),
        Field("evidence.0", Widget.FILE, "field.evidence"),
        Field("note", Widget.LINES, hint="hint.note"),
    )
    total = choices.amount(visit, None, sum(accounted.values()))
    return _sheet(visit, found, "recall.report", *fields, more=(Fact(visit.t("recall.accounted"), total),))


async def _own(visit: Visit) -> tuple[dict[str, Any], dict[str, Any]]:
    """A recall and the reader's part of it. Raises Refusal ``recall.not-found``."""
    found = await visit.ask("recall", recall=visit.id("recall"))
    part = _own_part(visit, found)
    if part is None:
        raise Refusal("recall.not-found", recall=found["id"])
    return found, part


async def _extend(visit: Visit) -> Sheet:
    found = await _steered(visit)
    fields = (
        Field("days", Widget.WHOLE, "field.working_days", required=True),
        Field("reason", Widget.CHOICE, required=True,
              options=choices.words(visit, "extension_reason", EXTENSION_REASONS)),
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    return _sheet(visit, found, "recall.extend", *fields)


async def _finish(visit: Visit) -> Sheet:
    found = await _steered(visit)
    fields = (
        Field("without_reports", Widget.CHECK, "recall.without-reports"),
        Field("lift", Widget.CHECK, "recall.let-go"),
        Field("note", Widget.LINES, hint="hint.note"),
    )
    return _sheet(visit, found, "recall.finish", *fields)


async def _withdraw(visit: Visit) -> Sheet:
    found = await _steered(visit)
    fields = (
        Field("reason", Widget.CHOICE, "field.lift_reason", required=True,
              options=choices.words(visit, "lift_reason", LIFT_REASONS)),
        Field("note", Widget.LINES, hint="hint.note"),
    )  # fmt: skip
    return _sheet(visit, found, "recall.withdraw", *fields)


async def _steered(visit: Visit) -> dict[str, Any]:
    found: dict[str, Any] = await visit.ask("recall", recall=visit.id("recall"))
    if not _steers(visit, found):
        raise Refusal("recall.not-found", recall=found["id"])
    return found


async def _dispose(visit: Visit) -> Sheet:
    """Which destruction or sending away was of this recall's goods."""
    found = await visit.ask("recall", recall=visit.id("recall"))
    options = tuple(
        Option(str(each["statement"]), f"{visit.t('kind.' + each['kind'])} · {each['happened_at']}")
        for each in await _ways_out(visit, found)
    )
    fields = (
        Field("statement", Widget.CHOICE, "field.disposal", required=True, ids=True, options=options),
        Field("note", Widget.LINES, hint="hint.note"),
    )
    form = Form((Group("", fields),))
    facts = (Fact(visit.t("recall.number", id=found["id"]), visit.t(f"recall_level.{found['level']}")),)
    return Sheet(form, visit.t("recall.dispose"), _at(found), facts, {"recall": found["id"]})


def _sheet(
    visit: Visit, found: dict[str, Any], title: str, *fields: Field, more: tuple[Fact, ...] = ()
) -> Sheet:
    reason = visit.t(f"recall_reason.{found['reason']}")
    facts = (
        Fact(
            visit.t("recall.number", id=found["id"]),
            f"{visit.t('recall_level.' + str(found['level']))} · {reason}",
        ),
        Fact(visit.t("recall.finish-on"), found["finish_on"]),
    )
    return Sheet(Form((Group("", fields),)), visit.t(title), _at(found), (*facts, *more))


def _at(found: dict[str, Any]) -> str:
    return f"{_LIST}/{found['id']}"


def _to_recall(_visit: Visit, receipt: Receipt) -> str:
    statement = receipt.acknowledgement.statement
    return f"{_LIST}/{statement.data.get('recall', statement.outcome.get('recall'))}"


def _form(path: str, kind: str, button: str, sheet: Any) -> list[web.RouteDef]:
    return FormPage(path, WRITES[kind], button, sheet, _to_recall).routes()


ROUTES = (
    web.get(_LIST, recalls),
    *_form("/recalls/new", "recall-ordered", "recall.order", _order),
    web.get(_LIST + r"/{recall:\d{1,15}}", recall),
    *_form("/recalls/{recall:id}/begin", "recall-started", "recall.begin", _begin),
    *_form("/recalls/{recall:id}/report", "recall-reported", "recall.report", _report),
    *_form("/recalls/{recall:id}/extend", "recall-extended", "recall.extend", _extend),
    *_form("/recalls/{recall:id}/finish", "recall-finished", "recall.finish", _finish),
    *_form("/recalls/{recall:id}/withdraw", "recall-withdrawn", "recall.withdraw", _withdraw),
    *_form("/recalls/{recall:id}/dispose", "disposal-recorded", "recall.dispose", _dispose),
)
