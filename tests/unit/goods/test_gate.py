"""The gate: every rule at its boundary. What is a minute, a gram or a piece off is named by its code."""

from __future__ import annotations

import pytest

from tests.unit.goods.inbound import (
    GRAMS,
    ISSUER,
    LABORATORY,
    PIECES,
    Story,
    at,
    declaration,
    demand_facts,
    disinfection,
    nucleic,
    quarantine,
)

FOUR = ["quarantine", "nucleic_acid", "disinfection", "customs_declaration"]
DAY_AFTER = "2020-08-18T12:00:00+08:00"
TONNE = 1_000_000


def with_quarantine(**changes: object) -> Story:
    return Story(papers=[quarantine(**changes), nucleic(), disinfection()])


def with_nucleic(*more: dict[str, object], **changes: object) -> Story:
    return Story(papers=[quarantine(), nucleic(**changes), disinfection(), *more])


def with_disinfection(*more: dict[str, object], **changes: object) -> Story:
    return Story(papers=[quarantine(), nucleic(), disinfection(**changes), *more])


def covering(**covers: object) -> Story:
    return with_quarantine(covers=covers)


def at_port(happened_at: str, *, accepted: bool) -> Story:
    sample = nucleic(sampled_where="port", happened_at=happened_at)
    return Story(policy={"accept_port_sampling": accepted}, papers=[quarantine(), sample, disinfection()])


def by_road(happened_at: str) -> Story:
    """From within the province, without a container."""
    return Story(
        announcement={"source": "within_province", "container": None, "seal": None},
        opening=None,
        papers=[quarantine(), nucleic(), disinfection(happened_at=happened_at)],
    )


def enhanced(zone: int, *, inner: bool, entry: dict[str, str] | None = None) -> Story:
    return Story(
        policy={"enhanced": [entry or {"country": "BRA", "category": "livestock"}]},
        registration={"zone": zone},
        papers=[quarantine(), nucleic(inner_sample=inner), disinfection()],
    )


def unasked(*tests: dict[str, object]) -> Story:
    """Under a policy that asks for no test."""
    return Story(
        policy={"required": ["quarantine", "disinfection"], "accept_port_sampling": False},
        papers=[quarantine(), disinfection(), *tests],
    )


RETEST = nucleic(number="HS-2020-002", happened_at=at("10:01"))
POSITIVE = nucleic(number="HS-2020-002", happened_at=at("10:01"), result="positive")
SECOND_DISINFECTION = {"number": "XD-002"}

