"""From where a request comes: nobody outside chooses what is believed."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from aiohttp.test_utils import make_mocked_request

from service.http.client import address_behind, client_agent
from service.parties.credentials.throttle import network_of

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("203.0.113.7", (), "203.0.113.7"),
        ("203.0.113.7", ("198.51.100.1",), "203.0.113.7"),
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", ("203.0.113.7",), "203.0.113.7"),
        ("10.0.0.1", ("198.51.100.1, 203.0.113.7",), "203.0.113.7"),
        ("10.0.0.1", ("198.51.100.1", "203.0.113.7, 10.9.9.9"), "203.0.113.7"),
        ("10.0.0.1", ("198.51.100.1, nonsense",), "10.0.0.1"),
        ("10.0.0.1", ("198.51.100.1, nonsense, 10.2.2.2",), "10.2.2.2"),
        ("10.0.0.1", ("10.0.0.3, 10.0.0.2",), "10.0.0.3"),
        ("::ffff:203.0.113.7", (), "203.0.113.7"),
        ("fd00::1", ("[2001:db8::7]",), "2001:db8::7"),
        (None, ("198.51.100.1",), None),
        ("", (), None),
    ],
)
def test_a_proxy_is_believed_only_where_it_is_ours(
    remote: str | None, forwarded: tuple[str, ...], address: str | None
) -> None:
    found = address_behind(remote, forwarded, PROXIES)
    assert found == (None if address is None else ip_address(address))


def test_without_trusted_proxies_the_connection_counts() -> None:
    assert address_behind("10.0.0.1", ("198.51.100.1",), ()) == ip_address("10.0.0.1")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
    ],
)
def test_what_one_subscriber_has_is_one_network(address: str, network: str) -> None:
    assert network_of(ip_address(address)) == network


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
            "Edge, Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari, iOS"),
        (
            "Mozilla/5.0 (Linux; Android 14) Chrome/116.0 Mobile Safari/537 MicroMessenger/8.0",
            "WeChat, Android",
        ),
        ("curl/8.5.0", "curl"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_browser_is_told_by_its_kind_alone(agent: str, told: str) -> None:
    assert client_agent(make_mocked_request("GET", "/", headers={"User-Agent": agent})) == told
