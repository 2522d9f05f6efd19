"""When something may be said to have happened. Only what is certainly out of order is refused.

Rules kept here: nothing is dated later than it is recorded, but for the clocks of the trade, which differ by
minutes; nothing is dated further back than the policy of the place allows; goods do not move before they are
there.
"""

from __future__ import annotations

from datetime import timedelta

from schema import moments
from schema.moments import Moment
from schema.problems import Refusal
from service.goods.state import Unit
from service.ledger import Context
from service.parties import Policy

CLOCKS_DIFFER = timedelta(minutes=5)


def happened(
    text: str,
    ctx: Context,
    policy: Policy,
    field: str = "/happened_at",
    *,
    kind: str = "",
    broken: list[Refusal] | None = None,
) -> Moment:
    """The moment in ``text``. Raises Refusal ``time.in-future`` or ``time.too-far-back``.

    How far back it may lie is the policy's: for ``kind``, or for the statement's own where none is given.
    A fact gives ``broken``: what happened too long ago is recorded all the same, and added there.
    """
    moment = moments.parse(text)
    if moment.earliest > ctx.recorded + CLOCKS_DIFFER:
        raise Refusal("time.in-future", field=field, happened=text, recorded=ctx.at)
    days = policy.back_dating_days(kind or ctx.kind)
    if moment.latest <= ctx.recorded - timedelta(days=days):
        late = Refusal("time.too-far-back", field=field, happened=text, recorded=ctx.at, days=days)
        if broken is None:
            raise late
        broken.append(late)
    return moment


def after_made(moment: Moment, unit: Unit, field: str = "/happened_at") -> None:
    """Raises Refusal ``time.before-made`` where the unit was not there yet."""
    if moment.certainly_before(moments.parse(unit.made_at)):
        raise Refusal("time.before-made", field=field, happened=moment.text, unit=unit.id, made=unit.made_at)
