"""Where webhooks may lead: to public addresses alone, so that nobody reads what stands inside by this.

A name is looked up once, by the connection itself, and every address that it has must be public: so a name
that changes between a check and its use leads nowhere else. Redirects are not followed. A setting lets
private addresses through, for who runs receiver and service in one network.
"""

from __future__ import annotations

import re
import socket
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

from schema.problems import Problem

_UNICAST = ip_network("2000::/3")
"""What IPv6 gave out to anybody; outside of it lie other ways to write IPv4 addresses, NAT64's among them."""
_EMBEDDING = tuple(map(ip_network, ("2002::/16", "2001::/32")))
"""Networks in it whose addresses stand for IPv4 ones: 6to4, Teredo."""
_LONGEST = 500
_NAME = re.compile(r"(?=.{1,253}\.?$)([A-Za-z0-9_-]{1,63})(\.[A-Za-z0-9_-]{1,63})*\.?")
"""What can be looked up; other names make the look-up itself fail."""


class ForbiddenTargetError(OSError):
    """The address is not public."""


def is_public(text: str) -> bool:
    """Whether an IP address is reachable by everybody."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        if address not in _UNICAST or any(address in network for network in _EMBEDDING):
            return False
    return address.is_global and not address.is_multicast


def demand_target(url: str, *, private: bool) -> str:
    """A URL that webhooks may be sent to, as far as its form tells. Raises Problem ``contact.address``.

    With ``private`` targets also plain HTTP, and addresses of this network.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Problem("contact.address", field="/address", address=url[:80]) from error
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= _LONGEST
    schemes = ("https", "http") if private else ("https",)
    named = _NAME.fullmatch(host) or _is_ipv6(host)
    if not plain or parts.scheme not in schemes or not named or parts.username is not None or port == 0:
        raise Problem("contact.address", field="/address", address=url[:80])
    if not private and _is_private_literal(host):
        raise Problem("contact.address-private", field="/address", address=host[:80])
    return url


def _is_ipv6(host: str) -> bool:
    try:
        return isinstance(ip_address(host), IPv6Address)
    except ValueError:
        return False


def _is_private_literal(host: str) -> bool:
    """Whether a host is an address, written in any way that a system reads as one, and not a public one."""
    host = host.removesuffix(".")
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not is_public(host)
    except ValueError:
        pass
    try:
        # 127.1 and 0x7f000001 are addresses, too.
        return not is_public(socket.inet_ntoa(socket.inet_aton(host)))
    except OSError:
        return False


class PublicResolver(AbstractResolver):
    """Looks names up and gives nothing where one of their addresses is not public."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses. Raises ForbiddenTargetError."""
        found = await self._resolver.resolve(host, port, family)
        for each in found:
            if not is_public(each["host"]):
                raise ForbiddenTargetError(f"{host} leads to {each['host']}, which is not public")
        return found

    async def close(self) -> None:
        """Give back what the lookups hold."""
        await self._resolver.close()
