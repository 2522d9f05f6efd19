"""Honest trade raises nothing, and whatever is said, suspicions are raised where a second count finds them.

The second count is made from statements and units alone, by other means than the detectors' queries.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema import moments
from schema.messages.policies import DEFAULTS
from service.goods.state import LOT, UNIT
from service.incidents.detecting import detectors
from service.incidents.detecting.detectors import LateFact, Scan
from service.incidents.detecting.runner import Detectors
from service.incidents.detecting.state import SUSPICION
from service.ledger import Data, Ledger, audit, store
from service.ledger.statement import parse_instant
from service.parties import lookups
from service.storage import query
from tests.history import History
from tests.quay import Quay
from tests.retold import retold
from tests.unit.goods.test_any_history import told
from tests.voyage import voyage

REGIONS = ("370211", "370202", "371302", "420106", "420111", "210106")
START = datetime(2026, 11, 1, tzinfo=UTC)


@given(st.integers(0, 10_000))
def test_a_case_that_travels_as_fast_as_it_can_is_never_too_fast(seed: int) -> None:
    """From place to place in no less than the least time, read at each, handed in in any order."""
    chance, at, scans = Random(seed), START, [Scan("C", START, 1, 1, REGIONS[0])]
    for number in range(2, 12):
        region = chance.choice(REGIONS)
        least = detectors.least_minutes(scans[-1].region, region, DEFAULTS)
        at += timedelta(minutes=least + chance.choice((0, 0, 5, 600)))
        scans.append(Scan("C", at, number, number, region))
    handed_in = chance.sample(scans, len(scans))
    documents = dict.fromkeys(REGIONS, DEFAULTS)
    for count in range(1, len(handed_in) + 1):
        fresh = handed_in[count - 1 : count]
        assert not [*detectors.outpaced_pairs(fresh, handed_in[:count], documents)]


@given(st.lists(st.integers(0, 4 * 24 * 60 - 1), min_size=1, max_size=200))
def test_a_store_that_was_offline_for_up_to_four_days_hands_in_all_it_has(minutes: list[int]) -> None:
    facts = [
        LateFact(number, START, (START - timedelta(minutes=ago)).strftime("%Y-%m-%dT%H:%MZ"))
        for number, ago in enumerate(minutes)
    ]
    assert [*detectors.bursts(facts, DEFAULTS)] == []


async def raised(ledger: Ledger) -> dict[str, set[str]]:
    """The subjects of what the detectors find, by rule; they find it once, and all of it is sound."""
    later = datetime.now(UTC) + timedelta(days=2)
    await Detectors(ledger).all(later)
    assert await Detectors(ledger).all(later) == 0
    found: dict[str, set[str]] = defaultdict(set)
    async with ledger.pool.acquire() as conn:
        async with conn.transaction():
            rows = [row async for row in store.rows(conn, SUSPICION)]
        assert (await audit.verify(conn, ledger.registry, None, rules=True)).findings == []
        assert (await audit.check_rows(conn, ledger.registry)).findings == []
    for row in rows:
        found[row.rule].add(row.subject)
    return dict(found)


async def test_a_voyage_whose_labels_are_read_on_the_way_raises_nothing(database: str) -> None:
    """Goods go from Qingdao to a shop in Wuhan and to a plant; the cases are read where they are."""
    story = voyage(Quay(History()))
    lot = story.history.rows(LOT)[0]
    async with retold(database, story.history) as ledger:
        places = [
            (story.station.organisation, story.place, "370200"),
            (story.shop.organisation, story.counter, "420100"),
        ]
        codes = await ledger.pool.fetch("SELECT code, level FROM codes.issued_code WHERE lot = $1", lot.id)
        rows = [
            (row["code"], lot.id, row["level"], *place, datetime.now(UTC) - timedelta(hours=ago), 24, 90)
            for row in codes
            for place, ago in zip(places, (50, 26), strict=True)
        ]
        await ledger.pool.execute(query("incidents/scan.note"), *zip(*rows, strict=True))
        assert len(rows) >= 8
        suspected = {each.rule: {each.subject} for each in story.history.rows(SUSPICION)}
        assert await raised(ledger) == suspected, "what the story itself says, and nothing more"


def surplus_lots(history: History, document: Data) -> set[str]:
    """Lots of which so many more pieces were found than lost."""
    units = {unit.id: unit for unit in history.rows(UNIT) if unit.state != "withdrawn"}
    balance = Counter[int]()
    for unit in units.values():
        balance[unit.lot] -= unit.loss_pieces or 0
    for statement in history.statements:
        made = {each["unit"] for each in statement.outcome.get("differences", ())}
        for source, to, pieces, _ in statement.outcome.get("flows", ()):
            if source is None and to in made and to in units:
                balance[units[to].lot] += pieces or 0
    return {str(lot) for lot, pieces in balance.items() if pieces > document["surplus_pieces"]}


def bulk_tellers(history: History, document: Data) -> set[str]:
    """Organisations of which some hours have so many statements of what was long past."""
    late: dict[int, list[datetime]] = defaultdict(list)
    for organisation, at, happened in _told(history):
        if moments.parse(happened).latest + timedelta(hours=document["dated_back_hours"]) <= at:
            late[organisation].append(at)
    hour = timedelta(minutes=document["dated_back_minutes"])
    return {
        str(organisation)
        for organisation, times in late.items()
        if any(sum(at <= each <= at + hour for each in times) >= document["dated_back_count"] for at in times)
    }


def _told(history: History) -> Iterator[tuple[int, datetime, str]]:
    for statement in history.statements:
        for name in ("happened_at", "departed_at", "received_at"):
            if name in statement.data and statement.kind != "certificate-recorded":
                yield statement.actor.organisation, parse_instant(statement.at), statement.data[name]
                break


EAGER = {"surplus_pieces": 0, "dated_back_count": 3, "dated_back_minutes": 600, "dated_back_hours": 24}


@pytest.mark.parametrize(("seed", "eager"), [(9, False), (4, True)], ids=["defaults", "eager"])
async def test_whatever_is_said_what_is_raised_is_what_a_second_count_finds(
    database: str, seed: int, eager: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = told(seed, 250).history
    document = {**DEFAULTS, **(EAGER if eager else {})}
    monkeypatch.setattr(lookups, "DEFAULTS", document)
    async with retold(database, history) as ledger:
        found = await raised(ledger)
    expected = surplus_lots(history, document), bulk_tellers(history, document)
    assert (found.get("more-than-registered", set()), found.get("dated-back", set())) == expected
    assert any(expected), "something is there to be found"
    assert all(expected) or not eager
    assert {*found} <= {"more-than-registered", "dated-back", "paper-reused"}, "no label was read"
