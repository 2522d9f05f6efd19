"""Everything that can be wrong, said once: a stable code, and words for people in zh and en.

A problem is raised where a rule is broken, with the facts that broke it. Its words stand in the ``.toml``
files beside this module, one file a room, so that a code, its HTTP status and both languages are read
together. The web room maps it to an RFC 9457 problem document; nothing else knows about HTTP.

An entry of the catalogue::

    ["gate.quarantine-missing"]
    status = 409
    title = { en = "No quarantine certificate", zh = "缺少入境货物检验检疫证明" }
    detail = { en = "Lot {lot} has no …", zh = "批次 {lot} 没有…" }
    remedy = { en = "Record …", zh = "请登记…" }

``{name}`` is replaced by the fact of that name; a time is read on China's clock.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from schema.clock import as_read

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

Fact = str | int | None


class Problem(Exception):  # noqa: N818  (the field's word: RFC 9457)
    """What was asked cannot be done.

    ``code`` is an entry of the catalogue. ``field`` is a JSON pointer into the request where one field is
    to blame. ``facts`` are the values that broke the rule. ``causes`` are the single problems when several
    were found at once, such as all that the gate still wants.
    """

    def __init__(
        self,
        code: str,
        /,
        *,
        field: str | None = None,
        causes: Iterable[Problem] = (),
        **facts: Fact,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.facts: dict[str, Fact] = facts
        self.causes = tuple(causes)

    def __str__(self) -> str:
        return f"{self.code}: {explain(self).detail}"

    def at(self, field: str) -> Problem:
        """The same problem, blamed on ``field`` (a JSON pointer)."""
        return type(self)(self.code, field=field, causes=self.causes, **self.facts)


class Refusal(Problem):
    """A rule refuses what was asked: the fact is in ``facts``, the remedy in the catalogue."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A problem in one language."""

    status: int
    title: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of the catalogue with its words."""

    status: int
    title: Mapping[Language, str]
    detail: Mapping[Language, str]
    remedy: Mapping[Language, str]


@cache
def catalogue() -> Mapping[str, Entry]:
    """Every code that the product can answer with."""
    entries: dict[str, Entry] = {}
    for resource in files(__package__).iterdir():
        if resource.name.endswith(".toml"):
            for code, raw in tomllib.loads(resource.read_text(encoding="utf-8")).items():
                if code in entries:
                    raise ValueError(f"{code} stands twice in the catalogue")
                entries[code] = Entry(**raw)
    return entries


def explain(problem: Problem, language: Language = "en") -> Explanation:
    """Put ``problem`` into the words of ``language``."""
    entry = catalogue()[problem.code]
    facts = {name: _spoken(value) for name, value in problem.facts.items()}
    return Explanation(
        status=entry.status,
        title=entry.title[language].format_map(facts),
        detail=entry.detail[language].format_map(facts),
        remedy=entry.remedy[language].format_map(facts),
    )


def _spoken(fact: Fact) -> str | int:
    if fact is None:
        return "—"
    return as_read(fact) if isinstance(fact, str) else fact
