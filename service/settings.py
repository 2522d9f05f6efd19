"""What an operator chooses: command line first, then the environment (``COLDLEDGER_…``), then a default.

Loopback and a data folder of the user's own are the defaults. The trust folder holds the signing key and the
checkpoint; it lies beside the data folder and never in it, so that a restored data folder cannot bring along
a note that agrees with it.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from schema.problems import Problem
from schema.public_host import public_host

ENVIRONMENT = "COLDLEDGER_"
MAX_PORT = 65535
MAX_WORKERS = 64
MAX_WITNESSES = 50
_OPERATOR = {
    "operator-uscc": "social credit code of who runs this platform; needed at the first start",
    "operator-region": "its region, six digits",
    "operator-name": "its name",
}


class SecondFactor(StrEnum):
    """Of whom a second factor is demanded; anybody may have one."""

    NOBODY = "nobody"
    AUTHORITIES = "authorities"
    """The platform's operator and regulators."""
    MANAGERS = "managers"
    """These, and every organisation's managers."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this service runs. ``database`` is None for the embedded server; port 0 takes any free one.

    ``public_host`` is the name that labels carry (schema.public_host). ``operator`` is who runs the
    platform, needed at the first start: social credit code, region, name. ``trusted_proxies`` are networks of
    which ``X-Forwarded-For`` is believed. The sample's people have no second factor.
    """

    data: Path
    trust: Path
    database: str | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    public_host: str = "127.0.0.1:8080"
    workers: int = 1
    sample_data: bool = False
    access_log: bool = True
    trace_index: bool = True
    operator: tuple[str, str, str] | None = None
    second_factor: SecondFactor = SecondFactor.AUTHORITIES
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    witnesses: tuple[str, ...] = ()
    """Who is asked to cosign, each ``VKEY URL``, and how many must; all where that is None."""
    witness_quorum: int | None = None
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    private_targets: bool = False
    """How notices leave (from the environment alone, as one has a password): the mail server, the sender's
    address, and whether webhooks may lead into private networks."""

    def demands_second_factor(self, role: str, roles: Collection[str]) -> bool:
        """Whether a user of ``role`` in an organisation of ``roles`` must have a second factor."""
        if self.sample_data or self.second_factor is SecondFactor.NOBODY:
            return False
        is_authority = "platform" in roles or "regulator" in roles
        return is_authority or (self.second_factor is SecondFactor.MANAGERS and role == "manager")

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the service, so that plain HTTP is as safe as it gets."""
        return is_loopback(self.host)

    @property
    def public_url(self) -> str:
        """Where links that are handed to people begin: over TLS wherever there is a public name."""
        name = urlsplit(f"//{self.public_host}").hostname or ""
        return f"{'http' if is_loopback(name) else 'https'}://{self.public_host}"

    @property
    def key_file(self) -> Path:
        """The ledger's signing keys, a line each."""
        return self.trust / "signing.key"

    @property
    def next_key_file(self) -> Path:
        """The key of a ledger that is about to go on under another name."""
        return self.trust / "signing.key.next"

    @property
    def verifier_file(self) -> Path:
        """The public halves of the signing keys."""
        return self.trust / "verifier.key"

    @property
    def vault_file(self) -> Path:
        """The keys of persons."""
        return self.trust / "persons.keys"

    @property
    def account_key_file(self) -> Path:
        """The key under which second factors are sealed and device cookies signed."""
        return self.trust / "accounts.key"

    @property
    def label_key_file(self) -> Path:
        """The private keys that sign labels."""
        return self.trust / "label.keys"

    @property
    def checkpoint_file(self) -> Path:
        """The newest checkpoint."""
        return self.trust / "checkpoint"

    @property
    def published_file(self) -> Path:
        """The newest checkpoint that was published, with its cosignatures."""
        return self.trust / "published"

    @property
    def known_ledgers_file(self) -> Path:
        """Public keys of other ledgers whose packages are believed, one a line."""
        return self.trust / "known-ledgers"

    @property
    def segments(self) -> Path:
        """Sealed entries, statements and nonces among them."""
        return self.data / "segments"

    @property
    def files(self) -> Path:
        """Scanned papers by digest."""
        return self.data / "files"

    @property
    def index(self) -> Path:
        """The trace index's snapshot; it is made from the tables again where it is gone."""
        return self.data / "index"

    @property
    def evidence(self) -> Path:
        """Evidence packs that were made; each can be made again."""
        return self.data / "evidence"


def add_storage_options(parser: argparse.ArgumentParser, environment: Mapping[str, str] = os.environ) -> None:
    """What every command needs: where things are."""
    said = _Environment(environment)
    add = parser.add_argument
    add(
        "--data",
        type=Path,
        default=said.path("DATA"),
        metavar="DIR",
        help="data folder (default: coldledger in the user's data folder)",
    )
    add(
        "--trust",
        type=Path,
        default=said.path("TRUST"),
        metavar="DIR",
        help="signing key and checkpoint (default: DATA.trust, beside the data folder)",
    )
    add(
        "--database",
        default=said.text("DATABASE"),
        metavar="URL",
        help="PostgreSQL 15 or newer (default: an embedded one in the data folder)",
    )


