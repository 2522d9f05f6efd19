"""The pages of a case's evidence, without script."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from aiohttp import FormData

from service.evidence.checking import check_pack
from service.evidence.keeping import PACKS
from service.http.authentication import COOKIE
from tests.certified import published
from tests.integration.evidence.conftest import Incident


async def shown(incident: Incident, path: str, who: str = "qingdao", spoken: str = "en") -> str:
    """A page as a browser gets it."""
    session = incident.served.sessions[who]
    headers = {"Cookie": f"{COOKIE}={session.secret}", "Accept": "text/html", "Accept-Language": spoken}
    answer = await incident.served.client.get(path, headers=headers)
    assert answer.status == 200, await answer.text()
    return await answer.text()


async def sent(incident: Incident, path: str, who: str = "qingdao", **fields: str) -> int:
    """A form as a browser sends it; the status without following."""
    session = incident.served.sessions[who]
    headers = {"Cookie": f"{COOKIE}={session.secret}", "Accept": "text/html"}
    data = {"csrf": session.csrf or "", **fields}
    answer = await incident.served.client.post(path, data=data, headers=headers, allow_redirects=False)
    return answer.status


async def test_one_click_has_a_pack_made(incident: Incident) -> None:
    await published(incident.app)
    path = f"/cases/{incident.case}/evidence"
    assert "No pack of this case was made for you yet" in await shown(incident, path)
    assert await sent(incident, path) == 303
    await incident.app[PACKS].finished()
    told = await shown(incident, path)
    link = re.search(rf'href="({path}/\d+)"', told)
    assert link
    session = incident.served.sessions["qingdao"]
    answer = await incident.served.client.get(link[1], headers={"Cookie": f"{COOKIE}={session.secret}"})
    proved = check_pack(await answer.read(), incident.trust, datetime.now(UTC))
    assert proved.manifest.about["case"] == incident.case
    assert "coldledger verify-receipt" in told


@pytest.mark.parametrize(
    ("spoken", "words"),
    [
        ("zh", ("处置报告", "货物去向", "按时 1 项")),
        ("en", ("Report on case", "Goods by holder", "1 in time")),
    ],
)
async def test_the_report_is_a_page_and_a_file(
    incident: Incident, spoken: str, words: tuple[str, ...]
) -> None:
    told = await shown(incident, f"/cases/{incident.case}/report", spoken=spoken)
    for word in words:
        assert word in told
    session = incident.served.sessions["qingdao"]
    headers = {"Cookie": f"{COOKIE}={session.secret}", "Accept-Language": spoken}
    answer = await incident.served.client.get(f"/cases/{incident.case}/report.pdf", headers=headers)
    assert (answer.status, (await answer.read())[:5]) == (200, b"%PDF-")


async def test_the_report_of_a_day_is_what_was_known_then(incident: Incident) -> None:
    before = incident.desk.case(incident.case).opened_in + 1
    told = await shown(incident, f"/cases/{incident.case}/report?as_of={before}")
    assert "Test result" not in told
    assert "Test result" in await shown(incident, f"/cases/{incident.case}/report")


async def test_who_does_not_lead_the_case_sees_no_page(incident: Incident) -> None:
    for path in ("evidence", "report", "report.pdf", "evidence/9"):
        session = incident.served.sessions["station"]
        headers = {"Cookie": f"{COOKIE}={session.secret}", "Accept": "text/html"}
        answer = await incident.served.client.get(f"/cases/{incident.case}/{path}", headers=headers)
        assert answer.status == 404, path
    assert await sent(incident, f"/cases/{incident.case}/evidence", "station") == 404
    assert await sent(incident, f"/cases/{incident.case}/evidence", csrf="x") == 403


async def test_help_is_asked_for_and_given_by_hand(incident: Incident) -> None:
    await published(incident.app)
    lot = str(incident.served.story.ids["lot"])
    form = f"/cases/{incident.case}/cooperate"
    assert "Region that is asked" in await shown(incident, form)
    fields = {"region": "420100", "asks": "locate", "lots": lot, "hours": "24"}
    assert await sent(incident, form, **fields) == 303
    listed = await shown(incident, "/cooperations", "hubei")
    link = re.search(r'href="(/cooperations/\d+)"', listed)
    assert link
    told = await shown(incident, link[1], "hubei")
    assert "Acknowledge" in told
    assert "Where to look" in told
    assert await sent(incident, f"{link[1]}/acknowledge", "hubei") == 303
    await published(incident.app)
    session = incident.served.sessions["qingdao"]
    cookie = {"Cookie": f"{COOKIE}={session.secret}"}
    answer = await incident.served.client.get(f"{link[1]}/package", headers=cookie)
    package = await answer.read()
    assert check_pack(package, incident.trust, datetime.now(UTC)).manifest.kind == "cooperation-request"
    theirs = await uploaded(incident, "hubei", package)
    assert re.fullmatch(r"/cooperations/\d+\?done=\d+", theirs)
    path = theirs.partition("?")[0]
    assert await sent(incident, f"{path}/answer", "hubei", answer="found", grams="27.5") == 303
    await published(incident.app)
    session = incident.served.sessions["hubei"]
    answer = await incident.served.client.get(
        f"{path}/package", headers={"Cookie": f"{COOKIE}={session.secret}"}
    )
    back = await uploaded(incident, "qingdao", await answer.read())
    assert back.startswith(f"{link[1]}?")
    assert "27.5" in await shown(incident, link[1])


def origin(incident: Incident) -> str:
    """Where a browser says that a form with files comes from."""
    return str(incident.served.client.make_url("/").origin())


async def uploaded(incident: Incident, who: str, package: bytes) -> str:
    """A package chosen as a file; where the browser is led."""
    session = incident.served.sessions[who]
    data = FormData({"csrf": session.csrf or ""})
    data.add_field("package", package, filename="cooperation.zip", content_type="application/zip")
    headers = {"Cookie": f"{COOKIE}={session.secret}", "Accept": "text/html", "Origin": origin(incident)}
    answer = await incident.served.client.post(
        "/cooperations", data=data, headers=headers, allow_redirects=False
    )
    assert answer.status == 303, await answer.text()
    return answer.headers["Location"]


async def test_what_is_no_package_is_told_on_a_page(incident: Incident) -> None:
    session = incident.served.sessions["hubei"]
    for content, words in ((b"PK no", "The file is no pack"), (b"", "The file is no pack")):
        data = FormData({"csrf": session.csrf or ""})
        data.add_field("package", content, filename="x.zip", content_type="application/zip")
        headers = {"Cookie": f"{COOKIE}={session.secret}", "Accept": "text/html", "Accept-Language": "en"}
        headers["Origin"] = origin(incident)
        answer = await incident.served.client.post("/cooperations", data=data, headers=headers)
        assert answer.status == 422
        assert words in await answer.text()
