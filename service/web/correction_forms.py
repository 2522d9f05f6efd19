"""What a statement says, for people: as lines, and as the questions of a form filled in with it.

Both are made from the message of the statement's own kind. Personal values and scans are neither shown nor
asked for: they stay as they were said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from marshmallow import Schema
from marshmallow import fields as bare

from schema.key_directory import REVOCATIONS
from schema.messages import fields as asked
from schema.messages import goods, incidents, movements, papers, policies
from schema.messages.written import Day, Moment
from service.web import choices
from service.web.formats import moment, plain_kilograms
from service.web.forms import Field, Option, Widget
from service.web.submitting import Fact
from service.web.texts import texts
from service.web.visits import Visit

_WORDS: Mapping[tuple[str, ...], str] = {
    goods.SOURCES: "source",
    movements.CATEGORIES: "category",
    goods.TEMPERATURE_CLASSES: "temperature_class",
    movements.TEMPERATURE_CLASSES: "temperature_class",
    papers.PAPERS: "paper",
    papers.RESULTS: "result",
    papers.SAMPLED_WHERE: "sampled_where",
    policies.AGENTS: "policy_agent",
    movements.PURPOSES: "purpose",
    movements.SAMPLE_PURPOSES: "sample_purpose",
    movements.SAMPLERS: "sampler",
    movements.COUNT_REASONS: "count_reason",
    movements.SHORTFALLS: "loss",
    movements.LOSSES: "loss",
    movements.REJECTIONS: "rejection",
    movements.PACKS: "pack",
    movements.DESTRUCTION_METHODS: "method",
    movements.DISCOVERIES: "discovery",
    movements.CIRCUMSTANCES: "circumstances",
    movements.TRANSFER_DOCUMENTS: "transfer_document",
    incidents.HOLD_REASONS: "hold_reason",
    incidents.LIFT_REASONS: "lift_reason",
    REVOCATIONS: "revocation",
}
"""Under which words each closed set is shown."""
_WIDGETS: Sequence[tuple[type[bare.Field[Any]], Widget]] = (
    (asked.Grams, Widget.KILOGRAMS),
    (asked.Temperature, Widget.DEGREES),
    (asked.Whole, Widget.WHOLE),
    (Day, Widget.DAY),
    (Moment, Widget.MOMENT),
)
_CHINA = "+08:00"
Fields = Mapping[str, bare.Field[Any]]


def lines(visit: Visit, data: Mapping[str, Any], asks: Fields, place: str = "") -> Iterator[Fact]:
    """What a statement says, a line a value; sealed ones are left out. ``asks`` are its message's fields."""
    for name, value in data.items():
        label, field = f"{place}{_label(visit, name)}", asks.get(name)
        if isinstance(value, Mapping):
            if "sha256" not in value:
                yield from lines(visit, value, _within(field), f"{label} · ")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for row, each in enumerate(value, start=1):
                yield from lines(visit, each, _within(field), f"{label} {row} · ")
        else:
            yield Fact(label, _chosen(visit, field, value) or told(visit, name, value))


def _within(field: bare.Field[Any] | None) -> Fields:
    """The fields of what stands in a field, or in each row of it."""
    inner = field.inner if isinstance(field, bare.List) else field
    return inner.schema.load_fields if isinstance(inner, bare.Nested) else {}


def _chosen(visit: Visit, field: bare.Field[Any] | None, value: Any) -> str | None:
    """The words of a code of a closed set."""
    group = _WORDS.get(field.choices) if isinstance(field, asked.Choice) else None
    key = f"{group}.{value}"
    return visit.t(key) if key in texts() else None


def told(visit: Visit, name: str, value: Any) -> str:
    """One value, as people write it."""
    if isinstance(value, bool):
        return visit.t(f"answer.{'yes' if value else 'no'}")
    if name.endswith("grams") and isinstance(value, int):
        return visit.t("format.kilograms", kg=plain_kilograms(value))
    if name.endswith("_at") and isinstance(value, str):
        return moment(value, visit.language)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "—" if value is None else str(value)


def _label(visit: Visit, name: str) -> str:
    key = _label_key(name)
    return visit.t(key) if key in texts() else name


def _label_key(name: str) -> str:
    own = f"correct_field.{name}"
    return own if own in texts() else f"field.{name}"


def is_sealed(value: object) -> bool:
    """Whether a member holds personal values."""
    if isinstance(value, Mapping):
        return "sha256" in value or any(is_sealed(each) for each in value.values())
    return isinstance(value, list) and any(is_sealed(each) for each in value)


def questions(visit: Visit, schema: Schema, data: Mapping[str, Any], place: str = "") -> Iterator[Field]:
    """The questions of a message, filled in with what was said; rows of a list as many as there were."""
    for name, field in schema.load_fields.items():
        where = f"{place}{name}"
        said = data.get(name)
        if isinstance(field, bare.List):
            if isinstance(field.inner, bare.Nested):
                for row, each in enumerate(said or ()):
                    yield from questions(visit, field.inner.schema, each, f"{where}.{row}.")
        elif isinstance(field, bare.Nested):
            yield from questions(visit, field.schema, said or {}, f"{where}.")
        elif not isinstance(field, asked.Personal) and not name.endswith(("_uscc", "file")):
            yield _field(visit, where, name, field, said)


def _field(visit: Visit, where: str, name: str, field: bare.Field[Any], said: Any) -> Field:
    parts = where.split(".")
    note = visit.t("correct.row", row=int(parts[1]) + 1) if len(parts) > 2 and parts[1].isdigit() else ""
    plain = Field(where, label=_label_key(name), note=note, required=field.required)
    if isinstance(field, asked.Flag):
        initial = "" if said is None else ("yes" if said else "no")
        return replace(plain, widget=Widget.YES_NO, options=choices.yes_no(visit), initial=initial)
    if isinstance(field, asked.Choice):
        group = _WORDS[field.choices]
        options = tuple(Option(value, visit.t(f"{group}.{value}")) for value in field.choices)
        return replace(plain, widget=Widget.CHOICE, options=options, initial=said or "")
    widget = next((widget for kind, widget in _WIDGETS if isinstance(field, kind)), Widget.TEXT)
    return replace(plain, widget=widget, initial=_initial(widget, said))


def _initial(widget: Widget, said: Any) -> str:
    """What was said, as it would be typed."""
    if said is None:
        return ""
    if widget is Widget.KILOGRAMS:
        return plain_kilograms(said)
    if widget is Widget.DEGREES:
        return f"{'-' if said < 0 else ''}{abs(said) // 10}.{abs(said) % 10}"
    return str(said).removesuffix(_CHINA) if widget is Widget.MOMENT else str(said)
