"""Labels of the running service: signed, checked without it, and not believed once their key is revoked."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scanners.checking import Verdict, check
from scanners.reading import read
from schema.key_directory import KeyDirectory, open_directory
from schema.problems import Problem
from schema.signed_code import SignedCode, key_id
from service.codes.key_file import KeyFile
from service.codes.signing import LABEL_KEYS, LabelKeys
from service.http.authentication import CSRF_HEADER
from service.http.keys import DATABASE, LEDGER, SETTINGS, VERIFIER
from service.ledger import audit
from tests.integration.web.conftest import Browsers
from tests.signed_labels import private

SINCE = "2020-08-01T08:00"


class Press:
    """A printer at the station and a scanner that only has what it saved."""

    def __init__(self, browsers: Browsers) -> None:
        self.browsers = browsers
        self.app: Any = browsers.client.app

    async def label(self, **asked: str) -> str:
        """What the QR code of a freshly printed label says."""
        path = f"/api/v1/lots/{self.browsers.story.ids['lot']}/labels"
        headers = self.browsers._headers("station", "en")
        answer = await self.browsers.client.get(path, params={"format": "png", **asked}, headers=headers)
        assert answer.status == 200, await answer.text()
        (scan,) = read(await answer.read())
        assert scan.address is not None
        return scan.address

    async def saved(self) -> bytes:
        """The key directory, as anyone saves it."""
        answer = await self.browsers.client.get("/keys")
        assert (answer.status, answer.content_type) == (200, "text/plain")
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        return await answer.read()

    async def directory(self) -> KeyDirectory:
        return open_directory(await self.saved(), self.app[VERIFIER])

    async def checked(self, text: str) -> Verdict:
        return check(text, await self.directory(), datetime.now(UTC))

    async def call(self, who: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """The interface, by a browser's session: status and answer."""
        csrf = (await self.browsers.get(who, "/account")).hidden("csrf")
        headers = self.browsers._headers(who, "en", Accept="application/json", **{CSRF_HEADER: csrf})
        answer = await self.browsers.client.request(method, path, headers=headers, json=body)
        return answer.status, await answer.json()


@pytest.fixture
def press(browsers: Browsers) -> Press:
    return Press(browsers)


async def test_the_first_label_makes_a_key_and_the_next_ones_use_it(press: Press) -> None:
    before = await press.browsers.size()
    assert (await press.directory()).label_keys == ()
    batch = await press.checked(await press.label())
    case = await press.checked(await press.label(codes=press.browsers.story.ids["case"], size="50x30"))
    assert await press.browsers.size() == before + 1
    assert batch.key == case.key
    assert batch.key.valid_until - batch.key.valid_from == timedelta(days=730)
    assert batch.directory.origin == press.app[LEDGER].origin
    assert press.browsers.story.ids["case"] in case.code.address


async def test_the_page_of_a_signed_label_needs_no_fragment(press: Press) -> None:
    code = SignedCode.parse(await press.label())
    path = code.address.removeprefix(f"http://{press.app[SETTINGS].public_host}")
    for who in ("public", "station"):
        page = await press.browsers.get(who, path)
        assert page.status == 200
        assert 'href="/check"' in page.text
    told = await press.call("station", "GET", f"/api/v1/codes/{press.browsers.story.ids['code']}")
    assert told[0] == 200


async def test_a_printed_text_is_taken_at_the_counter(press: Press) -> None:
    found = await press.browsers.client.get(
        "/receive",
        params={"scan": await press.label()},
        headers=press.browsers._headers("shop", "en"),
        allow_redirects=False,
    )
    assert (found.status, found.headers["Location"].rpartition("/")[2]) == (303, "receive")
    asked = await press.browsers.get("shop", "/receive")
    assert "python -m scanners --keys" in asked.text


@pytest.mark.parametrize(
    ("spoken", "warning"), [("zh", "复制的标签同样能通过"), ("en", "a copied label verifies")]
)
async def test_anyone_is_told_how_to_check_and_what_it_does_not_prove(
    press: Press, spoken: Any, warning: str
) -> None:
    page = await press.browsers.get("public", "/check", spoken)
    assert page.status == 200
    assert warning in page.text
    assert escape(press.app[VERIFIER].vkey) in page.text


