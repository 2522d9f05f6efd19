"""Samples: taken at a place, sent, tested; counted by day, week and month; and plans of sampling."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from aiohttp import web

from schema.messages.cases import HAZARDS
from schema.messages.goods import CATEGORIES
from schema.messages.movements import SAMPLE_PURPOSES
from schema.messages.sampling import (
    FAILURES,
    METHODS,
    PERIODS,
    SAMPLE_RESULTS,
    SAMPLE_STATES,
    SPLITS,
    SUBJECTS,
    SURFACES,
)
from schema.problems import Refusal
from service.http.readers import ReaderKind
from service.http.writes import Receipt
from service.web import choices
from service.web.downloads import table
from service.web.forms import Field, Form, Group, Option, Widget
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.places import region_name
from service.web.rendering import page
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Visit

_LIST, _PLANS, _COUNTS = "/samples", "/sampling-plans", "/samples/counts"
_FILTERS = ("state", "result", "failure", "subject", "purpose", "facility", "lot", "from_day", "until_day")
_COUNTED = ("period", "split", "from_day", "until_day", "region", "category", "subject", "purpose")
_CASES_OF = ("unit", "zone", "vehicle")
"""What a case is opened on; other things of a place are in one of its zones."""
_FIRST_DAYS = 84
"""How far back the counts begin where nothing is said: twelve weeks."""
_PART = 200


async def samples(request: web.Request) -> web.StreamResponse:
    """Samples, newest first."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    context = {
        "states": choices.words(visit, "sample_state", SAMPLE_STATES),
        "results": choices.words(visit, "sample_result", SAMPLE_RESULTS),
        "failures": choices.words(visit, "failure", FAILURES),
        "subjects": choices.words(visit, "sampled", SUBJECTS),
        "places": await choices.own_facilities(visit),
    }
    return await list_page(visit, "samples.html", "samples", _FILTERS, context)


