"""The fields that messages are made of. Each gives plain canonical data in its one written form.

Every fault is a :class:`schema.problems.Problem`, with its code and both languages, so that a person learns
which rule a field broke: ``refusal(error)`` turns marshmallow's tree of errors into one problem whose causes
each carry a JSON pointer. Numbers are integers and never text or floats; booleans are booleans.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NoReturn

from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.exceptions import SCHEMA

from schema.problems import Problem

MAX_ID = (1 << 53) - 1
MAX_GRAMS = 10**12
"""A million tonnes: more than any ship carries, far below what a column holds."""
MAX_PIECES = 10**9
MAX_LIST = 1000
_SECRET = 1000
"""Characters of a password that are read at all; which length is good is the password rule's."""


class ProblemError(ValidationError):
    """A field that broke a rule; ``problem`` says which."""

    def __init__(self, problem: Problem) -> None:
        # A list: marshmallow keeps messages in lists and merges them, whatever their type.
        super().__init__([problem])
        self.problem = problem


def refusal(error: ValidationError) -> Problem:
    """All that is wrong with a message, as one problem: each cause blames its field by JSON pointer."""
    causes = tuple(_problems(error.messages, ""))
    return Problem("message.invalid", causes=causes, count=len(causes))


def _problems(messages: Any, pointer: str) -> Iterator[Problem]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _problems(inner, pointer if key == SCHEMA else f"{pointer}/{_escape(key)}")
    elif isinstance(messages, list):
        for each in messages:
            yield from _problems(each, pointer)
    elif isinstance(messages, Problem):
        # A problem may know better: a rule across fields blames one of them.
        yield messages.at(pointer + (messages.field or ""))
    else:
        yield Problem("message.other", field=pointer, reason=str(messages))


def _escape(key: object) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


class Message(Schema):
    """The base of all messages: a key that it does not know is refused."""

    class Meta:
        unknown = RAISE

    error_messages = {  # noqa: RUF012  (marshmallow's own attribute)
        "unknown": Problem("message.unknown"),  # type: ignore[dict-item]
        "type": Problem("message.type"),  # type: ignore[dict-item]
    }


class _Said:
    """Marshmallow's own faults as problems; ``fault`` is the code where the value is of another type."""

    fault = "message.type"

    def make_error(self, key: str, **_facts: Any) -> ValidationError:
        code = {"required": "message.required", "null": "message.null"}.get(key, self.fault)
        return ProblemError(Problem(code))


class _Scalar(_Said):
    """A field whose ``read`` looks at nothing but the value."""

    def _deserialize(self, value: Any, *_context: Any, **_options: Any) -> Any:
        return self.read(value)

    def read(self, value: Any) -> Any:
        """The value in its one written form. Raises ProblemError."""
        raise self.make_error(type(value).__name__)


def _raise(code: str, **facts: str | int) -> NoReturn:
    raise ProblemError(Problem(code, field=None, causes=(), **facts))


_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""Categories of characters that show nothing and change what is around them: two texts with and without them
look the same, and one may read backwards."""


class Text(_Scalar, fields.String):
    """Text of ``shortest`` to ``longest`` characters in NFC, without spaces around it or control characters,
    seen or unseen.

    ``lines`` allows line breaks.
    """

    fault = "message.text"

    def __init__(self, *, longest: int = 200, shortest: int = 1, lines: bool = False, **kwargs: Any) -> None:
        metadata = {"minLength": shortest, "maxLength": longest, **kwargs.pop("metadata", {})}
        super().__init__(metadata=metadata, **kwargs)
        self.shortest = shortest
        self.longest = longest
        self.lines = lines

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        text = unicodedata.normalize("NFC", value).strip()
        if not self.shortest <= len(text) <= self.longest:
            _raise("message.length", shortest=self.shortest, longest=self.longest, actual=len(text))
        for position, character in enumerate(text, start=1):
            if unicodedata.category(character) in _UNSEEN and not (self.lines and character == "\n"):
                _raise("message.character", position=position)
        return text


class About(StrEnum):
    """Whom a personal value is about, and so under whose key it is sealed and with whom it is erased."""

    STATEMENT = "statement"
    """Somebody who is not registered here: the driver on a waybill, whoever a remark names."""
    MADE = "made"
    """Whom the statement registers: a user, a member of staff, a sole trader."""
    SPEAKER = "speaker"
    """The sole trader who says it."""
    STAFF = "staff"
    """The member of staff whom the statement names."""
    NAMED = "named"
    """The sole trader whom the statement names as its organisation."""
    CODED = "coded"
    """The sole trader whose social credit code it is: registered here under it, or not."""


PERSONAL = "x-personal"
"""By which the description of the interface marks what is personal: ``always`` or ``of sole traders``."""
OF_SOLE_TRADERS = "of sole traders"


class Personal(Text):
    """Text about a natural person. In a statement stands a commitment to it (parties/persons/personal.py).

    ``only_if`` looks at the loaded object that the field stands in, ``of_speaker`` at the social credit code
    of the organisation that says it; each says whether the text is personal then. What is personal is null in
    what a device signs, so the description of the interface marks it.
    """

    def __init__(
        self,
        *,
        only_if: Callable[[Mapping[str, Any]], bool] | None = None,
        of_speaker: Callable[[str], bool] | None = None,
        about: About | None = None,
        **kwargs: Any,
    ) -> None:
        whose = "always" if only_if is None and of_speaker is None else OF_SOLE_TRADERS
        super().__init__(**described(kwargs, **{PERSONAL: whose}))
        self.only_if = only_if
        self.of_speaker = of_speaker
        self.about = about or (About.STATEMENT if of_speaker is None else About.SPEAKER)

    def may_be_private(self, speaker: str) -> bool:
        """Whether it can be personal where the organisation of this code says it."""
        return self.of_speaker is None or self.of_speaker(speaker)

    def is_private(self, holder: Mapping[str, Any], speaker: str) -> bool:
        """Whether it is personal in this object."""
        return self.may_be_private(speaker) and (self.only_if is None or self.only_if(holder))


class Secret(_Scalar, fields.String):
    """A password: taken as it is, never logged, never part of a statement or of a lasting digest."""

    fault = "message.text"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(load_only=True, **described(kwargs, format="password", maxLength=_SECRET))

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if len(value) > _SECRET:
            _raise("message.length", shortest=0, longest=_SECRET, actual=len(value))
        return value


class Parsed(_Scalar, fields.String):
    """Text that ``parse`` reads into its written form, or refuses with a Problem."""

    fault = "message.text"

    def __init__(self, parse: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parse = parse

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            return self.parse(value)
        except Problem as problem:
            raise ProblemError(problem) from problem


def described(kwargs: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    """``kwargs`` with a kind of field's own description, where the message gives none."""
    return {**kwargs, "metadata": {**metadata, **kwargs.get("metadata", {})}}


