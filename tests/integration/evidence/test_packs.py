"""Evidence packs as the service makes them."""

from __future__ import annotations

import csv
import io
import zipfile

import orjson
import pypdfium2
import pytest

from service.evidence import keeping
from service.evidence.manifest import RECEIPTS
from service.evidence.tables import TABLES, Book, missing_words
from tests.integration.evidence.conftest import Incident


async def test_a_pack_is_made_fetched_and_checked(incident: Incident) -> None:
    proved = await incident.proved()
    manifest = proved.manifest
    assert manifest.about == {"case": incident.case, "drill": False, "number": "青卫查 2020-1"}
    assert manifest.position == incident.desk.history.position
    assert proved.disclosed > 0
    named = {f"csv/{each.name}.csv" for each in TABLES} | {f"json/{each.name}.json" for each in TABLES}
    assert named | {f"{book}.xlsx" for book in Book} < {*proved.files}
    assert {"report.zh.pdf", "report.en.pdf", "README.zh.md", "README.en.md"} < {*proved.files}
    steps = orjson.loads(bytes(proved.files["json/steps.json"]))
    assert [step["kind"] for step in steps][:2] == ["case-opened", "case-tested"]
    positions = {step["position"] for step in steps}
    lines = bytes(proved.files[RECEIPTS]).splitlines()
    proofs = {int(orjson.loads(line)["proof"].split("\nindex ")[1].split("\n")[0]) for line in lines}
    assert positions <= proofs


async def test_every_row_has_its_receipt(incident: Incident) -> None:
    proved = await incident.proved()
    lines = bytes(proved.files[RECEIPTS]).splitlines()
    proofs = {int(orjson.loads(line)["proof"].split("\nindex ")[1].split("\n")[0]) for line in lines}
    rows = 0
    for table in TABLES:
        for row in orjson.loads(bytes(proved.files[f"json/{table.name}.json"])):
            if "position" in row:
                assert row["position"] in proofs, (table.name, row)
                rows += 1
    assert rows > 20


async def test_who_leads_a_case_has_every_step_of_it_to_the_letter(incident: Incident) -> None:
    proved = await incident.proved()
    told = [orjson.loads(line)["statement"] for line in bytes(proved.files[RECEIPTS]).splitlines()]
    kinds = {orjson.loads(statement)["kind"] for statement in told if statement is not None}
    assert {"case-opened", "case-tested", "request-made", "request-answered", "hold-placed"} <= kinds


async def test_the_same_position_is_the_same_file(incident: Incident) -> None:
    first = await incident.pack()
    assert await incident.pack() == first
    position = incident.desk.history.position
    assert await incident.pack(as_of=str(position)) == first
    listed = await incident.served.told("qingdao", f"/api/v1/cases/{incident.case}/evidence")
    assert [(pack["position"], pack["state"], pack["size"]) for pack in listed["packs"]] == [
        (position, "ready", len(first))
    ]


async def test_an_earlier_position_tells_what_was_known_then(incident: Incident) -> None:
    case = incident.desk.case(incident.case)
    proved = await incident.proved(as_of=str(case.opened_in + 1))
    assert orjson.loads(bytes(proved.files["json/case.json"]))["tests"] == []
    assert orjson.loads(bytes(proved.files["json/requests.json"])) == []
    status, _ = await incident.served.post(
        "qingdao", f"/api/v1/cases/{incident.case}/evidence", {"as_of": "999999"}
    )
    assert status >= 400


async def test_who_does_not_lead_a_case_gets_no_pack(incident: Incident) -> None:
    await incident.made()
    address = f"/api/v1/cases/{incident.case}/evidence"
    position = incident.desk.history.position
    for who in ("station", "wholesaler", "shop", "hubei"):
        status, told = await incident.served.post(who, address, {})
        assert (status, told["code"]) == (404, "request.not-found"), who
        for path in (address, f"{address}/{position}", f"/api/v1/cases/{incident.case}/report"):
            assert (await incident.served.get(who, path)).status == 404, (who, path)
    assert (await incident.served.get("public", address)).status == 401
    status, told = await incident.served.post("qingdao", f"{address[: -len('/evidence')]}9/evidence", {})
    assert (status, told["code"]) == (404, "request.not-found")


