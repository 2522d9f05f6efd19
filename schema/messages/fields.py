"""The fields that messages are made of. Each gives plain canonical data in its one written form.

Every fault is a :class:`schema.problems.Problem`, with its code and both languages, so that a person learns
which rule a field broke: ``refusal(error)`` turns marshmallow's tree of errors into one problem whose causes
each carry a JSON pointer. Numbers are integers and never text or floats; booleans are booleans.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NoReturn

from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.exceptions import SCHEMA

from schema import identifiers, moments
from schema.identifiers.country import ALPHA_3
from schema.problems import Problem

MAX_ID = (1 << 53) - 1
MAX_GRAMS = 10**12
"""A million tonnes: more than any ship carries, far below what a column holds."""
MAX_PIECES = 10**9
MAX_LIST = 1000
_SECRET = 1000
"""Characters of a password that are read at all; which length is good is the password rule's."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


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


class Personal(Text):
    """Text about a natural person. In a statement stands a commitment to it (service/parties/personal.py).

    ``only_if`` looks at the loaded object that the field stands in, ``of_speaker`` at the social credit code
    of the organisation that says it; each says whether the text is personal then.
    """

    def __init__(
        self,
        *,
        only_if: Callable[[Mapping[str, Any]], bool] | None = None,
        of_speaker: Callable[[str], bool] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.only_if = only_if
        self.of_speaker = of_speaker

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
        super().__init__(load_only=True, **_described(kwargs, format="password", maxLength=_SECRET))

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


def _described(kwargs: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    """``kwargs`` with a kind of field's own description, where the message gives none."""
    return {**kwargs, "metadata": {**metadata, **kwargs.get("metadata", {})}}


def _moment(text: str) -> str:
    return moments.parse(text).text


def _day(text: str) -> str:
    return moments.parse_day(text).isoformat()


def _sha256(text: str) -> str:
    if not _SHA256.fullmatch(text):
        raise Problem("message.sha256")
    return text


def _issuer(text: str) -> str:
    name = " ".join(Text(longest=100).read(unicodedata.normalize("NFKC", text)).split())
    if "/" in name:
        raise Problem("certificate.issuer-stroke", field=None, causes=(), value=name)
    return name


class Issuer(Parsed):
    """Who issues certificates, in the one form in which papers and approved lists write it: half-width, with
    single spaces. Papers are known by ``issuer/number``, so it holds no stroke."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_issuer, **kwargs)


class Moment(Parsed):
    """When something happened, as said: a day, or a time with its offset."""

    def __init__(self, **kwargs: Any) -> None:
        description = "A day (2020-08-17) or a time with its offset (2020-08-17T09:30+08:00)."
        super().__init__(_moment, **_described(kwargs, description=description))


class Day(Parsed):
    """A calendar day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_day, **_described(kwargs, description="A day: 2020-08-17.", format="date"))


class Sha256(Parsed):
    """A SHA-256 digest in lower-case hex."""

    def __init__(self, **kwargs: Any) -> None:
        described = _described(kwargs, description="SHA-256, 64 lower-case hex digits.")
        super().__init__(_sha256, **described)


class Uscc(Parsed):
    """A unified social credit code whose check characters hold."""

    def __init__(self, **kwargs: Any) -> None:
        described = _described(kwargs, description="Unified social credit code (GB 32100), 18 characters.")
        super().__init__(identifiers.parse_uscc, **described)


class Region(Parsed):
    """A region code."""

    def __init__(self, **kwargs: Any) -> None:
        described = _described(kwargs, description="Region code (GB/T 2260), six digits.")
        super().__init__(identifiers.parse_region, **described)


class RegionPrefix(Parsed):
    """A region by its significant digits; six digits are cut to them, and nothing is everywhere."""

    def __init__(self, **kwargs: Any) -> None:
        description = "A region's significant digits: 21, 2101 or 210102; empty for the whole country."
        super().__init__(parse_region_prefix, **_described(kwargs, description=description))


def parse_region_prefix(text: str) -> str:
    """The significant digits of the region in ``text``. Raises Problem ``identifier.region-…``."""
    value = identifiers.normalise(text)
    if value == "":
        return ""
    padded = value.ljust(6, "0") if len(value) in (2, 4) else value
    return identifiers.prefix(identifiers.parse_region(padded))


class TraceCode(Parsed):
    """A trace code, of one ``level`` where only that makes sense."""

    def __init__(self, *, level: identifiers.Level | None = None, **kwargs: Any) -> None:
        described = _described(kwargs, description="Trace code, 20 characters.")
        super().__init__(self._parse, **described)
        self.level = level

    def _parse(self, text: str) -> str:
        code = identifiers.TraceCode.parse(text)
        if self.level is not None and code.level is not self.level:
            raise Problem("message.trace-code-level", value=code.text, expected=self.level.value)
        return code.text


class Container(Parsed):
    """A freight container's number."""

    def __init__(self, **kwargs: Any) -> None:
        described = _described(kwargs, description="Container number (ISO 6346), 11 characters.")
        super().__init__(lambda text: identifiers.parse_container(text).number, **described)


class Country(Parsed):
    """A country: two or three letters are read, three are kept."""

    def __init__(self, **kwargs: Any) -> None:
        described = _described(kwargs, description="Country (ISO 3166-1), three letters; two are accepted.")
        super().__init__(lambda text: ALPHA_3[identifiers.parse_country(text)], **described)


class Hs(Parsed):
    """A commodity code as declared in China."""

    def __init__(self, **kwargs: Any) -> None:
        described = _described(kwargs, description="HS code as declared in China, ten digits.")
        super().__init__(identifiers.parse_hs, **described)


class Gtin(Parsed):
    """A GTIN."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(identifiers.parse_gtin, **_described(kwargs, description="GTIN-8, -12, -13 or -14."))


class Whole(_Scalar, fields.Integer):
    """An integer from ``least`` to ``most``; text and floats are refused, also where they look like one."""

    fault = "message.integer"

    def __init__(self, *, least: int = -MAX_ID, most: int = MAX_ID, **kwargs: Any) -> None:
        super().__init__(strict=True, **_described(kwargs, minimum=least, maximum=most))
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
        super().__init__(least=least, most=MAX_PIECES, **_described(kwargs, description="Pieces."))


class Grams(Whole):
    """A weight in grams."""

    def __init__(self, *, least: int = 1, **kwargs: Any) -> None:
        super().__init__(least=least, most=MAX_GRAMS, **_described(kwargs, description="Grams."))


class Temperature(Whole):
    """A temperature in tenths of a degree Celsius: -185 is -18.5 °C."""

    def __init__(self, **kwargs: Any) -> None:
        described = _described(kwargs, description="Tenths of a degree Celsius.")
        super().__init__(least=-1000, most=1000, **described)


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
        super().__init__(**_described(kwargs, enum=list(words)))
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
        super().__init__(inner, **_described(kwargs, minItems=least, maxItems=most))
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
