"""Problems in the words of a page: codes of closed sets among their facts are put into words too.

The interface tells programs the codes themselves; a person reads "third-party cold store".
"""

from __future__ import annotations

from collections.abc import Mapping

from schema.problems import Explanation, Fact, Language, Problem, explain
from service.web.texts import text, texts

_FAMILIES: Mapping[str, tuple[str, ...]] = {
    "kind": ("facility_kind", "zone_kind", "person_kind", "kind"),
    "reverse": ("kind",),
    "allowed": ("facility_kind", "zone_kind"),
    "role": ("role", "policy_role"),
    "roles": ("role",),
    "state": ("unit_state", "drill_state"),
    "reason": ("hold_reason",),
    "hazard": ("hazard",),
}
"""Under which keys the words of a fact stand, by its name; the first that knows the code is taken."""
_LISTED = ", "


def explained(problem: Problem, language: Language) -> Explanation:
    """``problem`` in the words of ``language``."""
    facts = {name: _worded(name, fact, language) for name, fact in problem.facts.items()}
    return explain(Problem(problem.code, field=problem.field, causes=(), **facts), language)


def _worded(name: str, fact: Fact, language: Language) -> Fact:
    families = _FAMILIES.get(name)
    if families is None or not isinstance(fact, str):
        return fact
    codes = fact.split(_LISTED)
    words = [_word(each, families, language) for each in codes]
    # What somebody typed stays as it was typed.
    return fact if words == codes else ("、" if language == "zh" else _LISTED).join(words)


def _word(code: str, families: tuple[str, ...], language: Language) -> str:
    for family in families:
        if f"{family}.{code}" in texts():
            return text(f"{family}.{code}", language)
    return code
