"""Each detector on both sides of its threshold, and what honest trade looks like to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.messages.policies import DEFAULTS
from service.incidents.detecting import detectors
from service.incidents.detecting.detectors import LateFact, Scan, Surplus, Trial

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HERE, NEXT_DOOR, SAME_CITY, SAME_PROVINCE, ELSEWHERE = "420106", "420106", "420111", "420500", "370211"
CODE = "1C210100ABCDEF23456X"


def scan(region: str, minutes: float = 0.0, facility: int = 1) -> Scan:
    return Scan(CODE, NOON + timedelta(minutes=minutes), 7, facility, region)


@pytest.mark.parametrize(
    ("region", "least"),
    [(NEXT_DOOR, 0), (SAME_CITY, 20), (SAME_PROVINCE, 60), (ELSEWHERE, 120)],
)
def test_a_label_is_too_fast_below_the_least_time_of_the_step(region: str, least: int) -> None:
    assert detectors.least_minutes(HERE, region, DEFAULTS) == least
    in_time = scan(region, least, facility=2)
    assert not detectors.outpaced(scan(HERE), in_time, DEFAULTS)
    if least:
        a_second_sooner = scan(region, least - 1 / 60, facility=2)
        assert detectors.outpaced(scan(HERE), a_second_sooner, DEFAULTS)
        assert detectors.outpaced(a_second_sooner, scan(HERE), DEFAULTS), "in whatever order"


def test_a_label_that_stays_is_never_too_fast() -> None:
    assert not detectors.outpaced(scan(HERE), scan(ELSEWHERE), DEFAULTS), "one place has one region"


def test_only_neighbours_in_time_with_something_new_are_told() -> None:
    first, second, third = scan(HERE), scan(ELSEWHERE, 10, 2), scan(HERE, 20)
    documents = dict.fromkeys((HERE, ELSEWHERE), DEFAULTS)
    scans = [third, first, second]
    pairs = detectors.outpaced_pairs
    assert [*pairs({first, second, third}, scans, documents)] == [(first, second), (second, third)]
    assert [*pairs({third}, scans, documents)] == [(second, third)]
    assert [*pairs(set(), scans, documents)] == []


def test_the_later_places_policy_decides() -> None:
    lax = {**DEFAULTS, "travel_minutes_country": 0}
    earlier, later = scan(HERE), scan(ELSEWHERE, 10, 2)
    told = {(HERE, True): lax, (ELSEWHERE, True): DEFAULTS}
    documents = {region: document for (region, _), document in told.items()}
    assert [*detectors.outpaced_pairs({later}, [earlier, later], documents)] == [(earlier, later)]
    documents = {HERE: DEFAULTS, ELSEWHERE: lax}
    assert [*detectors.outpaced_pairs({later}, [earlier, later], documents)] == []


@pytest.mark.parametrize(
    ("known", "expected"),
    [((), True), ((SAME_PROVINCE, ELSEWHERE), True), ((SAME_CITY,), False), ((ELSEWHERE, HERE), False)],
)
def test_a_label_is_astray_in_a_city_where_none_of_its_goods_were(
    known: tuple[str, ...], expected: bool
) -> None:
    assert detectors.astray(HERE, known) is expected


@pytest.mark.parametrize(("lost", "expected"), [(0, True), (1, False), (20, False)])
def test_what_was_lost_is_set_against_what_turned_up(lost: int, expected: bool) -> None:
    found = [Surplus(5, 8), Surplus(9, 3)]
    assert detectors.surplus(found, lost, 10) is expected


def test_a_paper_counts_for_lots_that_it_does_not_name() -> None:
    trials = [Trial("a", (1, 2)), Trial("b", (2, 3)), Trial("c", (1,))]
    assert detectors.lots_beyond(trials, [1]) == {2, 3}
    assert detectors.lots_beyond(trials, [1, 2, 3]) == set()


def fact(position: int, minutes: float, happened_at: str = "2026-11-18T11:59+08:00") -> LateFact:
    return LateFact(position, NOON + timedelta(minutes=minutes), happened_at)


@pytest.mark.parametrize(
    ("happened_at", "expected"),
    [
        ("2026-11-18T11:59+08:00", True),
        ("2026-11-18T12:00+08:00", False),
        ("2026-11-17", True),
        ("2026-11-18", False),
    ],
)
def test_a_statement_is_late_where_all_of_what_happened_is_that_long_ago(
    happened_at: str, expected: bool
) -> None:
    """A minute lasts until the next one and a day until midnight in China: 96 hours before noon."""
    assert detectors.late(fact(1, 0, happened_at), 96) is expected


def burst_sizes(facts: list[LateFact]) -> list[int]:
    return [len(found) for found in detectors.bursts(facts, DEFAULTS)]


def test_many_late_statements_together_are_a_burst_and_no_fewer() -> None:
    assert burst_sizes([fact(n, n) for n in range(19)]) == []
    assert burst_sizes([fact(n, n) for n in range(20)]) == [20]
    assert burst_sizes([fact(n, n) for n in range(39)]) == [20]
    assert burst_sizes([fact(n, n) for n in range(40)]) == [20, 20]


def test_what_comes_slowly_is_no_burst() -> None:
    """Twenty within sixty minutes are; a minute more between the first and the last and they are not."""
    spread = [fact(n, n * 60 / 19) for n in range(20)]
    assert burst_sizes(spread) == [20]
    assert burst_sizes([*spread[:19], fact(19, 60.01)]) == []


def test_what_happened_lately_is_no_burst() -> None:
    assert burst_sizes([fact(n, n, "2026-11-21") for n in range(100)]) == []


@given(
    minutes=st.lists(st.integers(0, 600), max_size=80, unique=True),
    late=st.lists(st.booleans(), min_size=80, max_size=80),
)
def test_bursts_share_nothing_and_each_is_one(minutes: list[int], late: list[bool]) -> None:
    told = ("2026-11-21", "2026-11-01")
    facts = [fact(n, m, told[late[n]]) for n, m in enumerate(sorted(minutes))]
    found = [*detectors.bursts(facts, {**DEFAULTS, "dated_back_count": 4})]
    positions = [each.position for burst in found for each in burst]
    assert len(positions) == len(set(positions))
    for burst in found:
        assert len(burst) >= 4
        assert burst[-1].at - burst[0].at <= timedelta(minutes=60)
        assert all(each.happened_at == "2026-11-01" for each in burst)


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("goods-sold", {"happened_at": "2020-01-01"}, "2020-01-01"),
        ("goods-shipped", {"departed_at": "2020-01-02"}, "2020-01-02"),
        ("lot-registered", {"received_at": "2020-01-03"}, "2020-01-03"),
        ("certificate-recorded", {"happened_at": "2020-01-01"}, None),
        ("stock-declared", {"as_of": "2020-01-01"}, None),
    ],
)
def test_papers_come_after_what_they_certify_and_count_for_nothing(
    kind: str, data: dict[str, str], expected: str | None
) -> None:
    assert detectors.told_at(kind, data) == expected
