"""What an operator chooses."""

import argparse
from dataclasses import replace
from pathlib import Path

import pytest

from schema.problems import Problem
from service.settings import SecondFactor, Settings, add_serving_options, add_storage_options, settings_from


def parsed(*words: str, **environment: str) -> Settings:
    parser = argparse.ArgumentParser()
    add_storage_options(parser, environment)
    add_serving_options(parser, environment)
    return settings_from(parser.parse_args(words), environment)


def test_defaults_keep_to_this_machine_and_this_user() -> None:
    settings = parsed(XDG_DATA_HOME="/home/me/data")
    assert settings.data == Path("/home/me/data/coldledger")
    assert settings.trust == Path("/home/me/data/coldledger.trust")
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8080, 1)
    assert settings.loopback
    assert settings.public_host == "127.0.0.1:8080"


def test_a_relative_data_home_counts_as_unset() -> None:
    assert parsed(XDG_DATA_HOME="data").data == Path.home() / ".local/share/coldledger"


def test_the_command_line_comes_before_the_environment() -> None:
    environment = {"COLDLEDGER_PORT": "9000", "COLDLEDGER_WORKERS": "3", "COLDLEDGER_DATA": "/a"}
    settings = parsed("--port", "9001", **environment)
    assert (settings.port, settings.workers, settings.data) == (9001, 3, Path("/a"))


@pytest.mark.parametrize("trust", ["/srv/data", "/srv/data/trust", "/srv/data/../data/x"])
def test_the_trust_folder_is_not_in_the_data_folder(trust: str) -> None:
    with pytest.raises(Problem, match=r"settings\.trust-in-data"):
        parsed("--data", "/srv/data", "--trust", trust)


def test_labels_carry_a_public_name_only() -> None:
    assert parsed("--public-host", "trace.example.cn").public_host == "trace.example.cn"
    with pytest.raises(Problem, match=r"host\.not-public"):
        parsed("--public-host", "localhost")
    assert parsed("--public-host", "localhost", "--sample-data").public_host == "localhost"


def test_witnesses_are_named_each_or_a_line_each() -> None:
    assert parsed().witnesses == ()
    assert parsed().witness_quorum is None
    lines = {"COLDLEDGER_WITNESSES": "A https://a\nB https://b", "COLDLEDGER_WITNESS_QUORUM": "1"}
    assert parsed(**lines).witnesses == ("A https://a", "B https://b")
    assert parsed(**lines).witness_quorum == 1
    assert parsed("--witness", "C https://c", "--witness-quorum", "0", **lines).witnesses == ("C https://c",)
    for wrong in ("-1", "51", "all"):
        with pytest.raises(SystemExit):
            parsed("--witness-quorum", wrong)


def test_an_operator_is_named_in_full() -> None:
    full = (
        "--operator-uscc",
        "91210100MA17366650",
        "--operator-region",
        "210100",
        "--operator-name",
        "某平台",
    )
    assert parsed(*full).operator == ("91210100MA17366650", "210100", "某平台")
    with pytest.raises(Problem, match=r"settings\.operator-incomplete"):
        parsed(*full[:4])


@pytest.mark.parametrize(
    "words", [("--port", "65536"), ("--port", "-1"), ("--workers", "0"), ("--port", "x")]
)
def test_numbers_out_of_range_are_a_wrong_command_line(words: tuple[str, str]) -> None:
    with pytest.raises(SystemExit):
        parsed(*words)


def test_proxies_are_named_as_networks(capsys: pytest.CaptureFixture[str]) -> None:
    assert parsed().trusted_proxies == ()
    named = parsed("--trusted-proxies", "10.0.0.0/8, fd00::1").trusted_proxies
    assert [str(each) for each in named] == ["10.0.0.0/8", "fd00::1/128"]
    assert parsed(COLDLEDGER_TRUSTED_PROXIES="172.18.0.1").trusted_proxies
    with pytest.raises(SystemExit):
        parsed("--trusted-proxies", "the proxy")
    assert "the proxy" in capsys.readouterr().err


def test_a_second_factor_is_demanded_of_authorities_unless_told_otherwise() -> None:
    assert parsed().second_factor is SecondFactor.AUTHORITIES
    assert parsed(COLDLEDGER_SECOND_FACTOR="").second_factor is SecondFactor.AUTHORITIES
    assert parsed("--second-factor", "managers").second_factor is SecondFactor.MANAGERS
    with pytest.raises(SystemExit):
        parsed(COLDLEDGER_SECOND_FACTOR="everybody")


def test_of_whom_it_is_demanded_is_a_setting() -> None:
    settings = parsed()
    table = {
        SecondFactor.NOBODY: (False, False, False, False),
        SecondFactor.AUTHORITIES: (True, True, False, False),
        SecondFactor.MANAGERS: (True, True, True, False),
    }
    people = (
        ("staff", ["platform"]),
        ("manager", ["regulator"]),
        ("manager", ["retailer"]),
        ("staff", ["retailer"]),
    )
    for which, demanded in table.items():
        chosen = replace(settings, second_factor=which)
        assert tuple(chosen.demands_second_factor(*each) for each in people) == demanded
        sample = replace(chosen, sample_data=True)
        assert not any(sample.demands_second_factor(*each) for each in people)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("localhost:9", "http://localhost:9"),
        ("trace.example.cn", "https://trace.example.cn"),
        ("trace.example.cn:8443", "https://trace.example.cn:8443"),
    ],
)
def test_links_for_people_go_over_tls_wherever_there_is_a_name(name: str, url: str) -> None:
    assert replace(parsed(), public_host=name).public_url == url
