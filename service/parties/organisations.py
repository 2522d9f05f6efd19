"""Organisations: registered, changed, suspended and reinstated by the platform.

Rules: one organisation per social credit code; only an authority is seated in the whole country; whoever
supervises does not trade, and neither becomes the other later; the platform's own role is given on the
command line only; nobody suspends himself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from schema.identifiers import COUNTRY, spoken_code
from schema.problems import Refusal
from service.ledger import PLATFORM, Context, Data, Decision, Kind, Statement, Stream, World
from service.parties.speakers import demand_platform
from service.parties.standing import Scope
from service.parties.state import ORGANISATION, USCC, Organisation, Role, UsccHolder, in_clear

SUPERVISING = frozenset({Role.PLATFORM, Role.REGULATOR, Role.AUDITOR})
CHANGEABLE = ("name", "name_en", "roles")


def _decide_registration(data: Data, ctx: Context, world: World) -> Decision:
    demand_platform(ctx, world)
    _check_roles(data["roles"], ctx)
    if data["region"] == COUNTRY and not SUPERVISING.intersection(data["roles"]):
        raise Refusal("party.region-whole-country", field="/region", region=data["region"])
    holder = world.get(USCC, data["uscc"])
    if holder is not None:
        raise Refusal(
            "party.uscc-taken",
            field="/uscc",
            uscc=spoken_code(data["uscc"]),
            organisation=holder.organisation,
        )
    return Decision(outcome={"organisation": ctx.id()})


def _check_roles(roles: list[str], ctx: Context) -> None:
    if Role.PLATFORM in roles and ctx.actor != PLATFORM:
        raise Refusal("party.platform-reserved", field="/roles")
    if len(roles) > 1 and SUPERVISING.intersection(roles):
        raise Refusal("party.roles-conflict", field="/roles", roles=", ".join(roles))


def _project_registration(statement: Statement, position: int, _world: World) -> Iterable[Any]:
    data, id_ = statement.data, statement.outcome["organisation"]
    yield Organisation(
        id=id_,
        uscc=data["uscc"],
        name=in_clear(data["name"]) or "",
        name_en=in_clear(data.get("name_en")),
        roles=data["roles"],
        region=data["region"],
        active=True,
        version=position,
    )
    yield UsccHolder(data["uscc"], id_, position)


def _read_registration(data: Data, _world: World) -> Iterable[Stream]:
    yield (USCC, data["uscc"])


def _decide_change(data: Data, ctx: Context, world: World) -> Decision:
    organisation = _other(data, ctx, world)
    # The code decides whether a name is private: under another one it would stand in clear.
    if data["uscc"] != organisation.uscc:
        raise Refusal(
            "party.uscc-differs", field="/uscc", organisation=organisation.id, uscc=spoken_code(data["uscc"])
        )
    if not any(name in data for name in CHANGEABLE):
        raise Refusal("filing.nothing-changed")
    if "roles" in data:
        _check_roles(data["roles"], ctx)
        before, after = (SUPERVISING.intersection(roles) for roles in (organisation.roles, data["roles"]))
        if before != after:
            raise Refusal(
                "party.supervision-fixed",
                field="/roles",
                organisation=organisation.id,
                roles=", ".join(organisation.roles),
            )
    return Decision()


def _project_change(statement: Statement, position: int, world: World) -> Iterable[Any]:
    data = statement.data
    said: dict[str, Any] = {name: in_clear(data[name]) for name in ("name", "name_en") if name in data}
    if "name" in said:
        said["name"] = said["name"] or ""
    if "roles" in data:
        said["roles"] = data["roles"]
    yield replace(world.row(ORGANISATION, data["organisation"]), **said, version=position)


def _decide_suspension(data: Data, ctx: Context, world: World) -> Decision:
    organisation = _other(data, ctx, world)
    if organisation.id == ctx.actor.organisation:
        raise Refusal("party.self-suspension", field="/organisation")
    if not organisation.active:
        raise Refusal("party.already-suspended", field="/organisation", organisation=organisation.id)
    return Decision()


def _decide_reinstatement(data: Data, ctx: Context, world: World) -> Decision:
    organisation = _other(data, ctx, world)
    if organisation.active:
        raise Refusal("party.not-suspended", field="/organisation", organisation=organisation.id)
    return Decision()


def _other(data: Data, ctx: Context, world: World) -> Organisation:
    demand_platform(ctx, world)
    organisation = world.get(ORGANISATION, data["organisation"])
    if organisation is None:
        raise Refusal("party.not-found", field="/organisation", organisation=data["organisation"])
    return organisation


def _project_suspension(statement: Statement, position: int, world: World) -> Iterable[Any]:
    yield replace(world.row(ORGANISATION, statement.data["organisation"]), active=False, version=position)


def _project_reinstatement(statement: Statement, position: int, world: World) -> Iterable[Any]:
    yield replace(world.row(ORGANISATION, statement.data["organisation"]), active=True, version=position)


def _read_organisation(data: Data, _world: World) -> Iterable[Stream]:
    yield (ORGANISATION, data["organisation"])


REGISTER_ORGANISATION = Kind(
    "organisation-registered",
    {1: _decide_registration},
    _project_registration,
    _read_registration,
    scope=Scope.PARTIES_WRITE,
)
CHANGE_ORGANISATION = Kind(
    "organisation-changed",
    {1: _decide_change},
    _project_change,
    _read_organisation,
    scope=Scope.PARTIES_WRITE,
)
SUSPEND_ORGANISATION = Kind(
    "organisation-suspended",
    {1: _decide_suspension},
    _project_suspension,
    _read_organisation,
    scope=Scope.PARTIES_WRITE,
)
REINSTATE_ORGANISATION = Kind(
    "organisation-reinstated",
    {1: _decide_reinstatement},
    _project_reinstatement,
    _read_organisation,
    scope=Scope.PARTIES_WRITE,
)
