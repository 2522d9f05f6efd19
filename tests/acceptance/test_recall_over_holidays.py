"""A recall whose clock runs over Spring Festival, and one over National Day: told, served, read.

The ledger is told at the days of 2026 that it says; what is read of it is what anybody reads.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from service.app import make_app
from service.http.authentication import COOKIE
from service.http.keys import DATABASE
from service.incidents.recalls import reading
from service.incidents.recalls.steering import EXTEND_RECALL, FINISH_RECALL
from service.parties.credentials import Credentials
from service.settings import Settings
from service.trust import open_signer
from tests.retold import retold
from tests.unit.incidents.recalls.bench import Recalls

HOLIDAYS = [
    # Ordered on the last working Thursday before Spring Festival: 15 to 23 February are off, Saturdays 14 and
    # 28 worked. Ten working days are 20 days of the calendar.
    ("2026-02-12T10:00+08:00", 1, "2026-03-04", 20),
    # Mid-Autumn (25 to 27 September) and National Day (1 to 7 October) are off; Sunday 20 September and
    # Saturday 10 October worked. Twenty working days are 34 days of the calendar.
    ("2026-09-18T10:00+08:00", 2, "2026-10-22", 34),
]


@pytest.mark.parametrize(("ordered", "level", "finish_on", "days"), HOLIDAYS)
async def test_working_days_of_a_recall_leave_out_the_festival(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    ordered: str, level: int, finish_on: str, days: int,
) -> None:  # fmt: skip
    bench = Recalls()
    bench.history.now(ordered)
    recall = bench.ordered(level=level)
    began = datetime.fromisoformat(ordered).date()
    assert (date.fromisoformat(recall.finish_on) - began).days == days
    bench.begin("shop", recall.id)
    bench.report("shop", recall.id)
    async with served(database, tmp_path, bench) as ask:
        monkeypatch.setattr(reading, "today", lambda: finish_on)
        told = await ask("qingdao", f"/api/v1/recalls/{recall.id}")
        assert (told["finish_on"], told["calendar_until"]) == (finish_on, None)
        assert not any(part["report_overdue"] for part in told["parts"]), "the last day is a day of it"
        day_after = date.fromordinal(date.fromisoformat(finish_on).toordinal() + 1).isoformat()
        monkeypatch.setattr(reading, "today", lambda: day_after)
        late = await ask("qingdao", f"/api/v1/recalls/{recall.id}")
        names = {part["organisation"]["id"]: part["report_overdue"] for part in late["parts"]}
        assert late["overdue"]
        assert not names[bench.organisation("shop")], "who has reported is not late"
        assert names[bench.organisation("wholesaler")]


async def test_more_time_is_in_working_days_too_and_ends_what_is_late(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Recalls()
    bench.history.now("2026-02-12T10:00+08:00")
    recall = bench.ordered().id
    bench.history.now("2026-03-04T10:00+08:00")
    # The days from 4 April on are the Qingming festival: three working days are Thursday, Friday and Monday.
    bench.say("qingdao", EXTEND_RECALL, {"recall": recall, "days": 24, "reason": "awaiting_tests"})
    async with served(database, tmp_path, bench) as ask:
        monkeypatch.setattr(reading, "today", lambda: "2026-03-05")
        told = await ask("qingdao", f"/api/v1/recalls/{recall}")
        assert told["finish_on"] == "2026-04-08"
        assert not any(part["report_overdue"] for part in told["parts"])
        assert [each["days"] for each in told["extensions"]] == [24]
        assert [each["finish_on"] for each in told["extensions"]] == ["2026-03-04"], "what was before"


async def test_a_year_whose_holidays_are_not_announced_is_said_to_be_so(
    database: str, tmp_path: Path
) -> None:
    bench = Recalls()
    bench.history.now("2026-11-20T10:00+08:00")
    recall = bench.ordered(level=3).id
    bench.say("qingdao", FINISH_RECALL, {"recall": recall, "without_reports": True})
    async with served(database, tmp_path, bench) as ask:
        told = await ask("qingdao", f"/api/v1/recalls/{recall}")
        assert (told["finish_on"], told["calendar_until"]) == ("2027-01-01", "2026-12-31")
        assert (told["state"], told["overdue"]) == ("finished", False)


class served:  # noqa: N801  (used as a function is)
    """What somebody is told, asked of the application over a ledger that tells this story."""

    def __init__(self, database: str, folder: Path, bench: Recalls) -> None:
        self._database, self._folder, self._bench = database, folder, bench

    async def __aenter__(self) -> Any:
        async with retold(self._database, self._bench.history):
            pass
        settings = Settings(data=self._folder / "data", trust=self._folder / "trust", sample_data=True)
        app = await make_app(settings, self._database, open_signer(settings, "test.invalid/ledger"))
        credentials = Credentials(app[DATABASE].writer)
        server = TestServer(app)
        self._client = TestClient(server, cookie_jar=aiohttp.DummyCookieJar())
        await self._client.start_server()

        async def ask(who: str, path: str) -> Any:
            user = self._bench.story.parties[who].manager.user
            assert user is not None
            session = await credentials.sessions.open(user)
            headers = {"Cookie": f"{COOKIE}={session.secret}", "Accept": "application/json"}
            answer = await self._client.get(path, headers=headers)
            assert answer.status == 200, await answer.text()
            return await answer.json()

        return ask

    async def __aexit__(self, *_trouble: object) -> None:
        await self._client.close()
