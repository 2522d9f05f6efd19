"""``coldledger label-key list | new | revoke``: the keys that sign labels, from the platform's command line.

It says what the pages and the interface say too, for when nobody can sign in. A service may be running: what
is recorded here it publishes, and its next label is signed by the newest key.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from schema.key_directory import REVOCATIONS
from schema.messages.fields import Message
from schema.messages.label_keys import MOST_DAYS, LabelKeyRegistration, LabelKeyRevocation
from schema.problems import Problem
from schema.public_host import public_host
from service.codes.key_file import KeyFile
from service.codes.keys import DAYS, REVOKE_LABEL_KEY
from service.codes.signing import LabelKeys
from service.commands.database import connection
from service.commands.desk import Desk, open_desk
from service.http.body import load
from service.ledger import PLATFORM, Proposal
from service.ledger.statement import instant
from service.settings import Settings
from service.storage import query

_ALL = 1_000_000
_TIMES = LabelKeyRegistration(only=("valid_from", "valid_days"))
_REVOCATION = LabelKeyRevocation()


def add_options(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which key."""
    add = parser.add_argument
    add("act", choices=("list", "new", "revoke"), help="what to do")
    add("key", nargs="?", metavar="KEY", help="id of the key to revoke, two characters")
    add("--host", metavar="NAME", help="new: the name that labels carry (default: that of the newest key)")
    add("--from", dest="valid_from", metavar="TIME", help="new: when it begins to sign (default: now)")
    add(
        "--days",
        type=int,
        default=DAYS,
        help=f"new: how long it signs, at most {MOST_DAYS} (default: {DAYS})",
    )
    add("--since", metavar="TIME", help="revoke: from when on it may have been in other hands")
    add("--reason", choices=REVOCATIONS, help="revoke: why")


async def run(settings: Settings, said: argparse.Namespace) -> int:
    """Do it; the exit status.

    Raises Problem ``message.…``, ``label-key.…`` or ``ledger.…``, or the Refusal of a rule.
    """
    if said.act == "list":
        return await _list(settings)
    if said.act == "revoke" and not (said.key and said.since and said.reason):
        sys.stderr.write("coldledger label-key revoke KEY --since TIME --reason WORD\n")
        return 2
    async with open_desk(settings) as desk:
        if said.act == "new":
            await _new(desk, KeyFile(settings.label_key_file), said)
        else:
            await _revoke(desk, said)
    return 0


async def _list(settings: Settings) -> int:
    async with connection(settings, "coldledger_reader") as conn:
        rows = await conn.fetch(query("codes/read_label_keys.page"), None, _ALL, instant(datetime.now(UTC)))
    here = KeyFile(settings.label_key_file).read()
    for row in rows:
        state = f"revoked, in doubt since {row['revoked_since']} ({row['reason']})"
        if row["revoked_since"] is None:
            state = "may sign" if row["signs"] else "does not sign now"
        private = "private key here" if row["id"] in here else "no private key here"
        time = f"{row['valid_from']} to {row['valid_until']}"
        sys.stdout.write(f"{row['id']}  {row['host']}  {time}  {state}; {private}\n")
    return 0


async def _new(desk: Desk, file: KeyFile, said: argparse.Namespace) -> None:
    host = await _newest_host(desk) if said.host is None else public_host(said.host, sample_data=False)
    keys = LabelKeys(file, desk.ledger, host)
    asked = {"valid_days": said.days} | _given(valid_from=said.valid_from)
    timed = _loaded(_TIMES, asked)
    recorded = await keys.register({**await keys.prepared(desk.database.reader), **timed})
    outcome = recorded.statement.outcome
    time = f"from {outcome['valid_from']} to {outcome['valid_until']}"
    sys.stdout.write(f"key {outcome['key']} signs labels of {host} {time}\n")


async def _revoke(desk: Desk, said: argparse.Namespace) -> None:
    data = _loaded(_REVOCATION, _given(key=said.key, since=said.since, reason=said.reason))
    await desk.ledger.append(Proposal(REVOKE_LABEL_KEY, PLATFORM, data))
    sys.stdout.write(f"key {data['key']} is revoked; have scanners save the key directory anew\n")


async def _newest_host(desk: Desk) -> str:
    """Raises Problem ``label-key.host-missing`` where there is no key yet."""
    rows = await desk.database.reader.fetch(query("codes/label_key.all"))
    if not rows:
        raise Problem("label-key.host-missing")
    return str(max(rows, key=lambda row: row["registered"])["host"])


def _loaded(schema: Message, said: Mapping[str, Any]) -> dict[str, Any]:
    """Raises the first Problem of what was said: a command line has no fields to blame."""
    try:
        return load(schema, said)
    except Problem as problem:
        raise (problem.causes or (problem,))[0] from None


def _given(**values: str | None) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
