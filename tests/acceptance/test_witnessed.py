"""``coldledger serve`` with a witness: cosigned, and refused once a backup of everything is put back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from shutil import copytree, rmtree
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from service.ledger.cosignature import open_cosigned
from service.ledger.note import Verifier
from service.settings import Settings
from service.trust import open_signer
from tests.acceptance.running import Service, run, serving
from tests.witnessing import PATIENCE_SECONDS, Running, our_witness

OPERATOR = (
    "--operator-uscc",
    "91210100MA17366650",
    "--operator-region",
    "210100",
    "--operator-name",
    "某平台",
)
PARTY = {"uscc": "91110000600037341L", "name": "示例首站", "roles": ["first_station"], "region": "370200"}


@dataclass(frozen=True)
class Place:
    """A machine: the data folder, and the trust folder beside it."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def key(self) -> Verifier:
        return Verifier.parse((self.folder / "data.trust" / "verifier.key").read_text().strip())

    def found(self) -> None:
        """Make the signing key, so that a witness can be told of it before the first start."""
        open_signer(Settings(data=self.data, trust=self.folder / "data.trust"), "test.invalid/ledger")

    def back_up(self) -> None:
        copytree(self.folder, self.folder.with_name("backup"))

    def put_back(self) -> None:
        """Database, key and notes, as they were when they were backed up."""
        rmtree(self.folder)
        copytree(self.folder.with_name("backup"), self.folder)


def cosigned(service: Service, key: Verifier, witness: Running) -> int:
    """The size of the published checkpoint, which the witness has cosigned; 0 before the first."""
    try:
        with urlopen(f"{service.url}/checkpoint", timeout=PATIENCE_SECONDS) as answer:
            return open_cosigned(answer.read(), [key], [witness.key], 1)[0].size
    except HTTPError as missing:
        assert missing.code == 404
        return 0


def post(service: Service, path: str, body: object, **headers: str) -> tuple[int, dict[str, object], str]:
    """Status, what was answered, and the cookie that was set."""
    connection = HTTPConnection(urlsplit(service.url).netloc, timeout=PATIENCE_SECONDS)
    try:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        return (
            answer.status,
            json.loads(answer.read()),
            answer.headers.get("Set-Cookie", "").partition(";")[0],
        )
    finally:
        connection.close()


def enrol(service: Service, password: str) -> int:
    """Register a party as the platform's manager; the status of the answer."""
    _, session, cookie = post(service, "/api/v1/sessions", {"login": "platform", "password": password})
    signed_in = {"X-CSRF-Token": str(session["csrf"]), "Cookie": cookie}
    return post(service, "/api/v1/organisations", PARTY, **signed_in)[0]


def readiness(service: Service) -> int:
    try:
        with urlopen(f"{service.url}/readyz", timeout=PATIENCE_SECONDS) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


def eventually(told: Callable[[], bool]) -> None:
    last = time.monotonic() + PATIENCE_SECONDS
    while not told():
        assert time.monotonic() < last
        time.sleep(0.1)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    (tmp_path / "machine").mkdir()
    place = Place(tmp_path / "machine")
    place.found()
    yield place


def test_a_backup_that_is_put_back_is_not_gone_on_with(place: Place, tmp_path: Path) -> None:
    """Nothing on the machine could tell: database, notes and key fit each other."""
    with our_witness(tmp_path / "witness", [place.key]) as witness:
        named = ("--witness", f"{witness.key.vkey} {witness.url}")
        with serving(place.data, *OPERATOR, *named) as service:
            password = service.first_manager[1]
            eventually(lambda: cosigned(service, place.key, witness) >= 4)
        place.back_up()
        with serving(place.data, *named, ready=lambda line: "serves on" in line) as service:
            before = cosigned(service, place.key, witness)
            assert enrol(service, password) == 201
            eventually(lambda: cosigned(service, place.key, witness) > before)
        place.put_back()
        refused = run("serve", "--data", str(place.data), "--port", "0", *named)
    assert refused.returncode == 1
    assert f"the witness {witness.key.name} has cosigned {before + 1} entries" in refused.stderr
    assert "serves on" not in refused.stdout

    # Whoever keeps the witness away from the start gains nothing once it is heard.
    port = urlsplit(witness.url).port
    assert port is not None
    with serving(place.data, *named, ready=lambda line: "serves on" in line) as service:
        assert readiness(service) == 200
        with our_witness(tmp_path / "witness", [place.key], port):
            eventually(lambda: readiness(service) == 503)
            assert enrol(service, password) == 503
