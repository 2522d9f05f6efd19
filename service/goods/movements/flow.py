"""What a movement does to accounts: flows from unit to unit, and what they leave behind.

Rules kept here: every movement is a list of flows ``[from, to, pieces, grams]``; ``from`` is a unit, the
node of a transformation, or null where goods come from nowhere that the ledger knows; ``to`` is a unit, a
node, or a way to leave for good (``loss``, ``sample``, ``destroyed``). The flows stand in the statement's
outcome, so that the projector, a correction and an auditor do the same sums. A fact that takes more than a
unit holds takes what is there; the rest comes out of a unit of its own, made by a stock difference, so that
nothing goes negative and nothing is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from schema.moments import first_second, last_second
from schema.problems import Refusal
from service.goods.accounts import (
    Amount,
    Way,
    demand_counting,
    demand_something,
    drawn,
    left,
    lose,
    moved,
    take,
)
from service.goods.state import UNIT, Edge, Event, MovementKind, Packaging, Parentage, Unit
from service.ledger import Context, Data, Statement, World
from service.ledger.kinds import IDS_PER_POSITION

Flow = list[int | str | None]
"""``[from, to, pieces, grams]``: a list, as it stands in the outcome."""

Target = int | Way

DIFFERENCE_PLACE = 500
"""The place among a statement's ids of the first unit that a stock difference makes: one for each unit that a
statement may draw on, behind all that it may make."""


@dataclass(slots=True)
class Accounts:
    """The units that one statement draws on, each as it stands after all that was drawn so far.

    ``flows`` is what to put into the outcome, ``differences`` the units made of what was not there, each with
    the unit that it was missing in, and ``broken`` the breach of each.
    """

    ctx: Context
    flows: list[Flow] = field(default_factory=list)
    differences: list[Data] = field(default_factory=list)
    broken: list[Refusal] = field(default_factory=list)
    _after: dict[int, Unit] = field(default_factory=dict)

    def now(self, unit: Unit) -> Unit:
        """The unit after what was drawn so far."""
        return self._after.get(unit.id, unit)

    def take(self, unit: Unit, pieces: int | None, grams: int, to: Target, pointer: str = "") -> None:
        """An intent takes: a refusal blames the field at ``pointer``."""
        way = to if isinstance(to, Way) else Way.OUT
        try:
            self._after[unit.id] = take(self.now(unit), pieces, grams, way)
        except Refusal as refusal:
            raise refusal.at(pointer) from None
        self._flow(unit.id, to, pieces, grams)

    def lose(
        self, unit: Unit, pieces: int | None, grams: int, pointer: str = "", way: Way = Way.LOSS
    ) -> None:
        """Gone for good, zero of either may be; a refusal blames the field at ``pointer``."""
        try:
            self._after[unit.id] = lose(self.now(unit), pieces, grams, way)
        except Refusal as refusal:
            raise refusal.at(pointer) from None
        self._flow(unit.id, way, pieces, grams)

    def took(self, unit: Unit, pieces: int | None, grams: int, to: Target, pointer: str = "") -> None:
        """A fact took: what was not there comes out of a stock difference, in breach."""
        now = self.now(unit)
        try:
            demand_counting(now, pieces)
            if not isinstance(to, Way):
                demand_something(now, pieces, grams)
        except Refusal as refusal:
            raise refusal.at(pointer) from None
        after = left(now, pieces, grams)
        if after.grams >= 0 and (after.pieces or 0) >= 0:
            if isinstance(to, Way):
                self.lose(unit, pieces, grams, pointer, to)
            else:
                self.take(unit, pieces, grams, to, pointer)
            return
        self.broken.append(
            Refusal(
                "unit.more-than-held",
                field=pointer,
                unit=unit.id,
                asked_pieces=pieces,
                asked_grams=grams,
                held_pieces=now.pieces,
                held_grams=now.grams,
            )
        )
        self._emptied(now, Amount(pieces, grams), to)

    def _emptied(self, now: Unit, asked: Amount, to: Target) -> None:
        """All that is there goes; the rest comes from a difference; what would stay behind alone is lost."""
        there = Amount(
            None if asked.pieces is None else min(asked.pieces, now.pieces or 0), min(asked.grams, now.grams)
        )
        behind = left(now, there.pieces, there.grams)
        if there.grams or there.pieces:
            now = moved(now, there.pieces, there.grams, to if isinstance(to, Way) else Way.OUT)
            self._flow(now.id, to, there.pieces, there.grams)
        if (behind.pieces or 0) == 0 or behind.grams == 0:
            if behind.pieces or behind.grams:
                self._flow(now.id, Way.LOSS, behind.pieces, behind.grams)
            now = moved(now, behind.pieces, behind.grams, Way.LOSS)
        self._after[now.id] = now
        rest = Amount(
            None if asked.pieces is None else asked.pieces - (there.pieces or 0), asked.grams - there.grams
        )
        found = self.found(now, rest)
        self._flow(found, to, rest.pieces, rest.grams)

    def found(self, like: Unit, amount: Amount) -> int:
        """A unit of what was there although the ledger did not know: like ``like``, by a stock difference.

        Nothing flows to it from ``like``, but holds and traces do: it lay there as the same goods.
        """
        unit = self.ctx.id(DIFFERENCE_PLACE + len(self.differences))
        self.differences.append({"unit": unit, "like": like.id})
        self._flow(like.id, unit, None, 0)
        self._flow(None, unit, amount.pieces, amount.grams)
        return unit

    def give(self, source: int | None, to: Target, pieces: int | None, grams: int) -> None:
        """A flow out of a node, or from nowhere."""
        self._flow(source, to, pieces, grams)

    def _flow(self, source: int | None, to: Target, pieces: int | None, grams: int) -> None:
        self.flows.append([source, to.value if isinstance(to, Way) else to, pieces, grams])

    @property
    def outcome(self) -> Data:
        """What of it belongs into the statement."""
        return {"flows": self.flows, **({"differences": self.differences} if self.differences else {})}


def rows(
    statement: Statement,
    position: int,
    world: World,
    kind: MovementKind,
    at: str,
    made: Mapping[int, Unit],
) -> Iterator[Unit | Edge]:
    """The units drawn on, those ``made`` and those of stock differences, and an edge a flow between them."""
    flows: list[Flow] = statement.outcome["flows"]
    units = {**made, **_differing(statement, position, world, at)}
    after: dict[int, Unit] = {}
    for source, to, pieces, grams in flows:
        unit = _drawn_on(source, after, units, world)
        if unit is not None:
            way = Way(to) if isinstance(to, str) else Way.OUT
            after[unit.id] = moved(unit, _count(pieces), _weight(grams), way)
    for unit in {**units, **after}.values():
        yield replace(unit, version=position)
    yield from _edges(flows, kind, at, position, {id_: u.family for id_, u in {**after, **units}.items()})


def part(statement: Statement, unit: Unit, portion: Data, *, id: int, at: str, position: int) -> Unit:
    """The unit that ``portion`` of ``unit`` becomes, with the holds that the statement puts on it."""
    return drawn(
        unit,
        id=id,
        pieces=portion.get("pieces"),
        grams=portion["grams"],
        made_at=at,
        version=position,
        holds=statement.outcome.get("holds", ()),
    )


def _drawn_on(
    source: object, after: Mapping[int, Unit], made: Mapping[int, Unit], world: World
) -> Unit | None:
    """The unit that a flow comes out of; None for a node and for nowhere."""
    if not isinstance(source, int):
        return None
    return after.get(source) or made.get(source) or world.peek(UNIT, source)


def _differing(statement: Statement, position: int, world: World, at: str) -> dict[int, Unit]:
    """The units that the statement's stock differences make, as they are before anything is taken.

    Each is held as the unit that it was missing in, and by the statement's own breach: not as what else went
    into the same node.
    """
    units = {}
    own = [statement.outcome["hold"]] if "hold" in statement.outcome else []
    for difference in statement.outcome.get("differences", ()):
        came = _came(statement.outcome["flows"], difference["unit"])
        like = world.row(UNIT, difference["like"])
        unit = drawn(
            like,
            id=difference["unit"],
            pieces=came.pieces,
            grams=came.grams,
            made_at=at,
            version=position,
            holds=own,
        )
        loose = like.pieces is not None and came.pieces is None
        units[unit.id] = replace(unit, packaging=Packaging.OPENED.value) if loose else unit
    return units


def _came(flows: Iterable[Flow], unit: int) -> Amount:
    """All that flows into a unit."""
    into = [flow for flow in flows if flow[1] == unit]
    counts = [flow[2] for flow in into if isinstance(flow[2], int)]
    return Amount(sum(counts) if counts else None, sum(_weight(flow[3]) for flow in into))


def _edges(
    flows: Iterable[Flow], kind: MovementKind, at: str, position: int, families: Mapping[int, int]
) -> Iterator[Edge]:
    """One edge a flow between two units or a unit and a node, in the family that it comes from."""
    between = [flow for flow in flows if isinstance(flow[0], int) and isinstance(flow[1], int)]
    for place, (parent, child, pieces, grams) in enumerate(between):
        assert isinstance(parent, int) and isinstance(child, int)  # noqa: S101  (chosen so)
        family = families[parent] if parent in families else families[child]
        yield Edge(
            id=position * IDS_PER_POSITION + place,
            parent=parent,
            child=child,
            family=family,
            kind=(kind if pieces or grams else MovementKind.DIFFERENCE).value,
            pieces=_count(pieces),
            grams=_weight(grams),
            happened_at=at,
            version=position,
            earliest=first_second(at),
            latest=last_second(at),
        )


def _count(pieces: object) -> int | None:
    return pieces if isinstance(pieces, int) else None


def _weight(grams: object) -> int:
    assert isinstance(grams, int)  # noqa: S101  (a flow always has grams)
    return grams


def parentage(position: int, parents: Iterable[int], children: Iterable[int]) -> Iterator[Parentage]:
    """Which lots were made of which: each of ``children`` of every one of ``parents``."""
    children = list(children)
    pairs = ((parent, child) for parent in parents for child in children)
    for place, (parent, child) in enumerate(pairs):
        yield Parentage(position * IDS_PER_POSITION + place, parent, child, position)


def events(
    statement: Statement, position: int, lots: Iterable[int], facility: int | None, happened_at: str
) -> Iterator[Event]:
    """One line in the history of each lot that the statement touched."""
    for place, lot in enumerate(sorted(set(lots))):
        yield Event(
            id=position * IDS_PER_POSITION + place,
            lot=lot,
            kind=statement.kind,
            organisation=statement.actor.organisation,
            facility=facility,
            happened_at=happened_at,
            version=position,
        )