async def test_no_more_packs_are_taken_on_than_can_be_made(
    incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await incident.pack()
    monkeypatch.setattr(keeping, "MOST_WAITING", 0)
    assert await incident.pack() == first, "what is there is given out"
    address = f"/api/v1/cases/{incident.case}/evidence"
    earlier = str(incident.desk.history.position - 1)
    status, told = await incident.served.post("qingdao", address, {"as_of": earlier})
    assert (status, told["code"]) == (429, "evidence.too-many")
    assert len((await incident.served.told("qingdao", address))["packs"]) == 1


async def test_nobody_is_handed_what_was_made_for_other_eyes(incident: Incident) -> None:
    await incident.made("qingdao")
    address = f"/api/v1/cases/{incident.case}/evidence/{incident.desk.history.position}"
    answer = await incident.served.get("auditor", address)
    assert (answer.status, (await answer.json())["code"]) == (404, "evidence.not-made")
    proved = await incident.proved("auditor")
    assert proved.disclosed == proved.manifest.receipts


async def test_a_scan_is_in_the_pack_unless_it_was_erased(incident: Incident) -> None:
    proved = await incident.proved()
    papers = orjson.loads(bytes(proved.files["json/papers.json"]))
    scanned = [paper for paper in papers if paper["sha256"]]
    assert scanned
    for paper in scanned:
        there = any(name.startswith(f"files/{paper['sha256']}") for name in proved.files)
        assert there == (paper["scan"] == "in_pack")
    kept = next(name for name in proved.files if name.startswith("files/"))
    digest = kept.removeprefix("files/")[:64]
    (incident.settings.files / digest[:2] / digest[2:]).unlink()
    case = incident.desk.case(incident.case)
    later = await incident.proved(as_of=str(case.opened_in + 2))
    assert not any(name.startswith("files/") for name in later.files)
    assert {
        paper["scan"] for paper in orjson.loads(bytes(later.files["json/papers.json"])) if paper["sha256"]
    } == {"gone"}


async def test_tables_are_headed_in_both_languages_and_hold_no_formula(incident: Incident) -> None:
    proved = await incident.proved()
    tables = [orjson.loads(bytes(proved.files[f"json/{table.name}.json"])) for table in TABLES]
    assert missing_words(tables) == set()
    told = bytes(proved.files["csv/fda_first.csv"]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(told)))
    assert rows[0][0] == "追溯批次码（TLC） Traceability lot code (TLC)"
    assert len(rows) > 1
    for book in Book:
        with zipfile.ZipFile(io.BytesIO(bytes(proved.files[f"{book}.xlsx"]))) as sheets:
            for name in sheets.namelist():
                assert b"<f>" not in sheets.read(name), name


async def test_the_report_is_read_in_both_languages(incident: Incident) -> None:
    proved = await incident.proved()
    for spoken, words in (("zh", "案件 青卫查 2020-1 处置报告"), ("en", "Report on case 青卫查 2020-1")):
        pages = pypdfium2.PdfDocument(bytes(proved.files[f"report.{spoken}.pdf"]))
        text = "".join(page.get_textpage().get_text_range() for page in pages)
        assert words in text
    answer = await incident.served.get(
        "qingdao", f"/api/v1/cases/{incident.case}/report", **{"Accept-Language": "zh"}
    )
    assert answer.content_type == "application/pdf"
    assert await answer.read() == bytes(proved.files["report.zh.pdf"])


async def test_what_was_known_to_be_exposed_is_found_again(incident: Incident) -> None:
    path = f"/api/v1/cases/{incident.case}/exposures"
    status, told = await incident.served.post("qingdao", path, {"terms": {"hops": 1}})
    assert status == 201, told
    proved = await incident.proved()
    hits = orjson.loads(bytes(proved.files["json/hits.json"]))
    (known,) = orjson.loads(bytes(proved.files["json/exposures.json"]))
    assert {hit["exposure"] for hit in hits} == {known["exposure"]}
    assert all(hit["found_again"] for hit in hits)
    assert len([hit for hit in hits if not hit["cleared"]]) == orjson.loads(known["counts"])["units"] > 0
    lines = bytes(proved.files[RECEIPTS]).splitlines()
    proofs = {int(orjson.loads(line)["proof"].split("\nindex ")[1].split("\n")[0]) for line in lines}
    assert {hit["unit"] // 1000 for hit in hits} <= proofs
    assert missing_words([hits]) == set()


async def test_recalls_and_disposals_are_in_the_pack_and_the_report(incident: Incident) -> None:
    proved = await incident.proved()
    tables = {
        name: orjson.loads(bytes(proved.files[f"json/{name}.json"]))
        for name in ("recalls", "recall_parts", "disposals")
    }
    assert [recall["state"] for recall in tables["recalls"]] == ["started"]
    reported = [part["organisation"] for part in tables["recall_parts"] if part["reported_at"]]
    assert reported == ["示例超市"]
    assert [disposal["grams"] for disposal in tables["disposals"]] == [27_000]
    pages = pypdfium2.PdfDocument(bytes(proved.files["report.en.pdf"]))
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert "Effectiveness of recalls" in text