async def sample(request: web.Request) -> web.StreamResponse:
    """One sample with its tests, and what is to be done next."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    found = await visit.ask("sample", sample=visit.id("sample"))
    reports = visit.past is None and _reports(visit, found)
    is_positive = found["result"] == "positive"
    supervises = visit.past is None and _supervises(visit, found["region"])
    context = {
        "sample": found,
        "may_send": reports and found["result"] != "negative",
        "may_report": reports and (supervises or not is_positive),
        "may_open": supervises and is_positive and found["subject"] in _CASES_OF,
    }
    return await page(visit, "sample.html", context)


def _supervises(visit: Visit, region: str) -> bool:
    return visit.reader.kind is ReaderKind.REGULATOR and region.startswith(visit.reader.region)


def _reports(visit: Visit, found: Mapping[str, Any]) -> bool:
    """Whether the reader answers for the sample: who took it, and authorities of its region."""
    taker = found["authority"] or found["organisation"]
    is_its_own = bool(taker["id"] == visit.reader.organisation)
    return not found["withdrawn"] and (is_its_own or _supervises(visit, found["region"]))


async def counts(request: web.Request) -> web.StreamResponse:
    """Samples by day, week or month; a bar shows what became of those of a line."""
    visit = Visit(request)
    visit.demand_signed_in()
    await visit.look_back()
    context = {
        "periods": choices.words(visit, "period", PERIODS),
        "splits": choices.words(visit, "sample_split", SPLITS),
        "subjects": choices.words(visit, "sampled", SUBJECTS),
        "purposes": choices.words(visit, "sample_purpose", SAMPLE_PURPOSES),
        "categories": choices.words(visit, "category", CATEGORIES),
        "download": str(
            visit.request.rel_url.with_path("/samples/counts.csv").without_query_params("cursor")
        ),
        "since": _since(visit),
        "part_of": lambda each: _part_of(visit, each),
    }
    return await list_page(visit, "sample_counts.html", "sample-counts", _COUNTED, context, _fixed(visit))


def _download(visit: Visit) -> str:
    """The table of what the page shows."""
    return str(visit.request.rel_url.with_path(f"{_COUNTS}.csv").without_query_params("cursor"))


def _since(visit: Visit) -> str:
    """The first day that is counted where none is asked for."""
    asked = visit.asked("from_day").get("from_day")
    return asked or str(date.fromisoformat(choices.today()) - timedelta(days=_FIRST_DAYS))


def _fixed(visit: Visit) -> dict[str, str]:
    return {"from_day": _since(visit), "period": visit.asked("period").get("period", "week")}


def _part_of(visit: Visit, row: Mapping[str, Any]) -> str:
    """What a line of the counts is of, in words."""
    split = visit.asked("split").get("split")
    if split == "facility":
        return choices.named(visit, row["facility"])
    if split == "region":
        return region_name(row["key"].ljust(6, "0"), visit.language)
    groups = {"category": "category", "subject": "sampled", "purpose": "sample_purpose"}
    if split in groups and row["key"]:
        return visit.t(f"{groups[split]}.{row['key']}")
    return visit.t("sampling.of-places") if split == "category" else ""


async def counts_table(request: web.Request) -> web.StreamResponse:
    """All lines of the counts as a table to take along: the report of the day, the week or the month."""
    visit = Visit(request)
    visit.demand_signed_in()
    keys = (
        *("sampling.begins", "sampling.part", "sampling.taken", "sampling.waiting", "sampling.negative"),
        *("sampling.positive", "sampling.pass-permille", "sampling.open", "sampling.overdue"),
        *("sampling.answered", "sampling.closed"),
    )
    return await table(visit, "samples.csv", [visit.t(key) for key in keys], _count_rows(visit))


_NUMBERS = (
    *("taken", "waiting", "negative", "positive", "pass_permille", "open", "overdue", "answered"),
    "closed",
)


async def _count_rows(visit: Visit) -> AsyncIterator[list[Sequence[object]]]:
    cursor = None
    while True:
        asked = {**visit.asked(*_COUNTED), **_fixed(visit)}
        part = await visit.ask_list("sample-counts", asked, limit=_PART, cursor=cursor)
        yield [
            (each["begins"], _part_of(visit, each), *(each[name] for name in _NUMBERS)) for each in part.items
        ]
        cursor = part.next
        if cursor is None:
            return


async def plans(request: web.Request) -> web.StreamResponse:
    """Plans, and how far they are in the period that runs."""
    visit = Visit(request)
    visit.demand_signed_in()
    return await list_page(visit, "sampling_plans.html", "sampling-plans", ("running",))


async def plan(request: web.Request) -> web.StreamResponse:
    """One plan with its last periods."""
    visit = Visit(request)
    visit.demand_signed_in()
    found = await visit.ask("sampling-plan", plan=visit.id("plan"))
    may_end = found["ended_on"] is None and found["organisation"]["id"] == visit.reader.organisation
    return await page(visit, "sampling_plan.html", {"plan": found, "may_end": may_end})


async def _take(visit: Visit) -> Sheet:
    """Samples of a place that the address names."""
    said = visit.asked("facility").get("facility", "")
    found = await visit.ask("facility", facility=int(said) if said.isascii() and said.isdigit() else 0)
    if found["organisation"]["id"] != visit.reader.organisation and not _supervises(visit, found["region"]):
        raise Refusal("sample.place-not-found", facility=found["id"])
    zones = tuple(Option(str(zone["no"]), f"{zone['no']} · {zone['name']}") for zone in found["zones"])
    fields = (
        Field("zone", Widget.CHOICE, hint="hint.one-sampled", options=zones, ids=True),
        Field("bay", hint="hint.one-sampled", longest=16),
        Field("equipment", hint="hint.one-sampled", longest=16),
        Field("surface", Widget.CHOICE, hint="hint.one-sampled",
              options=choices.words(visit, "surface", SURFACES)),
        Field("vehicle", Widget.WHOLE, hint="hint.vehicle-id"),
        Field("purpose", Widget.CHOICE, required=True, initial=SAMPLE_PURPOSES[0],
              options=choices.words(visit, "sample_purpose", SAMPLE_PURPOSES)),
        *(Field(f"samples.{row}", label="field.sample", required=row == 0, longest=50) for row in range(3)),
        Field("happened_at", Widget.MOMENT, required=True, initial=choices.now()),
        Field("remark", Widget.LINES, hint="hint.remark", longest=500),
    )  # fmt: skip
    facts = (Fact(visit.t("field.facility"), choices.named(visit, found)),)
    form = Form((Group("", fields),))
    return Sheet(
        form, visit.t("sampling.take"), f"/facilities/{found['id']}", facts, {"facility": found["id"]}
    )


async def _reported(visit: Visit) -> dict[str, Any]:
    """The sample in the address; whoever may not report it is told so at once."""
    found: dict[str, Any] = await visit.ask("sample", sample=visit.id("sample"))
    if not _reports(visit, found):
        taker = (found["authority"] or found["organisation"])["id"]
        raise Refusal("sample.not-yours", sample=found["id"], taker=taker)
    return found


async def _send(visit: Visit) -> Sheet:
    found = await _reported(visit)
    fields = (
        Field("laboratory", required=True, longest=100),
        Field("sent_at", Widget.MOMENT, "field.happened_at", required=True, initial=choices.now()),
    )
    return _sheet(visit, found, "sampling.send", fields, {"samples": [found["id"]]})


async def _test(visit: Visit) -> Sheet:
    found = await _reported(visit)
    fields = (
        Field("result", Widget.CHOICE, required=True,
              options=choices.words(visit, "sample_result", SAMPLE_RESULTS)),
        Field("hazard", Widget.CHOICE, hint="hint.hazard-found",
              options=choices.words(visit, "hazard", HAZARDS)),
        Field("test", label="field.test_number", required=True, longest=50),
        Field("method", Widget.CHOICE, "field.test_method", required=True,
              options=choices.words(visit, "test_method", METHODS)),
        Field("tested_at", Widget.MOMENT, "field.happened_at", required=True, initial=choices.now()),
        Field("file", Widget.FILE, "field.test_report", hint="hint.file"),
        Field("remark", Widget.LINES, hint="hint.remark", longest=500),
    )  # fmt: skip
    return _sheet(visit, found, "sampling.report", fields)


def _sheet(
    visit: Visit,
    found: Mapping[str, Any],
    title: str,
    fields: tuple[Field, ...],
    fixed: Mapping[str, Any] | None = None,
) -> Sheet:
    facts = (
        Fact(visit.t("field.sample"), found["number"]),
        Fact(visit.t("field.facility"), choices.named(visit, found["facility"])),
    )
    return Sheet(Form((Group("", fields),)), visit.t(title), f"{_LIST}/{found['id']}", facts, fixed or {})


async def _plan(visit: Visit) -> Sheet:
    is_authority = visit.reader.kind is ReaderKind.REGULATOR
    places = choices.facilities(visit, await choices.own_facilities(visit))
    where = (
        Field("region", hint="hint.plan-region", initial=visit.reader.region)
        if is_authority
        else Field("facility", Widget.CHOICE, required=True, options=places, ids=True)
    )
    fields = (
        where,
        Field("subject", Widget.CHOICE, "field.sampled", options=choices.words(visit, "sampled", SUBJECTS)),
        Field("purpose", Widget.CHOICE, options=choices.words(visit, "sample_purpose", SAMPLE_PURPOSES)),
        Field("count", Widget.WHOLE, "field.sample_count", required=True),
        Field("period", Widget.CHOICE, required=True, initial="week",
              options=choices.words(visit, "period", PERIODS)),
        Field("from_day", Widget.DAY, required=True, initial=choices.today()),
        Field("until_day", Widget.DAY, required=True, initial=f"{choices.today()[:4]}-12-31"),
    )  # fmt: skip
    return Sheet(Form((Group("", fields),)), visit.t("sampling-plan.make"), _PLANS)


async def _end(visit: Visit) -> Sheet:
    found = await visit.ask("sampling-plan", plan=visit.id("plan"))
    if found["organisation"]["id"] != visit.reader.organisation:
        raise Refusal("sampling-plan.not-found", plan=found["id"])
    facts = (Fact(visit.t("sampling-plan.title"), visit.t("sampling-plan.number", id=found["id"])),)
    return Sheet(Form(()), visit.t("sampling-plan.end"), f"{_PLANS}/{found['id']}", facts)


def _onward(_visit: Visit, receipt: Receipt) -> str:
    """The page of what was planned, or of the sample, the first one of several."""
    statement = receipt.acknowledgement.statement
    data, outcome = statement.data, statement.outcome
    if "plan" in data or "plan" in outcome:
        return f"{_PLANS}/{data.get('plan', outcome.get('plan'))}"
    named = (*outcome.get("samples", ()), *data.get("samples", ()))
    return f"{_LIST}/{data['sample'] if 'sample' in data else named[0]}"


def _form(path: str, kind: str, button: str, sheet: Any) -> list[web.RouteDef]:
    return FormPage(path, WRITES[kind], button, sheet, _onward).routes()


ROUTES = (
    web.get(_LIST, samples),
    web.get(_COUNTS, counts),
    web.get(_COUNTS + ".csv", counts_table),
    web.get(_LIST + r"/{sample:\d{1,15}}", sample),
    web.get(_PLANS, plans),
    web.get(_PLANS + r"/{plan:\d{1,15}}", plan),
    *_form(f"{_LIST}/new", "place-sampled", "sampling.take", _take),
    *_form(_LIST + "/{sample:id}/sending", "samples-sent", "sampling.send", _send),
    *_form(_LIST + "/{sample:id}/test", "sample-tested", "sampling.report", _test),
    *_form(f"{_PLANS}/new", "sampling-planned", "sampling-plan.make", _plan),
    *_form(_PLANS + "/{plan:id}/ending", "sampling-plan-ended", "sampling-plan.end", _end),
)
