"""What somebody who is about to speak sees of the ledger, be it stale, and what chance makes of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any, TypeVar

from schema.clock import CHINA
from schema.identifiers import Level, TraceCode
from service.goods.state import UNIT, Unit, UnitState
from service.incidents.state import HELD_LOT, HOLD
from service.ledger import Actor, Data, Kind, Statement
from service.ledger.world import Projection
from service.parties import FACILITY, ORGANISATION, USER, Facility, UserRole
from service.parties.persons.staff import STAFF

Row = TypeVar("Row")
Rows = Callable[[Projection[Any]], Iterable[Any]]

IN_STORE = (UnitState.QUARANTINED, UnitState.RELEASED)


class NothingToSayError(Exception):
    """There is nothing of which such a thing could be said."""


@dataclass(frozen=True, slots=True)
class Saying:
    """A statement that somebody is about to make."""

    kind: Kind
    data: Data
    actor: Actor


class Seen:
    """The ledger as it was read: ``rows`` of a projection, and the ``statements`` up to then."""

    def __init__(self, rows: Rows, statements: Sequence[Statement], now: datetime, chance: Random) -> None:
        self.rows: Callable[[Projection[Any]], list[Any]] = cache(lambda projection: [*rows(projection)])
        self.by_key: Callable[[Projection[Any]], dict[Any, Any]] = cache(
            lambda projection: {projection.key(row): row for row in self.rows(projection)}
        )
        self.statements = statements
        self.now = now
        self.chance = chance

    # Chance

    def rarely(self, share: float = 0.05) -> bool:
        """True once in a while."""
        return self.chance.random() < share

    def pick(self, choices: Collection[Row]) -> Row:
        """One of them. Raises NothingToSayError where there is none."""
        if not choices:
            raise NothingToSayError
        return self.chance.choice([*choices])

    def some(self, choices: Collection[Row], most: int) -> list[Row]:
        """One or several of them, each once."""
        if not choices:
            raise NothingToSayError
        return self.chance.sample([*choices], self.chance.randint(1, min(most, len(choices))))

    def code(self, region: str, level: Level = Level.BATCH) -> str:
        """A new trace code, or, once in a while, one that is not."""
        return TraceCode.new(level, region, self.chance).text

    # Time

    def at(self, moment: datetime) -> str:
        """A moment as people write it."""
        return moment.astimezone(CHINA).isoformat(timespec="minutes")

    def day(self, days_ago: int = 0) -> str:
        """A day as people write it."""
        return (self.now - timedelta(days=days_ago)).astimezone(CHINA).date().isoformat()

    def when(self) -> str:
        """Just now, mostly; also today, hours or weeks ago, and tomorrow."""
        roll = self.chance.random()
        if roll < 0.7:
            return self.now.astimezone(UTC).isoformat(timespec="seconds")
        if roll < 0.85:
            return self.day()
        if roll < 0.93:
            return self.at(self.now - timedelta(hours=self.chance.randint(1, 48)))
        if roll < 0.98:
            return self.day(self.chance.randint(2, 40))
        return self.at(self.now + timedelta(days=1))

    # People and places

    def actor(self, organisation: int, role: UserRole | None = None) -> Actor:
        """Somebody of the organisation; once in a while somebody of another one."""
        users = [user for user in self.rows(USER) if user.active]
        if self.rarely(0.03):
            other = self.pick(users)
            return Actor(other.organisation, user=other.id)
        own = [user for user in users if user.organisation == organisation and role in (None, user.role)]
        return Actor(organisation, user=self.pick(own).id)

    def manager(self, organisation: int) -> Actor:
        """A manager of the organisation."""
        return self.actor(organisation, UserRole.MANAGER)

    def organisations(self, role: str | None = None) -> list[Any]:
        """Those with a role."""
        return [each for each in self.rows(ORGANISATION) if role is None or role in each.roles]

    def facility(self, *kinds: str) -> Facility:
        """A place of one of these kinds, in service or not."""
        found: Facility = self.pick([f for f in self.rows(FACILITY) if not kinds or f.kind in kinds])
        return found

    def zone(self, facility: Facility, *kinds: str) -> int:
        """The number of a zone that is open and for such goods, mostly."""
        zones = facility.zones
        fit = [zone for zone in zones if zone["kind"] in kinds and not zone.get("closed")]
        if self.rarely():
            return len(zones) + 1
        return int(self.pick(fit if fit and not self.rarely(0.1) else zones)["no"])

    def handling(self, organisation: int) -> Data:
        """Who moved it, with what; often nobody says."""
        if not self.rarely(0.12):
            return {}
        staff = self.rows(STAFF)
        own = [each for each in staff if each.organisation == organisation]
        named = own if own and not self.rarely(0.1) else staff
        said: Data = {"bay": "D3", "equipment": "FL-2"}
        if named:
            said["crew"] = sorted(each.id for each in self.some(named, 2))
        return {"handling": said}

    # Goods

    def holds_on(self, unit: Unit) -> list[Any]:
        """The holds in force on a unit, as its rows tell."""
        lot = self.by_key(HELD_LOT).get(unit.lot)
        ids = {*unit.holds, *(lot.holds if lot else ())}
        holds = self.by_key(HOLD)
        return [holds[id_] for id_ in sorted(ids) if holds[id_].lifted_at is None]

    def units(self, *states: UnitState, held: bool | None = None) -> list[Unit]:
        """Units with something in them, in these states, held or free or both."""
        found = [unit for unit in self.rows(UNIT) if unit.grams and unit.state in (states or IN_STORE)]
        return [unit for unit in found if held is None or bool(self.holds_on(unit)) == held]

    def unit(self, *states: UnitState) -> Unit:
        """A unit that one would speak of, mostly; also any: held, sold, empty, on the road."""
        everything = self.rows(UNIT)
        likely = self.units(*states, held=False) or self.units(*states)
        roll = self.chance.random()
        if roll < 0.05 and everything:
            chosen: Unit = self.pick(everything)
            return chosen
        return self.pick(self.units(*states) if roll < 0.25 else likely)

    def unit_id(self, unit: Unit) -> int:
        """Its id, or one that names nothing."""
        return unit.id + 1_000_000_000 if self.rarely(0.01) else unit.id

    def amount(self, unit: Unit) -> Data:
        """All of it, mostly some, and now and then numbers that do not fit."""
        roll = self.chance.random()
        if not unit.grams or roll < 0.08:
            grams = self.chance.randint(1, unit.grams + 30_000)
            pieces = self.chance.randint(1, (unit.pieces or 0) + 2)
        elif roll < 0.35:
            pieces, grams = unit.pieces or 0, unit.grams
        elif unit.pieces:
            pieces = self.chance.randint(1, unit.pieces)
            grams = unit.grams if pieces == unit.pieces else max(unit.grams * pieces // unit.pieces, 1)
        else:
            pieces, grams = 0, self.chance.randint(1, unit.grams)
        counts = unit.pieces is not None
        if self.rarely(0.01):
            counts = not counts
        return {"grams": grams, **({"pieces": max(pieces, 1)} if counts else {})}

    def portions(self, units: Collection[Unit], most: int = 3) -> list[Data]:
        """Of one or several of the units, now and then twice of one."""
        chosen = self.some(units, most)
        if self.rarely():
            chosen.append(chosen[0])
        return [{"unit": self.unit_id(unit), **self.amount(unit)} for unit in chosen]
