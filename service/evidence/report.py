"""A case told to people: the closing report, as sections of facts and tables. Pure.

The same sections make the page and the PDF, in zh or en, from the same rows as a pack. Clocks are judged by
what was recorded: a request is late that was answered after its due time, or was not answered by the position
that the report is as of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schema.clock import as_read
from schema.problems import Language
from service.evidence.gathering import Gathered
from service.evidence.tables import Row, words

_SHOWN = 200
"""Lines of one table of a report; the tables of the pack have all."""
_COURSE = ("recorded_at", "kind", "organisation", "position")
_HOLDERS = ("custodian", "grams", "held_grams", "road_grams", "sold_grams", "destroyed_grams", "sample_grams")
_HOLDS = ("hold", "kind", "reason", "placed_at", "lifted_at", "lifted_because", "units", "grams")
_REQUESTS = ("addressee", "asks", "due_at", "acknowledged_at", "answered_at", "answer", "late")
_RECALLS = (
    "recall",
    "level",
    "state",
    "ordered_at",
    "start_by",
    "started_at",
    "finish_on",
    "ended_at",
    "grams",
)
_PARTS = ("recall", "organisation", "grams", "started_at", "reported_at", "report", "accounted")
_DISPOSALS = ("kind", "organisation", "unit", "grams", "happened_at")
_COOPERATIONS = ("region", "asks", "state", "due_at", "answered_at", "answer", "grams", "late")
_SAMPLES = ("number", "code", "taken_at", "state", "result", "test", "tested_at")
_EXPOSURES = ("recorded_at", "asked_at", "counts", "digest")
_PAPERS = ("kind", "issuer", "number", "issued_on", "result")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and a table of texts beneath it; ``left_out`` lines more are in the pack."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says. ``facts`` are name and value."""

    title: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    note: str


def report(found: Gathered, spoken: Language) -> Report:
    """The report of a case in one language."""
    say = words()["report"]
    title = say["title"][spoken].format(number=found.number)
    note = say["note"][spoken].format(position=found.position)
    sections = [section for section in _sections(found, spoken) if section.rows]
    return Report(title, [*_facts(found, spoken)], sections, note)


def _facts(found: Gathered, spoken: Language) -> Iterator[tuple[str, str]]:
    case = found.case
    named = case["organisation"]
    if case["drill"]:
        yield _word("report", "drill", spoken), _word("report", "is_drill", spoken)
    yield _word("report", "authority", spoken), _named(named, spoken)
    for name in ("hazard", "state", "conclusion"):
        if case[name]:
            yield _word("report", name, spoken), _word("words", case[name], spoken)
    for name in ("opened_at", "sampled_at", "confirmed_at", "cleared_at", "closed_at"):
        if case[name]:
            yield _word("report", name, spoken), as_read(case[name])
    for test in case["tests"]:
        stage, result = _word("words", test["stage"], spoken), _word("words", test["result"], spoken)
        yield stage, f"{result} ({test['number']}, {as_read(test['at'])})"
    yield _word("report", "goods", spoken), _goods(found, spoken)
    yield _word("report", "clocks", spoken), _clocks(found, spoken)


def _goods(found: Gathered, spoken: Language) -> str:
    """How much is where, in kilograms, and how much of what is there is on hold."""
    sums = {name: sum(row[name] for row in found.tables["holders"]) for name in _HOLDERS[1:]}
    here, held = sums["grams"], sums["held_grams"]
    share = f"{100 * held / here:.1f} %" if here else "—"
    told = {name: f"{grams / 1000:,.3f}" for name, grams in sums.items()}
    return _word("report", "goods_told", spoken).format(
        lots=len(found.lots), units=len(found.tables["units"]), share=share, **told
    )


def _clocks(found: Gathered, spoken: Language) -> str:
    requests = [row for row in found.tables["requests"] if row["state"] != "withdrawn"]
    late = sum(bool(row["late"]) for row in requests)
    return _word("report", "clocks_told", spoken).format(kept=len(requests) - late, late=late)


def _sections(found: Gathered, spoken: Language) -> Iterator[Section]:
    yield _section(found, "steps", _COURSE, spoken)
    yield _section(found, "holders", _HOLDERS, spoken)
    yield _section(found, "exposures", _EXPOSURES, spoken)
    yield _section(found, "holds", _HOLDS, spoken)
    yield _section(found, "requests", _REQUESTS, spoken)
    yield _section(found, "cooperations", _COOPERATIONS, spoken)
    yield _section(found, "recalls", _RECALLS, spoken)
    yield _section(found, "recall_parts", _PARTS, spoken)
    yield _section(found, "disposals", _DISPOSALS, spoken)
    yield _section(found, "samples", _SAMPLES, spoken)
    yield _section(found, "papers", _PAPERS, spoken)


def _section(found: Gathered, name: str, columns: Sequence[str], spoken: Language) -> Section:
    rows = found.tables[name]
    said = words()["columns"]
    shown = [[_cell(row, column, spoken) for column in columns] for row in rows[:_SHOWN]]
    headings = [said[column][spoken] for column in columns]
    return Section(words()["sheets"][name][spoken], headings, shown, max(0, len(rows) - _SHOWN))


def _cell(row: Row, column: str, spoken: Language) -> str:
    value = row.get(column)
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _word("words", "yes" if value else "no", spoken)
    if isinstance(value, str):
        english = row.get(f"{column}_en") if spoken == "en" else None
        return str(english or _known(value, spoken))
    return f"{value:,}" if column.endswith("grams") else str(value)


def _known(value: str, spoken: Language) -> str:
    """A word of a closed set in the reader's language; a moment as it is read; anything else as it is."""
    said = words()["words"].get(value)
    return said[spoken] if said else as_read(value)


def _word(part: str, key: str, spoken: Language) -> str:
    said = words()[part].get(key)
    return key if said is None else said[spoken]


def _named(organisation: Row, spoken: Language) -> str:
    return str((organisation["name_en"] if spoken == "en" else None) or organisation["name"])
