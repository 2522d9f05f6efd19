"""Forms: the body of a write, filled in by hand.

A form knows how each field is asked for and turns what was typed into the body that the interface would get;
the write's own schema and rules judge that. Here only the typing is read: kilograms to grams, a time of the
form's clock to one with China's offset, a choice of ids to integers. What cannot be read so is a problem of
the field, told together with all that the schema finds.

A field's name is its place in the body, ``waybill.plate`` or ``items.0.grams``; rows of a list that were left
blank are not sent, so a pointer into the body is led back to the row that the person sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from schema.problems import Problem
from service.web.formats import read_degrees, read_kilograms


class Widget(StrEnum):
    """How a field is asked for."""

    TEXT = "text"
    LINES = "lines"
    WHOLE = "whole"
    KILOGRAMS = "kilograms"
    DEGREES = "degrees"
    DAY = "day"
    MOMENT = "moment"
    CHOICE = "choice"
    YES_NO = "yes_no"
    CHECK = "check"
    CHECKS = "checks"
    PICK = "pick"
    FILE = "file"
    PASSWORD = "password"  # noqa: S105  (a kind of field)
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values to choose from; ``label`` is shown as it is."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form.

    ``label`` and ``hint`` are keys of the texts. ``ids`` says that the chosen value is an integer. ``note``
    is shown beside the label as it is: what a row of a list is about.
    """

    name: str
    widget: Widget = Widget.TEXT
    label: str = ""
    hint: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    initial: str | tuple[str, ...] = ""
    ids: bool = False
    note: str = ""
    autocomplete: str = "off"
    longest: int | None = None

    @property
    def key(self) -> str:
        """The key of its label: that of the name's last part, where none is given."""
        return self.label or f"field.{self.name.rpartition('.')[2]}"

    @property
    def many(self) -> bool:
        """Whether several values may be chosen."""
        return self.widget is Widget.CHECKS


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together, under a heading (a key of the texts; empty: none)."""

    heading: str
    fields: tuple[Field, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The questions. ``anchors`` names for a list the member without which a row is not sent."""

    groups: tuple[Group, ...]
    anchors: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields, in order."""
        return tuple(each for group in self.groups for each in group.fields)

    @property
    def uploads(self) -> bool:
        """Whether a file is asked for, so that the form must be sent as multipart."""
        return any(each.widget is Widget.FILE for each in self.fields)


Typed = Mapping[str, Sequence[str]]
"""What a browser sent: every value of every name."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was typed, as the body of a write; ``problems`` blame fields by their names in the form."""

    body: dict[str, Any]
    problems: tuple[Problem, ...]
    rows: Mapping[str, Sequence[int]]

    def name_of(self, pointer: str) -> str:
        """The name in the form of what ``pointer`` blames in the body."""
        parts = pointer.removeprefix("/").split("/") if pointer else []
        for place, part in enumerate(parts):
            rows = self.rows.get(".".join(parts[:place]))
            if rows is not None and part.isdigit() and int(part) < len(rows):
                parts[place] = str(rows[int(part)])
        return ".".join(parts)


def read(form: Form, typed: Typed) -> Reading:
    """The body that ``typed`` amounts to. Blank fields are left out of it."""
    tree: dict[str, Any] = {}
    problems: list[Problem] = []
    for each in form.fields:
        values = [value for value in typed.get(each.name, ()) if value.strip()]
        try:
            value = _value(each, values)
        except Problem as problem:
            problems.append(problem.at(each.name))
            # What was typed stands in its place, or the schema would call the field missing.
            value = values[0]
        if value is not None:
            _put(tree, each.name.split("."), value)
    rows: dict[str, Sequence[int]] = {}
    body = _with_lists(tree, "", form.anchors, rows)
    return Reading(body, tuple(problems), rows)


