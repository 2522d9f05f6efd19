"""How ways in are written over the interface: users, invitations, second factors, API tokens, device keys.

Logins, passwords, links and keys are kept beside the statement, in its transaction, and never in it.
"""

from __future__ import annotations

import secrets

from schema.messages.accounts import (
    InvitationOnce,
    InvitationWithdrawal,
    SecondFactorReset,
    TokenIssue,
    TokenRevocation,
    UserDisabling,
    UserInvitation,
    UserRegistrationRequest,
    WayInOnce,
)
from schema.messages.answers import SecretOnce
from schema.messages.device_keys import DeviceKeyRegistration, DeviceKeyRevocation
from service.http.authentication import DOOR, INVITATION_PATHS
from service.http.keys import SETTINGS
from service.http.writes import Draft, Write
from service.parties.credentials.factors import resetting
from service.parties.credentials.invitations import new_invitation, withdrawing
from service.parties.credentials.sessions import ending_all
from service.parties.credentials.tokens import new_token
from service.parties.device_keys import REGISTER_DEVICE_KEY, REVOKE_DEVICE_KEY
from service.parties.people import (
    DISABLE_USER,
    INVITE_USER,
    ISSUE_TOKEN,
    REGISTER_USER,
    RESET_SECOND_FACTOR,
    REVOKE_TOKEN,
    WITHDRAW_INVITATION,
)

TAG = "parties"


async def _enrol(draft: Draft) -> Draft:
    """The login is taken before the statement is said, and given up where the statement is refused."""
    data = dict(draft.data)
    login, password = data.pop("login"), data.pop("password", None)
    way_in = data.pop("way_in", "invitation" if password is None else "password")
    logins = draft.app[DOOR].credentials.logins
    claim = secrets.token_urlsafe(16) if draft.submission is None else draft.submission.key
    said = draft.with_data(data).undoing(lambda: logins.give_up(login, claim))
    if way_in == "password":
        return said.keeping(*await logins.enrol(login, password, data["name"], claim=claim))
    known = await logins.claim(login, claim)
    return _inviting(said.keeping(logins.invited(known)))


async def _invite(draft: Draft) -> Draft:
    return _inviting(draft)


def _inviting(draft: Draft) -> Draft:
    aside, secret = new_invitation()
    link = f"{draft.app[SETTINGS].public_url}{INVITATION_PATHS}{secret}"
    return draft.keeping(aside, {"invitation": link})


async def _withdraw(draft: Draft) -> Draft:
    return draft.keeping(withdrawing)


async def _disable(draft: Draft) -> Draft:
    return draft.keeping(ending_all).keeping(withdrawing)


async def _reset(draft: Draft) -> Draft:
    return draft.keeping(resetting).keeping(ending_all)


async def _make_token(draft: Draft) -> Draft:
    return draft.keeping(*new_token())


WRITES = (
    Write(
        "/api/v1/users", REGISTER_USER, UserRegistrationRequest,
        "Register a person who signs in; the answer has a link to hand over", prepare=_enrol, once=WayInOnce,
        location="/api/v1/users/{user}", tag=TAG,
        example={"organisation": 4000, "role": "staff", "name": "张三", "login": "zhang.san"},
    ),
    Write(
        "/api/v1/users/{user:id}/invitation", INVITE_USER, UserInvitation,
        "Invite a user anew: also for a lost password; earlier links hold no more",
        prepare=_invite, once=InvitationOnce, location="/api/v1/users/{user}", tag=TAG, example={},
    ),
    Write(
        "/api/v1/users/{user:id}/invitation/withdrawal", WITHDRAW_INVITATION, InvitationWithdrawal,
        "Take an open invitation back", prepare=_withdraw, tag=TAG, example={},
    ),
    Write(
        "/api/v1/users/{user:id}/second-factor/reset", RESET_SECOND_FACTOR, SecondFactorReset,
        "Take a lost second factor away; the user's sessions end", prepare=_reset, tag=TAG, example={},
    ),
    Write(
        "/api/v1/users/{user:id}/disabling", DISABLE_USER, UserDisabling,
        "Disable a user: sessions end, no sign-in any more", prepare=_disable, tag=TAG,
    ),
    Write(
        "/api/v1/tokens", ISSUE_TOKEN, TokenIssue,
        "Issue an API token; its secret is in the first answer only", prepare=_make_token, once=SecretOnce,
        location="/api/v1/tokens/{token}", tag=TAG,
        example={"scopes": ["goods:read", "goods:write"], "networks": ["203.0.113.0/24"], "valid_days": 180},
    ),
    Write(
        "/api/v1/tokens/{token:id}/revocation", REVOKE_TOKEN, TokenRevocation,
        "Revoke an API token", tag=TAG,
    ),
    Write(
        "/api/v1/tokens/{token:id}/device-keys", REGISTER_DEVICE_KEY, DeviceKeyRegistration,
        "Register a device's public key for a token, which says nothing unsigned from then on; by a person",
        location="/api/v1/device-keys/{device_key}", tag=TAG,
        example={"public_key": "iGuJlnTUpL0bLq6R0M1gAVJHQuLEPIOoSmoXVvbKuGg=", "device": "handset",
                 "number": 3},
    ),
    Write(
        "/api/v1/device-keys/{device_key:id}/revocation", REVOKE_DEVICE_KEY, DeviceKeyRevocation,
        "Revoke a device's key: it signs nothing more", tag=TAG, example={},
    ),
)  # fmt: skip