CASES: list[tuple[str, Story, list[str]]] = [
    ("all in order", Story(), []),
    # Papers that must be there.
    ("no quarantine", Story(papers=[nucleic(), disinfection()]), ["gate.quarantine-missing"]),
    ("no test", Story(papers=[quarantine(), disinfection()]), ["gate.nucleic-acid-missing"]),
    ("no disinfection", Story(papers=[quarantine(), nucleic()]), ["gate.disinfection-missing"]),
    (
        "nothing at all",
        Story(papers=[]),
        ["gate.quarantine-missing", "gate.nucleic-acid-missing", "gate.disinfection-missing"],
    ),
    ("no declaration", Story(policy={"required": FOUR}), ["gate.customs-declaration-missing"]),
    (
        "with declaration",
        Story(policy={"required": FOUR}, papers=[quarantine(), nucleic(), disinfection(), declaration()]),
        [],
    ),
    ("not required", Story(policy={"required": ["quarantine"]}, papers=[quarantine()]), []),
    # Results.
    ("positive", with_nucleic(result="positive"), ["gate.nucleic-acid-positive"]),
    ("re-tested a minute later", with_nucleic(RETEST, result="positive"), []),
    (
        "re-tested at the same minute",
        with_nucleic({**RETEST, "happened_at": at("10:00")}, result="positive"),
        ["gate.nucleic-acid-positive"],
    ),
    (
        "re-tested on the same day",
        with_nucleic({**RETEST, "happened_at": "2020-08-15"}, result="positive"),
        ["gate.nucleic-acid-positive"],
    ),
    ("positive afterwards", with_nucleic({**RETEST, "result": "positive"}), ["gate.nucleic-acid-positive"]),
    # When and where it was sampled.
    ("sampled as it came", with_nucleic(happened_at=at("08:30")), []),
    ("sampled a minute earlier", with_nucleic(happened_at=at("08:29")), ["gate.sampled-before-arrival"]),
    ("sampled some time that day", with_nucleic(happened_at="2020-08-15"), []),
    ("sampled the day before", with_nucleic(happened_at="2020-08-14"), ["gate.sampled-before-arrival"]),
    ("at the port, not accepted", at_port(at("10:00"), accepted=False), ["gate.sampled-at-port"]),
    ("at the port on entry", at_port("2020-08-07", accepted=True), []),
    ("at the port before entry", at_port("2020-08-06", accepted=True), ["gate.sampled-before-arrival"]),
    ("sampled with the release", with_nucleic(happened_at=at("09:30", 17), issued_on="2020-08-17"), []),
    (
        "sampled a minute after",
        with_nucleic(happened_at=at("09:31", 17), issued_on="2020-08-17"),
        ["gate.sampled-after-release"],
    ),
    # Opening and disinfection.
    ("container shut", Story(opening=None), ["gate.container-not-opened"]),
    (
        "opened a minute after",
        Story(opening={"happened_at": at("09:31", 17)}),
        ["gate.container-opened-after-release", "gate.disinfected-before-opening"],
    ),
    ("disinfected at opening", with_disinfection(happened_at=at("09:00")), []),
    (
        "disinfected a minute earlier",
        with_disinfection(happened_at=at("08:59")),
        ["gate.disinfected-before-opening"],
    ),
    ("disinfected some time that day", with_disinfection(happened_at="2020-08-15"), []),
    (
        "disinfected with the release",
        with_disinfection(happened_at=at("09:30", 17), issued_on="2020-08-17"),
        [],
    ),
    (
        "disinfected a minute after",
        with_disinfection(happened_at=at("09:31", 17), issued_on="2020-08-17"),
        ["gate.disinfected-after-release"],
    ),
    ("by road, disinfected at hand-over", by_road(at("08:30")), []),
    ("by road, a minute earlier", by_road(at("08:29")), ["gate.disinfected-before-arrival"]),
    # Validity.
    ("issued on the day", with_quarantine(issued_on="2020-08-17"), []),
    (
        "issued the day after",
        Story(papers=[quarantine(issued_on="2020-08-18"), nucleic(), disinfection()], recorded=DAY_AFTER),
        ["gate.certificate-not-yet-issued"],
    ),
    ("last day", with_quarantine(valid_until="2020-08-17"), []),
    ("ran out the day before", with_quarantine(valid_until="2020-08-16"), ["gate.certificate-expired"]),
    (
        "ten days old",
        Story(
            policy={"certificate_validity_days": {"quarantine": 10}},
            papers=[quarantine(issued_on="2020-08-07"), nucleic(), disinfection()],
        ),
        [],
    ),
    (
        "eleven days old",
        Story(
            policy={"certificate_validity_days": {"quarantine": 10}},
            papers=[quarantine(issued_on="2020-08-06"), nucleic(), disinfection()],
        ),
        ["gate.certificate-too-old"],
    ),
    (
        "old, but only other papers may not be",
        Story(
            policy={"certificate_validity_days": {"nucleic_acid": 10, "quarantine": None}},
            papers=[quarantine(issued_on="2020-08-06"), nucleic(), disinfection()],
        ),
        [],
    ),
    ("approved issuer", Story(policy={"issuers": {"quarantine": [ISSUER]}}), []),
    ("another issuer", Story(policy={"issuers": {"quarantine": [LABORATORY]}}), ["gate.issuer-not-approved"]),
    # Cover.
    ("certified to the gram", with_quarantine(grams=GRAMS), []),
    ("a gram too little", with_quarantine(grams=GRAMS - 1), ["gate.covers-too-few-grams"]),
    ("certified to the piece", with_quarantine(pieces=PIECES), []),
    ("a piece too few", with_quarantine(pieces=PIECES - 1), ["gate.covers-too-few-pieces"]),
    ("tested for all grams", with_nucleic(grams=GRAMS), []),
    ("tested for a gram less", with_nucleic(grams=GRAMS - 1), ["gate.covers-too-few-grams"]),
    ("every piece disinfected", with_disinfection(pieces=PIECES), []),
    ("all but one disinfected", with_disinfection(pieces=PIECES - 1), ["gate.pieces-not-disinfected"]),
    (
        "disinfected in two goes",
        with_disinfection(disinfection(**SECOND_DISINFECTION, pieces=406), pieces=600),
        [],
    ),
    (
        "in two goes, one piece forgotten",
        with_disinfection(disinfection(**SECOND_DISINFECTION, pieces=405), pieces=600),
        ["gate.pieces-not-disinfected"],
    ),
    (
        "the second go before opening",
        with_disinfection(
            disinfection(**SECOND_DISINFECTION, pieces=406, happened_at=at("08:59")), pieces=600
        ),
        ["gate.disinfected-before-opening", "gate.pieces-not-disinfected"],
    ),
    # No test is asked for, and there is one.
    ("positive, not asked for", unasked(nucleic(result="positive")), ["gate.nucleic-acid-positive"]),
    ("positive, a good one before it", unasked(nucleic(), POSITIVE), ["gate.nucleic-acid-positive"]),
    ("positive, answered by a good one", unasked(nucleic(result="positive"), RETEST), []),
    ("negative, not asked for, at the port", unasked(nucleic(sampled_where="port")), []),
    # Goods and papers agree.
    ("says all as registered", covering(product="冻去骨牛肉", country="BRA", grams=GRAMS), []),
    ("names it in English, otherwise spaced", covering(product="FROZEN  boneless beef"), []),
    ("another product", covering(product="冻去骨羊肉"), ["gate.papers-disagree-product"]),
    ("another country", covering(country="ARG"), ["gate.papers-disagree-country"]),
    ("establishment by its other number", covering(establishment="CBRA02012201010001"), []),
    ("another establishment", covering(establishment="SIF386"), ["gate.papers-disagree-establishment"]),
    ("another batch", covering(production_batch="L2020-07"), ["gate.papers-disagree-batch"]),
    ("5 ‰ heavier", covering(grams=GRAMS + 135_000), []),
    ("a gram more than that", covering(grams=GRAMS + 135_001), ["gate.papers-disagree-weight"]),
    ("5 ‰ lighter", covering(grams=GRAMS - 135_000), []),
    ("a gram less than that", covering(grams=GRAMS - 135_001), ["gate.papers-disagree-weight"]),
    # Enhanced control.
    ("enhanced, all done", enhanced(4, inner=True), []),
    ("enhanced, outside only", enhanced(4, inner=False), ["gate.inner-sample-missing"]),
    ("enhanced, among others", enhanced(1, inner=True), ["gate.independent-zone-missing"]),
    (
        "enhanced, by establishment",
        enhanced(4, inner=False, entry={"establishment": "sif385"}),
        ["gate.inner-sample-missing"],
    ),
    ("enhanced, another country", enhanced(1, inner=False, entry={"country": "ECU"}), []),
    (
        "enhanced, half of it fits",
        enhanced(1, inner=False, entry={"country": "BRA", "category": "aquatic"}),
        [],
    ),
    # What is there.
    (
        "a piece more than there is",
        Story(papers=[quarantine(), nucleic(), disinfection(pieces=2000)], release={"pieces": PIECES + 1}),
        ["unit.insufficient-pieces"],
    ),
    (
        "a gram more than there is",
        Story(papers=[quarantine(grams=30 * TONNE), nucleic(), disinfection()], release={"grams": GRAMS + 1}),
        ["unit.insufficient-grams"],
    ),
    ("all pieces, not all grams", Story(release={"grams": GRAMS - 1}), ["unit.remainder-mismatch"]),
    ("a part", Story(release={"pieces": 1, "grams": 26_800}), []),
]


@pytest.mark.parametrize(("story", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_gate_wants(story: Story, expected: list[str]) -> None:
    scene, lot, unit = story.tell()
    if not expected:
        said = scene.release(lot, unit, **story.release)
        assert said.policy == scene.version
        return
    refusal = scene.refused_release(lot, unit, **story.release)
    assert refusal.code == "gate.refused"
    assert [cause.code for cause in refusal.causes] == expected
    demand_facts(refusal)
    for cause in refusal.causes:
        demand_facts(cause)  # type: ignore[arg-type]
