"""A policy's document as a form and as lines to read: both follow the message's own fields.

So a member that the document gets is asked for and shown without another line here; its label is a text
``policy_field.<name>``. Lists of names are typed one a line; of lists of rules there are a few empty rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields

from schema.identifiers.country import country_name
from schema.messages.fields import Choice, Flag, Inner, Items, Whole
from schema.messages.goods import CATEGORIES, SOURCES
from schema.messages.papers import PAPERS
from schema.messages.policies import (
    AGENTS,
    DEFAULT_KIND,
    DEFAULTS,
    FACILITY_KINDS,
    PARTICULARS,
    TIERS,
    ZONE_KINDS,
    DaysByKind,
    PolicyDocument,
)
from schema.messages.staff import STAFF_ROLES, TESTS
from schema.messages.thresholds import THRESHOLDS
from schema.messages.written import COLD_CHAIN_IMPORT, Country
from service.ledger import Data
from service.web import choices
from service.web.forms import Field, Form, Group, Option, Widget
from service.web.places import countries
from service.web.visits import Visit

_DOCUMENT = PolicyDocument()
_EMPTY_ROWS = 3
_KIND_ROWS = 6
_KINDS = "back_dating_kinds"
"""Rows of the form that become the entries of ``back_dating_days`` by kind."""

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("policy.group-what", ("name", "label")),
    (
        "policy.group-papers",
        (
            *("required", "issuers", "certificate_validity_days", "accept_port_sampling"),
            *("weight_tolerance_permille", "enhanced"),
        ),
    ),
    (
        "policy.group-entry",
        (
            *("cold_chain", "quarantine", "first_stations", "sealed_container_from", "entry_places"),
            *("zones_before_release", "zones_after_release", "particulars"),
            "accept_exit_certificates_of_other_provinces",
        ),
    ),
    (
        "policy.group-clocks",
        (
            *("announce_hours", "back_dating_days", "finding_days", "near_expiry_days"),
            *("retention_days", "correction_days", "look_back_days", "recall_levels"),
        ),
    ),
    ("policy.group-exposure", ("exposure",)),
    ("policy.group-suspicion", tuple(THRESHOLDS)),
)
_WORDS: Mapping[tuple[str, ...], str] = {
    PAPERS: "paper",
    FACILITY_KINDS: "facility_kind",
    ZONE_KINDS: "zone_kind",
    SOURCES: "source",
    CATEGORIES: "category",
    PARTICULARS: "field",
    STAFF_ROLES: "policy_role",
    TESTS: "policy_test",
    AGENTS: "policy_agent",
    TIERS: "exposure_tier",
}
"""The texts of each closed set that a document chooses from."""


def document_form(visit: Visit, draft: Mapping[str, Any], kinds: Sequence[str]) -> Form:
    """The form of a draft, filled in with what it says; ``kinds`` may have a limit of their own."""
    shown = {**DEFAULTS, **draft["document"]}
    head = Group(
        "",
        (
            Field("name", label="policy.draft-name", required=True, longest=100, initial=draft["name"]),
            Field("region", hint="hint.region-prefix", longest=6, initial=draft["region"]),
            Field("regime", hint="hint.regime", required=True, longest=40, initial=draft["regime"]),
        ),
    )
    placed = {name for _, names in _GROUPS for name in names}
    others = tuple(name for name in _DOCUMENT.fields if name not in placed)
    groups = [head]
    for heading, names in (*_GROUPS, ("policy.group-other", others)):
        asked = [field for name in names for field in _asked(visit, name, shown.get(name), kinds)]
        groups.append(Group(heading, tuple(asked)))
    return Form(tuple(groups))


def _asked(visit: Visit, name: str, value: Any, kinds: Sequence[str]) -> Iterator[Field]:
    field = _DOCUMENT.fields[name]
    if isinstance(field, DaysByKind):
        yield from _limits(visit, name, value, kinds)
    else:
        yield from _questions(visit, f"document.{name}", field, value, "")


def _questions(visit: Visit, name: str, field: Any, value: Any, note: str) -> Iterator[Field]:
    """The questions that one member of a message is asked by."""
    key = label_key(name.removeprefix("document.").replace(".", "/"))
    if isinstance(field, Inner):
        for inner, each in field.schema.fields.items():
            part = None if value is None else value.get(inner)
            yield from _questions(visit, f"{name}.{inner}", each, part, visit.t(key))
    elif isinstance(field, Items) and isinstance(field.inner, Inner):
        yield from _rows(visit, name, field.inner.schema, value or [])
    else:
        yield _question(visit, name, key, field, value, note)


def _rows(visit: Visit, name: str, schema: Schema, value: Sequence[Data]) -> Iterator[Field]:
    title = visit.t(label_key(name.removeprefix("document.")))
    for row in range(len(value) + _EMPTY_ROWS):
        said: Data = value[row] if row < len(value) else {}
        for inner, each in schema.fields.items():
            yield from _questions(visit, f"{name}.{row}.{inner}", each, said.get(inner), f"{title} {row + 1}")


def _question(visit: Visit, name: str, key: str, field: Any, value: Any, note: str) -> Field:
    # Of rows and of what may be left out as a whole nothing is marked, nor are lists that may be empty.
    required = field.required and name.count(".") == 1 and not isinstance(field, Items)
    chosen: dict[str, Any] = {"label": key, "note": note, "required": required}
    if isinstance(field, Items) and isinstance(field.inner, Choice):
        options = _options(visit, field.inner)
        return Field(name, Widget.CHECKS, options=options, initial=tuple(value or ()), **chosen)
    if isinstance(field, Items):
        return Field(name, Widget.LINES, hint="hint.one-a-line", initial="\n".join(value or ()), **chosen)
    if isinstance(field, Flag):
        initial = "" if value is None else ("yes" if value else "no")
        return Field(name, Widget.YES_NO, options=choices.yes_no(visit), initial=initial, **chosen)
    if isinstance(field, Choice):
        return Field(name, Widget.CHOICE, options=_options(visit, field), initial=value or "", **chosen)
    if isinstance(field, Country):
        options = countries(visit.language)
        return Field(name, Widget.CHOICE, options=options, initial=value or "", **chosen)
    widget = Widget.WHOLE if isinstance(field, Whole) else Widget.TEXT
    return Field(name, widget, initial="" if value is None else str(value), **chosen)


def _options(visit: Visit, field: Choice) -> tuple[Option, ...]:
    return choices.words(visit, _WORDS[field.choices], field.choices)


def _limits(visit: Visit, name: str, value: Any, kinds: Sequence[str]) -> Iterator[Field]:
    """Days for all kinds of statement, and rows for those with days of their own."""
    limits = value if isinstance(value, dict) else {DEFAULT_KIND: value}
    apart = [(kind, days) for kind, days in limits.items() if kind != DEFAULT_KIND]
    default = limits[DEFAULT_KIND]
    yield Field(
        f"document.{name}.{DEFAULT_KIND}", Widget.WHOLE, label_key(name), required=True, initial=str(default)
    )
    options = tuple(Option(kind, visit.t(f"kind.{kind}")) for kind in kinds)
    for row in range(max(_KIND_ROWS, len(apart) + 1)):
        kind, days = apart[row] if row < len(apart) else ("", "")
        place, note = f"document.{_KINDS}.{row}", str(row + 1)
        yield Field(
            f"{place}.kind", Widget.CHOICE, "policy.of-kind", options=options, initial=kind, note=note
        )
        yield Field(f"{place}.days", Widget.WHOLE, "policy.days", initial=str(days), note=note)


def label_key(place: str) -> str:
    """The text that names a place in a document: ``quarantine``, but the paper in ``issuers/quarantine``."""
    within, _, name = place.rpartition("/")
    return f"paper.{name}" if within and name in PAPERS else f"policy_field.{name}"


def document_of(typed: Data) -> Data:
    """The document that a form's ``document`` amounts to, with lists where lines and rows were."""
    rows = typed.get(_KINDS, [])
    typed = {name: value for name, value in typed.items() if name != _KINDS}
    limits = typed.pop("back_dating_days", {})
    document: Data = _read(_DOCUMENT, typed)
    if isinstance(limits, dict):
        days = {row["kind"]: row.get("days") for row in rows if row.get("kind")}
        default = limits.get(DEFAULT_KIND)
        limits = {DEFAULT_KIND: default, **days} if days else default
    return {**document, "back_dating_days": limits}


