"""Users and API tokens: what may sign in or call for an organisation. Their secrets are in
credentials/.

Rules: managers register users and tokens of their own organisation; the platform registers the managers of
others and may disable or revoke anything; nobody disables himself, so a signed-in manager is never the last
one to go; nobody invites himself or resets his own second factor, so a session left open is not enough to
take an account over; ways in are given by people who signed in, never by a token, which would be as good as
all scopes; a token ends within two years and never gives more than the token that issued it has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from schema.problems import Refusal
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.ledger.statement import instant
from service.parties.speakers import demand_manager, organisation_of, within_reach
from service.parties.standing import Scope
from service.parties.state import ORGANISATION, TOKEN, USER, Role, Token, User, UserRole

SCOPES = frozenset(map(str, Scope))
TOKEN_DAYS = 365
"""How long a token lives where nothing is said."""
MOST_TOKEN_DAYS = 730


def _demand_person(ctx: Context) -> None:
    """Raises Refusal ``user.by-person-only``: a token that makes managers has no bounds of its own."""
    if ctx.actor.token is not None:
        raise Refusal("user.by-person-only")


def _decide_user(data: Data, ctx: Context, world: World) -> Decision:
    _demand_person(ctx)
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


def _other_user(data: Data, ctx: Context, world: World) -> User:
    """The user of somebody else whose ways in the actor may change. Raises Refusal ``user.…``."""
    _demand_person(ctx)
    demand_manager(ctx, world)
    user = world.get(USER, data["user"])
    if user is None or not within_reach(ctx, world, user.organisation):
        raise Refusal("user.not-found", field="/user", user=data["user"])
    if user.id == ctx.actor.user:
        raise Refusal("user.self-service", field="/user")
    return user


def _decide_invitation(data: Data, ctx: Context, world: World) -> Decision:
    user = _other_user(data, ctx, world)
    if not user.active:
        raise Refusal("user.disabled", field="/user", user=user.id)
    return Decision()


def _decide_on_other(data: Data, ctx: Context, world: World) -> Decision:
    _other_user(data, ctx, world)
    return Decision()


def _project_nothing(_statement: Statement, _position: int, _world: World) -> Iterable[Any]:
    """Links, keys and codes are outside the ledger; here it stands that they were changed, and by whom."""
    return ()


def _decide_token(data: Data, ctx: Context, world: World) -> Decision:
    organisation = organisation_of(ctx, world)
    demand_manager(ctx, world)
    scopes = data["scopes"]
    for index, scope in enumerate(scopes):
        if scope not in SCOPES:
            raise Refusal("token.scope-unknown", field=f"/scopes/{index}", scope=scope)
    if Scope.REGULATOR_READ in scopes and Role.REGULATOR not in organisation.roles:
        raise Refusal("token.scope-needs-role", field="/scopes", scope="regulator:read", role="regulator")
    days = data.get("valid_days", TOKEN_DAYS)
    if days > MOST_TOKEN_DAYS:
        raise Refusal("token.too-long", field="/valid_days", days=days, most=MOST_TOKEN_DAYS)
    ends = instant(ctx.recorded + timedelta(days=days))
    issuer = None if ctx.actor.token is None else world.get(TOKEN, ctx.actor.token)
    if issuer is not None:
        _demand_no_wider(data, issuer)
        ends = min(ends, issuer.expires_at)
    return Decision(outcome={"token": ctx.id(), "expires_at": ends})


def _demand_no_wider(data: Data, issuer: Token) -> None:
    """Raises Refusal ``token.…-wider`` where a token would give what the one that issues it has not."""
    wider = [scope for scope in data["scopes"] if scope not in issuer.scopes]
    if wider:
        raise Refusal("token.scope-wider", field="/scopes", scopes=", ".join(wider))
    bounds = [ip_network(each) for each in issuer.networks]
    wanted = [ip_network(each) for each in data.get("networks", ("0.0.0.0/0", "::/0"))]
    if bounds and not all(any(_lies_in(each, bound) for bound in bounds) for each in wanted):
        raise Refusal("token.networks-wider", field="/networks", networks=", ".join(issuer.networks))


def _lies_in(network: IPv4Network | IPv6Network, bound: IPv4Network | IPv6Network) -> bool:
    if isinstance(network, IPv4Network) and isinstance(bound, IPv4Network):
        return network.subnet_of(bound)
    return isinstance(network, IPv6Network) and isinstance(bound, IPv6Network) and network.subnet_of(bound)


def _project_token(statement: Statement, position: int, _world: World) -> Iterable[Any]:
    yield Token(
        id=statement.outcome["token"],
        organisation=statement.actor.organisation,
        scopes=statement.data["scopes"],
        networks=statement.data.get("networks", []),
        expires_at=statement.outcome["expires_at"],
        issued_by=statement.actor.user,
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
    "user-registered", {2: _decide_user}, _project_user, _read_user_organisation, scope=Scope.PARTIES_WRITE
)
DISABLE_USER = Kind(
    "user-disabled", {1: _decide_disabling}, _project_disabling, _read_user, scope=Scope.PARTIES_WRITE
)
INVITE_USER = Kind(
    "user-invited", {1: _decide_invitation}, _project_nothing, _read_user, scope=Scope.PARTIES_WRITE
)
WITHDRAW_INVITATION = Kind(
    "invitation-withdrawn", {1: _decide_on_other}, _project_nothing, _read_user, scope=Scope.PARTIES_WRITE
)
RESET_SECOND_FACTOR = Kind(
    "second-factor-reset", {1: _decide_on_other}, _project_nothing, _read_user, scope=Scope.PARTIES_WRITE
)
ISSUE_TOKEN = Kind(
    "token-issued", {2: _decide_token}, _project_token, _read_nothing, scope=Scope.PARTIES_WRITE
)
REVOKE_TOKEN = Kind(
    "token-revoked", {1: _decide_revocation}, _project_revocation, _read_token, scope=Scope.PARTIES_WRITE
)
KINDS = [
    REGISTER_USER,
    DISABLE_USER,
    INVITE_USER,
    WITHDRAW_INVITATION,
    RESET_SECOND_FACTOR,
    ISSUE_TOKEN,
    REVOKE_TOKEN,
]
