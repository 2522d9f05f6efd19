"""Fields of what has one written form: times, identifiers, names that papers are known by.

Each reads what people write and gives the form that its standard or this project prescribes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from schema import identifiers, moments
from schema.identifiers.country import ALPHA_3
from schema.messages.fields import OF_SOLE_TRADERS, PERSONAL, About, Parsed, Text, described
from schema.problems import Problem

_SHA256 = re.compile(r"[0-9a-f]{64}")


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
        super().__init__(_moment, **described(kwargs, description=description))


class Day(Parsed):
    """A calendar day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_day, **described(kwargs, description="A day: 2020-08-17.", format="date"))


class Sha256(Parsed):
    """A SHA-256 digest in lower-case hex."""

    def __init__(self, **kwargs: Any) -> None:
        said = described(kwargs, description="SHA-256, 64 lower-case hex digits.")
        super().__init__(_sha256, **said)


class Uscc(Parsed):
    """A unified social credit code whose check characters hold, where ``parse`` asks it.

    A sole trader's is personal: in a statement stands the register key, and, where ``about`` says whose code
    it is, a commitment to it beside it as ``<name>_code`` (service/parties/persons/personal.py).
    """

    def __init__(
        self,
        parse: Callable[[str], str] = identifiers.parse_uscc,
        *,
        about: About | None = None,
        **kwargs: Any,
    ) -> None:
        description = "Unified social credit code (GB 32100), 18 characters."
        said = described(kwargs, **{"description": description, PERSONAL: OF_SOLE_TRADERS})
        super().__init__(parse, **said)
        self.about = about

    def is_private(self, said: object) -> bool:
        """Whether what a client sent may be a sole trader's code, however it is written."""
        return isinstance(said, str) and identifiers.is_sole_trader(identifiers.normalise(said))


class Region(Parsed):
    """A region code; where ``country`` is, also that of the whole country."""

    def __init__(self, *, country: bool = False, **kwargs: Any) -> None:
        said = described(kwargs, description="Region code (GB/T 2260), six digits.")
        super().__init__(lambda text: identifiers.parse_region(text, country=country), **said)


class RegionPrefix(Parsed):
    """A region by its significant digits; six digits are cut to them, and nothing is everywhere."""

    def __init__(self, **kwargs: Any) -> None:
        description = "A region's significant digits: 21, 2101 or 210102; empty for the whole country."
        super().__init__(parse_region_prefix, **described(kwargs, description=description))


def parse_region_prefix(text: str) -> str:
    """The significant digits of the region in ``text``. Raises Problem ``identifier.region-…``."""
    value = identifiers.normalise(text)
    if value == "":
        return ""
    padded = value.ljust(6, "0") if len(value) in (2, 4) else value
    return identifiers.prefix(identifiers.parse_region(padded, country=True))


_REGIME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
COLD_CHAIN_IMPORT = "cold_chain_import"
"""The regime of goods of which nothing else is said."""


def _regime(text: str) -> str:
    name = text.strip()
    if not _REGIME.fullmatch(name) or len(name) > 40:
        raise Problem("policy.regime-malformed", value=name[:40])
    return name


class Regime(Parsed):
    """The name of a regime: which there are is said by the policies in force."""

    def __init__(self, **kwargs: Any) -> None:
        said = described(
            kwargs,
            description="Regime of the goods, such as market_entry; a name that a policy gives.",
            default=COLD_CHAIN_IMPORT,
        )
        super().__init__(_regime, **said)


class TraceCode(Parsed):
    """A trace code, of one ``level`` where only that makes sense."""

    def __init__(self, *, level: identifiers.Level | None = None, **kwargs: Any) -> None:
        said = described(kwargs, description="Trace code, 20 characters.")
        super().__init__(self._parse, **said)
        self.level = level

    def _parse(self, text: str) -> str:
        code = identifiers.TraceCode.parse(text)
        if self.level is not None and code.level is not self.level:
            raise Problem("message.trace-code-level", value=code.text, expected=self.level.value)
        return code.text


class Container(Parsed):
    """A freight container's number."""

    def __init__(self, **kwargs: Any) -> None:
        said = described(kwargs, description="Container number (ISO 6346), 11 characters.")
        super().__init__(lambda text: identifiers.parse_container(text).number, **said)


class Country(Parsed):
    """A country: two or three letters are read, three are kept."""

    def __init__(self, **kwargs: Any) -> None:
        said = described(kwargs, description="Country (ISO 3166-1), three letters; two are accepted.")
        super().__init__(lambda text: ALPHA_3[identifiers.parse_country(text)], **said)


class Hs(Parsed):
    """A commodity code as declared in China."""

    def __init__(self, **kwargs: Any) -> None:
        said = described(kwargs, description="HS code as declared in China, ten digits.")
        super().__init__(identifiers.parse_hs, **said)


class Gtin(Parsed):
    """A GTIN."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(identifiers.parse_gtin, **described(kwargs, description="GTIN-8, -12, -13 or -14."))
