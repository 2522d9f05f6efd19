"""Addresses on labels: built, read back, and read out of whatever a scanner hands over."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.digital_link import Link, Scan, parse_scan, public_host
from schema.identifiers import Level, TraceCode
from schema.problems import LANGUAGES, Problem, explain

HOST = "trace.example.com"
GTIN = "06950123456786"
BATCH = TraceCode.parse("1B210100ABCDEF234563")
CASE = TraceCode.new(Level.CASE, "210100", random.Random(1))
ITEM = TraceCode.new(Level.ITEM, "210100", random.Random(2))
DAY = date(2022, 8, 17)


class TestLink:
    def test_a_batch(self) -> None:
        link = Link(HOST, BATCH, GTIN, best_before=DAY)
        assert (
            str(link)
            == link.url
            == ("https://trace.example.com/01/06950123456786/10/1B210100ABCDEF234563?17=220817")
        )

    def test_a_case(self) -> None:
        assert Link(HOST, CASE, "6950123456786", BATCH).path == f"/01/{GTIN}/10/{BATCH}/21/{CASE}"

    def test_a_product_without_gtin(self) -> None:
        assert Link(HOST, CASE).url == f"https://trace.example.com/t/{CASE}"

    def test_sample_data_on_this_machine_has_no_certificate(self) -> None:
        assert Link("127.0.0.1:8080", BATCH).url == f"http://127.0.0.1:8080/t/{BATCH}"

    def test_a_case_needs_its_batch(self) -> None:
        with pytest.raises(Problem, match=r"link\.batch-level"):
            Link(HOST, CASE, GTIN)
        with pytest.raises(Problem, match=r"link\.batch-level"):
            Link(HOST, CASE, GTIN, ITEM)

    def test_a_batch_is_no_serial(self) -> None:
        with pytest.raises(Problem, match=r"link\.case-level"):
            Link(HOST, TraceCode.new(Level.BATCH, "210100"), GTIN, BATCH)


@given(
    code=st.sampled_from([BATCH, CASE, ITEM]),
    gtin=st.sampled_from([None, GTIN]),
    day=st.none() | st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    fragment=st.sampled_from(["", "#1.7f3a." + "4" * 155]),
)
def test_every_link_reads_back(code: TraceCode, gtin: str | None, day: date | None, fragment: str) -> None:
    link = Link(HOST, code, gtin, BATCH, day)
    scan = parse_scan(link.url + fragment)
    assert (scan.code, scan.gtin, scan.host) == (code, gtin, HOST)
    assert scan.address == link.url + fragment
    if gtin:
        assert (scan.batch, scan.best_before) == (BATCH, day)
    assert parse_scan(link.path + fragment).code == code


@pytest.mark.parametrize(
    "text",
    [
        BATCH.text,
        f" {BATCH.grouped.lower()}\n",
        f"/t/{BATCH}",
        f"t/{BATCH}",
        f"https://trace.example.com/t/{BATCH}/",
        f"HTTPS://TRACE.EXAMPLE.COM/T/{BATCH}",
        f"https://trace.example.com/t/{BATCH}?from=label#1.k.12",
        f"https://trace.example.com/%74/{BATCH}",
        f"https://trace.example.com/stem/01/{GTIN}/22/2A/10/{BATCH}",
        f"trace.example.com/01/{GTIN}/10/{BATCH}",
    ],
)
def test_every_way_of_writing_gives_the_code(text: str) -> None:
    assert parse_scan(text).code == parse_scan(text).batch == BATCH


def test_a_bare_case_has_no_batch() -> None:
    assert parse_scan(CASE.text) == Scan(CASE)


def test_day_zero_is_the_last_of_the_month() -> None:
    assert parse_scan(f"/01/{GTIN}/10/{BATCH}?17=240200").best_before == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://trace.example.com/", "scan.no-trace-code"),
        ("https://trace.example.com/t", "scan.no-trace-code"),
        (f"https://trace.example.com/01/{GTIN}", "scan.no-trace-code"),
        ("http://[", "scan.no-trace-code"),
        ("http://[/t/x", "scan.no-trace-code"),
        ("/" * 3000, "scan.no-trace-code"),
        (f"/t/{'1' * 3000}", "scan.no-trace-code"),
        ("冷链", "identifier.trace-code-length"),
        ("/t/1B210100ABCDEF234564", "identifier.trace-code-check"),
        (f"/01/06950123456787/10/{BATCH}", "identifier.gtin-check"),
        (f"/01/{GTIN}/10/{CASE}", "link.batch-level"),
        (f"/01/{GTIN}/10/{BATCH}/21/{BATCH}", "link.case-level"),
        (f"/01/{GTIN}/10/{BATCH}?17=221301", "link.best-before"),
        (f"/01/{GTIN}/10/{BATCH}?17=221300", "link.best-before"),
        (f"/01/{GTIN}/10/{BATCH}?17=2208", "link.best-before"),
    ],
)
def test_what_has_no_good_code_is_told_why(text: str, code: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_scan(text)
    assert caught.value.code == code
    for language in LANGUAGES:
        assert "{" not in explain(caught.value, language).detail


@given(st.text(max_size=60) | st.text("htps:/[]#?%.t01", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        parse_scan(text)
    except Problem as problem:
        assert explain(problem).status == 422


class TestPublicHost:
    @pytest.mark.parametrize(
        ("host", "value"),
        [
            ("Trace.Example.com", "trace.example.com"),
            ("trace.example.com:8443", "trace.example.com:8443"),
            ("追溯.中国", "xn--69w932e.xn--fiqs8s"),
            ("10.example.com", "10.example.com"),
        ],
    )
    def test_public_names(self, host: str, value: str) -> None:
        assert public_host(host, sample_data=False) == value

    @pytest.mark.parametrize(
        "host",
        [
            *("localhost", "localhost:8080", "coldledger", "store.local", "a.localhost", "nas.lan"),
            *("127.0.0.1", "127.0.0.1:8080", "10.0.0.7", "192.168.1.5", "172.16.0.1", "169.254.1.1"),
            *("127.1", "0x7f.1", "2130706433", "8.8.8.8", "[::1]", "[::1]:8080", "[fe80::1]", "localhost."),
        ],
    )
    def test_others_are_for_the_sample_data(self, host: str) -> None:
        with pytest.raises(Problem) as caught:
            public_host(host, sample_data=False)
        assert caught.value.code == "host.not-public"
        assert host in explain(caught.value, "zh").detail
        assert public_host(host, sample_data=True) == host
        assert Link(host, BATCH).url.startswith("http://")

    @pytest.mark.parametrize(
        "host",
        [
            "",
            "a b",
            "a/b.com",
            "user@trace.example.com",
            "-a.com",
            "a..com",
            "trace.example.com:0",
            "trace.example.com:99999",
            "[zz]",
            "a" * 64 + ".com",
            "https://trace.example.com",
            "\ud800.com",
        ],
    )
    def test_what_is_no_host_is_refused_always(self, host: str) -> None:
        for sample_data in (True, False):
            with pytest.raises(Problem, match=r"host\.not-public"):
                public_host(host, sample_data=sample_data)
