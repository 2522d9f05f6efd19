"""What follows where a correction breaks a rule: a finding, and holds on goods that should not be free.

Rules kept here: only what was no breach before is one now, for the rest was raised already; who says of
goods that were held since that more went, less came, or they went elsewhere is in breach of the hold (what
goes back stays held: going_back.py); lots whose release rested on what was not so are held, with all that
was made of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from schema.problems import Refusal
from service.goods.corrections.authority import Scene
from service.goods.corrections.going_back import fewer, placed_since
from service.goods.corrections.papers import Undone
from service.goods.corrections.said import Said
from service.goods.state import Unit
from service.incidents.breaches import FINDING_PLACE, HOLD_PLACE, made_by
from service.incidents.coverage import covered
from service.incidents.holds import held_rows
from service.incidents.restraint import held, holds_in_force
from service.incidents.state import HELD_LOT, HOLD, HeldLot, Hold, held_by_breach
from service.ledger import Context, Data, Statement, World
from service.ledger.kinds import IDS_PER_POSITION
from service.ledger.statement import instant
from service.ledger.world import Fork
from service.parties import Policy

LOT_HOLD_PLACE = 997
"""The place among a correction's ids of the hold on lots that should not have been released."""
UNDONE = "correction.release-undone"
_WHITHER = ("destination", "purpose", "to")


def newly_broken(replaced: Statement | None, said: Said) -> Iterator[Refusal]:
    """The rules that the replacement breaks and what it replaces did not."""
    known = {broken["rule"] for broken in said.breach}
    if replaced is not None and "hold" in replaced.outcome and "hold" not in said.outcome:
        known = set()  # what holds goods for the first time needs a finding, be its rule broken before
    for broken in () if replaced is None else replaced.breach:
        if broken["rule"] not in known:
            yield Refusal(broken["rule"], field=None, causes=(), **broken["facts"])


def newly_held(said: Said, replaced: Statement | None, world: World) -> Iterator[Refusal]:
    """Of what was held only after it was said: more went, less came, or it went elsewhere or to others."""
    becomes = {} if replaced is None else replaced.outcome
    more = _taken(becomes, said.root)
    more.subtract(_taken(said.outcome, said.root))
    taken = (unit for unit, grams in more.items() if grams > 0)
    for unit_id in sorted({*taken, *fewer(said, becomes), *_sent_elsewhere(said, replaced)}):
        yield from held(placed_since(unit_id, said, world), unit_id)
    if replaced is None:
        yield from _held_arrival(said, world)


def _held_arrival(said: Said, world: World) -> Iterator[Refusal]:
    """A container on hold is announced no more: its hold would be on nothing."""
    arrival = said.outcome.get("arrival", 0)
    holds = holds_in_force((), arrival, world) if arrival // IDS_PER_POSITION == said.root else []
    for hold in holds[:1]:
        yield Refusal("correction.arrival-held", arrival=arrival, hold=hold.id, reason=hold.reason)


def _sent_elsewhere(said: Said, replaced: Statement | None) -> Iterable[int]:
    """The units of a statement that now says another place, purpose or owner."""
    if replaced is None or said.data is None:
        return ()
    if all(said.data.get(name) == replaced.data.get(name) for name in _WHITHER):
        return ()
    return made_by(said.outcome) or [said.data["unit"]]


def _taken(outcome: Data, root: int) -> Counter[int]:
    """Grams that left units which were there before."""
    taken: Counter[int] = Counter()
    for source, _, _, grams in outcome.get("flows", ()):
        if isinstance(source, int) and source // IDS_PER_POSITION != root:
            taken[source] += grams
    return taken


def finding(scene: Scene, lots: Sequence[int], policy: Policy, ctx: Context) -> Data:
    """Where the finding belongs, and by when it is to be answered."""
    due = instant(ctx.recorded + timedelta(days=policy.document["finding_days"]))
    place = {"facility": scene.facility, "region": scene.region, "lots": [*lots], "due_at": due}
    return {"finding": place}


def held_units(replaced: Statement | None, rows: Sequence[Any], world: World, ctx: Context) -> Data:
    """The hold on what the replacement makes: a new one, which is on all that was made of that since as well
    (``beyond``), or the one that there was, which gets what is made only now (``more``)."""
    hold = None if replaced is None else replaced.outcome.get("hold")
    if replaced is None or hold is None:
        return {}
    made = made_by(replaced.outcome)
    if hold != ctx.id(HOLD_PLACE):
        known = world.get(HOLD, hold)
        more = [] if known is None else sorted({*made} - {*known.question["units"]})
        return {"more": more} if more else {}
    corrected = Fork(world)
    corrected.put(rows)
    beyond = [unit for unit in covered({"units": made}, corrected).units if unit not in made]
    return {"hold": hold, "units": made, "beyond": beyond}


def held_lots(undone: Sequence[Undone], rows: Sequence[Any], world: World, ctx: Context) -> Data:
    """The hold on the lots of ``undone`` releases; ``whole`` are all that it covers."""
    lots = sorted({each.lot.id for each in undone})
    if not lots:
        return {}
    corrected = Fork(world)
    corrected.put(rows)
    whole = covered({"lots": lots}, corrected).whole
    for key in whole:
        world.get(HELD_LOT, key)
    return {"held": {"hold": ctx.id(LOT_HOLD_PLACE), "lots": lots, "whole": [*whole]}}


def unit_rows(statement: Statement, position: int, world: World) -> Iterator[Hold | HeldLot | Unit]:
    """What a hold on units changes besides them; ``world`` has the rows that the correction leaves."""
    outcome = statement.outcome
    if "more" in outcome:
        hold = world.row(HOLD, outcome["said"]["hold"])
        units = sorted({*hold.question["units"], *outcome["more"]})
        yield replace(hold, question={"units": units}, version=position)
    if "beyond" in outcome:
        yield from held_rows(outcome["hold"], [], outcome["beyond"], position, world)


def hold_rows(statement: Statement, position: int, world: World) -> Iterator[Hold | HeldLot]:
    """The hold on lots that a correction places, and the row of each lot that it is on."""
    told = statement.outcome.get("held")
    if told is None:
        return
    yield held_by_breach(
        told["hold"],
        statement,
        position,
        finding=position * IDS_PER_POSITION + FINDING_PLACE,
        organisation=statement.actor.organisation,
        region=statement.outcome["finding"]["region"],
        reason=UNDONE,
        question={"lots": told["lots"]},
        lots=told["whole"],
    )
    for lot in told["whole"]:
        known = world.peek(HELD_LOT, lot)
        yield HeldLot(lot, [*(() if known is None else known.holds), told["hold"]], position)
