"""Messages about policies: what a region demands of goods of a regime, from when to when.

A regime is what goods come under: cold-chain imports, other imports, what enters a market. Its name is data
of the policies. A document says all that the gate asks; what it may leave out stands in ``DEFAULTS``, in this
one place. A default never changes for documents that were enacted: another one is another judgement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from marshmallow import fields, validates_schema

from schema.messages.fields import (
    Choice,
    Flag,
    Id,
    Inner,
    Items,
    Message,
    ProblemError,
    Text,
    Whole,
    described,
)
from schema.messages.goods import CATEGORIES, SOURCES
from schema.messages.papers import PAPERS
from schema.messages.staff import STAFF_ROLES, TESTS
from schema.messages.thresholds import THRESHOLDS, Thresholds
from schema.messages.written import Country, Issuer, Moment, Regime, RegionPrefix
from schema.problems import Problem

FACILITY_KINDS = (
    *("first_station", "central_warehouse", "third_party_store", "own_use_store"),
    *("processing_plant", "market", "shop", "restaurant"),
)
ZONE_KINDS = ("quarantine", "imported", "domestic", "independent")
PARTICULARS = ("hs", "establishment", "country", "production_batch", "produced_on", "best_before")
"""What a registration states where the policy of its regime asks for it."""

TIERS = ("0", "1", "2", "3", "4", "5")
"""How goods come to be exposed: the same goods, container, vehicle, zone, handling, where they came from."""

AGENTS = (
    *("chlorine", "chlorine_dioxide", "peracetic_acid", "hydrogen_peroxide"),
    *("quaternary_ammonium", "ethanol", "ozone", "ultraviolet", "other"),
)
"""What disinfects. Of another agent the name is stated."""

DEFAULT_KIND = "default"
"""The entry of ``back_dating_days`` for kinds of statement that it does not name."""

DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "cold_chain": True,
        "quarantine": True,
        "first_stations": ["first_station", "central_warehouse"],
        "sealed_container_from": ["port"],
        "zones_before_release": ["quarantine", "independent"],
        "zones_after_release": ["imported"],
        "particulars": list(PARTICULARS),
        "entry_places": None,
        "finding_days": 3,
        "near_expiry_days": 30,
        "filing_days": 30,
        "filing_change_days": 10,
        "disinfection_minimum": [],
        "one_family_in_independent_zones": False,
        "retention_days": 730,
        "correction_days": 730,
        "look_back_days": 14,
        "exposure": {
            "tiers": ["0", "1", "2", "3", "4"],
            "hops": 1,
            "min_overlap_minutes": 0,
            "zone_kinds": None,
            "linger_minutes": 0,
            "opened_only": False,
            "handling_hours": 24,
            "production_days": 0,
        },
        "staff_tests": [],
        "recall_levels": [
            {"level": 1, "start_hours": 24, "finish_working_days": 10},
            {"level": 2, "start_hours": 48, "finish_working_days": 20},
            {"level": 3, "start_hours": 72, "finish_working_days": 30},
        ],
        **THRESHOLDS,
    }
)
"""What a document says where it says nothing: the rules for imported goods of the cold chain."""

_MOST_DAYS = 3650
_KIND = re.compile(r"[a-z]+(-[a-z]+){0,5}")


def _about(text: str, name: str | None = None) -> dict[str, Any]:
    """A description, with the default of the document's member ``name``."""
    return {"description": text} if name is None else {"description": text, "default": DEFAULTS[name]}


def _each_paper(make: Any) -> dict[str, Any]:
    return {paper: make(paper) for paper in PAPERS}


class _IssuersOf(Message):
    """Who may issue a kind of certificate; null, or left out, is anybody."""


Issuers = _IssuersOf.from_dict(
    _each_paper(
        lambda paper: Items(
            Issuer(), allow_none=True, metadata=_about(f"Of the paper {paper}; null: anybody.")
        )
    ),
    name="Issuers",
)


class _ValidityOf(Message):
    """How long a kind of certificate counts after its day of issue, where it does not say so itself."""


ValidityDays = _ValidityOf.from_dict(
    _each_paper(
        lambda _paper: Whole(
            least=0,
            most=_MOST_DAYS,
            allow_none=True,
            metadata=_about("Days after issue; null is without end."),
        )
    ),
    name="ValidityDays",
)


class Enhanced(Message):
    """Goods under enhanced control: those that fit all that is named, and something must be."""

    country = Country(metadata=_about("Country of origin."))
    establishment = Text(longest=24, metadata=_about("Number of the establishment."))
    category = Choice(CATEGORIES, metadata=_about("Category of goods."))

    @validates_schema
    def _check_some(self, data: dict[str, Any], **_options: Any) -> None:
        if not data:
            raise ProblemError(Problem("policy.enhanced-empty"))


