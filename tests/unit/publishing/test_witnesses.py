"""A quorum of witnesses, some of them down, slow or lying, and what one that knows more does to a start."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from schema.problems import Problem, explain
from service.ledger.cosignature import CosignatureSigner, open_cosigned
from service.publishing import witnesses
from service.publishing.witnesses import Quorum, QuorumMissingError, Witness
from service.witness.cosigning import Witness as Server
from service.witness.keeping import Keeper
from service.witness.server import make_app
from tests.witnessing import ToyLog, seeded

LOG = ToyLog()
FORK = LOG.rewritten(3)
KEYS = [LOG.signer.verifier]
SIGNERS = [CosignatureSigner.of(f"w{number}.example", seeded(f"w{number}")) for number in range(3)]
FIRST, SECOND, THIRD = SIGNERS
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Street:
    """Where witnesses live: real ones by their signer, and others by what they answer."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self.folder = folder
        self.stack = stack

    async def honest(self, signer: CosignatureSigner, *seen: bytes) -> Witness:
        """One of our own, that has been asked before."""
        data = self.folder / signer.name
        (data / "logs").mkdir(parents=True)
        keeper = Keeper(data)
        server = Server(signer, KEYS, keeper)
        for body in seen:
            server.add_checkpoint(body, "")
        return await self._at(signer, make_app(server, keeper))

    async def answering(self, signer: CosignatureSigner, answer: Answer) -> Witness:
        app = web.Application()
        app.add_routes([web.post("/add-checkpoint", answer)])
        return await self._at(signer, app)

    async def _at(self, signer: CosignatureSigner, app: web.Application) -> Witness:
        server = TestServer(app)
        await server.start_server()
        self.stack.push_async_callback(server.close)
        return Witness.parse(f"{signer.verifier.vkey} {server.make_url('/')}")


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with AsyncExitStack() as stack:
        yield Street(tmp_path, stack)


def down(signer: CosignatureSigner) -> Witness:
    """Nobody listens on port 1 of this machine."""
    return Witness.parse(f"{signer.verifier.vkey} http://127.0.0.1:1/")


async def cosign(quorum: Quorum, log: ToyLog, size: int) -> list[str]:
    """Who cosigned, in the note that would be published."""
    note = await quorum.cosign(log.note(size), log.checkpoint(size), log.prove)
    _, by = open_cosigned(note, KEYS, quorum.verifiers, quorum.needed)
    return [each.witness.name for each in by]


def saying(status: int, text: str, kind: str = "text/plain") -> Answer:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, body=text.encode(), content_type=kind)

    return answer


async def test_all_cosign_and_follow_the_growth(street: Street) -> None:
    named = [await street.honest(signer) for signer in SIGNERS]
    async with aclosing(Quorum(KEYS, named)) as quorum:
        for size in (5, 5, 9, 40):
            assert await cosign(quorum, LOG, size) == [signer.name for signer in SIGNERS]


async def test_without_witnesses_the_note_is_published_as_it_is() -> None:
    async with aclosing(Quorum(KEYS, [])) as quorum:
        assert await quorum.cosign(LOG.note(5), LOG.checkpoint(5), LOG.prove) == LOG.note(5)


async def test_a_new_process_learns_from_each_what_it_saw_last(street: Street) -> None:
    first = await street.honest(FIRST, LOG.asks(0, 5), LOG.asks(5, 7))
    second = await street.honest(SECOND, LOG.asks(0, 7))
    third = await street.honest(THIRD)
    asked = []

    async def prove(old: int, new: int) -> list[bytes]:
        asked.append((old, new))
        return LOG.proof(old, new)

    async with aclosing(Quorum(KEYS, [first, second, third])) as quorum:
        note = await quorum.cosign(LOG.note(9), LOG.checkpoint(9), prove)
        assert len(open_cosigned(note, KEYS, quorum.verifiers, 3)[1]) == 3
    assert asked == [(7, 9)]


async def test_two_of_three_with_one_down(street: Street, caplog: pytest.LogCaptureFixture) -> None:
    named = [await street.honest(FIRST), down(SECOND), await street.honest(THIRD)]
    async with aclosing(Quorum(KEYS, named, 2)) as quorum:
        with caplog.at_level(logging.INFO):
            for size in (5, 9, 10):
                assert await cosign(quorum, LOG, size) == [FIRST.name, THIRD.name]
    assert [record.levelname for record in caplog.records if SECOND.name in record.message] == ["WARNING"]


