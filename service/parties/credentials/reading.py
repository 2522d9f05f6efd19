"""GET routes of ways in: users, what a manager may know of their accounts, API tokens, keys of devices.

A reader sees those of the own organisation, the platform's operator all (visibility.py). How an account
stands and from where a token is used is for who may change it. No secret is here to be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schema.messages import account_views as views
from schema.messages.accounts import WaysInView
from schema.messages.device_keys import DeviceKeyQuery, DeviceKeyView
from service.http.authentication import DOOR
from service.http.paging import Slice
from service.http.reads import Ask, Read
from service.parties.standing import Scope
from service.parties.state import UserRole
from service.parties.visibility import not_found
from service.storage import query

_FILE = "parties/read_accounts"
_TAG = "parties"
Row = dict[str, Any]


async def _page(ask: Ask, name: str, *filters: object) -> Slice[Row]:
    after = ask.page.after[0] if ask.page.after else None
    who = (str(ask.reader.kind), ask.reader.organisation)
    rows = await ask.pool.fetch(query(f"{_FILE}.{name}"), *who, after, ask.page.wanted, *filters)
    return ask.page.cut([dict(row) for row in rows], lambda row: (row["id"],))


async def _users(ask: Ask) -> Slice[Row]:
    return await _page(ask, "users_page", ask.query.get("organisation"))


async def _accounts(ask: Ask) -> Slice[Row]:
    page = await _users(ask)
    return Slice(await _ways_in(ask, [row["id"] for row in page.items]), page.next)


async def _account(ask: Ask) -> Row:
    key = ask.path["user"]
    who = (str(ask.reader.kind), ask.reader.organisation)
    if not await ask.pool.fetchval(query(f"{_FILE}.users_sees"), *who, key):
        raise not_found()
    return (await _ways_in(ask, [key]))[0]


async def _ways_in(ask: Ask, users: Sequence[int]) -> list[Row]:
    """The reading pool has no right to what is private, so the door's is asked.

    By what a business's staff sign in is for its own managers; the operator knows the managers, whom it
    registers and helps.
    """
    rows = await ask.request.app[DOOR].credentials.logins.ways_in(users)
    own = ask.reader.organisation
    return [
        {
            **row,
            "login": row["login"] if row["organisation"] == own or row["role"] == UserRole.MANAGER else None,
            "invited_until": _text(row["invited_until"]),
        }
        for row in rows
    ]


async def _tokens(ask: Ask) -> Slice[Row]:
    filters = ask.query.get("issued_by"), None, ask.query.get("holding"), ask.query.get("organisation")
    page = await _page(ask, "tokens_page", *filters)
    return Slice(await _with_use(ask, page.items), page.next)


async def _token(ask: Ask) -> Row:
    found = await _page(ask, "tokens_page", None, ask.path["token"], None, None)
    if not found.items:
        raise not_found()
    return (await _with_use(ask, found.items))[0]


async def _with_use(ask: Ask, rows: Sequence[Row]) -> list[Row]:
    used = await ask.request.app[DOOR].credentials.tokens.last_used(row["id"] for row in rows)
    return [{**row, "last_used": _text(used.get(row["id"]))} for row in rows]


async def _device_keys(ask: Ask) -> Slice[Row]:
    filters = ask.query.get("token"), None, ask.query.get("holding"), ask.query.get("organisation")
    return await _page(ask, "device_keys_page", *filters)


async def _device_key(ask: Ask) -> Row:
    found = await _page(ask, "device_keys_page", None, ask.path["device_key"], None, None)
    if not found.items:
        raise not_found()
    return found.items[0]


def _text(moment: Any) -> str | None:
    return None if moment is None else moment.isoformat()


READS: Sequence[Read] = (
    Read("/api/v1/users", "users", "Your users",
         _users, views.UserView, views.UserQuery, cursor=(int,), tag=_TAG),
    Read("/api/v1/users/{user:id}", "user", "A user's ways in, for a manager",
         _account, WaysInView, scope=Scope.PARTIES_WRITE, tag=_TAG),
    Read("/api/v1/accounts", "accounts", "Your users' ways in, for a manager",
         _accounts, WaysInView, views.UserQuery, scope=Scope.PARTIES_WRITE, cursor=(int,), tag=_TAG),
    Read("/api/v1/tokens", "tokens", "Your API tokens, without their secrets",
         _tokens, views.TokenView, views.TokenQuery, scope=Scope.PARTIES_WRITE, cursor=(int,), tag=_TAG),
    Read("/api/v1/tokens/{token:id}", "token", "An API token, without its secret",
         _token, views.TokenView, scope=Scope.PARTIES_WRITE, tag=_TAG),
    Read("/api/v1/device-keys", "device-keys", "The keys of your devices",
         _device_keys, DeviceKeyView, DeviceKeyQuery, scope=Scope.PARTIES_WRITE, cursor=(int,), tag=_TAG),
    Read("/api/v1/device-keys/{device_key:id}", "device-key", "The key of a device",
         _device_key, DeviceKeyView, scope=Scope.PARTIES_WRITE, tag=_TAG),
)  # fmt: skip
