"""Facts that broke a rule: recorded, marked, raised as a finding, and holding what they made.

Rules kept here: each statement in breach raises one finding; its owner, who said it, answers within the days
that the policy gives; what goods it made are held until an authority lifts that. The finding and the hold get
their ids from the statement's position, so that an auditor finds the one from the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from schema.problems import Refusal
from service.incidents.state import Finding, Hold, held_by_breach, opened
from service.ledger import Context, Data, Decision, Statement, World
from service.ledger.kinds import IDS_PER_POSITION
from service.ledger.statement import instant, parse_instant
from service.parties import ORGANISATION, Facility, Policy

FINDING_PLACE, HOLD_PLACE = 998, 999
"""The places among a statement's ids that its finding and its hold take."""

FINDING_DAYS = 3


def decided(
    ctx: Context,
    outcome: Data,
    policy: Policy,
    broken: Sequence[Refusal],
    *,
    facility: Facility | None = None,
    region: str = "",
    lots: Iterable[int] = (),
    holding: bool = False,
) -> Decision:
    """The decision on a fact. In breach, its outcome says where the finding belongs and what holds the goods.

    ``holding`` where the statement makes goods; those get the hold ``outcome["hold"]``.
    """
    if not broken:
        return Decision(outcome, policy.version)
    days: int = policy.document.get("finding_days", FINDING_DAYS)
    outcome = outcome | {
        "finding": {
            "facility": None if facility is None else facility.id,
            "region": region or ("" if facility is None else facility.region),
            "lots": sorted(set(lots)),
            "due_at": instant(ctx.recorded + timedelta(days=days)),
        }
    }
    if holding:
        outcome["hold"] = ctx.id(HOLD_PLACE)
        outcome["holds"] = sorted({*outcome.get("holds", ()), outcome["hold"]})
    return Decision(outcome, policy.version, broken)


def follow(
    statement: Statement, position: int, world: World, _rows: Sequence[Any]
) -> Iterator[Finding | Hold]:
    """The finding that a statement in breach raises, and the hold on what it made."""
    if not statement.breach:
        return
    place = statement.outcome.get("finding", {})
    hold = statement.outcome.get("hold")
    finding = position * IDS_PER_POSITION + FINDING_PLACE
    region = place.get("region") or world.row(ORGANISATION, statement.actor.organisation).region
    due_at = place.get("due_at") or instant(parse_instant(statement.at) + timedelta(days=FINDING_DAYS))
    yield opened(
        finding,
        statement,
        position,
        rules=list(statement.breach),
        owner=statement.actor.organisation,
        facility=place.get("facility"),
        region=region,
        lots=place.get("lots", []),
        due_at=due_at,
        hold=hold,
    )
    if hold is not None:
        yield held_by_breach(
            hold,
            statement,
            position,
            finding=finding,
            organisation=statement.actor.organisation,
            region=region,
            reason=statement.breach[0]["rule"],
            question={"units": made_by(statement.outcome)},
            lots=place.get("lots", []),
        )


def made_by(outcome: Data) -> list[int]:
    """The units that the statement made, those of its stock differences included."""
    differing = (difference["unit"] for difference in outcome.get("differences", ()))
    return sorted({unit for unit in (*outcome.get("units", ()), *differing) if unit is not None})
