"""What an auditor finds over the network, with a token or without: each attack has its alarm, evidence."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiohttp import ClientSession

from schema.problems import LANGUAGES, Problem, explain
from service.auditing.alarms import Alarm, AlarmError
from service.auditing.auditor import Demands
from service.auditing.fetching import Source
from service.ledger import Statement, store
from service.ledger.chain import leaf_hash
from service.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from service.ledger.cosignature import CosignatureSigner, generate_cosigner
from service.ledger.errors import ProofError
from service.ledger.merkle import verify_consistency
from service.ledger.note import from_base64, generate_key
from service.ledger.proofs import Proof
from service.publishing import log
from service.receipts.trust import LedgerKey
from tests.integration.auditing.conftest import Scene
from tests.integration.auditing.scene import (
    DEMANDS,
    SIZE,
    Liar,
    grow,
    known,
    look,
    published,
    release_past_the_gate,
    serving,
)
from tests.retold import SIGNER
from tests.tampering import rewrite

NOW = datetime.now(UTC)


async def alarm(at: Scene | str, folder: Path, token: str | None = None, **more: Any) -> AlarmError:
    """The alarm that a look gives; it has words in both languages."""
    with pytest.raises(AlarmError) as raised:
        await look(at if isinstance(at, str) else at.url, folder, token, **more)
    for language in LANGUAGES:
        assert "{" not in explain(raised.value.problem, language).detail
    return raised.value


def facts(error: AlarmError, *names: str) -> tuple[Any, ...]:
    """Its alarm and some of its facts."""
    return error.alarm, *(error.problem.facts[name] for name in names)


async def changed_history(url: str, position: int, size: int | None = None) -> None:
    """The database's superuser writes the ledger anew, with one statement changed and all that hashes it."""
    conn = await asyncpg.connect(url)
    try:
        found = await store.record(conn, position)
        assert found is not None
        true = Statement.decode(found.statement)
        await rewrite(conn, {position: replace(true, data={**true.data, "happened_at": "2020-08-16"})}, size)
    finally:
        await conn.close()


async def test_an_honest_ledger_is_followed_as_it_grows(scene: Scene) -> None:
    first = await look(scene.url, scene.auditor)
    assert (first.size, first.before, first.statements, first.judged) == (SIZE, 0, None, None)
    again = await look(scene.url, scene.auditor)
    assert (again.size, again.before) == (SIZE, SIZE)
    await grow(scene.database, scene.story, 150)
    await published(scene.url, SIZE + 150)
    grown = await look(scene.url, scene.auditor)
    assert (grown.size, grown.before) == (SIZE + 150, SIZE)


async def test_with_a_token_every_statement_and_rule_is_checked(scene: Scene) -> None:
    token = scene.story.auditor
    found = await look(scene.url, scene.auditor, token)
    assert (found.statements, found.judged) == (SIZE, SIZE)
    await grow(scene.database, scene.story, 3)
    await published(scene.url, SIZE + 3)
    found = await look(scene.url, scene.auditor, token)
    assert (found.size, found.statements, found.judged) == (SIZE + 3, SIZE + 3, SIZE + 3)


async def test_statements_come_in_answers_that_are_not_large(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "MOST_BYTES", 20_000)
    async with Source(scene.url, scene.story.auditor) as source:
        page = await source.statements(5, 4096)
        assert 20_000 <= sum(len(each.statement) for each in page) < 30_000
        monkeypatch.setattr(log, "MOST_BYTES", 1)
        assert [each.position for each in await source.statements(5, 4096)] == [5]
    monkeypatch.setattr(log, "MOST_BYTES", 20_000)
    assert (await look(scene.url, scene.auditor, scene.story.auditor)).statements == SIZE


async def test_what_an_audit_needs_is_for_auditors_alone(scene: Scene) -> None:
    with pytest.raises(Problem) as raised:
        await look(scene.url, scene.auditor, scene.story.business)
    assert raised.value.code == "audit.token"
    async with ClientSession() as session:
        headers = {"Authorization": f"Bearer {scene.story.business}"}
        url = f"{scene.url}/api/v1/ledger/statements"
        for given, status, code in ((headers, 403, "party.role-missing"), ({}, 401, "auth.missing")):
            async with session.get(url, headers=given) as answer:
                assert (answer.status, (await answer.json(content_type=None))["code"]) == (status, code)


