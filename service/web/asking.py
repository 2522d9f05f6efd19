"""A form as a template draws it: labels in one language, what was typed, what is wrong beside each field."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from schema.problems import Explanation, Problem
from service.web.forms import Field, Form, Option, Reading, Typed, Widget, blamed
from service.web.rendering import Said, said
from service.web.visits import Visit
from service.web.wording import explained

_ATTRIBUTES: Mapping[Widget, Mapping[str, str]] = {
    Widget.TEXT: {"type": "text"},
    Widget.WHOLE: {"type": "text", "inputmode": "numeric"},
    Widget.KILOGRAMS: {"type": "text", "inputmode": "decimal"},
    Widget.DEGREES: {"type": "text"},
    Widget.DAY: {"type": "date"},
    Widget.MOMENT: {"type": "datetime-local"},
    Widget.FILE: {"type": "file", "accept": "application/pdf,image/png,image/jpeg,image/webp"},
    Widget.PASSWORD: {"type": "password"},
}


@dataclass(frozen=True, slots=True)
class FieldView:
    """One question, as drawn."""

    id: str
    name: str
    label: str
    note: str
    hint: str
    widget: str
    required: bool
    options: tuple[Option, ...]
    values: tuple[str, ...]
    attributes: Mapping[str, str]
    faults: tuple[Said, ...]

    @property
    def value(self) -> str:
        """The one value, or nothing."""
        return self.values[0] if self.values else ""

    @property
    def aria(self) -> Mapping[str, str]:
        """What a screen reader adds to the label: the hint, what is wrong, and that something is."""
        hint = [f"{self.id}-hint"] if self.hint else []
        fault = [f"{self.id}-fault"] if self.faults else []
        described = {"aria-describedby": " ".join([*hint, *fault])} if hint or fault else {}
        return described | ({"aria-invalid": "true"} if fault else {})


@dataclass(frozen=True, slots=True)
class GroupView:
    """Fields under a heading."""

    heading: str
    note: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class FormView:
    """A form, as drawn. ``causes`` are no field's fault, ``blamed`` are the fields that are at fault."""

    action: str
    button: str
    back: str
    csrf: str
    once: str
    uploads: bool
    groups: tuple[GroupView, ...]
    trouble: Explanation | None
    causes: tuple[Said, ...]

    @property
    def blamed(self) -> tuple[FieldView, ...]:
        """The fields that have something wrong."""
        return tuple(field for group in self.groups for field in group.fields if field.faults)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A form that was sent and could not be taken; ``once`` is the key that it keeps."""

    typed: Typed
    reading: Reading
    problem: Problem
    once: str


@dataclass(frozen=True, slots=True)
class Ends:
    """Where a form goes, what its button says (a key), and where one turns back to."""

    action: str
    button: str
    back: str = ""


def view(form: Form, visit: Visit, ends: Ends, attempt: Attempt | None = None) -> FormView:
    """``form`` as drawn: empty with its initial values, or as it was attempted."""
    faults: Mapping[str, list[Problem]] = {}
    others: list[Problem] = []
    if attempt is not None:
        faults, others = blamed(attempt.problem, attempt.reading, [field.name for field in form.fields])
    groups = tuple(
        GroupView(
            visit.t(group.heading) if group.heading else "",
            group.note,
            tuple(_field(each, visit, faults.get(each.name, []), attempt) for each in group.fields),
        )
        for group in form.groups
    )
    return FormView(
        action=ends.action,
        button=visit.t(ends.button),
        back=ends.back,
        csrf=visit.reader.csrf or "",
        once=fresh_key() if attempt is None else attempt.once,
        uploads=form.uploads,
        groups=groups,
        trouble=None if attempt is None else explained(attempt.problem, visit.language),
        causes=_causes(attempt, others, visit),
    )


def fresh_key() -> str:
    """A key for one submission; whoever sends the form twice sends it twice."""
    return secrets.token_urlsafe(16)


def _causes(attempt: Attempt | None, others: list[Problem], visit: Visit) -> tuple[Said, ...]:
    """What is wrong besides fields; the problem itself already stands above."""
    return tuple(said(each, visit) for each in others if attempt is not None and each is not attempt.problem)


def _field(field: Field, visit: Visit, problems: list[Problem], attempt: Attempt | None) -> FieldView:
    initial = (field.initial,) if isinstance(field.initial, str) else field.initial
    values = initial if attempt is None else attempt.typed.get(field.name, ())
    attributes = {**_ATTRIBUTES.get(field.widget, {}), "autocomplete": field.autocomplete}
    if field.longest is not None:
        attributes["maxlength"] = str(field.longest)
    return FieldView(
        id="f-" + field.name.replace(".", "-"),
        name=field.name,
        label=visit.t(field.key),
        note=field.note,
        hint=visit.t(field.hint) if field.hint else "",
        widget=field.widget.value,
        required=field.required,
        options=field.options,
        values=tuple(value for value in values if value),
        attributes=attributes,
        faults=tuple(said(problem, visit) for problem in problems),
    )
