"""What a correction of a lot or a paper means for other papers and for the releases that rest on it.

Rules kept here: a paper whose number was corrected keeps its balance and its releases under the new one, and
the old number is free; a paper names lots by their weight as it is by now; every release that rests on what
was corrected is judged by the gate again, at its own time and in its own order. Where the gate would now
refuse one that it let pass, the lot is held with all that was made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from schema.problems import Problem, Refusal
from service.goods import release
from service.goods.corrections.said import latest, said_at
from service.goods.corrections.then import Then, judged
from service.goods.corrections.undoing import give_back, unreleased
from service.goods.state import (
    CERTIFICATE,
    LOT,
    MADE_OF,
    RELEASE,
    RELEASED_ON,
    RELEASES_OF,
    Arrival,
    Certificate,
    Lot,
    Reliance,
)
from service.ledger import World
from service.ledger.kinds import IDS_PER_POSITION
from service.ledger.world import Fork

FREED_PLACE = 996
"""The place among a correction's ids of the row that keeps a number which a paper bore by mistake."""


def with_consequences(rows: Sequence[Any], world: World, position: int) -> list[Any]:
    """The rows of a correction, and those of papers and releases that follow from them."""
    renamed = [*_renamed(rows, world, position)]
    kept = [*_replaced(rows, renamed), *(row for row in renamed if row not in rows)]
    return [*kept, *_weights(kept, world, position)]


def _replaced(rows: Sequence[Any], renamed: Sequence[Any]) -> Iterator[Any]:
    """``rows`` without the certificates that ``renamed`` has otherwise."""
    keys = {row.key for row in renamed if isinstance(row, Certificate)}
    yield from (row for row in rows if not (isinstance(row, Certificate) and row.key in keys))


def _renamed(rows: Sequence[Any], world: World, position: int) -> Iterator[Any]:
    """A paper under a new number takes its balance along; its old one is left empty and free."""
    papers = [row for row in rows if isinstance(row, Certificate)]
    for old in (paper for paper in papers if paper.withdrawn):
        for new in (paper for paper in papers if paper.id == old.id and paper.key != old.key):
            freed = position * IDS_PER_POSITION + FREED_PLACE
            yield replace(old, id=freed, released_pieces=0, released_grams=0)
            yield replace(new, released_pieces=old.released_pieces, released_grams=old.released_grams)
            yield from _led_over(old.key, new.key, world, position)


def _led_over(old: str, new: str, world: World, position: int) -> Iterator[Any]:
    """The releases that rest on a paper, under its new number."""
    place = 0
    for release_id, lot in dict.fromkeys((row.release, row.lot) for row in world.among(RELEASED_ON, old)):
        row = world.get(RELEASE, release_id)
        if row is None or old not in row.certificates:
            continue
        keys = [new if key == old else key for key in row.certificates]
        yield replace(row, certificates=keys, version=position)
        yield Reliance(position * IDS_PER_POSITION + place, release_id, lot, new, position)
        place += 1


def _weights(rows: Iterable[Any], world: World, position: int) -> Iterator[Certificate]:
    """Papers compare what they say with the weight of all the lots that they name."""
    more: dict[str, int] = {}
    for lot in (row for row in rows if isinstance(row, Lot)):
        now = world.get(LOT, lot.id)
        for key in () if now is None else lot.certificates:
            more[key] = more.get(key, 0) + lot.grams - (0 if now is None else now.grams)
    for key, grams in more.items():
        paper = world.get(CERTIFICATE, key)
        if paper is not None and grams:
            yield replace(paper, named_grams=paper.named_grams + grams, version=position)


@dataclass(frozen=True, slots=True)
class Undone:
    """A release that the gate would not have let pass; ``wants`` is all that it would have wanted."""

    release: int
    lot: Lot
    at: str
    wants: tuple[Problem, ...]

    @property
    def refusals(self) -> Iterator[Refusal]:
        """What the correction breaks by it, each want by itself as well."""
        codes = ", ".join(dict.fromkeys(want.code for want in self.wants))
        yield Refusal(
            "correction.release-undone",
            lot=self.lot.code,
            released=self.at,
            release=self.release // IDS_PER_POSITION,
            wants=codes,
        )
        yield from (Refusal(want.code, field=None, causes=(), **want.facts) for want in self.wants)


def undone_releases(rows: Sequence[Any], world: World) -> list[Undone]:
    """The releases resting on ``rows`` that the gate let pass and would not have, had it known."""
    releases = sorted(_resting(rows, world))
    if not releases:
        return []
    corrected = Fork(world)
    corrected.put(rows)
    before = {undone.release: _wanted(undone) for undone in _refused(releases, Fork(world))}
    found = _refused(releases, corrected)
    return [undone for undone in found if _wanted(undone) - before.get(undone.release, frozenset())]


def _wanted(undone: Undone) -> frozenset[tuple[str, str]]:
    return frozenset((want.code, str(want.facts)) for want in undone.wants)


def _resting(rows: Iterable[Any], world: World) -> Iterator[int]:
    """Releases of lots, on papers and out of arrivals that were corrected."""
    for row in rows:
        if isinstance(row, Certificate):
            yield from _standing(world.among(RELEASED_ON, row.key), world)
        elif isinstance(row, Lot):
            yield from _standing(world.among(RELEASES_OF, row.id), world)
        elif isinstance(row, Arrival):
            for made in world.among(MADE_OF, row.id):
                yield from _standing(world.among(RELEASES_OF, made.child), world)


def _standing(found: Iterable[Reliance], world: World) -> Iterator[int]:
    for release_id in {row.release for row in found}:
        row = world.get(RELEASE, release_id)
        if row is not None and not row.withdrawn:
            yield release_id


def _refused(releases: Sequence[int], fork: Fork) -> list[Undone]:
    """Take all of them back, the last first, then judge them again in the order in which they were made."""
    distinct = sorted(set(releases))
    said = [said_at(latest(each // IDS_PER_POSITION, fork), fork) for each in distinct]
    standing = [each for each in said if each is not None and each.data is not None]
    for each in reversed(standing):
        give_back(each, fork)
        unreleased(each, fork)
    found = []
    for each in standing:
        assert each.data is not None  # noqa: S101  (chosen so)
        try:
            statement = judged(release.RELEASE_LOT, each, each.data, Then(fork, each))
        except Refusal as refusal:
            lot = fork.row(LOT, each.data["lot"])
            wants = refusal.causes or (refusal,)
            found.append(Undone(each.outcome["release"], lot, each.data["happened_at"], tuple(wants)))
            continue
        fork.put(release.RELEASE_LOT.project(statement, each.position, fork))
    return found
