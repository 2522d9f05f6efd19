"""``coldledger key list | add | retire``: one signing key takes over from another under the ledger's name.

A service may be running: what is recorded here it publishes, but it signs with other keys only from its next
start on. Order: said first, done in the trust folder after. A key that the ledger knows and that is nowhere
signs nothing and can be retired; one that signs and that the ledger does not know nobody would believe.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections.abc import Sequence
from typing import Any

from schema.problems import Problem, Refusal
from service.commands.database import connection
from service.commands.desk import Desk, open_desk
from service.founding import has_key
from service.ledger import PLATFORM, Proposal, store
from service.ledger.errors import LedgerFormatError
from service.ledger.note import Signer, generate_key
from service.parties.identity import HERE, IDENTITY, Identity
from service.parties.ledger_keys import ADD_LEDGER_KEY, RETIRE_LEDGER_KEY, RETIREMENTS
from service.publishing.notes import read_note
from service.settings import Settings
from service.terminal import demand_consent
from service.trust import demand_key_file, keep_signers, open_signers

_ID = re.compile(r"[0-9a-f]{8}")
_NEXT_START = "A service that runs goes on as it is until it is started again.\n"


def add_options(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which key."""
    add = parser.add_argument
    add("act", choices=("list", "add", "retire"), help="what to do")
    add("key", nargs="?", metavar="ID", help="retire: id of the key, eight characters")
    add("--reason", choices=RETIREMENTS, default=RETIREMENTS[0], help="retire: why (default: %(default)s)")
    add("--since", metavar="TIME", help="retire: from when on it may have been in other hands (default: now)")
    add("--yes", action="store_true", help="retire: do not ask")


async def run(settings: Settings, said: argparse.Namespace) -> int:
    """Do it; the exit status. Raises Problem ``ledger-key.…``, or what a start of the service raises."""
    if said.act == "list":
        return await _list(settings)
    if said.act == "add":
        return await _add(settings)
    if said.key is None or not _ID.fullmatch(said.key):
        sys.stderr.write("coldledger key retire ID --reason WORD\n")
        return 2
    return await _retire(settings, said)


async def _list(settings: Settings) -> int:
    async with connection(settings, "coldledger_reader") as conn:
        identity = await store.row(conn, IDENTITY, HERE)
    here = {signer.verifier.vkey for signer in _here(settings)}
    for name in () if identity is None else identity.names:
        sys.stdout.write(f"{name['origin']}\n")
        for key in name["keys"]:
            private = "private key here" if key["vkey"] in here else "no private key here"
            ended = "signs" if key["until"] is None else f"until {key['until']} ({key['reason']})"
            sys.stdout.write(f"  {_id(key)}  since {key['since']}  {ended}; {private}\n    {key['vkey']}\n")
    return 0


async def _add(settings: Settings) -> int:
    demand_key_file(settings)
    async with open_desk(settings) as desk:
        signer = generate_key(desk.ledger.origin)
        await desk.ledger.append(Proposal(ADD_LEDGER_KEY, PLATFORM, {"vkey": signer.verifier.vkey}))
        keep_signers(settings, [*_here(settings), signer])
    sys.stdout.write(f"key {signer.verifier.key_id.hex()} signs beside the others from the next start on\n")
    sys.stdout.write(f"{signer.verifier.vkey}\n{_NEXT_START}")
    return 0


async def _retire(settings: Settings, said: argparse.Namespace) -> int:
    demand_key_file(settings)
    if await _was_cut_off(settings, said.key):
        sys.stdout.write(f"key {said.key} was retired before; it is no longer here\n")
        return 0
    async with open_desk(settings) as desk:
        vkey = await _vkey(desk, said.key)
        others = [signer for signer in _here(settings) if signer.verifier.vkey != vkey]
        await _demand_signed_by(settings, others, said.key)
        demand_consent(f"Retire key {said.key} for good?", given=said.yes)
        data = {"vkey": vkey, "reason": said.reason} | ({} if said.since is None else {"since": said.since})
        recorded = await desk.ledger.append(Proposal(RETIRE_LEDGER_KEY, PLATFORM, data))
        keep_signers(settings, others)
    sys.stdout.write(f"key {said.key} ended at {recorded.statement.outcome['until']}\n{_NEXT_START}")
    return 0


async def _was_cut_off(settings: Settings, key: str) -> bool:
    """Whether the ledger had retired a key that was here still; then it no longer is."""
    async with connection(settings, "coldledger_reader") as conn:
        identity = await store.row(conn, IDENTITY, HERE)
    if identity is None:
        return False
    ended = {each["vkey"] for each in identity.keys if each["until"] is not None and _id(each) == key}
    signers = _here(settings)
    left = [signer for signer in signers if signer.verifier.vkey not in ended]
    if not left or len(left) == len(signers):
        return False
    keep_signers(settings, left)
    return True


async def _vkey(desk: Desk, key: str) -> str:
    """The whole key by its id. Raises Refusal ``ledger-key.not-found``."""
    async with desk.database.reader.acquire() as conn:
        identity: Identity | None = await store.row(conn, IDENTITY, HERE)
    keys = [] if identity is None else identity.keys
    found = [str(each["vkey"]) for each in keys if _id(each) == key]
    if not found:
        raise Refusal("ledger-key.not-found", key=key)
    return found[0]


async def _demand_signed_by(settings: Settings, others: Sequence[Signer], key: str) -> None:
    """Raises Problem ``ledger-key.not-signing-yet`` where the newest checkpoint would be anybody's without
    the key: the next start could not read it."""
    verifiers = [signer.verifier for signer in others]
    for file in (settings.checkpoint_file, settings.published_file):
        try:
            await asyncio.to_thread(read_note, file, verifiers)
        except LedgerFormatError:
            raise Problem("ledger-key.not-signing-yet", key=key) from None


def _here(settings: Settings) -> tuple[Signer, ...]:
    return open_signers(settings, "") if has_key(settings) else ()


def _id(key: dict[str, Any]) -> str:
    """How people name a key: the id in the middle of its line."""
    return str(key["vkey"]).split("+")[1]
