"""Samples, their results, and plans of how often to sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from schema import moments
from service.ledger import Data, Projection


class SampleState(StrEnum):
    """Taken, on its way to or in a laboratory, tested."""

    TAKEN = "taken"
    SENT = "sent"
    TESTED = "tested"


class SampleSubject(StrEnum):
    """What a sample is of; for a place the member of the statement that names it."""

    UNIT = "unit"
    ZONE = "zone"
    VEHICLE = "vehicle"
    BAY = "bay"
    EQUIPMENT = "equipment"
    SURFACE = "surface"


class Period(StrEnum):
    """Days, weeks from Monday and months are China's."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample by its ``number``. ``organisation`` said that it was taken; ``authority`` is who took it,
    where an authority did, ``keeper`` whose place it is and ``owner`` whose goods.

    ``target`` is the id of the unit or vehicle, or the number of the zone; ``label`` the name of the bay, the
    equipment or the kind of surface. ``day`` is the day in China on which it was taken. ``result`` and what
    belongs to it are of the newest test; all of them are SampleResults. ``finding`` is what a positive
    raised.
    """

    id: int
    number: str
    organisation: int
    authority: int | None
    keeper: int
    owner: int
    facility: int
    region: str
    subject: str
    target: int | None
    label: str | None
    lot: int | None
    purpose: str
    taken_at: str
    day: str
    state: str
    laboratory: str | None
    sent_at: str | None
    result: str | None
    hazard: str | None
    test: str | None
    tested_at: str | None
    finding: int | None
    version: int
    withdrawn: bool = False

    @property
    def taker(self) -> int:
        """Who took it, and so reports what it shows."""
        return self.organisation if self.authority is None else self.authority


@dataclass(frozen=True, slots=True)
class SampleResult:
    """What one test of a sample showed, who reported it, and the SHA-256 of the report."""

    id: int
    sample: int
    organisation: int
    result: str
    hazard: str | None
    test: str
    method: str
    tested_at: str
    file: str | None
    version: int


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """``count`` samples in each ``period``, from one day to another: in a ``region`` (a prefix) or at one
    ``facility``, of one ``subject`` and for one ``purpose`` or of all. ``ended_on``: when it was given up."""

    id: int
    organisation: int
    region: str
    facility: int | None
    subject: str | None
    purpose: str | None
    count: int
    period: str
    from_day: str
    until_day: str
    ended_on: str | None
    version: int


SAMPLE = Projection(Sample, name="sample", queries="incidents/sample", history="id")
SAMPLE_RESULT = Projection(SampleResult, name="sample_result", queries="incidents/sample_result", log=True)
SAMPLING_PLAN = Projection(
    SamplingPlan, name="sampling_plan", queries="incidents/sampling_plan", history="id"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """Where and of what samples are taken, whose that is, and who takes them."""

    organisation: int
    authority: int | None
    keeper: int
    owner: int
    facility: int
    region: str
    subject: SampleSubject
    target: int | None = None
    label: str | None = None
    lot: int | None = None


def samples(taken: Taken, data: Data, ids: Sequence[int], position: int) -> Iterator[Sample]:
    """A sample for each of the numbers in ``data``; ``ids`` are those that the outcome gives them."""
    for id_, number in zip(ids, data["samples"], strict=True):
        yield Sample(
            id=id_,
            number=number,
            organisation=taken.organisation,
            authority=taken.authority,
            keeper=taken.keeper,
            owner=taken.owner,
            facility=taken.facility,
            region=taken.region,
            subject=taken.subject.value,
            target=taken.target,
            label=taken.label,
            lot=taken.lot,
            purpose=data["purpose"],
            taken_at=data["happened_at"],
            day=moments.parse(data["happened_at"]).day.isoformat(),
            state=SampleState.TAKEN.value,
            laboratory=None,
            sent_at=None,
            result=None,
            hazard=None,
            test=None,
            tested_at=None,
            finding=None,
            version=position,
        )
