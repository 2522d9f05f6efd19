"""Invitations: used once, by one, in time, and by nobody after a leaver."""

from __future__ import annotations

import asyncio

import pytest

from schema.problems import Problem
from service.ledger import Proposal
from service.parties import DISABLE_USER, INVITE_USER
from service.parties.credentials.invitations import new_invitation
from tests.integration.parties.doorway import (
    PASSWORD,
    WRONG,
    Door,
    door,
)


async def invited(it: Door) -> str:
    """An invitation of the user, as its manager's statement keeps it."""
    aside, secret = new_invitation()
    await it.ledger.append(Proposal(INVITE_USER, it.manager, {"user": it.user}, asides=aside))
    return secret


async def unknown(it: Door, secret: str) -> None:
    for ask in (
        it.credentials.invitations.find(secret),
        it.credentials.invitations.take_up(secret, "nine crates of prawns"),
    ):
        with pytest.raises(Problem) as caught:
            await ask
        assert caught.value.code == "invitation.unknown"


async def test_an_invitation_is_used_once_and_ends_sessions(database: str) -> None:
    async with door(database) as it:
        session = await it.credentials.sessions.open(it.user)
        secret = await invited(it)
        assert await it.told(PASSWORD) == "", "until it is used the old password holds"
        with pytest.raises(Problem) as caught:
            await it.credentials.invitations.take_up(secret, "password1234")
        assert caught.value.code == "password.too-common"
        both = (it.credentials.invitations.take_up(secret, f"nine crates of prawns {n}") for n in (1, 2))
        answers = await asyncio.gather(*both, return_exceptions=True)
        assert sorted(type(each).__name__ for each in answers) == ["Problem", "int"]
        assert await it.told(PASSWORD) == WRONG
        assert await it.credentials.sessions.find(session.secret) is None
        await unknown(it, secret)


async def test_a_later_invitation_replaces_an_earlier_one_also_in_one_batch(database: str) -> None:
    async with door(database) as it:
        first = await invited(it)
        second, third = await asyncio.gather(invited(it), invited(it))
        await unknown(it, first)
        holding = []
        for secret in (second, third):
            try:
                await it.credentials.invitations.find(secret)
                holding.append(secret)
            except Problem:
                pass
        assert len(holding) == 1


async def test_an_invitation_ends_with_its_week_and_with_its_user(database: str) -> None:
    async with door(database) as it:
        secret = await invited(it)
        await it.ledger.pool.execute("UPDATE private.invitation SET expires_at = now()")
        await unknown(it, secret)
        secret = await invited(it)
        await it.ledger.append(Proposal(DISABLE_USER, it.manager, {"user": it.user}))
        await unknown(it, secret)
        await unknown(it, "")
        rows = str(await it.ledger.pool.fetch("SELECT * FROM private.invitation"))
        assert secret not in rows
