"""Every word of the pages is there in both languages, and none is left that no page says."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

import orjson
import pytest
from marshmallow import Schema, fields

import service.web
from schema.key_directory import REVOCATIONS
from schema.messages import (
    accounts,
    cases,
    cooperation,
    corrections,
    device_keys,
    disinfection,
    drills,
    evidence,
    exposure,
    filing,
    goods,
    incidents,
    movements,
    notices,
    papers,
    parties,
    policies,
    policy_views,
    recalls,
    sampling,
    staff,
    stock,
)
from schema.problems import LANGUAGES
from service.goods.state import MovementKind, UnitState
from service.parties.state import Keeper
from service.registry import make_registry
from service.web import checking, navigation
from service.web.corrections import SHOWN, THINGS
from service.web.lots import LOT_STATES
from service.web.texts import text, texts
from service.web.tracing import PARTS

ROOM = Path(str(files(service.web)))
EDITION_WORDS = orjson.loads(checking.edition().contents[checking.EDITION])["words"]


def members(schema: Schema) -> Iterator[str]:
    """The members of a message and of those within it, but for papers, which have names of their own."""
    for name, field in schema.fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        yield name
        if isinstance(inner, fields.Nested) and not {*papers.PAPERS} & {*inner.schema.fields}:
            yield from members(inner.schema)


CLOSED_SETS: dict[str, Iterable[str]] = {
    "answer": ("yes", "no"),
    "activity": ("active", "inactive"),
    "source": goods.SOURCES,
    "category": goods.CATEGORIES,
    "temperature_class": goods.TEMPERATURE_CLASSES,
    "paper": papers.PAPERS,
    "result": papers.RESULTS,
    "sampled_where": papers.SAMPLED_WHERE,
    "loss": (*movements.SHORTFALLS, *movements.LOSSES),
    "pack": movements.PACKS,
    "packaging": ("sealed", "opened"),
    "purpose": movements.PURPOSES,
    "sample_purpose": movements.SAMPLE_PURPOSES,
    "sampler": movements.SAMPLERS,
    "method": movements.DESTRUCTION_METHODS,
    "rejection": movements.REJECTIONS,
    "count_reason": movements.COUNT_REASONS,
    "discovery": movements.DISCOVERIES,
    "circumstances": movements.CIRCUMSTANCES,
    "transfer_document": movements.TRANSFER_DOCUMENTS,
    "lot_state": LOT_STATES,
    "unit_state": tuple(UnitState),
    "consumer_state": ("quarantined", "released", "held"),
    "consumer": ("quarantined", "released", "held"),
    "shipment_state": ("open", "received"),
    "direction": ("in", "out"),
    "movement": tuple(MovementKind),
    "facility_kind": parties.FACILITY_KINDS,
    "zone_kind": parties.ZONE_KINDS,
    "vehicle_kind": parties.VEHICLE_KINDS,
    "role": parties.ROLES,
    "user_role": accounts.USER_ROLES,
    "scope": accounts.SCOPES,
    "device": device_keys.DEVICES,
    "trace": PARTS,
    "policy_field": {*members(policies.PolicyDocument())},
    "policy_role": staff.STAFF_ROLES,
    "policy_test": staff.TESTS,
    "staff_filter": ("working", "left"),
    "staff_state": ("fit", "due", "overdue", "not_cleared", "unvaccinated", "left"),
    "person_kind": staff.PERSON_KINDS,
    "read_purpose": (*staff.PURPOSES, "work"),
    "relation": staff.RELATIONS,
    "erasure_reason": staff.ERASURE_REASONS,
    "policy_agent": policies.AGENTS,
    "exposure_tier": policies.TIERS,
    "exposure_relation": exposure.RELATIONS,
    "exposure_contact": exposure.CONTACTS,
    "edition_state": policy_views.EDITION_STATES,
    "preview_state": ("running", "done", "stopped"),
    "draft_effect": ("refused", "changed", "allowed"),
    "zone_state": ("open", "closed"),
    "keeper": tuple(Keeper),
    "place_reason": (*filing.SUSPENSIONS, *filing.REINSTATEMENTS, *filing.CLOSURES),
    "place": ("change", "suspension", "reinstatement", "closing", "repartition", "clearing"),
    "disinfected": disinfection.SUBJECTS,
    "grounds": disinfection.GROUNDS,
    "hazard": cases.HAZARDS,
    "drill_state": drills.DRILL_STATES,
    "target": drills.TARGETS,
    "sampled": sampling.SUBJECTS,
    "surface": sampling.SURFACES,
    "sample_state": sampling.SAMPLE_STATES,
    "sample_result": sampling.SAMPLE_RESULTS,
    "test_method": sampling.METHODS,
    "failure": sampling.FAILURES,
    "period": sampling.PERIODS,
    "sample_split": sampling.SPLITS,
    "acceptance": ("accepted", "stated", "broken"),
    "stock_by": stock.TOTALS,
    "coverage": stock.COVERAGE,
    "difference": stock.FINDINGS,
    "expiry": ("past",),
    "label_size": ("70x50", "50x30"),
    "revocation": REVOCATIONS,
    "secret": ("secret", "password", "invitation"),
    "correction_reason": corrections.REASONS,
    "exclusion_grounds": corrections.GROUNDS,
    "correct_thing": sorted({*THINGS}),
    "correct_member": SHOWN,
    "correct_field": sorted(key.rpartition(".")[2] for key in texts() if key.startswith("correct_field.")),
    "hold_kind": incidents.HOLD_KINDS,
    "hold_state": ("held", "lifted"),
    "recall_level": tuple(map(str, recalls.LEVELS)),
    "recall_state": (*recalls.RECALL_STATES, "overdue"),
    "recall_reason": recalls.RECALL_REASONS,
    "measure": recalls.MEASURES,
    "extension_reason": recalls.EXTENSION_REASONS,
    "recalled": recalls.OUTCOMES,
    "channel": notices.CHANNELS,
    "turn": tuple(map(str, notices.TURNS)),
    "contact_language": notices.LANGUAGES,
    "delivery": ("delivered", "failed"),
    "hint": tuple(f"recalled_{word}" for word in recalls.OUTCOMES),
    "case_state": cases.CASE_STATES,
    "case_subject": ("lots", "arrivals", "units", "zone", "vehicle"),
    "case_stage": cases.STAGES,
    "case_result": cases.RESULTS,
    "case_task": ("overdue", "expose", "hold", "request", "test", "retest", "confirm", "lift", "close"),
    "case_conclusion": cases.CASE_CONCLUSIONS,
    "reopening": cases.REOPENINGS,
    "asked": cases.ASKS,
    "request_state": (*cases.REQUEST_STATES, "overdue"),
    "request_answer": cases.ANSWERS,
    "withdrawal": cases.WITHDRAWALS,
    "pack_state": evidence.STATES,
    "cooperation_state": cooperation.COOPERATION_STATES,
    "cooperation_direction": cooperation.DIRECTIONS,
    "cooperation_ask": cooperation.COOPERATION_ASKS,
    "cooperation_answer": cooperation.COOPERATION_ANSWERS,
    "cooperation.package-of": cooperation.DIRECTIONS,
    "hold_reason": incidents.HOLD_REASONS,
    "lift_reason": (*incidents.LIFT_REASONS, *(f"finding_{word}" for word in incidents.CONCLUSIONS)),
    "finding_state": (*incidents.FINDING_STATES, "overdue"),
    "explanation": incidents.EXPLANATIONS,
    "conclusion": incidents.CONCLUSIONS,
    "intent": (
        *(kind.name for kind in make_registry().kinds.values() if kind.intent),
        "certificate-recorded",
    ),
    "ground": ("scan", "statement", "attempt"),
    "kind": tuple(make_registry().kinds),
    "next": tuple(make_registry().kinds),
    "nav_group": tuple(navigation.GROUPS),
    "nav": tuple(path.strip("/") for paths in navigation.GROUPS.values() for path in paths),
    "about": (
        "search",
        "arrivals",
        "lots",
        "units",
        "shipments",
        "holds",
        "findings",
        "cases",
        "case-requests",
        "cooperations",
        "recalls",
        "notices",
        "refused",
        "samples",
        "drills",
        "exposure",
        "receive",
        "sell",
        "organisation",
        "organisations",
        "label-keys",
        "policies",
        "stock",
        "coverage",
        "staff",
        "access-log",
    ),
}
"""Keys that are put together from a group and a value; each group with all its values."""


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOM / "templates").glob("*.html")):
        yield path.name, path.read_text(encoding="utf-8")


def said_by_templates() -> set[str]:
    return {
        key
        for _, source in templates()
        for key in re.findall(r"""\bt\("([a-z_-]+\.[a-z_-]+)"\s*[,)]""", source)
    } | {key for _, source in templates() for key in re.findall(r"""nothing\("([a-z_.-]+)"\)""", source)}


def literals() -> set[str]:
    """Every text literal of the room's code that has the form of a key."""
    found: set[str] = set()
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in texts():
                found.add(node.value)
    return found


