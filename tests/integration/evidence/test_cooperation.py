"""A request for co-operation goes out as a package, is taken in, answered, and its reply is taken in."""

from __future__ import annotations

import io
import zipfile
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from service.evidence import container
from service.evidence.checking import check_pack
from service.evidence.cooperating import LETTER
from service.evidence.manifest import CHECKPOINT, KEYS, MANIFEST, NOTE, RECEIPTS, PackKind, seal
from service.ledger.note import Signer, generate_key
from tests.certified import published
from tests.integration.evidence.conftest import Incident

ASKED = {"region": "420100", "asks": ["locate", "seal"], "hours": 24, "note": "请找张三，电话 13800000000"}


async def asked(incident: Incident) -> int:
    """Qingdao asks Wuhan's authority; the id."""
    body = {**ASKED, "lots": [incident.served.story.ids["lot"]]}
    path = f"/api/v1/cases/{incident.case}/cooperations"
    status, told = await incident.served.post("qingdao", path, body)
    assert status == 201, told
    await published(incident.app)
    return int(told["outcome"]["cooperation"])


async def fetched(incident: Incident, who: str, cooperation: int) -> bytes:
    """The package as a file."""
    answer = await incident.served.get(who, f"/api/v1/cooperations/{cooperation}/package")
    assert answer.status == 200, await answer.text()
    return await answer.read()


async def taken(incident: Incident, who: str, package: bytes, what: str = "packages") -> dict[str, Any]:
    """What is answered to whoever takes a package in."""
    body = {"file": b64encode(package).decode()}
    _, told = await incident.served.post(who, f"/api/v1/cooperation-{what}", body)
    return told


async def test_a_request_travels_and_its_reply_comes_back(incident: Incident) -> None:
    ours = await asked(incident)
    package = await fetched(incident, "qingdao", ours)
    received = await taken(incident, "hubei", package)
    theirs = int(received["outcome"]["cooperation"])
    shown = await incident.served.told("hubei", f"/api/v1/cooperations/{theirs}")
    assert (shown["reference"], shown["number"], shown["may_answer"]) == (ours, "青卫查 2020-1", True)
    body = {"answer": "found", "grams": 270_000}
    status, told = await incident.served.post("hubei", f"/api/v1/cooperations/{theirs}/answer", body)
    assert status == 201, told
    await published(incident.app)
    reply = await fetched(incident, "hubei", theirs)
    assert check_pack(reply, incident.trust, datetime.now(UTC)).disclosed == 1
    taken_in = await taken(incident, "qingdao", reply, "replies")
    assert taken_in["kind"] == "cooperation-replied", taken_in
    done = await incident.served.told("qingdao", f"/api/v1/cooperations/{ours}")
    assert (done["state"], done["answer"], done["grams"]) == ("answered", "found", 270_000)
    again = await taken(incident, "qingdao", reply, "replies")
    assert again["code"] == "cooperation.answered"


async def test_who_is_in_this_ledger_sees_it_at_once_and_nobody_else(incident: Incident) -> None:
    ours = await asked(incident)
    path = f"/api/v1/cooperations/{ours}"
    told = await incident.served.told("hubei", path)
    assert (told["case"], told["may_answer"]) == (None, True)
    assert {row["region"][:4] for row in told["goods"]} == {"4201"}
    assert (await incident.served.told("qingdao", path))["case"] == incident.case
    for who in ("station", "wholesaler", "shop"):
        assert (await incident.served.get(who, path)).status == 404
        assert (await incident.served.told(who, "/api/v1/cooperations"))["items"] == []
    status, _ = await incident.served.post("hubei", f"{path}/acknowledgement", {})
    assert status == 201
    status, told = await incident.served.post("qingdao", f"{path}/answer", {"answer": "not_found"})
    assert told["code"] == "cooperation.not-found"


async def test_a_request_holds_no_more_than_it_takes(incident: Incident) -> None:
    package = await fetched(incident, "qingdao", await asked(incident))
    proved = check_pack(package, incident.trust, datetime.now(UTC))
    assert (proved.manifest.kind, proved.disclosed) == (PackKind.REQUEST, 1)
    assert {*proved.files} == {
        *(LETTER, "letter.zh.pdf", "letter.en.pdf", CHECKPOINT, KEYS, RECEIPTS, MANIFEST, NOTE)
    }
    letter = orjson.loads(bytes(proved.files[LETTER]))
    assert {*letter["goods"][0]} == {
        *("code", "product", "product_en", "establishment", "production_batch", "produced_on"),
        *("consignee", "place", "region", "waybill", "departed_at", "received_at", "pieces", "grams"),
    }
    told = b"".join(map(bytes, proved.files.values()))
    for secret in ("张三", "13800000000", "driver", "plate"):
        assert secret.encode() not in told
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert archive.testzip() is None


def forged(package: bytes, signer: Signer, **changes: Any) -> bytes:
    """The package with another letter, sealed by ``signer``."""
    files = {name: bytes(content) for name, content in container.read(package).items()}
    manifest = orjson.loads(files.pop(MANIFEST))
    del files[NOTE]
    letter = {**orjson.loads(files[LETTER]), **changes}
    files[LETTER] = orjson.dumps({name: value for name, value in letter.items() if value is not ...})
    sealed = seal(PackKind(manifest["kind"]), manifest["position"], manifest["about"], files, signer)
    return b"".join(map(bytes, container.write(sealed)))


async def test_what_no_known_ledger_sealed_is_refused(incident: Incident) -> None:
    package = await fetched(incident, "qingdao", await asked(incident))
    stranger = generate_key("stranger.invalid/ledger")
    assert (await taken(incident, "hubei", forged(package, stranger)))["code"] == "pack.other-ledger"
    thief = generate_key("test.invalid/ledger")
    assert (await taken(incident, "hubei", forged(package, thief)))["code"] == "pack.unknown-key"
    assert (await taken(incident, "hubei", package[:-1]))["code"] == "pack.cut-off"
    assert (await taken(incident, "hubei", b"PK\x03"))["code"] == "pack.no-zip"
    assert (await taken(incident, "hubei", package, "replies"))["code"] == "cooperation.other-kind"
    status, told = await incident.served.post("hubei", "/api/v1/cooperation-packages", {"file": "!"})
    assert (status, told["code"]) == (422, "message.invalid"), told


async def test_a_ledger_that_is_known_is_believed(incident: Incident) -> None:
    package = await fetched(incident, "qingdao", await asked(incident))
    key = incident.app_key
    incident.settings.known_ledgers_file.write_text("nonsense\n")
    assert (await taken(incident, "hubei", package))["code"] == "cooperation.ledgers-unreadable"
    incident.settings.known_ledgers_file.write_text(f"{generate_key('other.invalid/ledger').verifier.vkey}\n")
    for member, value in (("region", "42"), ("asks", []), ("hazard", "joke"), ("goods", ...), ("number", "")):
        answer = await taken(incident, "hubei", forged(package, key, **{member: value}))
        assert answer["code"] == "cooperation.malformed", (member, answer)
        assert member in answer["detail"]
    elsewhere = await taken(incident, "hubei", forged(package, key, region="110100"))
    assert elsewhere["code"] == "cooperation.not-for-us"
    assert (await taken(incident, "hubei", package))["kind"] == "cooperation-received"
    assert (await taken(incident, "hubei", package))["code"] == "cooperation.package-known"


@pytest.mark.parametrize("who", ["station", "shop"])
async def test_no_business_takes_packages_in(incident: Incident, who: str) -> None:
    package = await fetched(incident, "qingdao", await asked(incident))
    assert (await taken(incident, who, package))["code"] == "party.role-missing"
