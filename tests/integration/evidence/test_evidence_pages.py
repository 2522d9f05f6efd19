"""The pages of a case's evidence, without script."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

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
