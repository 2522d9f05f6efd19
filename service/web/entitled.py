"""Who may never use a form is told so before filling it in, with the refusal that the write would give.

The write still judges what is sent; this only spares people a form that can come to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schema.problems import Refusal
from service.http.readers import ReaderKind
from service.parties import Role
from service.web.visits import Visit


def demand_own(visit: Visit, party: Mapping[str, Any], otherwise: Refusal) -> None:
    """Raises ``otherwise`` where a thing that the reader may see is in the hands of another party."""
    if party["id"] != visit.reader.organisation:
        raise otherwise


def demand_platform(visit: Visit) -> None:
    """Raises Refusal ``party.role-missing`` for who does not operate the platform."""
    if visit.reader.kind is not ReaderKind.PLATFORM:
        raise _missing(visit, Role.PLATFORM)


async def demand_role(visit: Visit, role: Role) -> None:
    """Raises Refusal ``party.role-missing`` where the reader's organisation has not that role."""
    own = await visit.ask("organisation", organisation=visit.reader.organisation)
    if role not in own["roles"]:
        raise _missing(visit, role)


def _missing(visit: Visit, role: Role) -> Refusal:
    return Refusal("party.role-missing", role=role.value, organisation=visit.reader.organisation)
