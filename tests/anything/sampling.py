"""What is said of samples: taken at places, sent, tested; those of goods are taken in moving.py."""

from __future__ import annotations

from service.ledger import Data
from service.supervision.sampling import SEND_SAMPLES, TAKE_SAMPLES
from service.supervision.state import SAMPLE, Sample
from service.supervision.testing import REPORT_TEST
from tests.anything.seen import Saying, Seen


def take(seen: Seen) -> Saying:
    """Of a place, by whoever keeps it or an authority."""
    place = seen.facility()
    named: Data = seen.pick([{"zone": seen.zone(place)}, {"surface": "door"}, {"bay": "D3"}])
    data = {
        "facility": place.id,
        **named,
        "purpose": "nucleic_acid",
        "samples": [f"HJ-{len(seen.statements)}"],
        "happened_at": seen.when(),
    }
    authorities = [each.id for each in seen.organisations("regulator")]
    by = seen.pick(authorities) if seen.rarely(0.3) else place.organisation
    return Saying(TAKE_SAMPLES, data, seen.actor(by))


def _sample(seen: Seen) -> Sample:
    """One that waits for a result, mostly."""
    samples = seen.rows(SAMPLE)
    waiting = [sample for sample in samples if sample.result is None and not sample.withdrawn]
    sample: Sample = seen.pick(samples if seen.rarely(0.2) else waiting)
    return sample


def send(seen: Seen) -> Saying:
    """To a laboratory."""
    sample = _sample(seen)
    data = {"samples": [sample.id], "laboratory": "示例疾控中心", "sent_at": seen.when()}
    return Saying(SEND_SAMPLES, data, seen.actor(sample.taker))


def test(seen: Seen) -> Saying:
    """What it showed, now and then nothing sensible."""
    sample = _sample(seen)
    result = seen.pick(["negative", "positive", "inconclusive", "invalid"])
    hazard = {"hazard": "listeria"} if (result == "positive") != seen.rarely() else {}
    data = {
        "sample": sample.id,
        "result": result,
        "test": f"JC-{len(seen.statements)}",
        "method": "pcr",
        "tested_at": seen.when(),
        **hazard,
    }
    return Saying(REPORT_TEST, data, seen.actor(sample.taker))
