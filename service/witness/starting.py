"""``coldledger witness``: the key made at the first start, the folder taken, the server until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import errno
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from aiohttp import web

from schema.problems import Problem
from service.ledger.cosignature import CosignatureSigner, generate_cosigner
from service.ledger.errors import LedgerFormatError, NoteError
from service.ledger.note import Verifier
from service.settings import port_number
from service.storage.durable import replace_file
from service.witness.cosigning import Witness
from service.witness.keeping import Keeper
from service.witness.server import make_app

DEFAULT_PORT: Final = 8090
PREFIX: Final = "COLDLEDGER_WITNESS_"
_GRACE_SECONDS: Final = 5.0


def add_witness_options(parser: argparse.ArgumentParser, environment: Mapping[str, str] = os.environ) -> None:
    """Where it keeps what it saw, whose ledgers it watches, where it listens."""
    said = environment.get
    add = parser.add_argument
    data = said(f"{PREFIX}DATA")
    add(
        "--data",
        type=Path,
        required=data is None,
        default=data and Path(data),
        metavar="DIR",
        help="its own folder: key, what it cosigned, evidence",
    )
    add(
        "--log",
        dest="logs",
        action="append",
        metavar="VKEY",
        help="public key of a ledger that it watches; may be given several times",
    )
    add("--name", default=said(f"{PREFIX}NAME"), metavar="NAME", help="its name, needed at the first start")
    add("--host", default=said(f"{PREFIX}HOST", "127.0.0.1"), help="address (default: %(default)s)")
    add(
        "--port",
        type=port_number,
        default=said(f"{PREFIX}PORT", str(DEFAULT_PORT)),
        help="TCP port, 0 for any free one (default: %(default)s)",
    )


async def run_witness(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT. Raises Problem ``witness.…`` or ``settings.…``."""
    data = _folder(arguments.data)
    logs = arguments.logs or os.environ.get(f"{PREFIX}LOGS", "").splitlines()
    with closing(Keeper(data)) as keeper:
        signer = open_key(data, arguments.name)
        witness = Witness(signer, read_keys(logs, signer), keeper)
        await _serve(
            web.AppRunner(make_app(witness, keeper), access_log=None), arguments.host, arguments.port, signer
        )
    return 0


def _folder(said: Path) -> Path:
    data = said.absolute()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return data


def open_key(data: Path, name: str | None) -> CosignatureSigner:
    """The witness's key; made at the first start, readable by this account only.

    Raises Problem ``witness.name``, ``witness.key-unreadable`` or ``witness.state-missing``.
    """
    path, logs = data / "witness.key", data / "logs"
    try:
        if not path.exists():
            # First the folder: a key without it is one whose state was lost.
            logs.mkdir(exist_ok=True)
            replace_file(path, [_new_key(name).skey.encode(), b"\n"], 0o600)
        signer = CosignatureSigner.parse(path.read_text(encoding="utf-8").strip())
    except (OSError, ValueError, LedgerFormatError) as error:
        raise Problem("witness.key-unreadable", file=str(path), cause=str(error)) from error
    if not logs.is_dir():
        raise Problem("witness.state-missing", data=str(data))
    if name not in {None, signer.name}:
        raise Problem("witness.name", name=name, cause=f"it is {signer.name}")
    return signer


def _new_key(name: str | None) -> CosignatureSigner:
    try:
        return generate_cosigner(name or "")
    except NoteError as error:
        raise Problem("witness.name", name=name, cause=str(error)) from error


def read_keys(logs: Sequence[str], signer: CosignatureSigner) -> list[Verifier]:
    """The keys of the logs. Raises Problem ``witness.log``."""
    keys = []
    for text in logs:
        try:
            key = Verifier.parse(text.strip())
        except NoteError as error:
            raise Problem("witness.log", key=text, cause=str(error)) from error
        if key.key.public_bytes_raw() == signer.verifier.key.public_bytes_raw():
            raise Problem("witness.log", key=text, cause="it is this witness's own key")
        keys.append(key)
    return keys


async def _serve(runner: web.AppRunner, host: str, port: int, signer: CosignatureSigner) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port, shutdown_timeout=_GRACE_SECONDS).start()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Problem("settings.port-taken", host=host, port=port) from error
            raise Problem("settings.address", host=host, port=port, cause=error.strerror) from error
        address, taken = runner.addresses[0][:2]
        shown = f"[{address}]" if ":" in address else address
        sys.stdout.write(
            f"Witness {signer.name} listens on http://{shown}:{taken} (Ctrl-C stops it)\n"
            f"Its public key: {signer.verifier.vkey}\n"
        )
        sys.stdout.flush()
        await stop.wait()
    finally:
        await runner.cleanup()
