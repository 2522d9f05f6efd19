"""A batch counts every statement in it: movements of one unit, of one certificate, admitted and refused."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from schema.problems import Problem
from service.goods import release
from service.goods.corrections import CORRECT
from service.goods.movements import SHIP
from service.goods.state import CERTIFICATE, UNIT
from service.ledger import Acknowledgement, Data, Idempotency, Ledger, Proposal, audit, store
from tests.history import History
from tests.quay import OUT, Goods, Quay
from tests.retold import ledger_on, retold

GRAMS = 27_000
ROOT = Path(__file__).resolve().parents[3]


async def all_of(ledger: Ledger, proposals: Iterable[Proposal]) -> list[Acknowledgement | BaseException]:
    """Append at once, so that they wait together and become one batch."""
    return await asyncio.gather(*map(ledger.append, proposals), return_exceptions=True)


def admitted(answers: Iterable[Any]) -> list[Acknowledgement]:
    return [answer for answer in answers if isinstance(answer, Acknowledgement)]


def refused(answers: Iterable[Any]) -> list[str]:
    return [answer.code for answer in answers if isinstance(answer, Problem)]


def shipped(quay: Quay, unit: int, pieces: int = 1, key: str | None = None, request: str = "r") -> Proposal:
    """So much of a unit leaves for the shop: an intent, so that more than there is is refused."""
    item = {"unit": unit, "pieces": pieces, "grams": pieces * GRAMS}
    data: Data = {
        "facility": quay.place,
        "destination": quay.counter,
        "items": [item],
        "departed_at": OUT,
    }
    submission = None if key is None else Idempotency(f"{key:0>64}", f"{request:0>64}")
    return Proposal(SHIP, quay.station.staff, data, submission)


async def row(ledger: Ledger, projection: Any, key: Any) -> Any:
    """A row as it is stored."""
    async with ledger.pool.acquire() as conn, conn.transaction():
        return next(iter([r async for r in store.rows(conn, projection) if projection.key(r) == key]))


async def sound(ledger: Ledger) -> None:
    """Chain, tree and rules hold, and the rows are those that the statements make."""
    async with ledger.pool.acquire() as conn:
        assert (await audit.verify(conn, ledger.registry, None, rules=True)).findings == []
        assert (await audit.check_rows(conn, ledger.registry)).findings == []


@pytest.fixture
def quay() -> Quay:
    return Quay(History())


def released(quay: Quay, pieces: int) -> int:
    goods = quay.lot(pieces, pieces * GRAMS)
    quay.papers(goods)
    return quay.release(goods)


@pytest.mark.parametrize("n", [2, 10, 500])
async def test_every_movement_of_one_unit_counts(database: str, quay: Quay, n: int) -> None:
    unit = released(quay, n)
    async with retold(database, quay.history) as ledger:
        answers = await all_of(ledger, (shipped(quay, unit) for _ in range(n + 3)))
        assert len(admitted(answers)) == n
        assert refused(answers) == ["unit.insufficient-grams"] * 3
        left = await row(ledger, UNIT, unit)
        assert (left.pieces, left.grams, left.out_pieces, left.out_grams) == (0, 0, n, n * GRAMS)
        await sound(ledger)


@pytest.mark.parametrize("n", [2, 10, 500])
async def test_every_release_under_one_certificate_counts(database: str, quay: Quay, n: int) -> None:
    """The papers cover n of the n + 2 cartons: n releases of one carton pass, the others are refused."""
    goods = quay.lot(n + 2, (n + 2) * GRAMS)
    covered = Goods(goods.lot, goods.unit, n, n * GRAMS)
    quay.papers(covered)
    async with retold(database, quay.history) as ledger:
        one_each = [quay.release_of(goods, 1, GRAMS) for _ in range(n + 2)]
        proposals = (Proposal(release.RELEASE_LOT, quay.station.staff, data) for data in one_each)
        answers = await all_of(ledger, proposals)
        assert len(admitted(answers)) == n
        assert refused(answers) == ["gate.refused"] * 2
        async with ledger.pool.acquire() as conn, conn.transaction():
            papers = [paper async for paper in store.rows(conn, CERTIFICATE)]
        assert {paper.kind: paper.released_pieces for paper in papers if paper.pieces is not None} == {
            "quarantine": n,
            "nucleic_acid": n,
            "disinfection": n,
        }
        await sound(ledger)


@pytest.mark.parametrize("n", [2, 10, 500])
async def test_refusals_between_do_not_disturb(database: str, quay: Quay, n: int) -> None:
    """Every other proposal asks for more than there ever was."""
    unit = released(quay, n)
    async with retold(database, quay.history) as ledger:
        proposals = [shipped(quay, unit, pieces=1 if i % 2 else n + 1) for i in range(2 * n)]
        answers = await all_of(ledger, proposals)
        assert [isinstance(answer, Acknowledgement) for answer in answers] == [
            i % 2 == 1 for i in range(2 * n)
        ]
        positions = [answer.position for answer in admitted(answers)]
        first = len(quay.history.statements)
        assert positions == list(range(first, first + n))
        await sound(ledger)


async def test_what_was_said_in_a_batch_is_corrected_in_it(database: str, quay: Quay) -> None:
    """Judged on what an auditor knows there: the statements of the same batch as well."""
    unit = released(quay, 10)
    async with retold(database, quay.history) as ledger:
        correction = {"position": quay.history.position, "replacement": None, "reason": "typing_error"}
        said = shipped(quay, unit)
        answers = await all_of(ledger, [said, Proposal(CORRECT, quay.station.staff, correction)])
        assert len(admitted(answers)) == 2
        assert (await row(ledger, UNIT, unit)).pieces == 10
        await sound(ledger)


@pytest.mark.parametrize("n", [2, 10, 500])
async def test_two_appenders_share_one_unit(database: str, quay: Quay, n: int) -> None:
    unit = released(quay, n)
    async with retold(database, quay.history) as here, ledger_on(database) as there:
        both = await asyncio.gather(
            *(all_of(ledger, (shipped(quay, unit) for _ in range(n))) for ledger in (here, there))
        )
        answers = [answer for side in both for answer in side]
        assert len(admitted(answers)) == n
        assert set(refused(answers)) == {"unit.insufficient-grams"}
        assert len({answer.position for answer in admitted(answers)}) == n
        await sound(here)


@pytest.mark.parametrize("n", [2, 10, 500])
async def test_two_processes_share_one_unit(database: str, quay: Quay, n: int) -> None:
    """Both ask for every carton at the same moment; each carton leaves once."""
    unit, actor = released(quay, n), quay.station.staff
    async with retold(database, quay.history) as ledger:
        numbers = map(str, (unit, quay.place, quay.counter, actor.organisation, actor.user, n))
        command = [sys.executable, "-m", "tests.integration.ledger.shipper", database, *numbers]
        both = [
            await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, cwd=ROOT)
            for _ in range(2)
        ]
        for process in both:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"ready\n"
        told = await asyncio.gather(*(process.communicate(b"go\n") for process in both))
        counts = [json.loads(out) for out, _ in told]
        assert sum(each["admitted"] for each in counts) == n
        assert sum(each["refused"] for each in counts) == n
        left = await row(ledger, UNIT, unit)
        assert (left.pieces, left.out_pieces) == (0, n)
        await sound(ledger)


async def test_one_submission_twice_in_a_batch_is_recorded_once(database: str, quay: Quay) -> None:
    unit = released(quay, 10)
    async with retold(database, quay.history) as ledger:
        twice = await all_of(ledger, (shipped(quay, unit, key="a") for _ in range(2)))
        assert len({(answer.position, answer.promise) for answer in admitted(twice)}) == 1
        assert len(admitted(twice)) == 2
        again = await ledger.append(shipped(quay, unit, key="a"))
        assert again.position == admitted(twice)[0].position
        assert (await row(ledger, UNIT, unit)).pieces == 9
        await sound(ledger)


async def test_another_request_under_the_same_key_is_refused(database: str, quay: Quay) -> None:
    unit = released(quay, 10)
    async with retold(database, quay.history) as ledger:
        proposals = [shipped(quay, unit, key="a", request=which) for which in "xy"]
        first, second = await all_of(ledger, proposals)
        assert isinstance(first, Acknowledgement)
        assert isinstance(second, Problem)
        assert second.code == "ledger.idempotency-conflict"


async def test_a_refusal_is_not_kept_under_its_key(database: str, quay: Quay) -> None:
    """What was refused for lack of goods may be asked again, in the same words, when there are some."""
    unit = released(quay, 10)
    async with retold(database, quay.history) as ledger:
        refusal, _ = await all_of(ledger, [shipped(quay, unit, 11, key="a"), shipped(quay, unit, 1)])
        assert isinstance(refusal, Problem)
        assert (await all_of(ledger, [shipped(quay, unit, 2, key="a", request="q")]))[0] is not None
        assert (await row(ledger, UNIT, unit)).pieces == 7