class Whole(_Scalar, fields.Integer):
    """An integer from ``least`` to ``most``; text and floats are refused, also where they look like one."""

    fault = "message.integer"

    def __init__(self, *, least: int = -MAX_ID, most: int = MAX_ID, **kwargs: Any) -> None:
        super().__init__(strict=True, **described(kwargs, minimum=least, maximum=most))
        self.least = least
        self.most = most

    def read(self, value: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid")
        if not self.least <= value <= self.most:
            _raise("message.range", least=self.least, most=self.most, actual=str(value)[:40])
        return value


class Id(Whole):
    """The id of a thing in the ledger."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(least=0, **kwargs)


class Pieces(Whole):
    """A count of the named pack level."""

    def __init__(self, *, least: int = 1, **kwargs: Any) -> None:
        super().__init__(least=least, most=MAX_PIECES, **described(kwargs, description="Pieces."))


class Grams(Whole):
    """A weight in grams."""

    def __init__(self, *, least: int = 1, **kwargs: Any) -> None:
        super().__init__(least=least, most=MAX_GRAMS, **described(kwargs, description="Grams."))


class Temperature(Whole):
    """A temperature in tenths of a degree Celsius: -185 is -18.5 °C."""

    def __init__(self, **kwargs: Any) -> None:
        said = described(kwargs, description="Tenths of a degree Celsius.")
        super().__init__(least=-1000, most=1000, **said)


class Flag(_Scalar, fields.Boolean):
    """True or false, and nothing that only looks like it."""

    fault = "message.boolean"

    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Choice(_Scalar, fields.String):
    """One of the words of an enum, or of a tuple of words."""

    fault = "message.text"

    def __init__(self, choices: type[StrEnum] | tuple[str, ...], **kwargs: Any) -> None:
        words = tuple(str(choice) for choice in choices)
        super().__init__(**described(kwargs, enum=list(words)))
        self.choices = words

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if value not in self.choices:
            _raise("message.choice", value=value[:40], expected=", ".join(self.choices))
        return value


class Items(_Said, fields.List[Any]):
    """A list of ``least`` to ``most`` values; ``distinct`` ones where a value may not stand twice."""

    fault = "message.list"

    def __init__(
        self,
        inner: fields.Field[Any],
        *,
        least: int = 1,
        most: int = MAX_LIST,
        distinct: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(inner, **described(kwargs, minItems=least, maxItems=most))
        self.least = least
        self.most = most
        self.distinct = distinct

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        if not self.least <= len(value) <= self.most:
            _raise("message.count", least=self.least, most=self.most, actual=len(value))
        loaded = super()._deserialize(value, attr, data, **kwargs)
        if self.distinct:
            for index, each in enumerate(loaded):
                if each in loaded[:index]:
                    raise ProblemError(Problem("message.twice", field=f"/{index}", value=str(each)[:40]))
        return loaded


class Inner(_Said, fields.Nested):
    """A message within a message."""

    fault = "message.type"
