"""``coldledger receipt`` and ``verify-receipt`` as processes: fetched from a service, checked offline."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from service.http.keys import LEDGER, VERIFIER
from service.ledger import Proposal
from service.parties import ISSUE_TOKEN
from service.parties.credentials.tokens import new_token
from tests.certified import Certified, certified, published
from tests.offline import without_network

ROOT = Path(__file__).resolve().parents[3]
SERVICE = (sys.executable, "-m", "service")


@dataclass(frozen=True)
class Done:
    """A command that ended."""

    status: int
    out: str
    err: str


async def run(*words: str, cwd: Path = ROOT) -> Done:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COLDLEDGER_", "LC_"))}
    environment = kept | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, stdout=pipe, stderr=pipe, env=environment, cwd=cwd)
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return Done(process.returncode, out.decode(), err.decode())


async def token_of(it: Certified, folder: Path) -> Path:
    """The file with a token of who released."""
    asides, once = new_token()
    issued = Proposal(ISSUE_TOKEN, it.station.manager, {"scopes": ["goods:read"]}, asides=asides)
    await it.app[LEDGER].append(issued)
    await published(it.app)
    file = folder / "token"
    file.write_text(once["secret"] + "\n")
    return file


async def test_a_receipt_is_fetched_and_checked_without_a_network(database: str, tmp_path: Path) -> None:
    async with certified(database, tmp_path) as it:
        url = str(it.client.make_url("/"))
        asked = (*SERVICE, "receipt", str(it.position), "--url", url)
        token = await token_of(it, tmp_path)
        public, own = tmp_path / "public", tmp_path / f"{it.position}.receipt.json"
        assert (await run(*asked, "-o", str(public))).status == 0
        done = await run(*asked, "--token-file", str(token), cwd=tmp_path)
        assert (done.status, done.out) == (0, f"{own.name}\n"), done.err
        cut_off = await run(*without_network(*asked, "-o", str(tmp_path / "none")))
        assert (cut_off.status, (tmp_path / "none").exists()) == (1, False), "there is no network there"
        key = it.settings.trust / "verifier.key"
        vkey = it.app[VERIFIER].vkey
        statement = it.history.statements[it.position]
    check = without_network(*SERVICE, "verify-receipt", "--ledger-key", str(key))
    done = await run(*check, str(own), str(public))
    assert (done.status, done.err) == (0, "")
    assert done.out.count("PROVED") == 2
    assert f"entry {it.position} of the ledger test.invalid/ledger" in done.out
    assert "lot-released, said by organisation" in done.out
    assert "What was said is not in the file" in done.out
    assert done.out.count("Not proved: that what was said is true") == 2
    assert own.stat().st_mode & 0o777 == 0o600
    told = json.loads((await run(*check, "--json", str(own))).out)
    assert (told["proved"], told["position"], told["keys"]) == (True, it.position, [vkey])
    assert told["statement"]["data"] == statement.data


async def test_what_is_refused_is_told_beside_what_is_proved(database: str, tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    async with certified(database, tmp_path) as it:
        key = it.app[VERIFIER].vkey
        beside = ("--data", str(it.settings.data), "--trust", str(it.settings.trust), "--database", database)
        done = await run(*SERVICE, "receipt", str(it.position), *beside, "-o", str(good))
        assert done.status == 0, done.err
        beyond = await run(*SERVICE, "receipt", "9999", *beside, "-o", str(bad))
        assert (beyond.status, bad.exists()) == (1, False)
        assert "Position 9999 is not among" in beyond.err
    bad.write_bytes(good.read_bytes().replace(b"27000000", b"28000000"))
    check = (*SERVICE, "verify-receipt", "--ledger-key", key)
    done = await run(*check, "--language", "zh", str(bad), str(good))
    assert done.status == 1
    assert "不成立" in done.out
    assert "[receipt.not-committed]" in done.out
    assert "成立  " in done.out.splitlines()[1]
    told = json.loads((await run(*check, "--json", str(bad))).out)
    assert (told["proved"], told["code"]) == (False, "receipt.not-committed")
    missing = await run(*check, str(tmp_path / "none"))
    assert (missing.status, "receipt.file-unreadable" in missing.out) == (1, True)


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("--ledger-key", "no-such-file"), 1, "A key cannot be read"),
        (("--ledger-key", "no-such-file", "--language", "zh"), 1, "密钥无法读取"),
        ((), 2, "--ledger-key"),
        (("--ledger-key", "x", "--max-age", "soon"), 2, "is no age"),
    ],
)
async def test_what_cannot_be_asked_is_told(words: tuple[str, ...], status: int, told: str) -> None:
    done = await run(*SERVICE, "verify-receipt", "FILE", *words)
    assert done.status == status
    assert told in done.err


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ledger.example", "Not the address of a service"),
        ("http://ledger.example", "A token is not sent in clear"),
        ("http://127.0.0.1:9", "The ledger gives no receipt"),
    ],
)
async def test_where_no_receipt_can_come_from_is_told(tmp_path: Path, url: str, told: str) -> None:
    token = tmp_path / "token"
    token.write_text("cl_1_secret")
    done = await run(*SERVICE, "receipt", "1", "--url", url, "--token-file", str(token), cwd=tmp_path)
    assert (done.status, (tmp_path / "1.receipt.json").exists()) == (1, False)
    assert told in done.err
