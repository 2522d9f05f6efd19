"""A webhook leads to public addresses alone, however an address is written and whatever a name leads to."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from schema.problems import Problem
from service.notices import targets
from service.notices.targets import ForbiddenTargetError, PublicResolver, demand_target, is_public

PRIVATE = (
    *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::"),
    *("::7f00:1", "::ffff:0:7f00:1", "fec0::1", "4000::1"),
)
PUBLIC = ("1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:1.1.1.1")


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_outside_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.org/hook", "contact.address"),
        ("ftp://example.org/", "contact.address"),
        ("https:///path", "contact.address"),
        ("https://user:word@example.org/", "contact.address"),
        ("https://example.org:99999/", "contact.address"),
        ("https://example.org/a b", "contact.address"),
        ("https://[::1", "contact.address"),
        ("https://例子.中国/", "contact.address"),
        ("https://example.org/" + "x" * 500, "contact.address"),
        ("https://a..b/", "contact.address"),
        ("https://.example.org/", "contact.address"),
        ("https://" + "a" * 64 + ".example.org/", "contact.address"),
        ("https://%31%32%37.0.0.1/", "contact.address"),
        ("https://localhost/", "contact.address-private"),
        ("https://localhost./", "contact.address-private"),
        ("https://127.0.0.1./", "contact.address-private"),
        ("https://[::7f00:1]/", "contact.address-private"),
        ("https://db.internal/", "contact.address-private"),
        ("https://127.1/", "contact.address-private"),
        ("https://0x7f000001/", "contact.address-private"),
        ("https://2130706433/", "contact.address-private"),
        ("https://[::ffff:10.0.0.1]/", "contact.address-private"),
    ],
)
def test_what_leads_inside_or_nowhere_is_refused_by_its_form(url: str, code: str) -> None:
    with pytest.raises(Problem) as caught:
        demand_target(url, private=False)
    assert (caught.value.code, caught.value.field) == (code, "/address")


@pytest.mark.parametrize(
    "url",
    [
        "https://[2606:4700::1111]/",
        "https://example.org/hook",
        "https://example.org:8443/",
        "https://1.1.1.1/",
    ],
)
def test_what_leads_outside_is_taken(url: str) -> None:
    assert demand_target(url, private=False) == url


def test_where_private_targets_are_allowed_they_are() -> None:
    assert demand_target("http://127.0.0.1:9/", private=True) == "http://127.0.0.1:9/"


class _Names:
    """What names lead to: a system's lookup with answers of its own."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses

    async def resolve(self, host: str, port: int, family: socket.AddressFamily) -> list[Any]:
        return [{"hostname": host, "host": each, "port": port} for each in self.addresses]

    async def close(self) -> None:
        """Nothing is held."""


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("1.1.1.1", "10.0.0.1"), ("::1",)])
async def test_a_name_that_leads_inside_leads_nowhere(
    monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]
) -> None:
    monkeypatch.setattr(targets, "ThreadedResolver", lambda: _Names(*addresses))
    with pytest.raises(ForbiddenTargetError):
        await PublicResolver().resolve("example.org", 443)


async def test_a_name_that_leads_outside_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "ThreadedResolver", lambda: _Names("1.1.1.1"))
    resolver = PublicResolver()
    assert [each["host"] for each in await resolver.resolve("example.org", 443)] == ["1.1.1.1"]
    await resolver.close()
