"""Whether one paper can carry a release: each rule a function that yields what is wrong.

Rules kept here, each against the moment of release: the paper was issued, has not run out and is not older
than the policy allows; its issuer is approved; what it says of the goods is what was registered; a sample
was negative, taken after arrival (or at the port, where the policy accepts that) and not after release, and
later than any positive one; goods were disinfected after the container was opened and not after release.

Order is judged on intervals: refused is what is certainly out of order. The one exception is a re-test: it
must be certainly later than the positive result that it answers, for doubt there is doubt about the goods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from schema.moments import Moment, parse
from schema.problems import Refusal
from service.goods.demands import Demands, plain
from service.goods.state import Arrival, Certificate, Lot, Paper, Unit
from service.parties import Facility

POSITIVE = "positive"
FAILED = "unqualified"
AT_PORT = "port"


@dataclass(frozen=True, slots=True)
class Application:
    """What stands before the gate: so much of a quarantined unit, at a moment, on the papers of its lot."""

    lot: Lot
    unit: Unit
    arrival: Arrival
    facility: Facility
    papers: Sequence[Certificate]
    demands: Demands
    pieces: int
    grams: int
    moment: Moment


Rule = Callable[[Certificate, Application], Iterator[Refusal]]


def faults(paper: Certificate, case: Application) -> list[Refusal]:
    """All that keeps ``paper`` from carrying the release."""
    return [fault for rule in (*_EVERY, *_BY_KIND.get(paper.kind, ())) for fault in rule(paper, case)]


def weight_finding(paper: Certificate, case: Application) -> Iterator[Refusal]:
    """A difference of weight within the policy's tolerance: noted with both values, and no obstacle."""
    said = paper.covers.get("grams")
    if said is not None and said != paper.named_grams and not _weight_is_off(paper, case):
        yield Refusal("papers.weight-differs", certificate=paper.key, said=said, registered=paper.named_grams)


def _issued(paper: Certificate, case: Application) -> Iterator[Refusal]:
    if case.moment.certainly_before(parse(paper.issued_on)):
        yield Refusal(
            "gate.certificate-not-yet-issued",
            certificate=paper.key,
            issued=paper.issued_on,
            release=case.moment.text,
        )


def _not_expired(paper: Certificate, case: Application) -> Iterator[Refusal]:
    if paper.valid_until is not None and parse(paper.valid_until).certainly_before(case.moment):
        yield Refusal(
            "gate.certificate-expired",
            certificate=paper.key,
            valid_until=paper.valid_until,
            release=case.moment.text,
        )


def _not_too_old(paper: Certificate, case: Application) -> Iterator[Refusal]:
    days = case.demands.validity_days.get(paper.kind)
    if days is None:
        return
    # Valid through the day that is ``days`` after the day of issue.
    if parse(paper.issued_on).latest + timedelta(days=days) <= case.moment.earliest:
        yield Refusal(
            "gate.certificate-too-old",
            certificate=paper.key,
            issued=paper.issued_on,
            days=days,
            release=case.moment.text,
        )


def _issuer_approved(paper: Certificate, case: Application) -> Iterator[Refusal]:
    approved = case.demands.issuers.get(paper.kind)
    if approved is not None and paper.issuer not in approved:
        yield Refusal("gate.issuer-not-approved", certificate=paper.key, issuer=paper.issuer)


_DISAGREES = {
    "product": "gate.papers-disagree-product",
    "country": "gate.papers-disagree-country",
    "establishment": "gate.papers-disagree-establishment",
    "production_batch": "gate.papers-disagree-batch",
}


def _goods_agree(paper: Certificate, case: Application) -> Iterator[Refusal]:
    lot = case.lot
    for trait, registered in (
        ("product", (lot.product, lot.product_en)),
        ("country", (lot.country,)),
        ("establishment", (lot.establishment, lot.details.get("cifer"))),
        ("production_batch", (lot.production_batch,)),
    ):
        said, known = paper.covers.get(trait), {plain(name) for name in registered if name}
        # What a registration need not state, a paper cannot contradict.
        if said is not None and known and plain(said) not in known:
            yield Refusal(_DISAGREES[trait], certificate=paper.key, said=said, registered=registered[0])


