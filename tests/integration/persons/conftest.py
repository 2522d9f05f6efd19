"""A first station, its people and those it deals with, served: who reads what about persons, and what is left
of
them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from service.app import make_app
from service.http.authentication import COOKIE, CSRF_HEADER
from service.http.keys import DATABASE, LEDGER, VAULT
from service.ledger import Ledger
from service.parties.credentials import Credentials
from service.parties.persons.staff_routes import today
from service.parties.persons.vault import Vault
from service.settings import Settings
from tests.history import History
from tests.quay import Quay
from tests.retold import SIGNER, retold
from tests.settlement import Party, uscc

Data = dict[str, Any]
RULES = [{"role": "direct_contact", "test": "nucleic_acid", "every_days": 2}]
DRIVER, PHONE, PLATE = "李强国", "13800138000", "鲁B7Q3X9"
WORKER, ID_NUMBER, WORKER_PHONE, RESULT = "王力宏伟", "210102198001011234", "13900139000", "阴性·样本七四一"
TRADER, STALL, ADDRESS = "赵六水产经营部", "赵六三号摊位", "示例市场三排七号"
CLERK = "孙七文员"
CODE, IMPORTER = uscc(900, "370200", "92"), uscc(901, "370200", "92")
"""Social credit codes of sole traders: of one who is registered, and of an importer who is not."""
SECRETS = (
    *(DRIVER, PHONE, PLATE, WORKER, ID_NUMBER, WORKER_PHONE, RESULT),
    *(TRADER, STALL, ADDRESS, CLERK),
    *(CODE, IMPORTER),
)


@dataclass(frozen=True)
class Signed:
    """A browser's session."""

    secret: str
    csrf: str


@dataclass
class Office:
    """The served stage. ``ids`` are positions and ids of what was said of persons."""

    client: TestClient[Any, Any]
    parties: dict[str, Party]
    sessions: dict[str, Signed]
    settings: Settings
    url: str
    ids: dict[str, int] = field(default_factory=dict)

    @property
    def ledger(self) -> Ledger:
        return self.client.app[LEDGER]

    @property
    def vault(self) -> Vault:
        return self.client.app[VAULT]

    @property
    def pool(self) -> Any:
        return self.client.app[DATABASE].writer

    async def get(self, who: str, path: str) -> ClientResponse:
        headers = {"Cookie": f"{COOKIE}={self.sessions[who].secret}"}
        return await self.client.get(path, headers=headers)

    async def told(self, who: str, path: str) -> Any:
        answer = await self.get(who, path)
        body = await answer.json()
        assert answer.status == 200, body
        return body

    async def post(self, who: str, path: str, body: Data) -> ClientResponse:
        session = self.sessions[who]
        headers = {"Cookie": f"{COOKIE}={session.secret}", CSRF_HEADER: session.csrf}
        return await self.client.post(path, json=body, headers=headers)

    async def said(self, who: str, path: str, body: Data) -> Data:
        answer = await self.post(who, path, body)
        receipt: Data = await answer.json()
        assert answer.status == 201, receipt
        return receipt

    async def read(self, who: str, position: int, **why: str) -> tuple[int, dict[str, Any]]:
        """Values by pointer, or the problem."""
        answer = await self.post(who, "/api/v1/personal-readings", {"position": position, **why})
        body = await answer.json()
        if answer.status != 200:
            return answer.status, body
        return 200, {each["pointer"]: each["value"] for each in body["items"]}

    async def lines(self) -> int:
        """How long the access log is."""
        return int(await self.pool.fetchval("SELECT count(*) FROM private.access"))

    async def sign_in(self, name: str, user: int) -> None:
        session = await Credentials(self.pool).sessions.open(user)
        self.sessions[name] = Signed(session.secret, session.csrf)


