"""Participants for tests: a ledger that was opened, and organisations, users and places in it.

::

    town = Settlement(History())
    store = town.party("first_station", region="370200")
    place = town.facility(store, "first_station")
    town.history.say(KIND, {...}, store.manager)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schema.identifiers.uscc import check_character, organisation_check
from service.ledger import PLATFORM, Actor, Data
from service.parties import (
    ENACT_POLICY,
    FILE_FACILITY,
    OPEN_LEDGER,
    REGISTER_ORGANISATION,
    REGISTER_USER,
    shipped_policies,
)
from service.parties.persons.register import RegisterKeys
from tests.history import History
from tests.retold import SIGNER

SEALED = {"sha256": "0" * 64}
"""A personal value's place in a statement."""


def uscc(number: int, region: str = "210100", prefix: str = "91") -> str:
    """The ``number``-th valid social credit code: made up, with checks that hold."""
    body = f"MA{number:06d}"
    head = prefix + region + body + organisation_check(body)
    return head + check_character(head)


REGISTER = RegisterKeys(b"\5" * 32)
"""What stands for sole traders' codes, where no service is asked."""


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation with a manager and a member of staff."""

    organisation: int
    uscc: str
    region: str
    manager: Actor
    staff: Actor


class Settlement:
    """A history that begins as every ledger does; ``platform`` is the operator."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.parties: list[Party] = []
        history.say(OPEN_LEDGER, {"origin": SIGNER.name, "vkey": SIGNER.verifier.vkey}, PLATFORM)
        history.say(ENACT_POLICY, {"region": "", "document": shipped_policies()[""]}, PLATFORM)
        self.platform = self.party("platform")

    def party(self, *roles: str, region: str = "210100", name: str = "试验公司") -> Party:
        """Register an organisation with its first manager and a member of staff."""
        code = uscc(len(self.parties) + 1, region)
        data = {"uscc": code, "name": name, "roles": [*map(str, roles)], "region": region}
        id_ = self.history.say(REGISTER_ORGANISATION, data, PLATFORM).outcome["organisation"]
        manager = self.user(id_, "manager", PLATFORM)
        self.parties.append(Party(id_, code, region, manager, self.user(id_, "staff", manager)))
        return self.parties[-1]

    def user(self, organisation: int, role: str, by: Actor) -> Actor:
        """Register a user."""
        data = {"organisation": organisation, "role": role, "name": SEALED}
        user = self.history.say(REGISTER_USER, data, by).outcome["user"]
        return Actor(organisation, user=user)

    def facility(
        self, party: Party, kind: str, *zones: str, region: str | None = None, name: str = "试验场所"
    ) -> int:
        """File a place; its zones are of the given kinds, by default one of each and numbered so from 1."""
        kinds = zones or ("quarantine", "imported", "domestic", "independent")
        data = {
            "kind": str(kind),
            "name": name,
            "region": region or party.region,
            "address": "试验路 1 号",
            "filing": "试备 2020-001",
            "zones": [{"name": f"{no} 区", "kind": str(each)} for no, each in enumerate(kinds, start=1)],
        }
        return int(self.history.say(FILE_FACILITY, data, party.manager).outcome["facility"])

    def policy(self, region: str, **changes: Any) -> int:
        """Enact the national policy with changes for a region prefix; its version. When it holds, and for
        which regime, may be among the changes."""
        apart = {
            name: changes.pop(name) for name in ("regime", "valid_from", "valid_until") if name in changes
        }
        document: Data = {**shipped_policies()[""], **changes}
        data = {"region": region, **apart, "document": document}
        self.history.say(ENACT_POLICY, data, PLATFORM)
        return self.history.position - 1
