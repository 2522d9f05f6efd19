"""From where a request comes: the connection's address, or what a trusted proxy says of it.

``X-Forwarded-For`` is believed only where the connection comes from a network that the operator named, and
only as far as such proxies wrote it: from the right, up to the first address that is none of theirs. So
nobody outside can choose the address that is counted, listed, or asked for by a token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

from service.http.keys import SETTINGS
from service.parties.credentials.throttle import network_of

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_HEADER = "X-Forwarded-For"
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_PROGRAM = re.compile(r"[A-Za-z][A-Za-z-]{0,30}")


def client_address(request: web.Request) -> Address | None:
    """The client's address; None where there is none to be had, such as on a socket without one."""
    return address_behind(
        request.remote, request.headers.getall(_HEADER, ()), request.app[SETTINGS].trusted_proxies
    )


def address_behind(
    remote: str | None, forwarded: Iterable[str], trusted: Iterable[Network]
) -> Address | None:
    """The client's address, from the connection's and what proxies appended, oldest first."""
    proxies = tuple(trusted)
    address = _parse(remote or "")
    hops = [hop.strip() for line in forwarded for hop in line.split(",")]
    while address is not None and hops and any(address in proxy for proxy in proxies):
        before = _parse(hops.pop())
        if before is None:
            break
        address = before
    return address


def client_network(request: web.Request) -> str:
    """The network that attempts of this client are counted under."""
    return network_of(client_address(request))


def client_agent(request: web.Request) -> str:
    """The browser and its system, coarse: enough to know one's own again, too little to tell people apart."""
    said = request.headers.get("User-Agent", "")[:500]
    browser = next((name for mark, name in _BROWSERS if mark in said), "")
    system = next((name for mark, name in _SYSTEMS if mark in said), "")
    program = _PROGRAM.match(said)
    return ", ".join(filter(None, (browser or (program[0] if program else ""), system)))


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
