"""A device's key, and what the device signs with it: ``python -m scanners.signing new|show|sign``.

``new`` makes a key in a file that only its owner may read and prints the public half, which a manager
registers; ``show`` prints it again. ``sign`` prints the headers of one request, for whatever program sends
it::

    python -m scanners.signing sign device.key --key 12000 --organisation 4000 --ledger NAME \\
        --operation goods-sold --path unit=14000 --personal buyer body.json > headers
    curl --header @headers --header "Authorization: Bearer cl_…" --data-binary @body.json …

The body must be in the normal form that the interface answers with where it is not. Exit code 1 where a file
is not as it must be; the reason is on standard error, in both languages.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from schema.problems import Problem, explain
from schema.signed_request import HEADER, Request, Signature, as_said, matching, submission_key, time_text


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """The private half of a device's key; it never leaves the device."""

    private: Ed25519PrivateKey

    @classmethod
    def make(cls, file: Path) -> DeviceKey:
        """A new key in a new file (mode 0600). Raises Problem ``device.key-exists`` where there is a file."""
        key = Ed25519PrivateKey.generate()
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise Problem("device.key-exists", file=str(file)) from None
        with os.fdopen(descriptor, "wb") as out:
            out.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            out.flush()
            os.fsync(out.fileno())
        return cls(key)

    @classmethod
    def load(cls, file: Path) -> DeviceKey:
        """Raises Problem ``device.key-open`` where others may read it, ``device.key-unreadable``."""
        if file.stat().st_mode & 0o077:
            raise Problem("device.key-open", file=str(file))
        try:
            key = load_pem_private_key(file.read_bytes(), None)
        except (ValueError, TypeError):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise Problem("device.key-unreadable", file=str(file))
        return cls(key)

    @property
    def public(self) -> str:
        """The public half, as it is registered."""
        return b64encode(self.private.public_key().public_bytes_raw()).decode()

    def sign(self, request: Request) -> Signature:
        """The signature over a request."""
        return Signature(request.key, request.signed_at, self.private.sign(request.text()))


@dataclass(frozen=True, slots=True)
class Device:
    """A device with its key as it is registered: under which id, with which organisation and ledger."""

    key: DeviceKey
    id: int
    organisation: int
    ledger: str

    def headers(
        self,
        operation: str,
        data: Mapping[str, Any],
        submission: str,
        personal: Iterable[str] = (),
        now: datetime | None = None,
    ) -> dict[str, str]:
        """The headers of a request. ``data`` is the body with the parameters of the path, ``submission`` its
        ``Idempotency-Key``; ``personal`` names members that are personal (``waybill/driver``,
        ``items/*/remark``)."""
        signed_at = time_text(now or datetime.now(UTC))
        pointers = matching((each.strip("/") for each in personal), data)
        said = as_said(data, personal=pointers)
        digest = submission_key(self.organisation, submission)
        request = Request(self.ledger, operation, self.id, digest, signed_at, said)
        return {"Idempotency-Key": submission, HEADER: self.key.sign(request).header()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        for line in asked.run(asked):
            sys.stdout.write(f"{line}\n")
    except Problem as problem:
        return _fail(_words(problem))
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scanners.signing", description="Make a device's key; sign requests with it."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, about in (
        ("new", _new, "make a key and print its public half, to be registered"),
        ("show", _show, "print the public half again"),
        ("sign", _sign, "print the headers of a request"),
    ):
        command = commands.add_parser(name, help=about, description=about)
        command.set_defaults(run=run)
        command.add_argument("key_file", type=Path, metavar="KEY_FILE", help="the key's file, mode 0600")
    command.add_argument("body", type=Path, metavar="BODY", help="the body, as it is sent: a JSON object")
    command.add_argument("--key", type=int, required=True, help="id under which the key is registered")
    command.add_argument("--organisation", type=int, required=True, help="id of the organisation")
    command.add_argument(
        "--ledger", required=True, help="the ledger's name, as the key's registration tells it"
    )
    command.add_argument("--operation", required=True, help="the operation's id, such as goods-sold")
    command.add_argument("--path", action="append", default=[], metavar="NAME=VALUE", type=_parameter,
                         help="a parameter of the path; repeat for each")  # fmt: skip
    command.add_argument("--personal", action="append", default=[], metavar="MEMBER",
                         help="a member that is personal, as waybill/driver; repeat for each")  # fmt: skip
    command.add_argument("--idempotency-key", default=None, help="a random one where none is given")
    return parser


def _parameter(text: str) -> tuple[str, int | str]:
    name, _, value = text.partition("=")
    if not name or not value:
        raise argparse.ArgumentTypeError("NAME=VALUE is wanted")
    return name, int(value) if value.isascii() and value.isdigit() else value


def _new(asked: argparse.Namespace) -> list[str]:
    return [DeviceKey.make(asked.key_file).public]


def _show(asked: argparse.Namespace) -> list[str]:
    return [DeviceKey.load(asked.key_file).public]


def _sign(asked: argparse.Namespace) -> list[str]:
    device = Device(DeviceKey.load(asked.key_file), asked.key, asked.organisation, asked.ledger)
    data = {**_body(asked.body), **dict(asked.path)}
    submission = asked.idempotency_key or secrets.token_urlsafe(18)
    headers = device.headers(asked.operation, data, submission, asked.personal)
    return [f"{name}: {value}" for name, value in headers.items()]


def _body(file: Path) -> dict[str, Any]:
    """The JSON object in a file. Raises Problem ``device.body-unreadable``."""
    try:
        body = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise Problem("device.body-unreadable", file=str(file))
    return body


def _words(problem: Problem) -> str:
    chinese, english = explain(problem, "zh"), explain(problem, "en")
    return f"{chinese.detail}{chinese.remedy} / {english.detail} {english.remedy}"


def _fail(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
