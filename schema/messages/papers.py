"""Messages about certificates: what is copied from a paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import post_load

from schema.identifiers import normalise, parse_certificate_number
from schema.messages.fields import (
    Choice,
    Flag,
    Grams,
    Id,
    Inner,
    Items,
    Message,
    Pieces,
    ProblemError,
    Text,
    Whole,
)
from schema.messages.goods import EstablishmentNumber
from schema.messages.written import Country, Day, Issuer, Moment, Sha256
from schema.problems import Problem

PAPERS = (
    *("quarantine", "nucleic_acid", "disinfection", "customs_declaration"),
    *("origin", "quality_test"),
)
RESULTS_OF = {"nucleic_acid": ("negative", "positive"), "quality_test": ("qualified", "unqualified")}
"""How a test of each kind may come out."""
RESULTS = tuple(result for results in RESULTS_OF.values() for result in results)
SAMPLED_WHERE = ("port", "store")
MAX_LOTS = 200
"""Lots a paper names: more than one container holds."""


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class Covers(Message):
    """What a paper says of the goods, as far as it says it. It is compared with what was registered."""

    product = Text(metadata=_about("Name of the product."))
    country = Country(metadata=_about("Country of origin, three letters."))
    establishment = EstablishmentNumber()
    production_batch = Text(longest=60, metadata=_about("Production batch."))
    grams = Grams(metadata=_about("Net weight of all the goods that it names."))


class CertificateRecord(Message):
    """A paper of one or several lots. What is on it is a fact, a positive result too."""

    kind = Choice(PAPERS, required=True, metadata=_about("Which paper it is."))
    issuer = Issuer(required=True, metadata=_about("Who issued it, as on the paper."))
    number = Text(required=True, longest=60, metadata=_about("Its number; used once an issuer."))
    issued_on = Day(required=True, metadata=_about("Day of issue."))
    valid_until = Day(metadata=_about("Last day on which it is valid."))
    lots = Items(
        Id(), most=MAX_LOTS, distinct=True, required=True, metadata=_about("The lots that it names.")
    )
    happened_at = Moment(metadata=_about("When it was sampled or disinfected."))
    result = Choice(
        RESULTS,
        metadata=_about("Of a test: negative or positive for a nucleic acid, qualified or not for quality."),
    )
    inner_sample = Flag(metadata=_about("Whether the inner package was sampled too."))
    sampled_where = Choice(SAMPLED_WHERE, metadata=_about("Where it was sampled."))
    agent = Text(longest=100, metadata=_about("Disinfectant."))
    concentration = Text(longest=40, metadata=_about("Its concentration."))
    contact_minutes = Whole(least=1, most=1440, metadata=_about("Contact time."))
    pieces = Pieces(metadata=_about("Pieces that it covers."))
    grams = Grams(metadata=_about("Weight that it covers; needed for several lots."))
    file = Sha256(metadata=_about("SHA-256 of the scan, which was uploaded before."))
    covers = Inner(Covers, metadata=_about("What it says of the goods."))

    @post_load
    def _written(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        try:
            return {**data, "number": _number(data)}
        except Problem as problem:
            raise ProblemError(problem.at("/number")) from None


def _number(data: Mapping[str, Any]) -> str:
    """The number in the written form of its kind; where there is none, in capitals without spaces."""
    number: str = data["number"]
    if data["kind"] == "quarantine":
        return parse_certificate_number(number)
    if data["kind"] == "customs_declaration":
        return normalise(number)
    return normalise(number, grouping=())
