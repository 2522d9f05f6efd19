"""What an audit may find, each with a code, an exit status and what shows it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from hashlib import sha256

from schema.problems import Fact, Problem


class Alarm(IntEnum):
    """The exit status of ``coldledger audit``; its words stand in the catalogue as ``audit.<name>``."""

    UNREACHABLE = 10
    """What the ledger must serve is not served."""
    WRONG_KEY = 11
    QUORUM = 12
    TOO_OLD = 13
    ROLLBACK = 14
    """Fewer entries than somebody was shown before."""
    FORK = 15
    """Two signed histories: proof by itself."""
    CHANGED = 16
    """Bytes that do not lead to the signed root."""
    ENTRY = 17
    """An entry under the signed root that is none, or is recorded before the one before it."""
    STATEMENT = 18
    """A statement that is withheld, or is not what its entry commits to."""
    RULE = 19
    """A statement that the rules do not admit as it stands."""

    @property
    def word(self) -> str:
        """As it is told."""
        return self.name.lower().replace("_", "-")

    @property
    def passes(self) -> bool:
        """Whether it may be otherwise a moment later, through nobody's wrong."""
        return self in _PASSING


_PASSING = (Alarm.UNREACHABLE, Alarm.QUORUM, Alarm.TOO_OLD)

Evidence = Mapping[str, bytes]
"""Files by name: notes and tiles exactly as they were served."""


class AlarmError(Exception):
    """An alarm, its facts, and its evidence."""

    def __init__(self, alarm: Alarm, evidence: Evidence | None = None, **facts: Fact) -> None:
        self.alarm = alarm
        self.problem = Problem(f"audit.{alarm.word}")
        self.problem.facts.update(facts)
        self.evidence = dict(evidence or {})
        super().__init__(str(self.problem))

    @property
    def name(self) -> str:
        """The name of its evidence: the same served bytes are the same evidence."""
        digest = sha256()
        for name, data in sorted(self.evidence.items()):
            digest.update(sha256(name.encode()).digest() + sha256(data).digest())
        return f"{self.alarm.word}-{digest.hexdigest()[:16]}"
