"""Browsers from which somebody signed in before: a signed cookie, which opens no door.

It only says that attempts from this browser are counted apart, so that strangers who guess at a login cannot
keep its owner out. Whoever steals it may guess in the owner's lane, slowly, and still needs the password.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from hmac import compare_digest

from service.parties.credentials.keys import AccountKeys, mac
from service.parties.credentials.logins import normal_login

LIFETIME_SECONDS = 180 * 24 * 3600
MOST = 5
"""People who share a browser and are all known by it."""
_MAC_CHARACTERS = 32


class Devices:
    """Makes and reads the cookie: ``device.expiry.signature`` for each person, joined by ``~``.

    No login stands in it: the signature is of the device and the login together.
    """

    def __init__(self, keys: AccountKeys, now: Callable[[], float]) -> None:
        self._key = keys.devices
        self._now = now

    def known(self, cookie: str, login: str) -> str | None:
        """The device on which ``login`` signed in before; None where there is no such entry that holds."""
        return next((device for device, _ in self._holding(cookie, login)), None)

    def remember(self, cookie: str, login: str) -> str:
        """The cookie with an entry for ``login``, the newest first."""
        mine = {entry for _, entry in self._holding(cookie, login)}
        device, expires = secrets.token_urlsafe(12), str(int(self._now()) + LIFETIME_SECONDS)
        fresh = f"{device}.{expires}.{self._signature(device, expires, login)}"
        others = [entry for entry in cookie.split("~") if entry and entry not in mine]
        return "~".join([fresh, *others][:MOST])

    def _holding(self, cookie: str, login: str) -> Iterator[tuple[str, str]]:
        for entry in cookie.split("~")[:MOST]:
            device, _, rest = entry.partition(".")
            expires, _, signature = rest.partition(".")
            if not (expires.isascii() and expires.isdigit() and len(expires) < 12):
                continue
            right = compare_digest(signature.encode(), self._signature(device, expires, login).encode())
            if right and int(expires) > self._now():
                yield device, entry

    def _signature(self, device: str, expires: str, login: str) -> str:
        signed = mac(self._key, device, expires, normal_login(login))
        return urlsafe_b64encode(signed).decode()[:_MAC_CHARACTERS]
