"""Every statement of a copy judged again, in order, by the rules that it was recorded under.

That takes the whole state of the ledger in memory, made from position 0 on: about a thousand statements a
second, and some kilobytes for each. While one audit follows a ledger only what is new is judged.
"""

from __future__ import annotations

import asyncio
from typing import Final

from service.auditing.alarms import Alarm, AlarmError
from service.auditing.copying import Copy
from service.auditing.tree import Tree
from service.ledger.kinds import Registry
from service.ledger.replay import Replay
from service.ledger.store import Record
from service.terminal import Progress

_BREATH: Final = 256
"""Statements between two moments in which the process listens."""


class Judge:
    """Remembers how far it came."""

    def __init__(self, registry: Registry) -> None:
        self.judged = 0
        self._replay = Replay(registry, rules=True)

    async def judge(self, copy: Copy, tree: Tree, progress: Progress) -> None:
        """Judge what is new. Raises the alarm RULE for the first that is wrong, telling how many are."""
        wrong: list[tuple[Record, str]] = []
        for record in copy.records(self.judged):
            wrong += ((record, what) for what in self._replay.step(record))
            self.judged = record.position + 1
            if not self.judged % _BREATH:
                progress(self.judged, tree.size)
                await asyncio.sleep(0)
        if wrong:
            raise await _alarm(tree, wrong)


async def _alarm(tree: Tree, wrong: list[tuple[Record, str]]) -> AlarmError:
    record, what = wrong[0]
    told = "".join(f"position {each.position}: {cause}\n" for each, cause in wrong)
    evidence = {
        "checkpoint": tree.note.text.encode(),
        "entry": record.entry,
        "proof": await tree.prove(record.position),
        "nonce": record.nonce,
        "statement": record.statement,
        "wrong": told.encode(),
    }
    more = len(wrong) - 1
    return AlarmError(Alarm.RULE, evidence, position=record.position, kind=record.kind, what=what, more=more)