async def test_statements_are_told_in_order_and_within_bounds(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    async with ClientSession(headers={"Authorization": f"Bearer {scene.story.auditor}"}) as session:

        async def told(query: str) -> tuple[int, Any]:
            async with session.get(f"{scene.url}/api/v1/ledger/statements{query}") as answer:
                return answer.status, await answer.json(content_type=None)

        with caplog.at_level("INFO", "coldledger.access"):
            status, page = await told("?start=690&limit=4")
        assert "is told statements 690 to 693" in caplog.text
        assert (status, page["size"]) == (200, SIZE)
        assert [each["position"] for each in page["statements"]] == [690, 691, 692, 693]
        assert [*page["statements"][0]] == ["position", "nonce", "statement"]
        assert len((await told(""))[1]["statements"]) == SIZE
        assert len((await told("?start=698"))[1]["statements"]) == 2
        for query, code in (
            (f"?start={SIZE}", "log.not-covered"),
            ("?limit=0", "message.invalid"),
            ("?limit=4097", "message.invalid"),
            ("?start=-1", "message.invalid"),
        ):
            assert (await told(query))[1]["code"] == code, query


async def test_two_signed_histories_are_a_fork_and_anyone_can_see_it(
    scene: Scene, tmp_path: Path, copied: str
) -> None:
    await look(scene.url, scene.auditor)
    await changed_history(copied, 600)
    await grow(copied, scene.story, 40)
    async with serving(copied, tmp_path / "other", SIZE + 40) as url:
        error = await alarm(url, scene.auditor)
    assert facts(error, "older", "size") == (Alarm.FORK, SIZE, SIZE + 40)
    older, newer = (
        open_checkpoint(error.evidence[name], SIGNER.verifier) for name in ("checkpoint.older", "checkpoint")
    )
    proof = [*map(from_base64, error.evidence["consistency-proof"].decode().splitlines())]
    with pytest.raises(ProofError, match="other roots"):
        verify_consistency(older.size, newer.size, proof, older.root, newer.root)


async def test_two_roots_of_one_size_are_a_fork(scene: Scene, liar: Liar, tmp_path: Path) -> None:
    await look(scene.url, scene.auditor)
    other = sign_checkpoint(SIGNER, Checkpoint(SIGNER.name, SIZE, bytes(32)))
    error = await alarm(scene, tmp_path / "another", others=[known(other)])
    assert facts(error, "older", "size", "known") == (Alarm.FORK, SIZE, SIZE, "theirs")


async def test_a_database_put_back_by_its_superuser_is_a_rollback(
    scene: Scene, tmp_path: Path, copied: str
) -> None:
    """Whoever has the key and the trust folder as well can serve fewer entries; not to who saw more."""
    await look(scene.url, scene.auditor)
    conn = await asyncpg.connect(copied)
    await rewrite(conn, {}, SIZE - 10)
    await conn.close()
    async with serving(copied, tmp_path / "other", SIZE - 10) as url:
        error = await alarm(url, scene.auditor)
        assert facts(error, "size", "older") == (Alarm.ROLLBACK, SIZE - 10, SIZE)
        assert open_checkpoint(error.evidence["checkpoint.older"], SIGNER.verifier).size == SIZE
        # Who saw nothing before finds nothing, unless somebody hands over what they saw.
        assert (await look(url, tmp_path / "newcomer")).size == SIZE - 10
        shown = (scene.auditor / "checkpoint").read_text(encoding="utf-8")
        error = await alarm(url, tmp_path / "compared", others=[known(shown)])
        assert facts(error, "size", "known") == (Alarm.ROLLBACK, SIZE - 10, "theirs")


async def test_an_older_answer_of_a_cache_is_no_rollback(scene: Scene, liar: Liar, tmp_path: Path) -> None:
    old = await published(scene.url, SIZE)
    await grow(scene.database, scene.story, 5)
    await published(scene.url, SIZE + 5)
    await look(liar.url, scene.auditor)
    answers = [old.encode()]
    liar.change = lambda path, body: answers.pop() if answers and path == "/checkpoint" else body
    assert (await look(liar.url, scene.auditor)).size == SIZE + 5
    assert answers == []


@pytest.mark.parametrize(
    ("pattern", "tile"),
    [
        ("/tile/0/000", "0/000"),
        ("/tile/0/001", "0/001"),
        ("/tile/0/002.p/188", "0/002.p/188"),
        ("/tile/1/000.p/2", "1/000.p/2"),
        ("/tile/entries/000", "entries/000"),
        ("/tile/entries/001", "entries/001"),
        ("/tile/entries/002.p/188", "entries/002.p/188"),
    ],
)
async def test_a_changed_bit_is_named_by_its_tile(scene: Scene, liar: Liar, pattern: str, tile: str) -> None:
    liar.flip(pattern)
    error = await alarm(liar.url, scene.auditor)
    assert error.alarm is Alarm.CHANGED
    assert tile in str(error.problem.facts["tile"])
    assert f"tile-{tile.replace('/', '-')}" in error.evidence
    assert not (scene.auditor / "checkpoint").exists(), "what was not checked was kept"


async def test_a_changed_entry_is_named_by_its_position(scene: Scene, liar: Liar) -> None:
    def other_time(path: str, body: bytes) -> bytes:
        return body.replace(b'"v":1', b'"v":2', 1) if path == "/tile/entries/001" else body

    liar.change = other_time
    assert facts(await alarm(liar.url, scene.auditor), "position") == (Alarm.CHANGED, 256)


@pytest.mark.parametrize("member", ["statement", "nonce", "at"])
async def test_a_changed_statement_is_named_by_its_position(scene: Scene, liar: Liar, member: str) -> None:
    def change(path: str, body: bytes) -> bytes:
        if path != "/api/v1/ledger/statements":
            return body
        page = json.loads(body)
        told = next(each for each in page["statements"] if each["position"] == 300)
        if member == "nonce":
            told["nonce"] = "00" * 32
        else:
            told["statement"] = told["statement"].replace('"at":"20', '"at":"19').replace("unit", "unix")
        return json.dumps(page).encode()

    liar.change = change
    token = scene.story.auditor
    error = await alarm(liar.url, scene.auditor, token)
    assert facts(error, "position") == (Alarm.STATEMENT, 300)
    proof = Proof.parse(error.evidence["proof"])
    assert proof.verify(leaf_hash(error.evidence["entry"]), [SIGNER.verifier]).size == SIZE
    liar.change = None
    assert (await look(liar.url, scene.auditor, token)).judged == SIZE


@pytest.mark.parametrize("what", ["withheld", "swapped", "nothing"])
async def test_statements_that_are_not_given_are_named(scene: Scene, liar: Liar, what: str) -> None:
    def change(path: str, body: bytes) -> bytes:
        if path != "/api/v1/ledger/statements":
            return body
        page = json.loads(body)
        told = page["statements"]
        if what == "withheld":
            del told[300]
        elif what == "swapped":
            told[300], told[301] = told[301], told[300]
        else:
            told.clear()
        return json.dumps(page).encode()

    liar.change = change
    error = await alarm(liar.url, scene.auditor, scene.story.auditor)
    assert facts(error, "position") == (Alarm.STATEMENT, 0 if what == "nothing" else 300)


async def test_a_release_past_the_gate_is_named_by_its_rule(scene: Scene) -> None:
    """The platform holds the key: every hash fits, and only who judges again finds it."""
    position = await release_past_the_gate(scene.database, scene.story)
    await grow(scene.database, scene.story, 2)
    await published(scene.url, position + 3)
    public = await look(scene.url, scene.auditor)
    assert (public.size, public.judged) == (position + 3, None)
    error = await alarm(scene, scene.auditor, scene.story.auditor)
    assert facts(error, "position", "kind") == (Alarm.RULE, position, "lot-released")
    assert "gate.refused" in str(error.problem.facts["what"])
    proof = Proof.parse(error.evidence["proof"])
    assert proof.verify(leaf_hash(error.evidence["entry"]), [SIGNER.verifier]).size == position + 3
    # It stays found: the copy is kept, and each audit judges it again.
    assert facts(await alarm(scene, scene.auditor, scene.story.auditor), "position") == (Alarm.RULE, position)


@pytest.mark.parametrize("seconds", [3700, -3700])
async def test_an_old_checkpoint_is_told_by_the_newest_entry(scene: Scene, seconds: int) -> None:
    """One that was recorded in the auditor's future as well: it would look new until then."""
    fresh = replace(DEMANDS, max_age=3600)
    await look(scene.url, scene.auditor, demands=fresh)
    other = datetime.now(UTC) + timedelta(seconds=seconds)
    error = await alarm(scene, scene.auditor, demands=fresh, clock=lambda: other)
    assert facts(error, "size", "most") == (Alarm.TOO_OLD, SIZE, 3600)


async def test_an_idle_ledger_is_fresh_while_witnesses_say_so(scene: Scene, liar: Liar) -> None:
    one, two = generate_cosigner("one.invalid"), generate_cosigner("two.invalid")
    demands = Demands((LedgerKey(SIGNER.verifier),), (one.verifier, two.verifier), 2, max_age=3600)
    later = datetime.now(UTC) + timedelta(days=1)

    def cosigned(*by: tuple[CosignatureSigner, datetime]) -> None:
        def change(path: str, body: bytes) -> bytes:
            if path != "/checkpoint":
                return body
            text = body.decode().partition("\n\n")[0] + "\n"
            return body + "".join(who.sign(text, int(at.timestamp())) for who, at in by).encode()

        liar.change = change

    async def seen() -> Any:
        return await look(liar.url, scene.auditor, demands=demands, clock=lambda: later)

    cosigned((one, later), (two, later))
    found = await seen()
    assert (found.age, found.witnesses) == (0, ("one.invalid", "two.invalid"))
    # As many as are needed must have seen it: one alone does not make it fresh, nor one that lies.
    cosigned((one, later), (two, later - timedelta(hours=2)))
    with pytest.raises(AlarmError) as raised:
        await seen()
    assert facts(raised.value, "age") == (Alarm.TOO_OLD, 7200)
    # Nor does a clock that is ahead, which would make it fresh for as long as it is.
    cosigned((one, later), (two, later + timedelta(hours=2)))
    with pytest.raises(AlarmError) as raised:
        await seen()
    assert raised.value.alarm == Alarm.TOO_OLD
    cosigned((one, later))
    with pytest.raises(AlarmError) as raised:
        await seen()
    assert facts(raised.value, "needed") == (Alarm.QUORUM, 2)


async def test_another_key_is_told(scene: Scene) -> None:
    demands = Demands((LedgerKey(generate_key(SIGNER.name).verifier),))
    error = await alarm(scene, scene.auditor, demands=demands)
    assert facts(error, "key") == (Alarm.WRONG_KEY, SIGNER.name)
    assert error.evidence["checkpoint"].decode() == await published(scene.url, SIZE)


async def test_a_key_past_its_time_signs_no_newest_checkpoint(scene: Scene) -> None:
    """What it signed before is still known."""
    await look(scene.url, scene.auditor)
    ended = LedgerKey(SIGNER.verifier, until=datetime.now(UTC) - timedelta(seconds=1))
    error = await alarm(scene, scene.auditor, demands=Demands((ended,)))
    assert error.alarm is Alarm.WRONG_KEY
    other = LedgerKey(generate_key(SIGNER.name).verifier)
    assert (await alarm(scene, scene.auditor, demands=Demands((ended, other)))).alarm is Alarm.WRONG_KEY
    lasting = replace(ended, until=datetime.now(UTC) + timedelta(hours=1))
    assert (await look(scene.url, scene.auditor, demands=Demands((lasting, other)))).before == SIZE


async def test_a_silent_ledger_is_told(scene: Scene, liar: Liar) -> None:
    error = await alarm("http://127.0.0.1:9", scene.auditor)
    assert facts(error, "path") == (Alarm.UNREACHABLE, "/checkpoint")
    liar.change = lambda path, body: body + b"\0" * 9000 if path == "/tile/0/001" else body
    error = await alarm(liar.url, scene.auditor)
    assert facts(error, "path", "cause") == (Alarm.UNREACHABLE, "/tile/0/001", "more than 8192 bytes")


async def test_who_was_shown_the_same_ledger_can_tell(scene: Scene) -> None:
    early = await published(scene.url, SIZE)
    await grow(scene.database, scene.story, 30)
    await published(scene.url, SIZE + 30)
    proof = Proof(0, (), early).format()
    for shown in (early, proof):
        assert (await look(scene.url, scene.auditor, others=[known(shown)])).size == SIZE + 30
    with pytest.raises(AlarmError) as raised:
        known(early.replace("\n700\n", "\n701\n"))
    assert raised.value.alarm is Alarm.WRONG_KEY


async def test_one_folder_is_for_one_audit_of_one_ledger(scene: Scene, tmp_path: Path) -> None:
    await look(scene.url, scene.auditor)
    with pytest.raises(Problem) as raised:
        await look(
            scene.url, scene.auditor, demands=Demands((LedgerKey(generate_key("other.invalid").verifier),))
        )
    assert raised.value.code == "audit.state-unreadable"
    results = await asyncio.gather(
        *(look(scene.url, scene.auditor) for _ in range(2)), return_exceptions=True
    )
    assert [getattr(each, "code", None) for each in results] == [None, "audit.in-use"]


async def test_a_copy_knows_its_own_checkpoint(scene: Scene, tmp_path: Path, copied: str) -> None:
    """Also where the checkpoint beside it was lost."""
    await look(scene.url, scene.auditor, scene.story.auditor)
    (scene.auditor / "checkpoint").unlink()
    conn = await asyncpg.connect(copied)
    await rewrite(conn, {}, SIZE - 10)
    await conn.close()
    async with serving(copied, tmp_path / "other", SIZE - 10) as url:
        error = await alarm(url, scene.auditor)
    assert facts(error, "size", "known") == (Alarm.ROLLBACK, SIZE - 10, "that of the copy")
