"""What is told, how soon it should be read, and whether it must be acknowledged.

``hours`` count from the moment it is told; after them the next contact is tried. Configuration of the
product, not of a policy: policies give the clocks of what is to be done, these give those of being told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of notice: the page it leads to, hours to read it, and whether reading is not enough."""

    page: str
    hours: int
    acknowledged: bool = False


KINDS: Mapping[str, NoticeKind] = {
    "recall-ordered": NoticeKind("/recalls/{about}", 4, acknowledged=True),
    "recall-extended": NoticeKind("/recalls/{about}", 24),
    "recall-finished": NoticeKind("/recalls/{about}", 24),
    "recall-withdrawn": NoticeKind("/recalls/{about}", 24),
    "recall-start-overdue": NoticeKind("/recalls/{about}", 4),
    "recall-report-overdue": NoticeKind("/recalls/{about}", 24),
    "request-made": NoticeKind("/case-requests/{about}", 4, acknowledged=True),
    "request-withdrawn": NoticeKind("/case-requests/{about}", 24),
    "request-answered": NoticeKind("/case-requests/{about}", 24),
    "request-overdue": NoticeKind("/case-requests/{about}", 4),
    "hold-placed": NoticeKind("/holds/{about}", 8),
    "hold-lifted": NoticeKind("/holds/{about}", 24),
    "finding-raised": NoticeKind("/findings/{about}", 24),
    "finding-answered": NoticeKind("/findings/{about}", 24),
    "finding-overdue": NoticeKind("/findings/{about}", 24),
    "unread": NoticeKind("/notices", 24),
}
"""By what the notice is called; ``unread`` tells an authority that somebody else does not read."""

HOURS: Mapping[str, int] = {name: kind.hours for name, kind in KINDS.items()}
ACKNOWLEDGED = tuple(name for name, kind in KINDS.items() if kind.acknowledged)


def page_of(kind: str, about: int) -> str:
    """The path of the page that a notice leads to."""
    return KINDS[kind].page.format(about=about)
