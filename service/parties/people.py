"""Users and API tokens: what may sign in or call for an organisation. Their secrets are in credentials.py.

Rules: managers register users and tokens of their own organisation; the platform registers the managers of
others and may disable or revoke anything; nobody disables himself, so a signed-in manager is never the last
one to go; a token never gives more than the token that issued it has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from schema.problems import Refusal
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties.speakers import demand_manager, organisation_of, within_reach
from service.parties.standing import Scope
from service.parties.state import ORGANISATION, TOKEN, USER, Role, Token, User, UserRole

SCOPES = frozenset(map(str, Scope))


def _decide_user(data: Data, ctx: Context, world: World) -> Decision:
    demand_manager(ctx, world)
    id_ = data["organisation"]
    organisation = world.get(ORGANISATION, id_) if within_reach(ctx, world, id_) else None
    if organisation is None:
        raise Refusal("party.not-found", field="/organisation", organisation=id_)
    if not organisation.active:
        raise Refusal("party.suspended", field="/organisation", organisation=id_)
    if id_ != ctx.actor.organisation and data["role"] != UserRole.MANAGER:
        raise Refusal("user.staff-by-own-manager", field="/role", organisation=id_)
    return Decision(outcome={"user": ctx.id()})


def _project_user(statement: Statement, position: int, _world: World) -> Iterable[Any]:
    data = statement.data
    yield User(statement.outcome["user"], data["organisation"], data["role"], active=True, version=position)


def _read_user_organisation(data: Data, _world: World) -> Iterable[Stream]:
    yield (ORGANISATION, data["organisation"])


def _decide_disabling(data: Data, ctx: Context, world: World) -> Decision:
    demand_manager(ctx, world)
    user = world.get(USER, data["user"])
    if user is None or not within_reach(ctx, world, user.organisation):
        raise Refusal("user.not-found", field="/user", user=data["user"])
    if user.id == ctx.actor.user:
        raise Refusal("user.self-disable", field="/user")
    if not user.active:
        raise Refusal("user.already-disabled", field="/user", user=user.id)
    return Decision()


def _project_disabling(statement: Statement, position: int, world: World) -> Iterable[Any]:
    yield replace(world.row(USER, statement.data["user"]), active=False, version=position)


def _read_user(data: Data, _world: World) -> Iterable[Stream]:
    yield (USER, data["user"])


def _decide_token(data: Data, ctx: Context, world: World) -> Decision:
    organisation = organisation_of(ctx, world)
    demand_manager(ctx, world)
    scopes = data["scopes"]
    for index, scope in enumerate(scopes):
        if scope not in SCOPES:
            raise Refusal("token.scope-unknown", field=f"/scopes/{index}", scope=scope)
    if Scope.REGULATOR_READ in scopes and Role.REGULATOR not in organisation.roles:
        raise Refusal("token.scope-needs-role", field="/scopes", scope="regulator:read", role="regulator")
    issuer = None if ctx.actor.token is None else world.get(TOKEN, ctx.actor.token)
    wider = [] if issuer is None else [scope for scope in scopes if scope not in issuer.scopes]
    if wider:
        raise Refusal("token.scope-wider", field="/scopes", scopes=", ".join(wider))
    return Decision(outcome={"token": ctx.id()})


def _project_token(statement: Statement, position: int, _world: World) -> Iterable[Any]:
    yield Token(
        id=statement.outcome["token"],
        organisation=statement.actor.organisation,
        scopes=statement.data["scopes"],
        active=True,
        version=position,
    )


def _read_nothing(_data: Data, _world: World) -> Iterable[Stream]:
    return ()


def _decide_revocation(data: Data, ctx: Context, world: World) -> Decision:
    demand_manager(ctx, world)
    token = world.get(TOKEN, data["token"])
    if token is None or not within_reach(ctx, world, token.organisation):
        raise Refusal("token.not-found", field="/token", token=data["token"])
    if not token.active:
        raise Refusal("token.already-revoked", field="/token", token=token.id)
    return Decision()


def _project_revocation(statement: Statement, position: int, world: World) -> Iterable[Any]:
    yield replace(world.row(TOKEN, statement.data["token"]), active=False, version=position)


def _read_token(data: Data, _world: World) -> Iterable[Stream]:
    yield (TOKEN, data["token"])


REGISTER_USER = Kind(
    "user-registered", {1: _decide_user}, _project_user, _read_user_organisation, scope=Scope.PARTIES_WRITE
)
DISABLE_USER = Kind(
    "user-disabled", {1: _decide_disabling}, _project_disabling, _read_user, scope=Scope.PARTIES_WRITE
)
ISSUE_TOKEN = Kind(
    "token-issued", {1: _decide_token}, _project_token, _read_nothing, scope=Scope.PARTIES_WRITE
)
REVOKE_TOKEN = Kind(
    "token-revoked", {1: _decide_revocation}, _project_revocation, _read_token, scope=Scope.PARTIES_WRITE
)
