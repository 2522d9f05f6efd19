"""A question as it came by an address, made into one that says everything: what it left out is the policy's.

Who may ask: authorities. A regulator begins from what it sees, a place of its region, or any vehicle, for
authorities see the register; what it may not begin from is told like what is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schema.clock import CHINA
from schema.messages.policies import DEFAULTS
from schema.messages.written import COLD_CHAIN_IMPORT
from schema.moments import first_second, last_second
from schema.problems import Problem
from service.http.readers import Reader, ReaderKind
from service.http.reads import Ask
from service.ledger.statement import instant
from service.parties.lookups import policy_regions
from service.parties.visibility import not_found, sight
from service.storage import query
from service.tracing.exposure.question import Question, Tier

DAY = 86_400
FIRST = -2_208_988_800
"""1900, in seconds since 1970: no question begins before it, so that every answer can say when it began."""
_SEEN: Mapping[str, str] = {
    "units": "goods/read_units",
    "lots": "goods/read_lots",
    "arrivals": "goods/read_arrivals",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What a question knows of: the statements before ``position``, the last recorded by second ``now``."""

    position: int
    now: int


def demand_authority(reader: Reader) -> None:
    """Raises Problem ``request.not-found``: exposure is told to authorities."""
    if reader.kind not in (ReaderKind.REGULATOR, ReaderKind.AUDITOR):
        raise not_found()


async def question_of(ask: Ask) -> Question:
    """What is asked. Raises Problem ``exposure.…``, or ``request.not-found``."""
    demand_authority(ask.reader)
    await _demand_beginning(ask)
    return question(ask.query, await known(ask), await defaults(ask))


async def known(ask: Ask) -> Known:
    """As of when it is asked: the present, unless it says otherwise."""
    database = ask.pool
    position = None if ask.as_of is None else ask.as_of.position
    row = await database.fetchrow(query("tracing/exposure.last_known"), position)
    assert row is not None  # noqa: S101  (the head has one row)
    return Known(row["position"], 0 if row["at"] is None else last_second(row["at"]))


async def defaults(ask: Ask) -> dict[str, Any]:
    """The terms of the policy that holds where the reader is, with the days that a case looks back."""
    prefixes = list(policy_regions(ask.reader.region.ljust(6, "0") if ask.reader.region else ""))
    row = await ask.pool.fetchrow(
        query("parties/read_policies.held_at"), instant(ask.now()), prefixes, COLD_CHAIN_IMPORT
    )
    return terms_of({} if row is None else row["document"])


def terms_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The terms that a policy's document sets."""
    shown = {**DEFAULTS, **document}
    return {**DEFAULTS["exposure"], **shown["exposure"], "look_back_days": shown["look_back_days"]}


def question(said: Mapping[str, Any], at: Known, terms: Mapping[str, Any]) -> Question:
    """The question, with ``terms`` where ``said`` is silent. Pure. Raises Problem ``exposure.…``."""
    told = {**terms, **said}
    begin, end = _window(said, at, told["look_back_days"])
    opened = said.get("known_before", at.position)
    if opened > at.position:
        raise Problem("exposure.known-before", field="/known_before", opened=opened, position=at.position)
    place = (said["facility"], said.get("zone", 0)) if "facility" in said else None
    _demand_one(said, place)
    kinds = told["zone_kinds"]
    return Question(
        begin=begin,
        end=end,
        position=at.position,
        now=at.now,
        known_before=opened,
        units=tuple(sorted(said.get("units", ()))),
        lots=tuple(sorted(said.get("lots", ()))),
        arrivals=tuple(sorted(said.get("arrivals", ()))),
        zone=place,
        vehicle=said.get("vehicle"),
        tiers=frozenset(Tier(int(tier)) for tier in told["tiers"]),
        zone_kinds=None if kinds is None else frozenset(kinds),
        **{name: told[name] for name in _PLAIN},
    )


_PLAIN = ("hops", "min_overlap_minutes", "linger_minutes", "opened_only", "handling_hours", "production_days")


def _window(said: Mapping[str, Any], at: Known, look_back_days: int) -> tuple[int, int]:
    """From when to when, in seconds: back from the sample, or from what is known last; never before FIRST."""
    end = max(min(last_second(said["end"]) if "end" in said else at.now, at.now), FIRST)
    sampled = first_second(said["sampled_at"]) if "sampled_at" in said else end
    begin = first_second(said["begin"]) if "begin" in said else sampled - look_back_days * DAY
    begin = max(begin, FIRST)
    if begin >= end:
        raise Problem("exposure.window", field="/from", begin=moment(begin), end=moment(end))
    return begin, end


def _demand_one(said: Mapping[str, Any], place: Sequence[int] | None) -> None:
    named = [said.get(name) for name in (*_SEEN, "vehicle")] + [place]
    count = sum(each is not None for each in named)
    if count != 1:
        raise Problem("exposure.beginning", field="/units", named=count)


async def _demand_beginning(ask: Ask) -> None:
    """Raises Problem ``request.not-found`` where the reader may not begin from something that is named."""
    who = sight(ask.reader)
    for name, shelf in _SEEN.items():
        for key in ask.query.get(name, ()):
            if not await ask.pool.fetchval(query(f"{shelf}.sees"), *who, key):
                raise not_found()
    if "facility" in ask.query or "vehicle" in ask.query:
        place, vehicle = ask.query.get("facility"), ask.query.get("vehicle")
        if not await ask.pool.fetchval(query("tracing/exposure_seen.may_begin"), *who, place, vehicle):
            raise not_found()


def told(asked: Question) -> dict[str, Any]:
    """A question in words that an address or a statement takes, everything said; ``question`` reads it."""
    seeds = {name: list(getattr(asked, name)) for name in _SEEN if getattr(asked, name)}
    place = {} if asked.zone is None else {"facility": asked.zone[0], "zone": asked.zone[1]}
    vehicle = {} if asked.vehicle is None else {"vehicle": asked.vehicle}
    return {
        **seeds,
        **place,
        **vehicle,
        "from": moment(asked.begin),
        "to": moment(asked.end - 1),
        "known_before": asked.known_before,
        "tiers": [str(int(tier)) for tier in sorted(asked.tiers)],
        **{name: getattr(asked, name) for name in _PLAIN},
        **({} if asked.zone_kinds is None else {"zone_kinds": sorted(asked.zone_kinds)}),
    }


def moment(second: int) -> str:
    """A second as a moment of China's clock, as messages have it."""
    return datetime.fromtimestamp(second, CHINA).isoformat()
