"""What was said is taken back, or said otherwise; authorities exclude what was withdrawn."""

from __future__ import annotations

from typing import Any

from schema.messages.corrections import GROUNDS, REASONS
from service.goods.corrections import CORRECT, CORRECTED, EXCLUDE
from service.goods.corrections.subjects import REVERSES, SUBJECTS
from service.goods.state import CORRECTION
from service.ledger import Data, Statement
from tests.anything.seen import Saying, Seen

_AMOUNTS = ("grams", "pieces")


def correct(seen: Seen) -> Saying:
    """Withdrawn, or with other numbers or another time; mostly of late, mostly by who said it."""
    position, first = _spoken_of(seen)
    standing = _latest(seen, position)
    statement = seen.statements[standing]
    said: Data | None = statement.data["replacement"] if statement.kind == CORRECTED else statement.data
    data = {"position": standing, "replacement": _otherwise(seen, said), "reason": seen.pick(REASONS)}
    if seen.rarely(0.15):
        return Saying(CORRECT, data, seen.actor(seen.pick(seen.organisations("regulator")).id))
    return Saying(CORRECT, data, seen.actor(first.actor.organisation))


def _spoken_of(seen: Seen) -> tuple[int, Statement]:
    """A statement that is corrected; mostly one of the last; now and then of a kind that is not."""
    kinds = {*SUBJECTS, *REVERSES} if seen.rarely() else set(SUBJECTS)
    found = [(at, said) for at, said in enumerate(seen.statements) if said.kind in kinds]
    return seen.pick(found[-20:] if seen.rarely(0.7) else found)


def _latest(seen: Seen, position: int) -> int:
    """Where its chain of corrections ends; now and then where it began."""
    corrections = seen.by_key(CORRECTION)
    while position in corrections and not seen.rarely(0.03):
        position = corrections[position].correction
    return position


def _otherwise(seen: Seen, said: Data | None) -> Data | None:
    """None for a withdrawal; else the same with one thing changed."""
    if said is None or seen.rarely(0.4):
        return None
    if seen.rarely(0.2):
        times = [name for name in ("happened_at", "departed_at", "received_at") if name in said]
        return said | {name: seen.when() for name in times}
    factor = seen.pick([0.5, 0.9, 1.1, 2.0])
    changed: Data = _scaled(said, factor)
    return changed


def _scaled(value: Any, factor: float) -> Any:
    """The same with every amount multiplied. Pieces and grams go together, as people mistype cartons."""
    if isinstance(value, dict):
        return {
            name: max(round(each * factor), 1)
            if name in _AMOUNTS and isinstance(each, int) and each
            else _scaled(each, factor)
            for name, each in value.items()
        }
    return [_scaled(each, factor) for each in value] if isinstance(value, list) else value


def exclude(seen: Seen) -> Saying:
    """It never was, says an authority."""
    correction = seen.pick(seen.rows(CORRECTION))
    authority = seen.pick(seen.organisations("regulator"))
    return Saying(
        EXCLUDE, {"position": correction.position, "grounds": seen.pick(GROUNDS)}, seen.actor(authority.id)
    )
