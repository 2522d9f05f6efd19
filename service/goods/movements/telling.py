"""What every fact about goods begins with: the place with its policy, the moment, who handled them.

Rules kept here: a fact that happened longer ago than the policy allows, or in the hands of people who were
overdue for a test, is recorded in breach; an intent that names such people is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from schema.moments import Moment
from schema.problems import Refusal
from service.goods import timing
from service.goods.movements import flow, rules
from service.goods.state import Unit
from service.incidents import breaches
from service.ledger import Context, Data, Decision, Stream, World
from service.parties import Facility, Policy, crew_breaches, crew_streams, policy_for

CREW = "/handling/crew"


@dataclass(slots=True)
class Telling:
    """A fact in judgement: ``broken`` are the rules that it breaks so far, ``accounts`` what it moves."""

    ctx: Context
    facility: Facility
    policy: Policy
    moment: Moment
    accounts: flow.Accounts
    broken: list[Refusal] = field(default_factory=list)

    def decided(self, outcome: Data, lots: Iterable[int], *, holding: bool = False) -> Decision:
        """The decision; ``holding`` where the statement makes goods, which a breach then holds."""
        broken = [*self.broken, *self.accounts.broken]
        return breaches.decided(
            self.ctx, outcome, self.policy, broken, facility=self.facility, lots=lots, holding=holding
        )


def tell(kind: str, data: Data, ctx: Context, world: World, facility: Facility) -> Telling:
    """A fact at ``facility``. Raises Refusal ``time.in-future``."""
    policy = policy_for(world, facility.region, ctx.recorded)
    broken: list[Refusal] = []
    moment = timing.happened(data["happened_at"], ctx, policy, kind=kind, broken=broken)
    broken += unfit_crew(data, ctx, moment, policy, world)
    return Telling(ctx, facility, policy, moment, flow.Accounts(ctx), broken)


def tell_of(kind: str, data: Data, ctx: Context, world: World) -> tuple[Telling, Unit]:
    """A fact about the unit in ``data``, in the actor's hands. Raises Refusal ``unit.…`` or ``time.…``."""
    unit = rules.unit_in_hand(data["unit"], ctx, world)
    telling = tell(kind, data, ctx, world, rules.facility_of(unit, world))
    timing.after_made(telling.moment, unit)
    return telling, unit


def unfit_crew(data: Data, ctx: Context, moment: Moment, policy: Policy, world: World) -> Iterator[Refusal]:
    """The rules that the crew breaks which the statement names."""
    return crew_breaches(_crew(data), ctx.actor.organisation, moment, policy, world, CREW)


def demand_fit_crew(data: Data, ctx: Context, moment: Moment, policy: Policy, world: World) -> None:
    """An intent names nobody who must not work. Raises Refusal ``staff.…``."""
    for broken in unfit_crew(data, ctx, moment, policy, world):
        raise broken


def streams(data: Data, units: Iterable[int], world: World) -> Iterator[Stream]:
    """What ``tell`` reads: the units with their places, holds and policies, and the crew."""
    yield from rules.unit_streams(units, world)
    yield from crew_streams(_crew(data), world)


def _crew(data: Data) -> Sequence[int]:
    crew: Sequence[int] = data.get("handling", {}).get("crew", ())
    return crew