def said_by_scripts() -> set[str]:
    """What the modules of the checking page name (service/web/checking.py)."""
    return {key for words in EDITION_WORDS.values() for key in words["texts"]}


def field_labels() -> set[str]:
    """The default labels of fields: the last part of their names."""
    found: set[str] = set()
    for path in ROOM.glob("*.py"):
        for name in re.findall(r"""Field\(\s*f?"([^"]+)\"""", path.read_text(encoding="utf-8")):
            key = "field." + name.rpartition(".")[2].rpartition("}")[2]
            if key in texts():
                found.add(key)
    loops = {"product", "code", "container", "vessel", "bill_of_lading", "declaration", "exporter"}
    return found | {f"field.{name}" for name in loops}


def composed() -> set[str]:
    return {f"{group}.{value}" for group, values in CLOSED_SETS.items() for value in values}


def test_each_key_that_a_template_says_exists() -> None:
    missing = said_by_templates() - set(texts())
    assert not missing


@pytest.mark.parametrize("key", sorted(composed()))
def test_each_value_of_a_closed_set_has_its_words(key: str) -> None:
    assert key in texts()


def test_no_key_is_without_use() -> None:
    places = {key for key in texts() if key.startswith("province.")}
    used = said_by_templates() | said_by_scripts() | literals() | field_labels() | composed() | places
    assert not set(texts()) - used


