"""Each insider of docs/insiders.md does what the page says; it is refused, found as it says, or not found.

One test a row. What nothing finds is asserted as well: a page that promises too little is wrong, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scanners.checking import check
from schema.key_directory import KeyDirectory, LabelKey, LedgerKey, Revocation
from schema.problems import Problem, Refusal
from schema.signed_code import sign
from service.goods import lots
from service.ledger import Proposal, Statement, store
from service.ledger.add_checkpoint import ADD_CHECKPOINT, SIZE_TYPE
from service.ledger.checkpoint import open_checkpoint, open_promise
from service.ledger.cosignature import generate_cosigner, open_cosigned
from service.ledger.errors import CheckpointError
from service.ledger.merkle import root
from service.parties.device_keys import REVOKE_DEVICE_KEY
from service.publishing.publisher import Places, Publisher
from service.publishing.witnesses import Quorum
from service.publishing.witnesses import Witness as Asked
from service.storage import open_pool, query
from service.witness.judging import RefusedError
from tests.integration.insiders.scene import (
    Ground,
    Office,
    acting,
    compared,
    noted,
    show,
    start,
    superuser,
    verified,
    witness,
)
from tests.retold import SIGNER, ledger_on
from tests.settlement import uscc
from tests.tampering import disarm, rewrite, slip_in

REWRITING = (
    "UPDATE ledger.entry SET statement = '{}' WHERE position = 1",
    "DELETE FROM ledger.entry",
    "TRUNCATE ledger.entry",
    "ALTER TABLE ledger.entry DISABLE TRIGGER USER",
)
EVERYTHING_WRITTEN = "SELECT count(*) FROM private.access"


async def refused(conn: object, *attempts: str) -> None:
    """The database lets this role do none of it."""
    for attempt in attempts:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute(attempt)  # type: ignore[attr-defined]
            pytest.fail(f"taken: {attempt}")


async def holds_up_publishing(guest: Any, root_: Any) -> None:
    """Whoever may connect may take the lock by which publishers take turns; the database says who has it."""
    await guest.execute("SELECT pg_advisory_lock(hashtext('coldledger publisher'))")
    assert not await root_.fetchval(query("ledger/ledger.publisher_lock"))
    holders = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = $1"
    assert await root_.fetchval(holders, await guest.fetchval("SELECT pg_backend_pid()")) == 1
    await guest.execute("SELECT pg_advisory_unlock_all()")
    assert await root_.fetchval(query("ledger/ledger.publisher_lock"))


async def until(reached: Callable[[], bool]) -> None:
    """Wait for what another task does."""
    for _ in range(600):
        if reached():
            return
        await asyncio.sleep(0.05)
    pytest.fail("it did not happen")


async def registered(url: str, ground: Ground, count: int = 1) -> list[str]:
    """Say some more in the ledger; the promises that were given."""
    async with ledger_on(url) as ledger:
        said = [ground.quay.registration(10, 10_000) for _ in range(count)]
        actor = ground.quay.station.staff
        return [(await ledger.append(Proposal(lots.REGISTER, actor, each))).promise for each in said]


def otherwise(ground: Ground, position: int) -> dict[int, Statement]:
    """A history in which less was released at a position than was."""
    true = ground.history.statements[position]
    return {position: replace(true, data={**true.data, "grams": true.data["grams"] - 1})}


async def test_the_application(url: str, ground: Ground) -> None:
    async with acting(url, "writer") as writer:
        await refused(writer, *REWRITING)
        with pytest.raises(asyncpg.RestrictViolationError):
            await writer.execute("UPDATE ledger.head SET size = 1, reference = 0")

        await writer.execute("UPDATE goods.unit SET state = 'quarantined' WHERE id = $1", ground.unit)
        (finding,) = await compared(writer)
        assert finding.where == f"unit {ground.unit}"
        await writer.execute("UPDATE goods.unit SET state = 'released' WHERE id = $1", ground.unit)

        session = "INSERT INTO private.session (sha256, user_id, csrf, expires_at) VALUES ($1, $2, '', now())"
        await writer.execute(session, bytes(32), ground.quay.station.manager.user)
        made_up = Proposal(lots.REGISTER, ground.quay.station.staff, ground.quay.registration(10, 10_000))
        await slip_in(writer, ground.judged(made_up))
        assert await verified(writer, None, rules=True) == []
        # Neither the session that it put in nor what it said for somebody is found.

        (release,) = await slip_in(writer, ground.unreleasable())
        unsigned = replace(ground.judged(made_up), actor=ground.handset.actor)
        (theirs,) = await slip_in(writer, unsigned)
        assert await verified(writer, None) == []
        found = [str(finding) for finding in await verified(writer, None, rules=True)]
    assert any(text.startswith(f"position {release}: should have been refused") for text in found), found
    assert any(text.startswith(f"position {theirs}: ") and "signature.missing" in text for text in found)


async def test_the_reader(url: str) -> None:
    async with superuser(url) as root_, acting(url, "reader") as reader:
        before = await store.head(root_), await root_.fetchval(EVERYTHING_WRITTEN)
        await refused(reader, *REWRITING, "SELECT 1 FROM private.personal", "UPDATE goods.unit SET grams = 0")
        statement = await reader.fetchval("SELECT statement FROM ledger.entry WHERE position = 1")
        assert Statement.decode(statement)
        await holds_up_publishing(reader, root_)
        assert (await store.head(root_), await root_.fetchval(EVERYTHING_WRITTEN)) == before


async def test_the_follower(url: str) -> None:
    async with superuser(url) as root_, acting(url, "follower") as follower:
        note = await noted(root_)
        await refused(follower, *REWRITING, "SELECT statement FROM ledger.entry", "SELECT 1 FROM goods.lot")
        leaves = await follower.fetch("SELECT leaf FROM ledger.entry ORDER BY position")
        assert root(row["leaf"] for row in leaves) == note.checkpoint.root
        await holds_up_publishing(follower, root_)


async def test_the_owner(url: str, ground: Ground, tmp_path: Path) -> None:
    async with acting(url, "owner") as owner:
        note = await noted(owner)
        await disarm(owner)
        await owner.execute("UPDATE ledger.entry SET statement = statement || ' ' WHERE position = 3")
        findings = await verified(owner, note)
        assert findings[0].where == "position 3"
    async with superuser(url) as root_:
        assert await root_.fetchval("SELECT tgenabled FROM pg_trigger WHERE tgname = 'entry_kept'") == b"D"


async def test_the_backup_operator(url: str, dump: str, ground: Ground, tmp_path: Path) -> None:
    async with superuser(url) as live:
        old = await noted(live)
        (promise,) = await registered(url, ground)
        new = await noted(live)
        seen = witness(generate_cosigner("witness.test.invalid"), tmp_path / "w")
        await show(live, seen, new)
    async with superuser(dump) as restored:
        with pytest.raises(Problem, match="fenced"):
            await start(restored, new, tmp_path)
        (finding,) = await verified(restored, new)
        assert "ends here" in finding.what
        # The trust folder put back with it: here nothing is missed any more …
        await start(restored, old, tmp_path)
        assert await verified(restored, old, rules=True) == []
        # … but the witness saw more, and so did whoever was given the promise.
        with pytest.raises(RefusedError) as caught:
            await show(restored, seen, old)
        assert (caught.value.status, caught.value.text) == (409, str(new.size))
        assert open_promise(promise, SIGNER.verifier).position >= (await store.head(restored)).size


async def test_the_superuser(url: str, ground: Ground, tmp_path: Path) -> None:
    places = Places(tmp_path / "checkpoint", tmp_path / "published", tmp_path / "segments")
    async with superuser(url) as root_:
        note = await noted(root_)
        (promise,) = await registered(url, ground)
        tail = await noted(root_)
        last = Statement.decode((await store.record(root_, note.size)).statement)  # type: ignore[union-attr]
        await rewrite(root_, {note.size: replace(last, data={**last.data, "product": "鸡翅"})})
        # What no checkpoint covered yet: whoever was given the promise finds it, nothing else does.
        assert await verified(root_, note) == []
        await start(root_, note, tmp_path)
        record = await store.record(root_, note.size)
        assert record is not None
        assert open_promise(promise, SIGNER.verifier).leaf != record.leaf
        # What one covers: a start refuses it, and verify says since which checkpoint.
        await rewrite(root_, otherwise(ground, ground.release))
        with pytest.raises(Problem, match="fenced"):
            await start(root_, note, tmp_path)
        (finding,) = await verified(root_, note)
        assert finding.where == f"position {note.size - 1}"
        assert tail.checkpoint.root != (await noted(root_)).checkpoint.root
        # While the service runs, its publisher sees it.
        async with await open_pool(url, "coldledger_writer", 2) as pool:
            publisher = Publisher(pool, [SIGNER], places, Quorum([SIGNER.verifier], []))
            await until(places.published.exists)
            await rewrite(root_, {ground.release: ground.history.statements[ground.release]})
            publisher.wake()
            await until(lambda: publisher.fenced is not None)
            with pytest.raises(Problem, match="fenced"):
                publisher.demand_unfenced()
            await publisher.close()
        # The list of who read personal values is no part of the ledger.
        await root_.execute("DELETE FROM private.access")


async def test_the_superuser_with_the_signing_key(url: str, ground: Ground, tmp_path: Path) -> None:
    seen = witness(generate_cosigner("witness.test.invalid"), tmp_path / "w")
    async with superuser(url) as root_:
        true = await noted(root_)
        await show(root_, seen, true)
        await rewrite(root_, otherwise(ground, ground.release))
        forged = await noted(root_)
        await start(root_, forged, tmp_path)
        assert await verified(root_, forged) == []
        assert [f.where for f in await verified(root_, forged, rules=True)] != []
        with pytest.raises(RefusedError) as same_size:
            await show(root_, seen, forged, forged.size)
        await registered(url, ground)
        with pytest.raises(RefusedError) as larger:
            await show(root_, seen, await noted(root_), true.size)
    assert (same_size.value.status, larger.value.status) == (422, 422)
    assert sorted(each.shown for each in seen.watched()[0].evidence) == ["does-not-extend", "two-roots"]
    assert contradict(true.text, forged.text)


def contradict(one: str, other: str) -> bool:
    """Two checkpoints that anyone may hold against the key: one size, two roots."""
    first, second = (open_checkpoint(note, SIGNER.verifier) for note in (one, other))
    return first.size == second.size and first.root != second.root


async def test_the_superuser_with_the_key_and_all_witnesses(url: str, ground: Ground, tmp_path: Path) -> None:
    keys = [generate_cosigner(f"{name}.test.invalid") for name in ("one", "two")]
    async with superuser(url) as root_:
        true = await noted(root_)
        kept = await store.record(root_, ground.release)
        await rewrite(root_, otherwise(ground, ground.release))
        forged = await noted(root_)
        lines = [await show(root_, witness(key, tmp_path / key.verifier.name), forged) for key in keys]
        text = forged.text + "".join(lines)
        _, agreed = open_cosigned(text, [SIGNER.verifier], [key.verifier for key in keys], 2)
        assert len(agreed) == 2
        await start(root_, forged, tmp_path)
        assert await verified(root_, forged) == []
        record = await store.record(root_, ground.release)
    # Only what somebody kept from before contradicts it: a checkpoint, or the leaf of a receipt or promise.
    assert contradict(true.text, text)
    assert record is not None
    assert kept is not None
    assert record.leaf != kept.leaf


async def test_who_holds_a_label_key(url: str, ground: Ground) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    key = Ed25519PrivateKey.generate()
    held = LabelKey(key.public_key().public_bytes_raw(), "trace.test", now, now + timedelta(days=730))
    directory = KeyDirectory(SIGNER.name, now, (LedgerKey(SIGNER.verifier),), (held,))
    code = ground.quay.registration(1, 1)["code"]
    forged = sign(f"https://trace.test/c/{code}", key).printed
    assert check(forged, directory, now).proves["en"]
    async with acting(url, "reader") as reader:
        assert await reader.fetchval("SELECT count(*) FROM goods.lot WHERE code = $1", code) == 0
    revoked = replace(held, revocation=Revocation("2026-01-02", "stolen"))
    with pytest.raises(Problem) as caught:
        check(forged, replace(directory, label_keys=(revoked,)), now)
    assert caught.value.code == "signed-code.key-revoked"


async def test_who_holds_a_device_key(url: str, ground: Ground) -> None:
    device, history = ground.handset, ground.history
    data = ground.quay.registration(10, 10_000)

    def signed() -> Proposal:
        submission, signature = device.signs(history, lots.REGISTER, data)
        return Proposal(lots.REGISTER, device.actor, data, submission, signature=signature)

    async with ledger_on(url, lambda: history.at) as ledger:
        with pytest.raises(Refusal) as unsigned:
            await ledger.append(Proposal(lots.REGISTER, device.actor, data))
        said = await ledger.append(signed())
        revocation = {"device_key": device.device.id, "reason": "lost"}
        await ledger.append(Proposal(REVOKE_DEVICE_KEY, ground.quay.station.manager, revocation))
        data = ground.quay.registration(10, 10_000)
        with pytest.raises(Refusal) as after:
            await ledger.append(signed())
    assert (unsigned.value.code, after.value.code) == ("signature.missing", "signature.key-revoked")
    assert f'"key":{device.device.id}' in str(said.statement.signature)
    async with acting(url, "reader") as reader:
        assert await verified(reader, None, rules=True) == []


async def test_the_operator_with_an_auditors_token(
    url: str, ground: Ground, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "coldledger.access")
    auditor = {"uscc": uscc(77, "110000"), "name": "示例审计", "roles": ["auditor"], "region": "110000"}
    operator = ground.quay.town.platform.manager.user
    assert operator is not None
    async with superuser(url) as root_, Office.on(url, tmp_path) as office:
        registered_at = await office.says(operator, "organisations", auditor)
        organisation = registered_at["outcome"]["organisation"]
        manager = {"organisation": organisation, "role": "manager", "name": "张三", "login": "auditor"}
        user = await office.says(operator, "users", manager)
        token = await office.says(user["outcome"]["user"], "tokens", {"scopes": ["goods:read"]})
        size, read = (await store.head(root_)).size, await root_.fetchval(EVERYTHING_WRITTEN)
        told = await office.statements(token["secret"], size)
        assert (await store.head(root_)).size == size
        assert await root_.fetchval(EVERYTHING_WRITTEN) == read
    assert f"organisation {organisation} is told statements 0 to {told[-1]['position']}" in caplog.text
    # How it came to the token stands in the ledger, for every other auditor.
    ways = [Statement.decode(told[each["position"]]["statement"].encode()) for each in (registered_at, user)]
    assert [(each.kind, each.actor.user) for each in ways] == [
        ("organisation-registered", operator),
        ("user-registered", operator),
    ]
    assert ways[0].data["roles"] == ["auditor"]


async def test_one_dishonest_witness(url: str, ground: Ground, tmp_path: Path) -> None:
    honest, liar = (generate_cosigner(f"{name}.test.invalid") for name in ("honest", "liar"))
    async with superuser(url) as root_:
        true = await noted(root_)
        seen = witness(honest, tmp_path / "honest")
        await show(root_, seen, true)
        await rewrite(root_, otherwise(ground, ground.release))
        forged = await noted(root_)
        with pytest.raises(RefusedError):
            await show(root_, seen, forged, forged.size)
        text = forged.text + await show(root_, witness(liar, tmp_path / "liar"), forged)
    both = [honest.verifier, liar.verifier]
    with pytest.raises(CheckpointError):
        open_cosigned(text, [SIGNER.verifier], both, 2)
    # Whoever asks for one of them alone believes it, until two such notes meet.
    assert open_cosigned(text, [SIGNER.verifier], both, 1)
    assert contradict(true.text, text)
    # It can also keep a ledger from starting, by claiming to have seen more.
    async with TestServer(_claiming(true.size + 5)) as server:
        quorum = Quorum([SIGNER.verifier], [Asked.parse(f"{liar.verifier.vkey} {server.make_url('/')}")], 0)
        with pytest.raises(Problem) as caught:
            await quorum.check_start(true.text, true.checkpoint)
        await quorum.aclose()
    assert "liar.test.invalid" in caught.value.facts["reason"]


def _claiming(size: int) -> web.Application:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=409, body=f"{size}\n".encode(), content_type=SIZE_TYPE)

    app = web.Application()
    app.add_routes([web.post(ADD_CHECKPOINT, answer)])
    return app