def _read(schema: Schema, typed: Mapping[str, Any]) -> Data:
    made: Data = {}
    for name, field in schema.fields.items():
        value = _value(field, typed.get(name))
        if value is not None or (name in typed and field.allow_none):
            made[name] = value
    return made


def _value(field: fields.Field[Any], typed: Any) -> Any:
    if isinstance(field, Items):
        if isinstance(field.inner, Inner):
            return [_read(field.inner.schema, row) for row in typed or [] if isinstance(row, dict)]
        listed = (
            typed
            if isinstance(typed, list)
            else [line for line in str(typed or "").splitlines() if line.strip()]
        )
        return listed if listed or not field.allow_none else None
    if isinstance(field, Inner):
        inner = _read(field.schema, typed if isinstance(typed, dict) else {})
        return inner if inner or field.required else None
    return typed


def value_lines(visit: Visit, place: str, value: Any) -> list[str]:
    """A value of a document in words, one line for each of several."""
    if value is None or value in ([], {}, ""):
        return [visit.t("policy.nothing")]
    if isinstance(value, bool):
        return [visit.t("answer.yes" if value else "answer.no")]
    if isinstance(value, dict):
        return [_pair(visit, f"{place}/{name}", each) for name, each in value.items()]
    if isinstance(value, list):
        return [_entry(visit, place, each) for each in value]
    return [_word(visit, place, str(value))]