@pytest.mark.parametrize("key", sorted(texts()))
def test_both_languages_say_it_with_the_same_values(key: str) -> None:
    words = texts()[key]
    assert set(words) == set(LANGUAGES)
    assert all(words[language].strip() for language in LANGUAGES)
    values = [
        {name for _, name, _, _ in string.Formatter().parse(words[language]) if name}
        for language in LANGUAGES
    ]
    assert values[0] == values[1]


@pytest.mark.parametrize(("name", "source"), list(templates()))
def test_templates_hold_no_words_of_their_own(name: str, source: str) -> None:
    """Whatever stands between tags comes from the texts, so nothing can be said in one language only."""
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!?[^>]*>", " ", source, flags=re.DOTALL)
    assert not re.findall(r"[A-Za-z\u4e00-\u9fff]{2,}", bare.replace("SHA-256", "")), name


def test_no_template_has_script_or_style_of_its_own() -> None:
    for name, source in templates():
        assert not re.search(
            r"<script(?! type=\"module\" src=)|<style|\sstyle=|\son[a-z]+=|\|\s*safe\b", source
        ), name


def test_a_text_takes_its_values() -> None:
    assert text("format.kilograms", "en", kg="1,234.5") == "1,234.5 kg"
    assert text("format.kilograms", "zh", kg="1,234.5") == "1,234.5 千克"
    with pytest.raises(KeyError):
        text("no.such-key", "en")
