"""Who speaks, and for whom: the questions that every rule of this room asks first. Pure."""

from __future__ import annotations

from schema.problems import Refusal
from service.ledger import PLATFORM, Context, World
from service.parties.state import ORGANISATION, USER, Organisation, Role, UserRole


def organisation_of(ctx: Context, world: World) -> Organisation:
    """The organisation that the actor speaks for; on the command line Refusal ``actor.no-organisation``."""
    organisation = None if ctx.actor == PLATFORM else world.get(ORGANISATION, ctx.actor.organisation)
    if organisation is None:
        raise Refusal("actor.no-organisation")
    return organisation


def is_platform(ctx: Context, world: World) -> bool:
    """Whether the actor speaks for the platform: its operator, or the command line."""
    if ctx.actor == PLATFORM:
        return True
    return Role.PLATFORM in organisation_of(ctx, world).roles


def demand_manager(ctx: Context, world: World) -> None:
    """Raises Refusal ``actor.manager-only`` for staff. A token's scope was asked by the standing already."""
    if ctx.actor.user is None:
        return
    user = world.get(USER, ctx.actor.user)
    if user is None or user.role != UserRole.MANAGER:
        raise Refusal("actor.manager-only")


def demand_platform(ctx: Context, world: World) -> None:
    """Raises Refusal ``party.role-missing`` where the actor is not a manager of the platform's operator."""
    if not is_platform(ctx, world):
        raise Refusal("party.role-missing", role=Role.PLATFORM.value, organisation=ctx.actor.organisation)
    demand_manager(ctx, world)


def within_reach(ctx: Context, world: World, organisation: int) -> bool:
    """Whether the actor may register or revoke for ``organisation``: its own, or any for the platform."""
    return organisation == ctx.actor.organisation or is_platform(ctx, world)
