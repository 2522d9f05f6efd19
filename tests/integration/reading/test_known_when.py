"""Known when: whatever is said and corrected later, an answer as of a position is the one given then.

Random histories of every kind are told to a real ledger; on the way everything is asked that can be asked as
of a position, and once more when all is told.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from schema.problems import Refusal
from service.app import make_app
from service.http.authentication import COOKIE
from service.http.keys import DATABASE
from service.ledger import Actor, Idempotency, Ledger, Proposal
from service.ledger.statement import parse_instant
from service.parties.credentials import Credentials
from service.settings import Settings
from service.trust import open_signer
from tests.anything.beginning import begin
from tests.anything.saying import propose
from tests.anything.seen import Seen
from tests.history import History
from tests.retold import ledger_on

LONG = int(os.environ.get("COLDLEDGER_SEEDS", "0"))
SEEDS = range(3, 3 + LONG) if LONG else [3]
STATEMENTS, LOOKS = 150, 3
OF_TODAY = {
    "gate",
    "days",
    "days_left",
    "overdue",
    "zone_name",
    "to_be_moved",
    "milliseconds",
    "by_index",
    "as_of",
}
"""What an answer says of today: what the gate wants now, how old goods are, what zones are called, who
answered how quickly; and the mark that it is about the past."""

_LATE = [{"what": "overdue", "count": count} for count in range(1, 100)]
"""What is overdue is to be done first: by the clock of whoever asks."""

Answers = dict[str, Any]


class Telling:
    """A random history, and how far it was told to a real ledger."""

    def __init__(self, seed: int) -> None:
        self.history = History()
        quay = begin(self.history)
        self.auditor: Actor = quay.town.party("auditor").manager
        self.beginning = self.told = self.history.position
        chance = Random(seed)
        while self.history.position < self.beginning + STATEMENTS:
            self.history.now(self.history.at + timedelta(minutes=chance.randint(1, 90)))
            saying = propose(Seen(self.history.rows, self.history.statements, self.history.at, chance))
            try:
                self.history.say(saying.kind, saying.data, saying.actor)
            except Refusal:
                continue
        self.told = 0

    def clock(self) -> datetime:
        """It is when the next statement was made."""
        return parse_instant(self.history.statements[self.told].at)

    async def tell(self, ledger: Ledger, until: int) -> None:
        """Go on up to a position."""
        while self.told < until:
            said = self.history.statements[self.told]
            key = Idempotency(f"{self.told:064}", f"{self.told:064}")
            kind = ledger.registry.kinds[said.kind]
            answer = await ledger.append(Proposal(kind, said.actor, said.data, key))
            assert answer.statement.outcome == said.outcome
            self.told += 1


@asynccontextmanager
async def served(database: str, folder: Path, reader: Actor) -> AsyncIterator[TestClient[Any, Any]]:
    """The application, asked by ``reader``."""
    settings = Settings(data=folder / "data", trust=folder / "trust", sample_data=True)
    app = await make_app(settings, database, open_signer(settings, "test.invalid/ledger"))
    assert reader.user is not None
    session = await Credentials(app[DATABASE].writer).sessions.open(reader.user)
    async with TestClient(TestServer(app), headers={"Cookie": f"{COOKIE}={session.secret}"}) as client:
        yield client


async def ask(client: TestClient[Any, Any], path: str, as_of: int | str | None) -> Any:
    known = {} if as_of is None else {"as_of": str(as_of)}
    answer = await client.get(path, params=known)
    body = await answer.json()
    assert answer.status == 200, (path, as_of, body)
    if as_of is not None:
        assert body["as_of"]["position"] == as_of or isinstance(as_of, str)
    return plain(body)


def plain(told: Any) -> Any:
    """An answer without what it says of today."""
    if isinstance(told, dict):
        return {name: plain(value) for name, value in told.items() if name not in OF_TODAY}
    if isinstance(told, list):
        return [plain(each) for each in told if each not in _LATE]
    return told


async def everything(client: TestClient[Any, Any], as_of: int | None = None) -> Answers:
    """All lists, each thing in them with whatever is asked of it, and what the first lot endangers."""
    answers: Answers = {}
    for name in LISTS:
        path = f"/api/v1/{name}?limit=200"
        answers[path] = await ask(client, path, as_of)
        for each in answers[path]["items"]:
            for beneath in BENEATH.get(name, ()):
                path = f"/api/v1/{name}/{each['id']}{beneath}"
                answers[path] = await ask(client, path, as_of)
    first = min(each["id"] for each in answers["/api/v1/lots?limit=200"]["items"])
    for part in ("", "/hits", "/places"):
        path = f"/api/v1/exposure{part}?lots={first}&from=2020-08-20"
        answers[path] = await ask(client, path, as_of)
    return answers


LISTS = (
    *("cases", "case-requests", "recalls", "cooperations", "drills"),
    *("lots", "units", "arrivals", "shipments", "holds", "findings", "disinfections"),
    *("stock", "stock/totals", "stock/declarations"),
)
TRACES = [f"/trace/{way}{part}" for way in ("upstream", "downstream") for part in ("", "/lots", "/units")]
BENEATH = {
    "cases": ["", "/steps"],
    "case-requests": [""],
    "recalls": [""],
    "cooperations": [""],
    "lots": ["", "/events", *TRACES],
    "units": ["", "/trace/downstream/flows"],
    "shipments": [""],
    "arrivals": [""],
    "holds": [""],
    "findings": [""],
    "stock/declarations": ["/differences"],
}


@pytest.mark.parametrize("seed", SEEDS)
async def test_what_was_answered_is_answered_again(database: str, tmp_path: Path, seed: int) -> None:
    telling = Telling(seed)
    async with ledger_on(database, telling.clock) as ledger:
        await telling.tell(ledger, telling.beginning)
        async with served(database, tmp_path, telling.auditor) as client:
            then: dict[int, Answers] = {}
            for look in range(LOOKS):
                await telling.tell(ledger, telling.beginning + look * STATEMENTS // LOOKS)
                then[telling.told] = await everything(client)
            await telling.tell(ledger, telling.history.position)
            now = await everything(client)
            for position, answers in then.items():
                again = await everything(client, position)
                assert again.keys() == answers.keys()
                for path, answer in answers.items():
                    assert again[path] == answer, (position, path)
                assert sum(now.get(path) != answer for path, answer in answers.items()) > LOOKS