async def test_a_revoked_key_is_refused_with_a_new_directory_and_labels_go_on(press: Press) -> None:
    old, before = await press.label(), await press.saved()
    key = SignedCode.parse(old).key
    status, _ = await press.call(
        "platform",
        "POST",
        f"/api/v1/label-keys/{key}/revocation",
        {"since": "2020-08-01", "reason": "exposed"},
    )
    assert status == 201
    with pytest.raises(Problem) as caught:
        await press.checked(old)
    assert (caught.value.code, caught.value.facts["since"]) == ("signed-code.key-revoked", "2020-08-01")
    # Who saved the directory before does not know it: that is what its age is told for.
    assert check(old, open_directory(before, press.app[VERIFIER]), datetime.now(UTC))
    new = await press.checked(await press.label())
    assert new.key.id != key


async def test_the_newest_key_that_has_begun_signs(press: Press) -> None:
    first = SignedCode.parse(await press.label()).key
    later = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds")
    announced = await press.call("platform", "POST", "/api/v1/label-keys", {"valid_from": later})
    assert announced[0] == 201
    assert SignedCode.parse(await press.label()).key == first
    status, made = await press.call("platform", "POST", "/api/v1/label-keys", {"valid_days": 1})
    assert status == 201
    assert SignedCode.parse(await press.label()).key == made["outcome"]["key"]
    _, listed = await press.call("station", "GET", "/api/v1/label-keys?limit=2")
    assert [key["id"] for key in listed["items"]] == [first, announced[1]["outcome"]["key"]]
    assert [key["signs"] for key in listed["items"]] == [True, False]
    _, rest = await press.call("station", "GET", f"/api/v1/label-keys?cursor={listed['next']}")
    assert [key["id"] for key in rest["items"]] == [made["outcome"]["key"]]


@pytest.mark.parametrize("who", ["station", "public"])
async def test_only_the_platform_makes_keys(press: Press, who: str) -> None:
    if who == "public":
        answer = await press.browsers.client.post("/api/v1/label-keys", json={})
        assert answer.status == 401
        assert (await press.browsers.get(who, "/label-keys")).status == 303
        return
    status, told = await press.call(who, "POST", "/api/v1/label-keys", {})
    assert (status, told["code"]) == (403, "party.role-missing")
    file = KeyFile(press.app[SETTINGS].label_key_file)
    waiting = len(file.read())
    await press.call(who, "POST", "/api/v1/label-keys", {})
    assert len(file.read()) == waiting <= 1, "whoever is refused takes no more ids away"
    assert (await press.browsers.get(who, "/label-keys/new")).status == 403
    assert (await press.directory()).label_keys == ()


async def test_a_machine_without_the_private_key_makes_its_own(press: Press) -> None:
    first = SignedCode.parse(await press.label()).key
    press.app[SETTINGS].label_key_file.unlink()
    second = await press.label()
    assert SignedCode.parse(second).key != first
    assert await press.checked(second)


async def test_labels_of_another_name_have_a_key_of_their_own(press: Press) -> None:
    await press.label()
    file = KeyFile(press.app[SETTINGS].label_key_file)
    keys = LabelKeys(file, press.app[LEDGER], "trace.example.com")
    signer = await keys.signer(press.app[DATABASE].reader)
    verdict = await press.checked(signer.printed("https://trace.example.com/t/1B210100ABCDEF234563"))
    assert verdict.key.host == "trace.example.com"
    assert len(file.read()) == 2


async def test_many_first_labels_at_once_make_one_key(press: Press) -> None:
    pool, keys = press.app[DATABASE].reader, press.app[LABEL_KEYS]
    address = f"http://{press.app[SETTINGS].public_host}/t/1B210100ABCDEF234563"
    signers = await asyncio.gather(*(keys.signer(pool) for _ in range(8)))
    assert len({SignedCode.parse(signer.printed(address)).key for signer in signers}) == 1


