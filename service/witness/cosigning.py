"""The witness itself: judges, keeps, cosigns.

What it cosigns is written before anybody gets it, in one go with the judgement: nothing is awaited between
reading what was cosigned last and replacing it, so that of two requests at once the second is judged on what
the first left behind.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from service.ledger.cosignature import CosignatureSigner, require_distinct
from service.ledger.note import Verifier
from service.witness.judging import Asked, Inconsistency, RefusedError, judge, open_request
from service.witness.keeping import Cosigned, Evidence, Keeper, Told

log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Watched:
    """A log as the witness knows it, for whoever asks."""

    origin: str
    keys: tuple[str, ...]
    last: Cosigned | None
    evidence: list[Told]


class Witness:
    """Cosigns for the logs that it knows."""

    def __init__(
        self,
        signer: CosignatureSigner,
        logs: Iterable[Verifier],
        keeper: Keeper,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """Raises Problem ``witness.state-unreadable``, and NoteError where keys cannot be told apart."""
        self.signer = signer
        self._logs: dict[str, list[Verifier]] = {}
        for key in logs:
            self._logs.setdefault(key.name, []).append(key)
        require_distinct([signer.verifier, *(key for keys in self._logs.values() for key in keys)])
        self._keeper = keeper
        self._clock = clock
        self._last = {origin: keeper.last(origin, signer.verifier) for origin in self._logs}

    def add_checkpoint(self, body: bytes, sender: str) -> str:
        """The cosignature line for a request. Raises RefusedError."""
        asked = open_request(body, self._logs)
        last = self._last[asked.checkpoint.origin]
        try:
            judge(asked, last.checkpoint if last else None)
        except RefusedError as refused:
            if refused.shown and last:
                self._keep(refused.shown, sender, asked, last)
            raise
        return self._cosign(asked, last)

    def watched(self) -> list[Watched]:
        """Every log, what was cosigned last, and the evidence against it."""
        return [
            Watched(origin, tuple(key.vkey for key in keys), self._last[origin], self._keeper.told(origin))
            for origin, keys in self._logs.items()
        ]

    def _cosign(self, asked: Asked, last: Cosigned | None) -> str:
        # A clock that was put back must not make a later word look older.
        seconds = max(int(self._clock().timestamp()), last.seconds if last else 0)
        line = self.signer.sign(asked.opened.text, seconds)
        if last is not None and (last.checkpoint, last.seconds) == (asked.checkpoint, seconds):
            # The same word again. Whoever reads a checkpoint can hand it in, and must not wear the disk out.
            return line
        signed = "".join(each.format() for each in asked.opened.verified)
        cosigned = Cosigned(asked.checkpoint, seconds, f"{asked.opened.text}\n{signed}{line}")
        try:
            self._keeper.save(cosigned)
        except OSError as error:
            # Nobody gets the line, so it binds nobody, whether or not the file was replaced.
            log.exception("what would be cosigned cannot be kept")
            raise RefusedError(503, "the witness cannot write what it cosigns") from error
        self._last[asked.checkpoint.origin] = cosigned
        return line

    def _keep(self, shown: Inconsistency, sender: str, asked: Asked, last: Cosigned) -> None:
        log.error("%s shows another history (%s), sent from %s", asked.checkpoint.origin, shown, sender)
        try:
            self._keeper.keep(Evidence(shown, self._clock(), sender, asked, last))
        except OSError:
            # It is refused all the same.
            log.exception("the evidence was not kept")