class RecallLevel(Message):
    """The clocks of one level of recall."""

    level = Whole(least=1, most=3, required=True, metadata=_about("1 is the gravest."))
    start_hours = Whole(least=1, most=720, required=True, metadata=_about("Hours until it has begun."))
    finish_working_days = Whole(
        least=1, most=365, required=True, metadata=_about("Working days until it is finished.")
    )


class DisinfectionMinimum(Message):
    """An agent that counts, and the least of it."""

    agent = Choice(AGENTS, required=True, metadata=_about("The agent."))
    milligrams_per_litre = Whole(least=0, most=1_000_000, metadata=_about("At least so concentrated."))
    contact_minutes = Whole(least=0, most=1440, metadata=_about("For at least so long."))


class StaffTestRule(Message):
    """What people of a role need to work; with several rules, all of it."""

    role = Choice(STAFF_ROLES, required=True, metadata=_about("Whom it is for."))
    test = Choice(TESTS, required=True, metadata=_about("Which test."))
    every_days = Whole(
        least=1, most=365, required=True, metadata=_about("Days for which a sample counts after its own.")
    )
    vaccination = Flag(metadata=_about("Whether they must be vaccinated."))


class DaysByKind(fields.Raw):
    """Days, or days by kind of statement with ``default`` for all others."""

    def __init__(self, **kwargs: Any) -> None:
        days = {"type": "integer", "minimum": 0, "maximum": _MOST_DAYS}
        table = {"type": "object", "required": [DEFAULT_KIND], "additionalProperties": days}
        super().__init__(**described(kwargs, oneOf=[days, table]))
        self._days = Whole(least=0, most=_MOST_DAYS)

    def make_error(self, key: str, **_facts: Any) -> ProblemError:
        return ProblemError(Problem({"required": "message.required"}.get(key, "message.null")))

    def _deserialize(self, value: Any, *_context: Any, **_options: Any) -> Any:
        if not isinstance(value, Mapping):
            return self._days.read(value)
        if DEFAULT_KIND not in value:
            raise ProblemError(Problem("message.required", field=f"/{DEFAULT_KIND}"))
        return {self._kind(kind): self._days.read(days) for kind, days in value.items()}

    @staticmethod
    def _kind(kind: object) -> str:
        if not isinstance(kind, str) or not _KIND.fullmatch(kind):
            raise ProblemError(Problem("policy.kind-malformed", kind=str(kind)[:40]))
        return kind


class Label(Message):
    """What a regime is called by people."""

    zh = Text(longest=60, required=True, metadata=_about("In Chinese."))
    en = Text(longest=60, required=True, metadata=_about("In English."))


class ExposureTerms(Message):
    """What makes goods exposed to others; who asks may say it otherwise."""

    tiers = Items(Choice(TIERS), distinct=True, metadata=_about("Relations that count, by their tiers."))
    hops = Whole(least=0, most=5, metadata=_about("Contacts one after the other; 0: none."))
    min_overlap_minutes = Whole(least=0, most=43_200, metadata=_about("Least minutes together."))
    zone_kinds = Items(
        Choice(ZONE_KINDS), allow_none=True, distinct=True, metadata=_about("Kinds of zone; null: all.")
    )
    linger_minutes = Whole(
        least=0,
        most=43_200,
        metadata=_about("Minutes for which a place stays dangerous after the goods left."),
    )
    opened_only = Flag(metadata=_about("Whether two that are both sealed do not endanger each other."))
    handling_hours = Whole(
        least=0, most=720, metadata=_about("Hours for which bays, machines and people stay dangerous.")
    )
    production_days = Whole(
        least=0, most=365, metadata=_about("Days between productions of an establishment that are related.")
    )


