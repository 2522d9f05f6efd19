"""Messages about ways in: users, invitations, passwords, second factors, sessions, API tokens."""

from __future__ import annotations

import ipaddress
from typing import Any

from schema.messages.fields import (
    About,
    Choice,
    Flag,
    Id,
    Items,
    Message,
    Parsed,
    Personal,
    Secret,
    Text,
    Whole,
)
from schema.problems import Problem

USER_ROLES = ("manager", "staff")
SCOPES = ("goods:write", "goods:read", "parties:write", "regulator:read")
WAYS_IN = ("invitation", "password")
MOST_NETWORKS = 20


def _about(text: str) -> dict[str, str]:
    return {"description": text}


def parse_network(text: str) -> str:
    """A network in CIDR form; an address is a network of one. Raises Problem ``message.network``."""
    try:
        return str(ipaddress.ip_network(text.strip()))
    except ValueError:
        raise Problem("message.network", field=None, causes=(), value=text[:50]) from None


class Network(Parsed):
    """A network from which a token may be used."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(parse_network, **kwargs)


class UserRegistration(Message):
    """A person who signs in: of the own organisation or, said by the platform, a manager of another."""

    organisation = Id(required=True, metadata=_about("Id of the organisation."))
    role = Choice(USER_ROLES, required=True, metadata=_about("Managers also register users, tokens, places."))
    name = Personal(
        about=About.MADE, required=True, longest=100, metadata=_about("The person's name; kept private.")
    )


class UserRegistrationRequest(UserRegistration):
    """As it is sent: login and way in stay outside the ledger."""

    login = Text(required=True, longest=100, metadata=_about("What the person signs in with; unique."))
    way_in = Choice(
        WAYS_IN,
        metadata=_about(
            "invitation: a link for the person, who chooses the password; so it is where none is sent. "
            "password: the one that is sent, or one is made and told once."
        ),
    )
    password = Secret(metadata=_about("12 to 128 characters; nothing that leaked elsewhere, no name."))


class UserDisabling(Message):
    """A person may not sign in any more: sessions end at once, an open invitation is taken back."""

    user = Id(required=True, metadata=_about("Id of the user."))


class UserInvitation(Message):
    """A new link for a user of the own organisation, instead of any earlier one; also for a lost password."""

    user = Id(required=True, metadata=_about("Id of the user."))


class InvitationWithdrawal(Message):
    """A user's open invitation holds no more."""

    user = Id(required=True, metadata=_about("Id of the user."))


class SecondFactorReset(Message):
    """A user's second factor and recovery codes are taken away, and every session of the user ends."""

    user = Id(required=True, metadata=_about("Id of the user."))


class TokenIssue(Message):
    """An API token of the own organisation. Its secret is shown once, in the answer."""

    scopes = Items(Choice(SCOPES), required=True, distinct=True, metadata=_about("What it may be used for."))
    networks = Items(
        Network(),
        distinct=True,
        most=MOST_NETWORKS,
        metadata=_about("From where it may be used (CIDR); left out: from anywhere."),
    )
    valid_days = Whole(least=1, metadata=_about("How long it holds, 730 days at most; left out: 365."))


class TokenRevocation(Message):
    """A token may not be used any more."""

    token = Id(required=True, metadata=_about("Id of the token."))


class SignIn(Message):
    """Login and password, and the code where a second factor stands."""

    login = Text(required=True, longest=100, metadata=_about("Login."))
    password = Secret(required=True, metadata=_about("Password."))
    code = Text(longest=40, metadata=_about("The authenticator's six digits, or a recovery code."))


class Code(Message):
    """A code of the authenticator, or a recovery code."""

    code = Text(required=True, longest=40, metadata=_about("Six digits, or a recovery code."))


class PasswordShown(Message):
    """The present password, before a way in is changed."""

    password = Secret(required=True, metadata=_about("The present password."))


class FactorBeginning(PasswordShown):
    """The present password, and a code where a second factor stands, before another one takes its place."""

    code = Text(longest=40, metadata=_about("Of the one that stands: six digits, or a recovery code."))


class PasswordAndCode(PasswordShown):
    """The present password and a code, before a second factor is changed."""

    code = Text(required=True, longest=40, metadata=_about("Six digits, or a recovery code."))


class PasswordChange(Message):
    """A new password, with the present one. The other sessions end."""

    present = Secret(required=True, metadata=_about("The present password."))
    password = Secret(required=True, metadata=_about("The new one: 12 to 128 characters."))


class InvitationAcceptance(Message):
    """Whoever holds an invitation chooses the password."""

    invitation = Text(required=True, longest=100, metadata=_about("The last part of the link."))
    password = Secret(required=True, metadata=_about("12 to 128 characters."))


class InvitationOnce(Message):
    """What only the first answer to a submission tells.

    It is stored nowhere: a repeated one is without it.
    """

    invitation = Text(metadata=_about("The link to hand over. It holds seven days and is used once."))


class WayInOnce(InvitationOnce):
    """What only the first answer to a submission tells: the link to hand over, or the password made here."""

    password = Text(metadata=_about("Where a password was asked for and none was sent."))


class SessionView(Message):
    """A session of one's own."""

    id = Text(metadata=_about("Names the session; nobody signs in with it."))
    present = Flag(metadata=_about("Whether it is the one that asks."))
    created_at = Text(metadata=_about("When it was opened (UTC)."))
    last_used = Text(metadata=_about("When it was last used, to the minute (UTC)."))
    expires_at = Text(metadata=_about("When it ends at the latest (UTC)."))
    address = Text(metadata=_about("From which address it was opened."))
    agent = Text(metadata=_about("With which kind of browser."))


class SecondFactorView(Message):
    """How one's own second factor stands."""

    confirmed_at = Text(allow_none=True, metadata=_about("Since when it stands; null: there is none."))
    recovery_codes = Whole(metadata=_about("How many recovery codes are left."))
    demanded = Flag(metadata=_about("Whether this platform demands one of this account."))


class EnrolmentView(Message):
    """A key that waits for its first code."""

    key = Text(metadata=_about("To be typed into an authenticator (base32)."))
    uri = Text(metadata=_about("The same as an address, to be shown as a QR code."))


class RecoveryCodesView(Message):
    """Ten codes, told once; each stands in for the authenticator once."""

    recovery_codes = Items(Text(), metadata=_about("Keep them apart from the phone."))


class WaysInView(Message):
    """A user's ways in, as a manager sees them."""

    id = Id()
    organisation = Id()
    role = Text()
    active = Flag()
    login = Text(allow_none=True)
    has_password = Flag(metadata=_about("False until an invitation is taken up."))
    invited_until = Text(allow_none=True, metadata=_about("How long an open invitation holds; null: none."))
    second_factor = Flag()
    sessions = Whole(metadata=_about("How many are open."))
