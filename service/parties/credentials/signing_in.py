"""Signing in: the password, then the second factor where one stands. Each attempt is counted first.

Between the two steps a browser holds a ticket: a signature that the password was right, for ten minutes and
as long as the password stays the same. A program sends everything at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest

from schema.problems import Problem
from service.parties.credentials.devices import Devices
from service.parties.credentials.factors import Factors
from service.parties.credentials.keys import AccountKeys, mac
from service.parties.credentials.logins import Entrant, Logins
from service.parties.credentials.throttle import Throttle

TICKET_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries, and from where: ``network`` as the throttle counts it, ``devices`` the browser's cookie."""

    login: str
    password: str
    network: str
    devices: str = ""
    code: str | None = None


class SigningIn:
    """Judges attempts."""

    def __init__(
        self,
        logins: Logins,
        factors: Factors,
        throttle: Throttle,
        devices: Devices,
        keys: AccountKeys,
        now: Callable[[], float],
    ) -> None:
        self._logins = logins
        self._factors = factors
        self._throttle = throttle
        self._devices = devices
        self._key = keys.steps
        self._now = now

    async def enter(self, attempt: Attempt) -> Entrant:
        """Who it is, when all that is asked was shown at once.

        Raises Problem ``sign-in.second-factor-needed`` where only the code is missing, and as the two steps
        do.
        """
        entrant, more = await self.show_password(attempt)
        if not more:
            return entrant
        if attempt.code is None:
            raise Problem("sign-in.second-factor-needed")
        return await self.show_code(entrant, attempt.code, attempt.network, attempt.devices)

    async def show_password(self, attempt: Attempt) -> tuple[Entrant, bool]:
        """The first step: who it is, and whether a code is asked as well.

        Raises Problem ``session.credentials-wrong``, whatever was wrong; ``sign-in.too-many-attempts``;
        ``sign-in.busy``.
        """
        device = self._devices.known(attempt.devices, attempt.login)
        charge = await self._throttle.admit(attempt.login, attempt.network, device)
        in_haste = device is not None
        entrant = await self._logins.authenticate(attempt.login, attempt.password, in_haste=in_haste)
        if entrant is None:
            raise Problem("session.credentials-wrong")
        more = await self._factors.stands(entrant.user)
        # Half of it is no success: who knows the password must not get fresh tries at the code by it.
        await (self._throttle.take_back(charge) if more else self._throttle.succeeded(charge))
        return entrant, more

    async def show_code(self, entrant: Entrant, code: str, network: str, devices: str = "") -> Entrant:
        """The second step. Raises Problem ``second-factor.code-wrong`` or ``sign-in.too-many-attempts``."""
        device = self._devices.known(devices, entrant.login)
        charge = await self._throttle.admit(entrant.login, network, device)
        if not await self._factors.accepts(entrant.user, code):
            raise Problem("second-factor.code-wrong", field="/code")
        await self._throttle.succeeded(charge)
        return entrant

    def ticket(self, entrant: Entrant) -> str:
        """A signature that this user showed the password just now."""
        expires = int(self._now()) + TICKET_SECONDS
        return f"{entrant.user}.{expires}.{self._signature(entrant, expires)}"

    async def holder(self, ticket: str) -> Entrant:
        """Who showed the password for a ticket. Raises Problem ``sign-in.step-lost``."""
        user, _, rest = ticket.partition(".")
        expires, _, signature = rest.partition(".")
        if all(part.isascii() and part.isdigit() and len(part) < 17 for part in (user, expires)):
            entrant = await self._logins.entrant(int(user))
            if entrant is not None and int(expires) > self._now():
                right = self._signature(entrant, int(expires))
                if compare_digest(signature.encode(), right.encode()):
                    return entrant
        raise Problem("sign-in.step-lost")

    def _signature(self, entrant: Entrant, expires: int) -> str:
        return mac(self._key, entrant.user, expires, entrant.fingerprint).hex()