def _weight_agrees(paper: Certificate, case: Application) -> Iterator[Refusal]:
    if _weight_is_off(paper, case):
        yield Refusal(
            "gate.papers-disagree-weight",
            certificate=paper.key,
            said=paper.covers["grams"],
            registered=paper.named_grams,
            tolerance=case.demands.tolerance,
        )


def _weight_is_off(paper: Certificate, case: Application) -> bool:
    said: int | None = paper.covers.get("grams")
    if said is None:
        return False
    return abs(said - paper.named_grams) * 1000 > case.demands.tolerance * paper.named_grams


def _negative(paper: Certificate, case: Application) -> Iterator[Refusal]:
    """A positive paper, and every negative one that it is not certainly older than."""
    for other in case.papers:
        if other.kind != Paper.NUCLEIC_ACID or other.result != POSITIVE:
            continue
        if other is paper or not _event(other).certainly_before(_event(paper)):
            yield Refusal("gate.nucleic-acid-positive", certificate=other.key, sampled=_event(other).text)


def _passed(paper: Certificate, case: Application) -> Iterator[Refusal]:
    """A failed test, and every passed one that it is not certainly older than."""
    for other in case.papers:
        if other.kind != Paper.QUALITY_TEST or other.result != FAILED:
            continue
        if other is paper or not _event(other).certainly_before(_event(paper)):
            yield Refusal("gate.quality-test-failed", certificate=other.key, sampled=_event(other).text)


def _sampled_after_arrival(paper: Certificate, case: Application) -> Iterator[Refusal]:
    """At the port the goods arrive with their entry; in the store with their hand-over."""
    at_port = paper.sampled_where == AT_PORT
    sampled = _event(paper)
    if at_port and not case.demands.port_sampling:
        yield Refusal("gate.sampled-at-port", certificate=paper.key, sampled=sampled.text)
        return
    arrived = case.arrival.entry_on if at_port else case.lot.received_at
    if sampled.certainly_before(parse(arrived)):
        yield Refusal(
            "gate.sampled-before-arrival", certificate=paper.key, sampled=sampled.text, arrived=arrived
        )


def _sampled_before_release(paper: Certificate, case: Application) -> Iterator[Refusal]:
    if case.moment.certainly_before(_event(paper)):
        yield Refusal(
            "gate.sampled-after-release",
            certificate=paper.key,
            sampled=_event(paper).text,
            release=case.moment.text,
        )


def _disinfected_before_release(paper: Certificate, case: Application) -> Iterator[Refusal]:
    if case.moment.certainly_before(_event(paper)):
        yield Refusal(
            "gate.disinfected-after-release",
            certificate=paper.key,
            disinfected=_event(paper).text,
            release=case.moment.text,
        )


def _disinfected_after_opening(paper: Certificate, case: Application) -> Iterator[Refusal]:
    """Goods that came without a container are within reach from their hand-over on."""
    boxed = case.arrival.container is not None
    reachable = case.arrival.opened_at if boxed else case.lot.received_at
    if reachable is not None and _event(paper).certainly_before(parse(reachable)):
        yield Refusal(
            "gate.disinfected-before-opening" if boxed else "gate.disinfected-before-arrival",
            certificate=paper.key,
            disinfected=_event(paper).text,
            reachable=reachable,
        )


def _event(paper: Certificate) -> Moment:
    """When it was sampled or disinfected."""
    return parse(paper.happened_at or paper.issued_on)


_EVERY: tuple[Rule, ...] = (
    *(_issued, _not_expired, _not_too_old),
    *(_issuer_approved, _goods_agree, _weight_agrees),
)

_BY_KIND: dict[str, tuple[Rule, ...]] = {
    Paper.NUCLEIC_ACID: (_negative, _sampled_after_arrival, _sampled_before_release),
    Paper.DISINFECTION: (_disinfected_after_opening, _disinfected_before_release),
    Paper.QUALITY_TEST: (_passed, _sampled_before_release),
}
