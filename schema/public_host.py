"""The name that labels carry. A label outlives machines and addresses: it must be permanent and public.

Loopback, private and single-label names are for the sample data only, whose labels say that they are samples.
An IP address is nobody's for ever, so it is refused like a private name. Nothing is looked up: a name is
judged by its form.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from schema.problems import Problem

_PRIVATE_SUFFIXES = (
    *(".localhost", ".local", ".localdomain", ".home.arpa", ".internal", ".intranet"),
    *(".lan", ".home", ".corp", ".private", ".test", ".invalid"),
)
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_AUTHORITY = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?")
_LONGEST = 253
"""Characters of a host name (RFC 1035)."""


def public_host(host: str, *, sample_data: bool) -> str:
    """``host`` (perhaps with a port) in lower case, or the problem ``host.not-public``.

    With ``sample_data`` any well-formed host will do.
    """
    value = _ascii(host.strip()).lower()
    match = _AUTHORITY.fullmatch(value)
    if match is None or not _well_formed(match) or not (sample_data or is_public(value)):
        raise Problem("host.not-public", value=host[:100])
    return value


def is_public(host: str) -> bool:
    """Whether a well-formed ``host`` is a permanent public name, by its form."""
    name = host.partition(":")[0].removesuffix(".")
    *parents, top = name.split(".")
    # A last label in digits (also 0x7f) is an address to browsers, however it is written: 127.1, 0x7f.1.
    is_address = host.startswith("[") or re.fullmatch(r"[0-9]+|0x[0-9a-f]*", top) is not None
    return bool(parents) and not is_address and not name.endswith(_PRIVATE_SUFFIXES)


def scheme(host: str) -> str:
    """``https``, except where no certificate can be had: sample data on a private host."""
    return "https" if is_public(host) else "http"


def _ascii(host: str) -> str:
    """A Chinese domain name in the form that goes over the wire; what has none is left to be refused."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _well_formed(match: re.Match[str]) -> bool:
    name, port = match["name"], match["port"]
    if port is not None and not 0 < int(port) < 65536:
        return False
    if name.startswith("["):
        return _is_address(name[1:-1])
    labels = name.removesuffix(".").split(".")
    return len(name) <= _LONGEST and all(_LABEL.fullmatch(label) for label in labels)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