def add_serving_options(parser: argparse.ArgumentParser, environment: Mapping[str, str] = os.environ) -> None:
    """What ``serve`` needs besides."""
    said = _Environment(environment)
    add = parser.add_argument
    add("--host", default=said.text("HOST", "127.0.0.1"), help="address (default: %(default)s)")
    add(
        "--port",
        type=port_number,
        default=said.text("PORT", "8080"),
        help="TCP port, 0 for any free one (default: %(default)s)",
    )
    add(
        "--public-host",
        default=said.text("PUBLIC_HOST"),
        metavar="NAME",
        help="permanent public name that labels carry",
    )
    add(
        "--workers",
        type=_workers,
        default=said.text("WORKERS", "1"),
        help="processes that share the port (default: %(default)s)",
    )
    for name, about in _OPERATOR.items():
        environment_name = name.upper().replace("-", "_")
        add(f"--{name}", default=said.text(environment_name), metavar="TEXT", help=about)
    add(
        "--sample-data",
        action="store_true",
        default=said.text("SAMPLE_DATA") == "1",
        help="a sample: labels may carry a private name",
    )
    add(
        "--no-trace-index",
        dest="trace_index",
        action="store_false",
        default=said.text("TRACE_INDEX") != "0",
        help="trace in the database alone, without arrays in memory",
    )
    _add_door_options(parser, said)
    _add_witness_options(parser, said)


def _add_door_options(parser: argparse.ArgumentParser, said: _Environment) -> None:
    """Of whom a second factor is demanded, whose word on a client's address is taken, what is logged."""
    add = parser.add_argument
    add(
        "--second-factor",
        type=SecondFactor,
        choices=[*SecondFactor],
        default=said.text("SECOND_FACTOR", SecondFactor.AUTHORITIES),
        help="of whom one is demanded (default: %(default)s; never with sample data)",
    )
    add(
        "--trusted-proxies",
        type=_networks,
        default=said.text("TRUSTED_PROXIES", ""),
        metavar="CIDR,…",
        help="proxies whose X-Forwarded-For is believed (default: none)",
    )
    add(
        "--no-access-log",
        dest="access_log",
        action="store_false",
        default=said.text("ACCESS_LOG") != "0",
        help="do not log requests",
    )


def _add_witness_options(parser: argparse.ArgumentParser, said: _Environment) -> None:
    """Whose cosignatures a checkpoint needs before it is published."""
    parser.add_argument(
        "--witness",
        dest="witnesses",
        action="append",
        metavar="'VKEY URL'",
        help="who is asked to cosign checkpoints; may be given several times (default: nobody)",
    )
    parser.add_argument(
        "--witness-quorum",
        type=_count,
        default=said.text("WITNESS_QUORUM"),
        metavar="N",
        help="how many of them must (default: all)",
    )


def settings_from(arguments: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that a parsed command line gives.

    Raises Problem ``settings.trust-in-data``, and ``host.not-public`` for a name that labels must not carry.
    """
    said = vars(arguments)
    data = (said["data"] or data_home(environment) / "coldledger").absolute()
    trust = (said["trust"] or data.with_name(f"{data.name}.trust")).absolute()
    if trust.resolve().is_relative_to(data.resolve()):
        raise Problem("settings.trust-in-data", trust=str(trust), data=str(data))
    settings = Settings(data=data, trust=trust, database=said["database"])
    if "port" not in said:
        return settings
    return Settings(
        data=data,
        trust=trust,
        database=said["database"],
        host=said["host"],
        port=said["port"],
        public_host=_label_host(said),
        workers=said["workers"],
        sample_data=said["sample_data"],
        access_log=said["access_log"],
        trace_index=said["trace_index"],
        operator=_operator(said),
        second_factor=said["second_factor"],
        trusted_proxies=said["trusted_proxies"],
        # One a line in the environment; what the command line names is not added to these but used instead.
        witnesses=tuple(
            said["witnesses"] or (_Environment(environment).text("WITNESSES", "") or "").splitlines()
        ),
        witness_quorum=said["witness_quorum"],
        smtp_url=_Environment(environment).text("SMTP_URL"),
        mail_from=_Environment(environment).text("MAIL_FROM"),
        private_targets=_Environment(environment).text("PRIVATE_TARGETS") == "1",
    )


def is_loopback(host: str) -> bool:
    """Whether a name or address is of this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _operator(said: Mapping[str, object]) -> tuple[str, str, str] | None:
    """Raises Problem ``settings.operator-incomplete`` where only some of it is given."""
    given = [said["operator_uscc"], said["operator_region"], said["operator_name"]]
    if not any(given):
        return None
    if not all(given):
        raise Problem("settings.operator-incomplete")
    return str(given[0]), str(given[1]), str(given[2])


def _label_host(said: Mapping[str, object]) -> str:
    """Without a name, labels carry where the service listens: of use on this machine alone."""
    given = said["public_host"]
    if given is None:
        host = str(said["host"])
        # The port may be 0 still, which no name can have.
        name = public_host(f"[{host}]" if ":" in host else host, sample_data=True)
        return f"{name}:{said['port']}"
    return public_host(str(given), sample_data=bool(said["sample_data"]))


def data_home(environment: Mapping[str, str]) -> Path:
    """The XDG base directory for data; a relative one counts as unset, as that specification says."""
    said = Path(environment.get("XDG_DATA_HOME", ""))
    return said if said.is_absolute() else Path.home() / ".local" / "share"


def port_number(text: str) -> int:
    """A port as a command line says it; 0 takes any free one."""
    return _between(text, 0, MAX_PORT)


def _count(text: str) -> int:
    return _between(text, 0, MAX_WITNESSES)


def _workers(text: str) -> int:
    return _between(text, 1, MAX_WORKERS)


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _between(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
    return int(text)


class _Environment:
    """Values named ``COLDLEDGER_…``; an empty one counts as unset."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, name: str, default: str | None = None) -> str | None:
        return self._values.get(ENVIRONMENT + name) or default

    def path(self, name: str) -> Path | None:
        text = self.text(name)
        return Path(text) if text else None