class PolicyDocument(Thresholds):
    """What a region demands of goods of one regime."""

    name = Text(required=True, metadata=_about("What the policy is called."))
    label = Inner(Label, metadata=_about("What its regime is called."))
    required = Items(
        Choice(PAPERS),
        required=True,
        least=0,
        distinct=True,
        metadata=_about("Certificates that a release needs."),
    )
    issuers = Inner(Issuers, required=True, metadata=_about("Approved issuers by certificate."))
    certificate_validity_days = Inner(
        ValidityDays, required=True, metadata=_about("How long certificates count.")
    )
    accept_port_sampling = Flag(required=True, metadata=_about("Whether samples taken at the port count."))
    weight_tolerance_permille = Whole(
        required=True, least=0, most=1000, metadata=_about("How far goods and papers may differ in weight.")
    )
    enhanced = Items(
        Inner(Enhanced), required=True, least=0, metadata=_about("Goods under enhanced control.")
    )
    accept_exit_certificates_of_other_provinces = Flag(
        required=True, metadata=_about("Whether goods of another province may skip the first station.")
    )
    announce_hours = Whole(
        required=True, least=0, most=720, metadata=_about("Hours before arrival for the announcement.")
    )
    back_dating_days = DaysByKind(
        required=True,
        metadata=_about("How far back statements may be dated: days, or days by kind with “default”."),
    )
    cold_chain = Flag(metadata=_about("Whether these are goods of the cold chain.", "cold_chain"))
    quarantine = Flag(
        metadata=_about("Whether goods are in quarantine until they are released.", "quarantine")
    )
    first_stations = Items(
        Choice(FACILITY_KINDS),
        distinct=True,
        metadata=_about("Kinds of place that may register goods first.", "first_stations"),
    )
    sealed_container_from = Items(
        Choice(SOURCES),
        least=0,
        distinct=True,
        metadata=_about("Sources from which goods come in a sealed container.", "sealed_container_from"),
    )
    zones_before_release = Items(
        Choice(ZONE_KINDS),
        distinct=True,
        metadata=_about("Kinds of zone for goods before release.", "zones_before_release"),
    )
    zones_after_release = Items(
        Choice(ZONE_KINDS),
        distinct=True,
        metadata=_about("Kinds of zone for released goods.", "zones_after_release"),
    )
    particulars = Items(
        Choice(PARTICULARS),
        least=0,
        distinct=True,
        metadata=_about("What a registration must state beside what every one does.", "particulars"),
    )
    entry_places = Items(
        Text(longest=100),
        allow_none=True,
        distinct=True,
        metadata=_about("Places through which goods may come; null: any.", "entry_places"),
    )
    finding_days = Whole(
        least=0, most=365, metadata=_about("Days for the answer to a finding.", "finding_days")
    )
    near_expiry_days = Whole(
        least=0,
        most=_MOST_DAYS,
        metadata=_about("Days before best-before that are near.", "near_expiry_days"),
    )
    filing_days = Whole(
        least=0, most=365, metadata=_about("Working days in which a place is filed.", "filing_days")
    )
    filing_change_days = Whole(
        least=0, most=365, metadata=_about("Working days in which a change is told.", "filing_change_days")
    )
    disinfection_minimum = Items(
        Inner(DisinfectionMinimum),
        least=0,
        most=20,
        metadata=_about("What disinfects; where none is named, anything does.", "disinfection_minimum"),
    )
    one_family_in_independent_zones = Flag(
        metadata=_about(
            "Whether an independent zone takes goods of one arrival at a time.",
            "one_family_in_independent_zones",
        )
    )
    correction_days = Whole(
        least=0,
        most=_MOST_DAYS * 10,
        metadata=_about("Days for which who said something may correct it.", "correction_days"),
    )
    retention_days = Whole(
        least=0, most=_MOST_DAYS * 10, metadata=_about("Days for which records are kept.", "retention_days")
    )
    look_back_days = Whole(
        least=0, most=365, metadata=_about("Days before a sampling that a case asks about.", "look_back_days")
    )
    exposure = Inner(ExposureTerms, metadata=_about("What makes goods exposed to others.", "exposure"))
    recall_levels = Items(
        Inner(RecallLevel), most=3, metadata=_about("Clocks of recalls by level.", "recall_levels")
    )
    staff_tests = Items(
        Inner(StaffTestRule), least=0, metadata=_about("What people who touch goods need.", "staff_tests")
    )

    @validates_schema
    def _check_staff(self, data: dict[str, Any], **_options: Any) -> None:
        rules = [(rule["role"], rule["test"]) for rule in data.get("staff_tests", [])]
        for index, (role, test) in enumerate(rules):
            if (role, test) in rules[:index]:
                field = f"/staff_tests/{index}"
                raise ProblemError(Problem("policy.staff-rule-twice", field=field, role=role, test=test))

    @validates_schema
    def _check_quarantine(self, data: dict[str, Any], **_options: Any) -> None:
        if not data.get("quarantine", True) and data["required"]:
            raise ProblemError(Problem("policy.papers-without-quarantine", field="/required"))


class PolicyEnactment(Message):
    """A policy for a region and all in it, from a moment on. Said by its regulator or the platform."""

    region = RegionPrefix(required=True)
    regime = Regime()
    valid_from = Moment(
        metadata=_about("When it begins: a moment, or a day from its midnight in China. Left out: at once.")
    )
    valid_until = Moment(metadata=_about("When it ends: a moment, or the last day. Left out: open."))
    document = Inner(PolicyDocument, required=True, metadata=_about("What is demanded."))


class PolicyWithdrawal(Message):
    """A policy that has not begun will not begin."""

    edition = Id(required=True, metadata=_about("Position of the statement that enacted it."))
