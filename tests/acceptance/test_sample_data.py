"""The sample data: loaded once by the first start, shown to each kind of user, as sound as any ledger."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession, CookieJar

from service.parties.credentials import Credentials
from service.sample import load
from service.sample.client import ApiClient
from service.storage import EmbeddedPostgres, open_pool
from tests.acceptance.running import Service, run, serving

_LOGIN = re.compile(r"login (\S+)  password (.+)")
_PAGE = re.compile(r"(http://\S+)  ")
_GOOD = re.compile(r"good (\d+) entries")


def complete(line: str) -> bool:
    """Whether a printed line is the last one of the sample's guide: the consumer's page."""
    return "/t/" in line


def visits(service: Service) -> list[tuple[str | None, str | None, str]]:
    """Login, password and pages of each kind of user, as printed; the consumer has only a page."""
    found: list[tuple[str | None, str | None, str]] = []
    login: tuple[str | None, str | None] = (None, None)
    for line in service.printed:
        if match := _LOGIN.search(line):
            login = (match[1], match[2])
        elif match := _PAGE.search(line):
            found.append((*login, match[1]))
        else:
            login = (None, None)
    return found


def entries(service: Service) -> int:
    """How many entries the ledger has; it and all that is derived from it must be sound."""
    rebuilt = service.run("rebuild", "--check")
    assert rebuilt.returncode == 0, rebuilt.stdout
    verified = service.run("verify", "--rules")
    match = _GOOD.match(verified.stdout)
    assert match is not None, verified.stdout
    return int(match[1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sample") / "data"


@pytest.fixture(scope="module")
def first(folder: Path) -> Iterator[Service]:
    """The first start."""
    with serving(folder, "--sample-data", ready=complete) as service:
        yield service


async def test_each_kind_of_user_signs_in_and_sees_the_pages_that_were_printed(first: Service) -> None:
    seen = visits(first)
    assert len({login for login, _, _ in seen}) == 9
    assert len(seen) >= 20
    for (login, password), pages in groupby(seen, lambda each: each[:2]):
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
            if login is not None:
                body = {"login": login, "password": password}
                async with http.post(f"{first.url}/api/v1/sessions", json=body) as signed_in:
                    assert signed_in.status == 201, login
            for _, _, page in pages:
                async with http.get(page, headers={"Accept": "text/html"}) as shown:
                    assert (shown.status, shown.content_type) == (200, "text/html"), (login, page)
                    assert shown.url.path == urlsplit(page).path, "nobody is sent elsewhere"


async def test_there_is_one_of_each_kind_of_trouble(first: Service) -> None:
    passwords = {login: password for login, password, _ in visits(first) if password is not None}
    async with ApiClient(first.url) as regulator:
        await regulator.sign_in("regulator-wuhan", passwords["regulator-wuhan"])
        holds = (await regulator.get("/api/v1/holds", kind="order", in_force="true"))["items"]
        (order,) = (hold for hold in holds if hold["case_number"] == "SAMPLE-WH-001")
        places = (await regulator.get(f"/api/v1/holds/{order['id']}"))["places"]
        assert len({place["facility"]["id"] for place in places}) == 3
        (case,) = (await regulator.get("/api/v1/cases", drill="false"))["items"]
        assert (case["state"], case["holds_in_force"] > 0, case["waiting"]) == ("suspected", True, 1)
        (finding,) = (await regulator.get("/api/v1/findings", rule="unit.held"))["items"]
        assert (finding["state"], finding["hold_in_force"]) == ("open", True)
        for rule, evidence in (("label-outpaced", 2), ("dated-back", 20)):
            (suspected,) = (await regulator.get("/api/v1/findings", rule=f"suspicion.{rule}"))["items"]
            assert (suspected["state"], len(suspected["grounds"])) == ("open", evidence)
        refused = (await regulator.get("/api/v1/refused-intents"))["items"]
        assert [rule["code"] for rule in refused[0]["rules"]] == ["unit.held"]
        scheduled = (await regulator.get("/api/v1/policy-editions", state="scheduled"))["items"]
        assert [edition["begins"][11:] for edition in scheduled] == ["16:00:00.000000Z"], "China's midnight"
        assert len((await regulator.get("/api/v1/policy-drafts"))["items"]) == 1
        (declared,) = (await regulator.get("/api/v1/stock/declarations"))["items"]
        differences = f"/api/v1/stock/declarations/{declared['id']}/differences"
        assert [line["difference_grams"] for line in (await regulator.get(differences))["items"]] == [-30_000]
    async with ApiClient(first.url) as store:
        await store.sign_in("wuhan-store", passwords["wuhan-store"])
        owned = await store.get("/api/v1/stock/totals", by="owner")
        assert len(owned["items"]) >= 4
    async with ApiClient(first.url) as shop:
        await shop.sign_in("wuhan-retailer", passwords["wuhan-retailer"])
        (corrected,) = [page for _, _, page in visits(first) if "/statements/" in page]
        told = await shop.get(f"/api/v1{urlsplit(corrected).path}")
        assert [version["data"]["pieces"] for version in told["versions"]] == [12, 2]
        left = [lot["days_left"] for lot in (await shop.get("/api/v1/stock/expiring"))["items"]]
        assert left[-1] == 21, "the goods of 2020 are long past it"
    async with ApiClient(first.url) as station:
        await station.sign_in("qingdao-station", passwords["qingdao-station"])
        states = {person["state"] for person in (await station.get("/api/v1/staff"))["items"]}
        assert {"due", "overdue", "fit"} <= states
        accepted = [
            each["accepted_by"] is None for each in (await station.get("/api/v1/disinfections"))["items"]
        ]
        assert sorted(accepted) == [False, True]
        assert len((await station.get("/api/v1/findings", rule="found.without-papers"))["items"]) == 1


def test_what_the_service_has_found_the_command_does_not_find_again(first: Service) -> None:
    done = first.run("detect", "--once")
    assert (done.returncode, done.stdout) == (0, "good 0 suspicions recorded\n"), done.stderr


async def test_there_is_enough_to_page_through_and_something_to_do(first: Service) -> None:
    passwords = {login: password for login, password, _ in visits(first) if password is not None}
    async with ApiClient(first.url) as auditor:
        await auditor.sign_in("auditor", passwords["auditor"])
        assert len((await auditor.get("/api/v1/lots", limit="200"))["items"]) >= 18
        assert len((await auditor.get("/api/v1/units", limit="200"))["items"]) >= 90
    async with ApiClient(first.url) as station:
        await station.sign_in("qingdao-station", passwords["qingdao-station"])
        quarantined = (await station.get("/api/v1/lots", state="quarantined"))["items"]
        waiting = next(lot for lot in quarantined if lot["arrival"] is not None)
        gate = (await station.get(f"/api/v1/lots/{waiting['id']}"))["gate"]
        assert [want["code"] for want in gate[0]["wants"]] == ["gate.nucleic-acid-missing"]
    async with ApiClient(first.url) as retailer:
        await retailer.sign_in("wuhan-retailer", passwords["wuhan-retailer"])
        assert len((await retailer.get("/api/v1/shipments", direction="in", open="true"))["items"]) == 1


def test_a_later_start_loads_nothing_and_tells_no_password(folder: Path, first: Service) -> None:
    before = entries(first)
    with serving(folder.with_name("later"), "--sample-data", ready=complete) as other:
        told = {password for _, password, _ in visits(other)}
        assert not told & {password for _, password, _ in visits(first)} - {None}, "passwords are random"
        fresh = entries(other)
    with serving(folder.with_name("later"), "--sample-data", ready=complete) as again:
        assert all(password is None or " password --data " in password for _, password, _ in visits(again))
        assert [login for login, _, _ in visits(again)] == [login for login, _, _ in visits(other)]
        assert entries(again) == fresh == before


async def test_a_load_that_was_cut_off_goes_on_where_it_stopped(tmp_path: Path, first: Service) -> None:
    """With the passwords lost that were on their way when it was cut, and a note that was never written."""
    note, data = tmp_path / "note.json", tmp_path / "data"
    operator = (
        "--operator-uscc",
        "91210100MA17366650",
        "--operator-region",
        "210100",
        "--operator-name",
        "示例",
    )
    with serving(data, "--public-host", "trace.example.com", *operator) as service:
        login, password = service.first_manager
        url = EmbeddedPostgres.running(data)
        assert url is not None
        async with await open_pool(url, "coldledger_writer", 2) as pool:
            new_password = Credentials(pool).logins.reset_password
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(3):
                    await load(service.url, note, login, password, new_password)
            assert not note.exists()
            guide = await load(service.url, note, login, None, new_password)
        assert note.exists()
        logins = {login for login, _, _ in visits(first) if login is not None}
        assert guide.passwords.keys() >= logins
        assert entries(service) == entries(first)


async def test_a_lost_password_is_replaced_on_the_command_line(first: Service) -> None:
    done = first.run("password", "yantai-processor")
    match = _LOGIN.search(done.stdout)
    assert match is not None, done.stdout
    async with ApiClient(first.url) as processor:
        await processor.sign_in(match[1], match[2])
    unknown = first.run("password", "nobody-at-all")
    assert unknown.returncode == 1
    assert "Nobody has this login" in unknown.stderr


def test_others_can_never_reach_it(tmp_path: Path) -> None:
    refused = run("serve", "--sample-data", "--host", "0.0.0.0", "--data", str(tmp_path / "data"))
    assert refused.returncode == 1
    assert "Sample data is for this machine only" in refused.stderr
    assert not (tmp_path / "data").exists()


def test_a_real_ledger_gets_no_sample(tmp_path: Path) -> None:
    operator = (
        "--operator-uscc",
        "91110000600037341L",
        "--operator-region",
        "110000",
        "--operator-name",
        "平台",
    )
    with serving(tmp_path / "data", "--public-host", "trace.example.com", *operator) as real:
        before = entries(real)
    refused = run("serve", "--sample-data", "--port", "0", "--data", str(tmp_path / "data"))
    assert refused.returncode == 1
    assert "This ledger is not a sample" in refused.stderr
    verified = run("verify", "--data", str(tmp_path / "data"))
    assert verified.stdout.startswith(f"good {before} entries"), verified.stdout
