"""The first statements of a ledger: its name and key, the national policy, the platform's operator and its
first manager.

Every start says them again under the same submission keys, so that a start which was cut off is completed,
and two that race, or a thousandth one, change nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from schema.messages.accounts import UserRegistration
from schema.messages.parties import OrganisationRegistration
from service.ledger import PLATFORM, Acknowledgement, Data, Idempotency, Kind, Ledger, Proposal
from service.ledger.kinds import Asides
from service.parties.credentials import Credentials
from service.parties.founding import OPEN_LEDGER
from service.parties.organisations import REGISTER_ORGANISATION
from service.parties.people import REGISTER_USER
from service.parties.persons.keeping import Keeper, Speaker
from service.parties.persons.personal import seal, together
from service.parties.persons.register import RegisterKeys
from service.parties.persons.vault import Vault
from service.parties.policies.enacting import ENACT_POLICY, shipped_policies
from service.parties.state import Role, UserRole


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs this platform, and the login of its first manager."""

    uscc: str
    name: str
    region: str
    name_en: str | None = None
    login: str = "platform"
    manager: str = "平台管理员 Platform manager"


@dataclass(frozen=True, slots=True)
class Opening:
    """The platform's organisation and first manager; ``password`` is told only by the start that made it."""

    organisation: int
    user: int
    password: str | None


async def open_ledger(
    ledger: Ledger,
    credentials: Credentials,
    vault: Vault,
    vkey: str,
    operator: Operator,
    register: RegisterKeys,
    policy: Data | None = None,
    password: str | None = None,
) -> Opening:
    """Make sure that the ledger is open; ``policy`` is the national document, the shipped one where None.

    ``password`` is the first manager's; a random one is made where None. An open ledger keeps its own.
    """
    await _say(ledger, OPEN_LEDGER, {"origin": ledger.origin, "vkey": vkey})
    national = {"region": "", "document": policy or shipped_policies()[""]}
    await _say(ledger, ENACT_POLICY, national)
    keeper = Keeper(ledger.pool, vault)
    organisation = await _register_operator(ledger, keeper, operator, register)
    return await _register_manager(ledger, credentials, keeper, operator, organisation, password)


async def _register_operator(
    ledger: Ledger, keeper: Keeper, operator: Operator, register: RegisterKeys
) -> int:
    data = {
        "uscc": operator.uscc,
        "name": operator.name,
        "roles": [Role.PLATFORM.value],
        "region": operator.region,
    }
    if operator.name_en is not None:
        data["name_en"] = operator.name_en
    sealed, values = seal(_ORGANISATION, _ORGANISATION.load(data), to_register_key=register.of)
    asides = await keeper.keep(values, _COMMAND_LINE, sealed)
    said = await _say(ledger, REGISTER_ORGANISATION, sealed, *asides)
    return int(said.statement.outcome["organisation"])


async def _register_manager(
    ledger: Ledger,
    credentials: Credentials,
    keeper: Keeper,
    operator: Operator,
    organisation: int,
    password: str | None,
) -> Opening:
    data = {"organisation": organisation, "role": UserRole.MANAGER.value, "name": operator.manager}
    sealed, values = seal(_USER, _USER.load(data))
    if await credentials.logins.knows(operator.login):
        said = await _say(ledger, REGISTER_USER, sealed)
        return Opening(organisation, int(said.statement.outcome["user"]), None)
    claim = hashlib.sha256(b"opening").hexdigest()
    login, once = await credentials.logins.enrol(operator.login, password, operator.name, claim=claim)
    asides = await keeper.keep(values, _COMMAND_LINE, sealed)
    said = await _say(ledger, REGISTER_USER, sealed, *asides, login)
    user = int(said.statement.outcome["user"])
    # Another process may have been quicker with the same statement: then its password is the right one.
    chosen = password or once["password"]
    entrant = await credentials.logins.authenticate(operator.login, chosen)
    mine = entrant is not None and entrant.user == user
    return Opening(organisation, user, chosen if mine else None)


_ORGANISATION = OrganisationRegistration()
_USER = UserRegistration()
_COMMAND_LINE = Speaker(PLATFORM.organisation)


async def _say(ledger: Ledger, kind: Kind, data: Data, *asides: Asides) -> Acknowledgement:
    """Say it once in the life of a ledger."""
    key = hashlib.sha256(f"opening\n{kind.name}".encode()).hexdigest()
    # The request's digest is the key's: what a later start would say differently is not said.
    submission = Idempotency(key, key)
    return await ledger.append(Proposal(kind, PLATFORM, data, submission, together(*asides)))