def _value(asked: Field, values: list[str]) -> object:
    if asked.many:
        return [_integer(value) if asked.ids else value for value in values] or None
    if asked.widget is Widget.CHECK:
        return bool(values)
    if not values:
        return None
    return _READERS.get(asked.widget, _integer if asked.ids else str)(values[0])


def _integer(text: str) -> object:
    """A whole number; other text is left for the schema to refuse."""
    plain = text.strip().replace(",", "")
    return int(plain) if plain.isdecimal() and len(plain) < 20 else text


def _moment(text: str) -> str:
    """What a browser's clock field gives has no offset: it is China's time. A day stays a day."""
    value = text.strip().replace(" ", "T")
    bare = "T" in value and not value.endswith("Z") and "+" not in value
    return f"{value}+08:00" if bare else value


_READERS: Mapping[Widget, Callable[[str], object]] = {
    Widget.WHOLE: _integer,
    Widget.KILOGRAMS: read_kilograms,
    Widget.DEGREES: read_degrees,
    Widget.MOMENT: _moment,
    Widget.DAY: str.strip,
    Widget.YES_NO: lambda text: text == "yes",
}


def _put(tree: dict[str, Any], parts: Sequence[str], value: object) -> None:
    for part in parts[:-1]:
        tree = tree.setdefault(part, {})
    tree[parts[-1]] = value


def _with_lists(
    tree: Mapping[str, Any], place: str, anchors: Mapping[str, str], rows: dict[str, Sequence[int]]
) -> dict[str, Any]:
    """``tree`` with lists where its keys are numbers, without the rows that lack their anchor."""
    made: dict[str, Any] = {}
    for name, value in tree.items():
        inner = f"{place}.{name}" if place else name
        if not isinstance(value, dict):
            made[name] = value
        elif all(key.isdecimal() for key in value):
            anchor = anchors.get(inner)
            kept = [int(key) for key, row in value.items() if anchor is None or anchor in row]
            rows[inner] = kept
            made[name] = [_row(value[str(row)], f"{inner}.{row}", anchors, rows) for row in kept]
        else:
            made[name] = _with_lists(value, inner, anchors, rows)
    return made


def _row(row: object, place: str, anchors: Mapping[str, str], rows: dict[str, Sequence[int]]) -> object:
    """One value of a list: an object, or the value itself."""
    return _with_lists(row, place, anchors, rows) if isinstance(row, dict) else row


def blamed(
    problem: Problem, reading: Reading, names: Iterable[str]
) -> tuple[dict[str, list[Problem]], list[Problem]]:
    """The single problems in ``problem``: by the field of the form that is to blame, and the rest."""
    known = tuple(names)
    by_field: dict[str, list[Problem]] = {}
    others: list[Problem] = []
    for each in [*reading.problems, *single(problem)]:
        name = each.field if each in reading.problems else reading.name_of(each.field or "")
        found = _nearest(name or "", known)
        if found is None:
            others.append(each)
        elif each in reading.problems or not _already(by_field.get(found, []), reading):
            by_field.setdefault(found, []).append(each)
    return by_field, others


def _already(problems: Iterable[Problem], reading: Reading) -> bool:
    """Whether the typing itself was at fault, so that what the schema says of it adds nothing."""
    return any(problem in reading.problems for problem in problems)


def _nearest(name: str, known: Sequence[str]) -> str | None:
    """The field of that name, else the one whose list it is of, else the first one inside what it is of."""
    if name in known:
        return name
    whole, _, place = name.rpartition(".")
    if place.isdigit() and whole in known:
        return whole
    return next((each for each in known if name and each.startswith(f"{name}.")), None)


def single(problem: Problem, parent: str = "") -> Iterable[Problem]:
    """A problem's causes, or itself where it has none; pointers start at the request."""
    pointer = parent + (problem.field or "")
    if not problem.causes and problem.code != "message.invalid":
        yield problem.at(pointer) if pointer else problem
    for cause in problem.causes:
        yield from single(cause, pointer)
