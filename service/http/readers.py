"""Who asks: the one value by which every read decides what may be seen.

A reader without credentials is the public. Nothing but ``service.http.authentication`` makes another one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from schema.identifiers import prefix
from schema.problems import Problem
from service.ledger import Actor
from service.parties.state import Role


class ReaderKind(StrEnum):
    """What a reader may see, before anything else is asked."""

    PUBLIC = "public"
    ORGANISATION = "organisation"
    REGULATOR = "regulator"
    AUDITOR = "auditor"
    PLATFORM = "platform"


_BY_ROLE = (
    (Role.PLATFORM, ReaderKind.PLATFORM),
    (Role.AUDITOR, ReaderKind.AUDITOR),
    (Role.REGULATOR, ReaderKind.REGULATOR),
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks.

    ``organisation`` is None for the public alone. ``region`` is a regulator's jurisdiction as a prefix of
    region codes (``21``, ``2101``, ``210106``; empty: everywhere) and for other organisations the prefix of
    their seat. ``user_role`` is ``manager`` or ``staff`` for a person, None for a token. ``csrf`` is what a
    form has to carry where the browser's cookie made this reader; None where a token did. ``uscc`` is
    the organisation's social credit code. ``session`` names the session of a person; ``must_enrol`` says that
    a second factor is demanded and does not stand yet.
    """

    kind: ReaderKind
    organisation: int | None = None
    region: str = ""
    actor: Actor | None = None
    scopes: frozenset[str] = frozenset()
    user_role: str | None = None
    csrf: str | None = None
    uscc: str = ""
    session: str | None = None
    must_enrol: bool = False

    @property
    def signed_in(self) -> bool:
        """Whether credentials were shown and held."""
        return self.actor is not None


PUBLIC = Reader(ReaderKind.PUBLIC)


def reader_for(
    actor: Actor,
    roles: Iterable[str],
    region: str,
    scopes: Iterable[str],
    *,
    user_role: str | None = None,
    csrf: str | None = None,
    uscc: str = "",
    session: str | None = None,
) -> Reader:
    """The reader that an organisation of ``roles``, seated in ``region``, gives its user or token."""
    held = frozenset(roles)
    kind = next((kind for role, kind in _BY_ROLE if role in held), ReaderKind.ORGANISATION)
    return Reader(
        kind,
        actor.organisation,
        prefix(region),
        actor,
        frozenset(scopes),
        user_role,
        csrf,
        uscc,
        session,
    )


def demand(reader: Reader, scope: str | None) -> None:
    """Nothing where ``reader`` may use ``scope`` (None: anyone may).

    Raises Problem ``auth.missing``, ``second-factor.enrolment-needed``, or ``auth.scope``, which tell of the
    credentials and not of any resource.
    """
    if scope is None:
        return
    if not reader.signed_in:
        raise Problem("auth.missing")
    if reader.must_enrol:
        raise Problem("second-factor.enrolment-needed")
    if scope not in reader.scopes:
        raise Problem("auth.scope", scope=scope)
