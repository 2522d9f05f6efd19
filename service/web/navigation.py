"""The frame of a page: who is signed in, where that person can go, and what was just recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from schema.problems import Explanation, Problem, Refusal
from service.http.keys import LEDGER
from service.http.readers import ReaderKind
from service.ledger import Statement
from service.notices.routes import count_unread
from service.parties import Role, UserRole
from service.web.visits import Visit
from service.web.wording import explained

DONE = "done"
"""The parameter of an address that carries the position of what was just recorded."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the navigation; ``key`` is its text. ``here`` says that the page is in it, ``mark`` how much
    waits there."""

    path: str
    key: str
    here: bool = False
    mark: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Places under one heading; ``key`` is its text."""

    key: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a recorded fact broke."""

    words: Explanation


@dataclass(frozen=True, slots=True)
class Done:
    """What was just recorded, told from the ledger."""

    kind: str
    position: int
    at: str
    breaches: tuple[Breach, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page. ``roles`` are those of the reader's organisation."""

    who: str = ""
    roles: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    done: Done | None = None


_INBOX = "/notices"
GROUPS = {
    "goods": ("/search", "/arrivals", "/lots", "/units", "/stock", "/shipments", "/receive", "/sell"),
    "incidents": ("/exposure", "/cases", "/case-requests", "/holds", "/recalls", "/cooperations", "/drills"),
    "supervision": ("/findings", "/refused", "/samples", "/coverage", "/policies"),
    "organisation": (_INBOX, "/staff", "/access-log", "/organisation", "/organisations", "/label-keys"),
}
"""Every place stands under one heading, in this order."""
_WATCHERS = (ReaderKind.REGULATOR, ReaderKind.AUDITOR)
_ARRIVING = frozenset({Role.FIRST_STATION, Role.IMPORTER, Role.WHOLESALER})
_GOODS = frozenset(
    {Role.FIRST_STATION, Role.COLD_STORE, Role.PROCESSOR, Role.WHOLESALER, Role.RETAILER, Role.IMPORTER}
)


async def frame(visit: Visit) -> Frame:
    """The frame for this visit's reader."""
    if visit.reader.organisation is None:
        return Frame()
    organisation = await visit.ask("organisation", organisation=visit.reader.organisation)
    roles = tuple(organisation["roles"])
    english = visit.language == "en" and organisation["name_en"]
    unread = await count_unread(visit.request.app, visit.reader)
    groups = _grouped(frozenset(_paths(visit, frozenset(roles))), visit.request.path, unread)
    return Frame(english or organisation["name"] or organisation["uscc"], roles, groups, await _done(visit))


def _grouped(paths: Collection[str], here: str, unread: int) -> tuple[Group, ...]:
    """These places under their headings; a heading with none is left out."""
    groups = (
        Group(f"nav_group.{key}", tuple(_place(path, here, unread) for path in order if path in paths))
        for key, order in GROUPS.items()
    )
    return tuple(group for group in groups if group.places)


def _place(path: str, here: str, unread: int) -> Place:
    return Place(
        path,
        f"nav.{path.strip('/')}",
        here=here == path or here.startswith(f"{path}/"),
        mark=unread if path == _INBOX else 0,
    )


def _paths(visit: Visit, roles: frozenset[str]) -> Iterable[str]:
    """Where someone of an organisation of ``roles`` has something to do."""
    kind, manages = visit.reader.kind, visit.reader.user_role == UserRole.MANAGER
    if kind is ReaderKind.PLATFORM:
        yield from ("/organisations", "/label-keys")
    if kind in _WATCHERS:
        yield from ("/search", "/lots", "/arrivals", "/units", "/shipments", "/stock", "/coverage")
        yield from ("/exposure", "/cases", "/case-requests", "/holds", "/recalls", "/findings", "/refused")
        yield "/cooperations"
        yield from ("/samples", "/drills")
    if kind is ReaderKind.ORGANISATION:
        yield from _of_business(roles)
    if kind in (ReaderKind.REGULATOR, ReaderKind.ORGANISATION):
        yield _INBOX
    yield "/policies"
    if kind in _WATCHERS or (kind is ReaderKind.ORGANISATION and manages):
        yield from ("/staff", "/access-log")
    if manages:
        yield "/organisation"


def _of_business(roles: frozenset[str]) -> Iterable[str]:
    if roles & _ARRIVING:
        yield "/arrivals"
    if roles & _GOODS:
        yield from ("/lots", "/units", "/stock", "/shipments", "/receive", "/holds", "/samples")
    # Whoever disinfects a vehicle or bay too weakly answers for it, whether or not it holds goods.
    yield from ("/findings", "/case-requests", "/recalls")
    if Role.RETAILER in roles or Role.WHOLESALER in roles:
        yield "/sell"


async def _done(visit: Visit) -> Done | None:
    """What the address says was just recorded, if it is the reader's own; a made-up one shows nothing."""
    said = visit.request.query.get(DONE, "")
    if not (said.isascii() and said.isdigit() and len(said) < 16):
        return None
    try:
        told = await visit.request.app[LEDGER].acknowledgement(int(said))
    except Problem:
        return None
    statement = told.statement
    if statement.actor.organisation != visit.reader.organisation:
        return None
    return Done(statement.kind, told.position, statement.at, tuple(_breaches(statement, visit)))


def _breaches(statement: Statement, visit: Visit) -> Iterable[Breach]:
    for breach in statement.breach:
        facts: dict[str, Any] = breach["facts"]
        yield Breach(explained(Refusal(breach["rule"], **facts), visit.language))