async def test_two_processes_with_their_first_label_agree_on_a_key(press: Press) -> None:
    pool, app = press.app[DATABASE].reader, press.app
    file = KeyFile(app[SETTINGS].label_key_file)
    address = f"http://{app[SETTINGS].public_host}/t/1B210100ABCDEF234563"
    processes = [LabelKeys(file, app[LEDGER], app[SETTINGS].public_host) for _ in range(4)]
    signers = await asyncio.gather(*(each.signer(pool) for each in processes))
    assert len({SignedCode.parse(signer.printed(address)).key for signer in signers}) == 1
    assert len(file.read()) == 1


async def test_a_key_here_does_not_sign_as_one_of_another_machine(press: Press) -> None:
    """Two keys of one id: that machine registered the one, and the other was made here and never was."""
    first: dict[str, Ed25519PrivateKey] = {}
    for key in map(private, range(1, 256)):
        theirs, ours = first.setdefault(key_id(key.public_key().public_bytes_raw()), key), key
        if theirs is not ours:
            break
    registered = KeyFile(press.app[SETTINGS].label_key_file)
    registered.path.parent.mkdir(exist_ok=True)
    registered.path.write_text(line_of(theirs))
    assert (await press.call("platform", "POST", "/api/v1/label-keys", {}))[0] == 201
    registered.path.write_text(line_of(ours))
    assert await press.checked(await press.label())


def line_of(key: Ed25519PrivateKey) -> str:
    """A line of the file of private keys."""
    id_ = key_id(key.public_key().public_bytes_raw())
    return f"{id_} {b64encode(key.private_bytes_raw()).decode()}\n"


async def test_the_private_key_is_in_the_trust_folder_and_nowhere_else(press: Press) -> None:
    await press.label()
    (key,) = KeyFile(press.app[SETTINGS].label_key_file).read().values()
    async with press.app[DATABASE].writer.acquire() as conn:
        statements = [row["statement"] for row in await conn.fetch("SELECT statement FROM ledger.entry")]
        rows = [tuple(row) for row in await conn.fetch("SELECT * FROM codes.label_key")]
        registry = press.app[LEDGER].registry
        assert (await audit.check_rows(conn, registry)).findings == []
    secret = key.private_bytes_raw()
    line = press.app[SETTINGS].label_key_file.read_text().split()[1]
    for kept in (*statements, repr(rows).encode()):
        assert secret not in kept
        assert secret.hex().encode() not in kept
        assert line.encode() not in kept


@pytest.mark.parametrize("spoken", ["zh", "en"])
async def test_the_platform_looks_after_keys_on_pages(press: Press, spoken: Any) -> None:
    browsers = press.browsers
    empty = await browsers.get("platform", "/label-keys", spoken)
    assert {"zh": "尚未打印标签", "en": "No label was printed yet"}[spoken] in empty.text
    made = await browsers.send("platform", "/label-keys/new", {"valid_days": "30"}, spoken)
    assert made.status == 303
    listed = await browsers.get("platform", made.answer.headers["Location"], spoken)
    (key,) = (await press.directory()).label_keys
    assert f"/label-keys/{key.id}/revocation" in listed.text
    wrong = await browsers.send("platform", f"/label-keys/{key.id}/revocation", {"reason": "stolen"}, spoken)
    assert wrong.status == 422
    answers = {"since": SINCE, "reason": "stolen"}
    done = await browsers.send("platform", f"/label-keys/{key.id}/revocation", answers, spoken)
    assert done.status == 303, done.text
    (key,) = (await press.directory()).label_keys
    assert key.revocation is not None
    assert (key.revocation.since, key.revocation.reason) == (f"{SINCE}+08:00", "stolen")
    told = await browsers.get("platform", done.answer.headers["Location"], spoken)
    assert {"zh": "已落入他人之手", "en": "in other hands"}[spoken] in told.text
    assert "/revocation" not in told.text
    said = await browsers.get("platform", f"/statements/{await browsers.size() - 1}", spoken)
    for words in {"zh": ("存疑起始时间", "已落入他人之手"), "en": ("In doubt since", "in other hands")}[
        spoken
    ]:
        assert words in said.text
