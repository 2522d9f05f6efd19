"""Messages about cases: opened, tested, asked what is exposed, closed and opened again; requests under them.

A ``…Request`` is what a client sends where the service adds what the ledger records.
"""

from __future__ import annotations

from schema.messages.fields import Choice, Flag, Id, Inner, Items, Message, Personal, Text, Whole
from schema.messages.written import Moment

HAZARDS = ("sars_cov_2", "asf", "listeria", "vibrio", "residue", "other")
"""What is suspected: SARS-CoV-2 on packaging, African swine fever, bacteria, residues."""
MOST_NAMED = 100


def about(text: str) -> dict[str, str]:
    return {"description": text}


def note() -> Personal:
    return Personal(longest=1000, lines=True, metadata=about("Note; kept private."))


def _named(text: str) -> Items:
    return Items(Id(), most=MOST_NAMED, distinct=True, metadata=about(text))


class ZoneRef(Message):
    """A zone of a place."""

    facility = Id(required=True, metadata=about("The place."))
    zone = Whole(least=1, required=True, metadata=about("Number of the zone."))


class CaseSubject(Message):
    """What a case is about: one of the five, and the sample that brought it."""

    lots = _named("Whole lots.")
    arrivals = _named("Containers or loads: every lot registered from them.")
    units = _named("Single units.")
    zone = Inner(ZoneRef, metadata=about("A zone: whatever was in it."))
    vehicle = Id(metadata=about("A vehicle: whatever was on it."))
    sample = Id(metadata=about("The sample that was positive."))


class CaseOpeningRequest(Message):
    """An authority opens a case: something is suspected."""

    number = Text(longest=50, required=True, metadata=about("Number of the authority's case file."))
    hazard = Choice(HAZARDS, required=True, metadata=about("What is suspected."))
    subject = Inner(CaseSubject, required=True, metadata=about("What the suspicion is about."))
    sampled_at = Moment(metadata=about("When it was sampled; the look-back counts from there."))
    drill = Flag(metadata=about("Whether it is a drill: it restrains no goods and is not public."))
    note = note()


class CaseOpening(CaseOpeningRequest):
    """An authority opens a case, as the ledger records it."""

    witnesses = Items(
        Id(), least=0, most=MOST_NAMED, metadata=about("Units that show such goods in the author's region.")
    )
