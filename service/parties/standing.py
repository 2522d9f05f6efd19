"""Whether an actor may speak at all, and under which scope: asked under the head row before each judgement.

A session or token that was just revoked, or has just expired, may still pass the door for a second; it does
not pass here. Nor does what a device should have signed and did not (signatures.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from schema.problems import Refusal
from service.ledger import PLATFORM, Actor, Context, Kind, Proposal, Stream, World
from service.parties import signatures
from service.parties.state import ORGANISATION, TOKEN, USER


class Scope(StrEnum):
    """What an API token may be used for."""

    GOODS_WRITE = "goods:write"
    GOODS_READ = "goods:read"
    PARTIES_WRITE = "parties:write"
    REGULATOR_READ = "regulator:read"


class PartiesStanding:
    """The standing of users and tokens of registered organisations, and of the platform's command line."""

    def reads(self, proposal: Proposal) -> Iterable[Stream]:
        """The organisation, the user or token that speaks for it, and the key that signed."""
        yield from signatures.streams(proposal)
        actor = proposal.actor
        if actor == PLATFORM:
            return
        yield (ORGANISATION, actor.organisation)
        if actor.user is not None:
            yield (USER, actor.user)
        if actor.token is not None:
            yield (TOKEN, actor.token)

    def check(self, proposal: Proposal, context: Context, world: World) -> None:
        """Raises Refusal ``actor.*``, ``party.suspended``, ``token.expired`` or ``signature.*``."""
        _check_actor(proposal.kind, context, world)
        signatures.check(proposal, context, world)


def _check_actor(kind: Kind, context: Context, world: World) -> None:
    actor = context.actor
    if actor == PLATFORM:
        # The command line opens the ledger; it holds no goods and must not be able to speak of them.
        if kind.scope != Scope.PARTIES_WRITE:
            raise Refusal("actor.platform-only-parties", kind=kind.name)
        return
    organisation = world.get(ORGANISATION, actor.organisation)
    if organisation is None or (actor.user is None and actor.token is None):
        raise Refusal("actor.unknown")
    if actor.user is not None:
        _check_user(actor, world)
    if actor.token is not None:
        _check_token(kind, context, world)
    if not organisation.active:
        raise Refusal("party.suspended", organisation=organisation.id)


def _check_user(actor: Actor, world: World) -> None:
    user = None if actor.user is None else world.get(USER, actor.user)
    if user is None or user.organisation != actor.organisation:
        raise Refusal("actor.unknown")
    if not user.active:
        raise Refusal("actor.revoked")


def _check_token(kind: Kind, context: Context, world: World) -> None:
    actor = context.actor
    token = None if actor.token is None else world.get(TOKEN, actor.token)
    if token is None or token.organisation != actor.organisation:
        raise Refusal("actor.unknown")
    if not token.active:
        raise Refusal("actor.revoked")
    if context.at >= token.expires_at:
        raise Refusal("token.expired", token=token.id, expires_at=token.expires_at)
    if kind.scope not in token.scopes:
        raise Refusal("actor.scope-missing", scope=kind.scope, scopes=", ".join(token.scopes))


STANDING = PartiesStanding()