def _pair(visit: Visit, place: str, value: Any) -> str:
    said = visit.t("policy.and").join(value_lines(visit, place, value))
    return visit.t("policy.pair", name=_named(visit, place), value=said)


def _entry(visit: Visit, place: str, value: Any) -> str:
    if not isinstance(value, dict):
        return _word(visit, place, value)
    return " · ".join(
        line for name, each in value.items() for line in _said_of(visit, f"{place}/{name}", each)
    )


def _said_of(visit: Visit, place: str, value: Any) -> list[str]:
    """A member of a rule: a word of a closed set speaks for itself, anything else with its name."""
    is_word = isinstance(value, str) and _word(visit, place, value) != value
    return value_lines(visit, place, value) if is_word else [_pair(visit, place, value)]


def _named(visit: Visit, place: str) -> str:
    name = place.rpartition("/")[2]
    if name == DEFAULT_KIND:
        return visit.t("policy.all-other")
    return visit.t(f"kind.{name}") if "-" in name else visit.t(label_key(place))


def _word(visit: Visit, place: str, value: str) -> str:
    """A value of a closed set by its name, a country by its own; anything else as it is."""
    field = _field_at(place)
    choice = field.inner if isinstance(field, Items) else field
    if isinstance(choice, Choice) and value in choice.choices:
        return visit.t(f"{_WORDS[choice.choices]}.{value}")
    return country_name(value, visit.language) if isinstance(choice, Country) else value


def _field_at(place: str) -> Any:
    """The field of a place in a document; None where that is none of its own."""
    found: Any = Inner(_DOCUMENT)
    for name in place.split("/"):
        holder = found.inner if isinstance(found, Items) else found
        if not isinstance(holder, Inner):
            return None
        found = holder.schema.fields.get(name)
    return found


def place_name(visit: Visit, place: str) -> str:
    """What a place in a document is called: ``issuers/quarantine`` → Approved issuers · Entry quarantine…"""
    parts = place.split("/")
    return " · ".join(_named(visit, "/".join(parts[: number + 1])) for number in range(len(parts)))


def regime_label(visit: Visit, policy: Mapping[str, Any]) -> str:
    """What the goods of a policy's regime are called: as its document says, or its bare name."""
    label = policy["document"].get("label")
    if label is not None:
        return str(label[visit.language])
    regime: str = policy["regime"]
    return visit.t("policy.cold-chain-import") if regime == COLD_CHAIN_IMPORT else regime


def told(visit: Visit, document: Data) -> list[tuple[str, list[str]]]:
    """A whole document in words, in the order of the form; what it leaves out with its default."""
    shown = {**DEFAULTS, **document}
    names = [name for _, group in _GROUPS for name in group]
    order = [*names, *(name for name in _DOCUMENT.fields if name not in names)]
    return [(place_name(visit, name), value_lines(visit, name, shown.get(name))) for name in order]