async def test_too_few_are_named_with_their_reasons(street: Street) -> None:
    named = [await street.honest(FIRST), down(SECOND), await street.answering(THIRD, saying(503, ""))]
    async with aclosing(Quorum(KEYS, named, 2)) as quorum:
        with pytest.raises(QuorumMissingError) as caught:
            await cosign(quorum, LOG, 5)
    told = str(caught.value)
    assert "1 of the 2" in told
    assert "w1.example could not be asked" in told
    assert "w2.example answers 503" in told
    assert caught.value.fatal is None


async def test_a_slow_one_costs_the_others_nothing(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        await gone.wait()
        return web.Response()

    monkeypatch.setattr(witnesses, "GRACE_SECONDS", 0.01)
    named = [await street.honest(FIRST), await street.answering(SECOND, slow), await street.honest(THIRD)]
    async with aclosing(Quorum(KEYS, named, 2)) as quorum:
        assert await cosign(quorum, LOG, 5) == [FIRST.name, THIRD.name]
        monkeypatch.setattr(witnesses, "PATIENCE_SECONDS", 0.01)
        everybody = Quorum(KEYS, named)
        with pytest.raises(QuorumMissingError, match=r"w1.example could not be asked \(TimeoutError\)"):
            await cosign(everybody, LOG, 5)
        await everybody.aclose()
    gone.set()


def _lies() -> list[str]:
    other = CosignatureSigner.of(SECOND.name, seeded("other"))
    return [
        "",
        "nonsense\n",
        SECOND.sign(LOG.checkpoint(9).body(), 1),
        other.sign(LOG.checkpoint(5).body(), 1),
        FIRST.sign(LOG.checkpoint(5).body(), 1),
    ]


@pytest.mark.parametrize("lie", _lies())
async def test_a_lying_one_counts_for_nothing(street: Street, lie: str) -> None:
    named = [
        await street.honest(FIRST),
        await street.answering(SECOND, saying(200, lie)),
        await street.honest(THIRD),
    ]
    async with aclosing(Quorum(KEYS, named, 2)) as quorum:
        assert await cosign(quorum, LOG, 5) == [FIRST.name, THIRD.name]
    async with aclosing(Quorum(KEYS, named)) as quorum:
        with pytest.raises(QuorumMissingError, match="without a cosignature that holds") as caught:
            await cosign(quorum, LOG, 5)
    assert caught.value.fatal is None


async def test_what_else_is_in_an_answer_is_ignored(street: Street) -> None:
    lines = FIRST.sign(LOG.checkpoint(5).body(), 1) + SECOND.sign(LOG.checkpoint(5).body(), 2)
    async with aclosing(Quorum(KEYS, [await street.answering(SECOND, saying(200, lines))])) as quorum:
        note = await quorum.cosign(LOG.note(5), LOG.checkpoint(5), LOG.prove)
    assert note == LOG.note(5) + SECOND.sign(LOG.checkpoint(5).body(), 2)


SIZE = "text/x.tlog.size"


@pytest.mark.parametrize(
    ("status", "text", "kind", "reason", "inconsistent"),
    [
        (409, "9\n", SIZE, "has cosigned 9 entries, the newest checkpoint here has 5", True),
        (422, "", "text/plain", "knows another history of 0 entries", True),
        (409, "nine\n", SIZE, "names no size", False),
        (409, "", "text/plain", "answers 409", False),
        (400, "", "text/plain", "answers 400", False),
        (403, "", "text/plain", "answers 403", False),
        (404, "", "text/plain", "answers 404", False),
        (302, "", "text/plain", "answers 302", False),
        (409, "0\n", SIZE, "names one size after another", False),
    ],
)
async def test_a_refusal_is_told_apart_from_an_absence(
    street: Street, status: int, text: str, kind: str, reason: str, inconsistent: bool
) -> None:
    async with aclosing(Quorum(KEYS, [await street.answering(FIRST, saying(status, text, kind))])) as quorum:
        with pytest.raises(QuorumMissingError) as caught:
            await cosign(quorum, LOG, 5)
    assert reason in str(caught.value)
    assert (caught.value.fatal is not None) is inconsistent


@pytest.mark.parametrize(("liars", "fatal"), [(1, False), (2, True)])
async def test_who_is_away_may_come_back_but_who_refuses_does_not_count(
    street: Street, liars: int, fatal: bool
) -> None:
    """Of three of whom two must cosign: one that refuses and one that is away leave hope, two do not."""
    refusing = [await street.answering(signer, saying(422, "")) for signer in SIGNERS[:liars]]
    away = [down(signer) for signer in SIGNERS[liars:2]]
    async with aclosing(Quorum(KEYS, [*refusing, *away, await street.honest(THIRD)], 2)) as quorum:
        with pytest.raises(QuorumMissingError, match="1 of the 2") as caught:
            await cosign(quorum, LOG, 5)
    assert (caught.value.fatal is not None) is fatal


async def test_an_answer_may_come_in_pieces_but_not_without_end(street: Street) -> None:
    line = FIRST.sign(LOG.checkpoint(5).body(), 1).encode()

    async def piecemeal(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for start in range(0, len(line), 20):
            await response.write(line[start : start + 20])
            await asyncio.sleep(0.001)
        return response

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(b"A" * 4096)
        return response

    named = [await street.answering(FIRST, piecemeal), await street.answering(SECOND, endless)]
    async with aclosing(Quorum(KEYS, named, 1)) as quorum:
        assert await cosign(quorum, LOG, 5) == [FIRST.name]


@pytest.mark.parametrize(("log", "size"), [(FORK, 9), (FORK, 12), (LOG, 5)])
async def test_another_history_is_refused_by_who_saw_ours(street: Street, log: ToyLog, size: int) -> None:
    async with aclosing(Quorum(KEYS, [await street.honest(FIRST, LOG.asks(0, 9))])) as quorum:
        with pytest.raises(QuorumMissingError) as caught:
            await cosign(quorum, log, size)
    assert caught.value.fatal is not None
    assert FIRST.name in caught.value.fatal


@pytest.mark.parametrize(
    ("log", "size", "seen", "reason"),
    [
        (LOG, 9, LOG.asks(0, 9), None),
        (LOG, 9, LOG.asks(0, 5), None),
        (LOG, 9, None, None),
        (LOG, 0, None, None),
        (LOG, 5, LOG.asks(0, 9), "has cosigned 9 entries, the newest checkpoint here has 5"),
        (LOG, 0, LOG.asks(0, 9), "has cosigned 9 entries, the newest checkpoint here has 0"),
        (FORK, 9, LOG.asks(0, 9), "knows another history of 9 entries"),
    ],
)
async def test_a_start_is_compared_with_what_was_seen(
    street: Street, log: ToyLog, size: int, seen: bytes | None, reason: str | None
) -> None:
    named = [down(FIRST), await street.honest(SECOND, *([seen] if seen else []))]
    async with aclosing(Quorum(KEYS, named, 0)) as quorum:
        if reason is None:
            await quorum.check_start(log.note(size), log.checkpoint(size))
            return
        with pytest.raises(Problem) as caught:
            await quorum.check_start(log.note(size), log.checkpoint(size))
    assert caught.value.code == "ledger.fenced"
    assert caught.value.facts["reason"] == f"the witness {SECOND.name} {reason}"


async def test_a_start_teaches_a_witness_nothing(street: Street) -> None:
    """The note that is shown may be one that nobody published."""
    witness = await street.honest(FIRST, LOG.asks(0, 5))
    async with aclosing(Quorum(KEYS, [witness])) as quorum:
        await quorum.check_start(LOG.note(9), LOG.checkpoint(9))
        assert await cosign(quorum, LOG, 7) == [FIRST.name]


@pytest.mark.parametrize(
    "text",
    [
        "",
        FIRST.verifier.vkey,
        f"{FIRST.verifier.vkey} https://w.example more",
        f"{LOG.signer.verifier.vkey} https://w.example",
        f"{FIRST.verifier.vkey} http://w.example",
        f"{FIRST.verifier.vkey} ftp://127.0.0.1",
        f"{FIRST.verifier.vkey} https://",
        f"{FIRST.verifier.vkey} https://[::1",
    ],
)
def test_a_witness_is_named_by_key_and_address(text: str) -> None:
    with pytest.raises(Problem) as caught:
        Witness.parse(text)
    assert caught.value.code == "settings.witness"
    assert explain(caught.value, "zh").remedy != explain(caught.value, "en").remedy


def test_addresses_that_may_be_asked() -> None:
    for url in ("https://w.example/path/", "http://127.0.0.1:80", "http://[::1]:8090", "http://localhost"):
        assert Witness.parse(f"{FIRST.verifier.vkey} {url}") == Witness(FIRST.verifier, url.rstrip("/"))


def test_a_quorum_counts_witnesses_that_differ() -> None:
    twin = CosignatureSigner.of("twin.example", FIRST.key)
    own = CosignatureSigner.of(LOG.signer.name, LOG.signer.key)
    for named, needed, code in (
        ([FIRST, SECOND], 3, "settings.witness-quorum"),
        ([], 1, "settings.witness-quorum"),
        ([FIRST, FIRST], None, "settings.witnesses"),
        ([FIRST, twin], None, "settings.witnesses"),
        ([own], None, "settings.witnesses"),
    ):
        with pytest.raises(Problem) as caught:
            Quorum(KEYS, [down(signer) for signer in named], needed)
        assert caught.value.code == code
        assert explain(caught.value, "zh").detail != explain(caught.value, "en").detail
