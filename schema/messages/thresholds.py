"""From when on something is suspicious: members of a policy's document, which may all be left out.

The defaults are for a country of which no map is at hand: what they call impossible is impossible everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from schema.messages.fields import Flag, Message, Whole

THRESHOLDS: Mapping[str, Any] = MappingProxyType(
    {
        # Neighbours across the border of a county, a city or a province may be next door to each other, so
        # these are what a truck needs to the next town; scanners' clocks differ by minutes.
        "travel_minutes_city": 20,
        "travel_minutes_province": 60,
        "travel_minutes_country": 120,
        # What was recorded without a network has come in by the next day.
        "scan_settle_hours": 24,
        "scan_days": 90,
        # A count is wrong by a few pieces now and then; each time it is a finding of its own anyway.
        "surplus_pieces": 10,
        # One slip of a number is honest; the second lot is none.
        "paper_lots": 2,
        # A store that was offline for a long weekend hands in what it has: up to three days, and all at once.
        "dated_back_count": 20,
        "dated_back_minutes": 60,
        "dated_back_hours": 96,
        "suspicion_holds": False,
    }
)
"""What a document says where it says nothing of suspicions."""


def _about(name: str, text: str) -> dict[str, Any]:
    return {"description": text, "default": THRESHOLDS[name]}


class Thresholds(Message):
    """When scans, receipts, papers and times are suspicious together."""

    travel_minutes_city = Whole(
        least=0,
        most=1440,
        metadata=_about("travel_minutes_city", "Least minutes between two counties of a city."),
    )
    travel_minutes_province = Whole(
        least=0,
        most=1440,
        metadata=_about("travel_minutes_province", "Least minutes between two cities of a province."),
    )
    travel_minutes_country = Whole(
        least=0,
        most=1440,
        metadata=_about("travel_minutes_country", "Least minutes between two provinces."),
    )
    scan_settle_hours = Whole(
        least=0,
        most=720,
        metadata=_about(
            "scan_settle_hours", "Hours until a scan is held against where goods are known to have been."
        ),
    )
    scan_days = Whole(least=1, most=730, metadata=_about("scan_days", "Days for which scans are kept."))
    surplus_pieces = Whole(
        least=0,
        most=1_000_000,
        metadata=_about("surplus_pieces", "Pieces of a lot that may turn up beyond those that were lost."),
    )
    paper_lots = Whole(
        least=1,
        most=100,
        metadata=_about("paper_lots", "Lots for which a paper is tried that it does not name."),
    )
    dated_back_count = Whole(
        least=2, most=100, metadata=_about("dated_back_count", "Late statements that are many.")
    )
    dated_back_minutes = Whole(
        least=1, most=1440, metadata=_about("dated_back_minutes", "Minutes in which they are.")
    )
    dated_back_hours = Whole(
        least=1,
        most=87_600,
        metadata=_about("dated_back_hours", "Hours after what happened from which a statement is late."),
    )
    suspicion_holds = Flag(metadata=_about("suspicion_holds", "Whether a suspicion holds its lots."))
