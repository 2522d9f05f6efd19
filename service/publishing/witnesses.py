"""Asks witnesses for cosignatures (C2SP tlog-witness): a checkpoint that too few have seen is not published.

Rules kept: all are asked at once, and one that is slow or silent costs the others nothing; a line that does
not verify counts for nothing; what a witness says is never taken for the ledger's state. A witness that
cannot be reached may be asked again; one that *refuses* – it has cosigned more than there is here, or another
root – is told apart from that: the database was put back or rewritten, or the witness is wrong, and only
people can find out which. So a start is refused on the word of one witness, while a ledger that runs is
fenced once too few others are left for a quorum: where that is fewer than all, no single witness can
silence it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Self, TypeVar
from urllib.parse import urlsplit

import aiohttp

from schema.problems import Problem
from service.ledger.add_checkpoint import ADD_CHECKPOINT, SIZE_TYPE, AddCheckpoint, parse_size
from service.ledger.checkpoint import Checkpoint
from service.ledger.cosignature import CosignatureVerifier, require_distinct
from service.ledger.errors import NoteError
from service.ledger.note import Signature, Verifier
from service.settings import Settings, is_loopback

log = logging.getLogger(__name__)

PATIENCE_SECONDS: Final = 5.0
"""For one witness, from the first byte to its last answer."""
GRACE_SECONDS: Final = 0.25
"""How long the others are waited for once there are enough."""
_MAX_ANSWER: Final = 64 * 1024
_MAX_ROUNDS: Final = 3
"""A witness may name another size while it is asked, since two of our processes may ask it; not for ever."""

Result = TypeVar("Result")
Consistency = Callable[[int, int], Awaitable[list[bytes]]]
"""The proof that the tree of the second size extends that of the first."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Whose cosignatures count, and where it is asked: a URL without what tlog-witness appends."""

    verifier: CosignatureVerifier
    url: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``VKEY URL``. Raises Problem ``settings.witness``."""
        try:
            vkey, url = text.split()
            parts = urlsplit(url)
            verifier = CosignatureVerifier.parse(vkey)
        except (ValueError, NoteError) as error:
            raise Problem("settings.witness", witness=text, cause=str(error)) from error
        host = parts.hostname or ""
        if not (parts.scheme == "https" and host) and not (parts.scheme == "http" and is_loopback(host)):
            raise Problem("settings.witness", witness=text, cause=f"{url} is no https://host/path")
        return cls(verifier, url.rstrip("/"))

    @property
    def vkey(self) -> str:
        """Which witness it is, wherever it is asked."""
        return self.verifier.vkey


class RefusedError(Exception):
    """A witness that did not cosign. ``inconsistent``: because it knows another history than ours."""

    def __init__(self, witness: Witness, reason: str, *, inconsistent: bool = False) -> None:
        super().__init__(f"{witness.verifier.name} {reason}")
        self.inconsistent = inconsistent


class QuorumMissingError(Exception):
    """Too few of the witnesses have cosigned; who did not, and why.

    ``fatal`` is what those say who know another history, where so many do that the rest is too few for a
    quorum, whoever comes back; None where waiting may help.
    """

    def __init__(self, needed: int, witnesses: int, cosigned: int, refusals: Sequence[RefusedError]) -> None:
        reasons = "; ".join(map(str, refusals))
        super().__init__(f"{cosigned} of the {needed} witnesses needed have cosigned: {reasons}")
        inconsistent = [str(each) for each in refusals if each.inconsistent]
        self.fatal = "; ".join(inconsistent) if witnesses - len(inconsistent) < needed else None


class Quorum:
    """The witnesses of one ledger, asked by one process. To be closed."""

    def __init__(
        self, log_keys: Sequence[Verifier], witnesses: Sequence[Witness], needed: int | None = None
    ) -> None:
        """``needed``: how many must cosign, all where it is None. Raises Problem ``settings.…``."""
        self._witnesses = tuple(witnesses)
        self.needed = len(self._witnesses) if needed is None else needed
        if self.needed > len(self._witnesses):
            raise Problem("settings.witness-quorum", needed=self.needed, witnesses=len(self._witnesses))
        if len({each.vkey for each in self._witnesses}) < len(self._witnesses):
            raise Problem("settings.witnesses", cause="one witness is named twice")
        try:
            require_distinct([*log_keys, *(each.verifier for each in self._witnesses)])
        except NoteError as error:
            raise Problem("settings.witnesses", cause=str(error)) from error
        self._sizes: dict[str, int] = {}
        self._said: dict[str, str] = {}
        self._session: aiohttp.ClientSession | None = None

    @classmethod
    def of(cls, settings: Settings, log_keys: Sequence[Verifier]) -> Self:
        """The witnesses that the operator named. Raises Problem ``settings.…``."""
        return cls(log_keys, [Witness.parse(each) for each in settings.witnesses], settings.witness_quorum)

    @property
    def verifiers(self) -> tuple[CosignatureVerifier, ...]:
        """The keys whose cosignatures count."""
        return tuple(each.verifier for each in self._witnesses)

    async def cosign(self, note: str, checkpoint: Checkpoint, consistency: Consistency) -> str:
        """``note`` with the cosignatures that were given. Raises QuorumMissingError."""
        lines: list[str] = []
        refusals: list[RefusedError] = []
        async for answer in self._answers(note, checkpoint, _once_each(consistency)):
            if isinstance(answer, str):
                lines.append(answer)
            else:
                refusals.append(answer)
        if len(lines) < self.needed:
            raise QuorumMissingError(self.needed, len(self._witnesses), len(lines), refusals)
        return note + "".join(sorted(lines))

    async def check_start(self, note: str, checkpoint: Checkpoint) -> None:
        """Compare our newest note with what each witness saw. Raises Problem ``ledger.fenced``, naming it.

        One that knows less, or is not there, does not hinder: it is asked again before anything is published.
        """
        for answer in await asyncio.gather(
            *(self._compare(each, note, checkpoint) for each in self._witnesses)
        ):
            if answer is not None and answer.inconsistent:
                raise Problem("ledger.fenced", reason=f"the witness {answer}") from answer

    async def aclose(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()

    async def _answers(
        self, note: str, checkpoint: Checkpoint, consistency: Consistency
    ) -> AsyncIterator[str | RefusedError]:
        """Lines and refusals as they come; not for long any more once there are enough lines."""
        tasks = asked = {
            asyncio.create_task(self._ask(each, note, checkpoint, consistency)) for each in self._witnesses
        }
        missing = self.needed
        try:
            while tasks:
                patience = None if missing > 0 else GRACE_SECONDS
                done, tasks = await asyncio.wait(tasks, timeout=patience, return_when="FIRST_COMPLETED")
                if not done:
                    return
                for task in done:
                    answer = task.result()
                    missing -= isinstance(answer, str)
                    yield answer
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)

    async def _ask(
        self, witness: Witness, note: str, checkpoint: Checkpoint, consistency: Consistency
    ) -> str | RefusedError:
        """The line of one witness, or why there is none. What is new is logged."""
        try:
            line = await self._in_time(witness, self._follow(witness, note, checkpoint, consistency))
        except RefusedError as refusal:
            if self._said.get(witness.vkey) != str(refusal):
                log.log(logging.ERROR if refusal.inconsistent else logging.WARNING, "witness: %s", refusal)
            self._said[witness.vkey] = str(refusal)
            return refusal
        if self._said.pop(witness.vkey, None) is not None:
            log.info("witness: %s cosigns again", witness.verifier.name)
        return line

    async def _compare(self, witness: Witness, note: str, checkpoint: Checkpoint) -> RefusedError | None:
        async def compare() -> None:
            await self._post(witness, AddCheckpoint(checkpoint.size, (), note), checkpoint)

        try:
            await self._in_time(witness, compare())
        except RefusedError as refusal:
            log.warning("witness: %s", refusal)
            return refusal
        return None

    async def _in_time(self, witness: Witness, work: Awaitable[Result]) -> Result:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await work
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise RefusedError(witness, f"could not be asked ({type(error).__name__})") from error

    async def _follow(
        self, witness: Witness, note: str, checkpoint: Checkpoint, consistency: Consistency
    ) -> str:
        """Ask from the size that it saw last, as far as is known here, and again from the one it names."""
        old = min(self._sizes.get(witness.vkey, 0), checkpoint.size)
        for _ in range(_MAX_ROUNDS):
            proof = await consistency(old, checkpoint.size) if 0 < old < checkpoint.size else []
            answer = await self._post(witness, AddCheckpoint(old, tuple(proof), note), checkpoint)
            if isinstance(answer, str):
                self._sizes[witness.vkey] = checkpoint.size
                return answer
            self._sizes[witness.vkey] = old = answer
        raise RefusedError(witness, "names one size after another")

    async def _post(self, witness: Witness, request: AddCheckpoint, checkpoint: Checkpoint) -> str | int:
        """The cosignature line, or the smaller size that it saw last. Raises RefusedError."""
        session = self._opened()
        url = witness.url + ADD_CHECKPOINT
        async with session.post(url, data=request.format().encode(), allow_redirects=False) as response:
            body = await _read(response)
            status, kind = response.status, response.content_type
        if status == 200:
            return _cosignature(witness, checkpoint, body)
        if status == 409 and kind == SIZE_TYPE:
            return _smaller(witness, request.old, checkpoint.size, body)
        # Before version 1.1 of tlog-witness another root of the same size was 409.
        if status == 422 or (status == 409 and request.old == checkpoint.size):
            raise RefusedError(witness, f"knows another history of {request.old} entries", inconsistent=True)
        raise RefusedError(witness, f"answers {status}")

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers={"User-Agent": "coldledger"}, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The answer, or its beginning where it is longer than any should be."""
    body = b""
    async for part in response.content.iter_any():
        body += part
        if len(body) > _MAX_ANSWER:
            break
    return body