@pytest.fixture
async def office(database: str, tmp_path: Path) -> AsyncIterator[Office]:
    """The stage, with everybody signed in."""
    quay = Quay(History(), staff_tests=RULES, retention_days=730)
    town = quay.town
    goods = quay.lot(10, 10 * 27_000)
    quay.papers(goods)
    unit = quay.release(goods)
    parties = {"station": quay.station, "shop": quay.shop, "platform": town.platform}
    for name, role, region in (
        ("shandong", "regulator", "370000"),
        ("hubei", "regulator", "420000"),
        ("guangdong", "regulator", "440000"),
        ("auditor", "auditor", "110000"),
        ("outsider", "cold_store", "370200"),
    ):
        parties[name] = town.party(role, region=region, name=f"示例{name}")
    async with retold(database, quay.history):
        pass
    settings = Settings(data=tmp_path / "data", trust=tmp_path / "trust", sample_data=True)
    settings.trust.mkdir()
    settings.key_file.write_text(SIGNER.skey, encoding="ascii")
    app = await make_app(settings, database, SIGNER)
    async with TestClient(TestServer(app)) as client:
        office = Office(client, parties, {}, settings, database)
        for name, party in parties.items():
            assert party.manager.user is not None
            await office.sign_in(name, party.manager.user)
        assert quay.station.staff.user is not None
        await office.sign_in("station staff", quay.station.staff.user)
        await _speak_of_people(office, quay, unit)
        yield office


async def _speak_of_people(office: Office, quay: Quay, unit: int) -> None:
    """Everything personal there is: a user, staff, a test, a plate, a waybill, a sole trader with a stall."""
    ids = office.ids
    clerk = {"organisation": quay.station.organisation, "role": "staff", "name": CLERK,
             "login": "clerk.seven", "password": "correct horse battery staple"}  # fmt: skip
    ids["clerk"] = (await office.said("station", "/api/v1/users", clerk))["outcome"]["user"]
    worker = {"role": "direct_contact", "name": WORKER, "phone": WORKER_PHONE, "id_number": ID_NUMBER,
              "facility": quay.place}  # fmt: skip
    receipt = await office.said("station", "/api/v1/staff", worker)
    ids["worker"], ids["worker at"] = receipt["outcome"]["staff"], receipt["position"]
    await _test(office)
    trader = {"uscc": CODE, "name": TRADER, "roles": ["retailer"], "region": "370200"}
    ids["trader"] = (await office.said("platform", "/api/v1/organisations", trader))["outcome"][
        "organisation"
    ]
    keeper = {"organisation": ids["trader"], "role": "manager", "name": "赵六", "login": "zhao.six",
              "password": "correct horse battery staple"}  # fmt: skip
    user = (await office.said("platform", "/api/v1/users", keeper))["outcome"]["user"]
    await office.sign_in("trader", user)
    stall = {"kind": "shop", "name": STALL, "region": "370200", "address": ADDRESS, "filing": "备-9"}
    ids["stall"] = (await office.said("trader", "/api/v1/facilities", stall))["outcome"]["facility"]
    ids["to shop"] = await _ship(office, quay, unit, quay.counter)
    ids["to trader"] = await _ship(office, quay, unit, ids["stall"])
    ids["arrival"] = (await announce(office, quay.place, IMPORTER))["outcome"]["arrival"]


async def announce(office: Office, place: int, importer: str) -> Data:
    """Goods of somebody's on their way to the station."""
    coming = today() + timedelta(days=4)
    arrival = {"facility": place, "source": "port", "container": "CSQU3054383", "seal": "CN123456",
               "importer": importer, "port": "青岛港", "entry_on": "2020-08-07",
               "expected_at": coming.isoformat()}  # fmt: skip
    return await office.said("station", "/api/v1/arrivals", arrival)


async def _test(office: Office) -> None:
    test = {"test": "nucleic_acid", "sampled_on": today().isoformat(), "clears": True, "result": RESULT}
    receipt = await office.said("station", f"/api/v1/staff/{office.ids['worker']}/tests", test)
    office.ids["tested at"] = receipt["position"]


async def _ship(office: Office, quay: Quay, unit: int, destination: int) -> int:
    waybill = {"number": "W1", "driver_name": DRIVER, "driver_phone": PHONE, "plate": PLATE}
    shipping = {
        "facility": quay.place,
        "destination": destination,
        "items": [{"unit": unit, "pieces": 1, "grams": 27_000}],
        "departed_at": "2020-08-19",
        "waybill": waybill,
    }
    return int((await office.said("station", "/api/v1/shipments", shipping))["outcome"]["shipment"])