def _cosignature(witness: Witness, checkpoint: Checkpoint, body: bytes) -> str:
    """The line of the answer that is the witness's own and holds; whatever else is in it is ignored."""
    for line in body.decode(errors="replace").splitlines():
        try:
            signature = Signature.parse(line)
            if signature.claim == witness.verifier.claim:
                witness.verifier.verify(checkpoint.body(), signature)
                return signature.format()
        except NoteError:
            continue
    raise RefusedError(witness, "answers without a cosignature that holds")


def _smaller(witness: Witness, old: int, size: int, body: bytes) -> int:
    """The size that it saw last, where that is a smaller one than ours. Raises RefusedError."""
    try:
        known = parse_size(body)
    except NoteError as error:
        raise RefusedError(witness, "names no size") from error
    if known > size:
        reason = f"has cosigned {known} entries, the newest checkpoint here has {size}"
        raise RefusedError(witness, reason, inconsistent=True)
    if known == size == old:
        raise RefusedError(witness, f"knows another history of {size} entries", inconsistent=True)
    return known


def _once_each(consistency: Consistency) -> Consistency:
    """Witnesses that saw the same size last share a proof, and proofs are asked for one after another: they
    may come through one connection."""
    lock = asyncio.Lock()
    made: dict[tuple[int, int], list[bytes]] = {}

    async def prove(old: int, new: int) -> list[bytes]:
        async with lock:
            if (old, new) not in made:
                made[old, new] = await consistency(old, new)
            return made[old, new]

    return prove
