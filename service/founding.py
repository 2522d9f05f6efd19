"""What a start does before anything listens: migrations, the signing keys, the fence, rows of an older
version made again, the keys of persons (what the ledger says is erased is erased again), the first
statements."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass

from schema.identifiers import parse_region, parse_uscc
from schema.problems import Problem
from service.ledger import Ledger, Statement, store
from service.ledger.checkpoint import Checkpoint, sign_checkpoint
from service.ledger.errors import LedgerFormatError
from service.ledger.note import Signer
from service.ledger.segments import Segments
from service.ledger.store import Connection, head
from service.parties.credentials import Credentials
from service.parties.identity import HERE, IDENTITY
from service.parties.opening import Operator, open_ledger
from service.parties.persons.forgetting import forget_again
from service.parties.persons.keeping import Keeper
from service.parties.persons.register import RegisterKeys
from service.parties.persons.vault import Vault
from service.publishing.fence import check_fence
from service.publishing.notes import Noted, read_note
from service.publishing.stored import StoredTiles
from service.publishing.witnesses import Quorum
from service.registry import make_registry
from service.retelling import rebuild_where_due
from service.settings import Settings
from service.storage import Database, open_database, query
from service.trust import KEY_VARIABLE, open_account_keys, open_signers

OPENING_STATEMENTS = 4
"""The statements of an opened ledger: its name, the national policy, the platform's operator and its
manager."""

SAMPLE_USCC, SAMPLE_REGION = "91210100MA17366650", "210100"
SAMPLE_NAME = "示例追溯平台（虚构） Sample platform (invented)"


@dataclass(frozen=True, slots=True)
class Founded:
    """The ledger's name; login and password of the first manager where this start made them."""

    origin: str
    login: str | None = None
    password: str | None = None


async def found(settings: Settings, database_url: str) -> Founded:
    """Make sure that there is a sound, open ledger.

    Raises Problem ``storage.…``, ``trust.…``, ``ledger.fenced``, ``ledger.rebuild-…`` or
    ``settings.operator-missing``.
    """
    async with open_database(database_url, writers=2, readers=2) as database:
        async with database.reader.acquire() as conn:
            size = (await head(conn)).size
        if size and not has_key(settings):
            raise Problem("settings.key-missing", size=size, file=str(settings.key_file))
        # Asked before the key is made, so that a start which is refused leaves nothing behind.
        operator = _operator(settings) if size < OPENING_STATEMENTS else None
        signers = open_signers(settings, f"{settings.public_host}/ledger/{secrets.token_hex(4)}")
        await _demand_standing(database, signers)
        await _check(settings, database, signers)
        await rebuild_where_due(database)
        await _demand_vault(settings, database)
        with closing(Vault(settings.vault_file)) as vault:
            await _demand_account_key(settings, database)
            await Keeper(database.writer, vault).seal_what_stands_in_clear()
            await forget_again(database.writer, vault)
            if operator is None:
                return Founded(signers[0].name)
            return await _open(operator, settings, database, signers[0], vault)


def has_key(settings: Settings) -> bool:
    """Whether there is a signing key: a ledger that has entries must not go on under a new one."""
    return bool(os.environ.get(KEY_VARIABLE)) or settings.key_file.exists()


async def _demand_standing(database: Database, signers: Sequence[Signer]) -> None:
    """What a key signs that the ledger does not know, or has retired, nobody would believe.

    Raises Problem ``trust.key-not-standing``.
    """
    async with database.reader.acquire() as conn:
        identity = await store.row(conn, IDENTITY, HERE)
    if identity is None:
        return
    for signer in signers:
        if signer.verifier.vkey not in identity.standing:
            key, name = signer.verifier.key_id.hex(), signer.name
            raise Problem("trust.key-not-standing", key=key, name=name, origin=identity.origin)


async def _check(settings: Settings, database: Database, signers: Sequence[Signer]) -> None:
    verifiers = [signer.verifier for signer in signers]
    try:
        note = await asyncio.to_thread(read_note, settings.checkpoint_file, verifiers)
    except (OSError, LedgerFormatError) as error:
        raise Problem("ledger.fenced", reason=f"its checkpoint cannot be read ({error})") from error
    with closing(Segments(settings.segments)) as segments:
        async with database.reader.acquire() as conn:
            await check_fence(conn, StoredTiles(segments), note)
    async with database.reader.acquire() as conn:
        await demand_known_opening(conn)
        await _ask_witnesses(settings, conn, signers, note)


async def _ask_witnesses(
    settings: Settings, conn: Connection, signers: Sequence[Signer], note: Noted | None
) -> None:
    """Database and note may both have been put back; what the witnesses saw was not.

    Where there is no note, what the database has is signed for this question alone: no witness can learn
    from it of more than it knows. Raises Problem ``ledger.fenced`` or ``settings.…``.
    """
    if note is None:
        now = await head(conn)
        checkpoint = Checkpoint(signers[0].name, now.size, now.edge.root())
        note = Noted(sign_checkpoint(signers[0], checkpoint, *signers[1:]), checkpoint)
    async with aclosing(Quorum.of(settings, [signer.verifier for signer in signers])) as quorum:
        await quorum.check_start(note.text, note.checkpoint)


async def demand_known_opening(conn: Connection) -> None:
    """A ledger of a development version is not gone on with: its rows cannot be made again by this code.

    Raises Problem ``ledger.of-a-development-version`` (decision record 6).
    """
    first = await store.record(conn, 0)
    if first is None:
        return
    opening = Statement.decode(first.statement)
    kind = make_registry().kinds.get(opening.kind)
    if kind is None or opening.decider not in kind.deciders:
        raise Problem("ledger.of-a-development-version", kind=opening.kind, decider=opening.decider)


async def _demand_vault(settings: Settings, database: Database) -> None:
    """Values that are sealed must not go on under an empty vault: what is there now could never be read.

    Raises Problem ``vault.missing``.
    """
    if settings.vault_file.exists():
        return
    if await database.writer.fetchval(query("private/personal.any_sealed")):
        raise Problem("vault.missing", file=str(settings.vault_file))


async def _demand_account_key(settings: Settings, database: Database) -> None:
    """Sole traders must not be registered under a new key: those who are would not be found by their codes.

    Raises Problem ``trust.account-key-missing``.
    """
    if settings.account_key_file.exists():
        return
    if await database.writer.fetchval(query("private/personal.any_register_key")):
        raise Problem("trust.account-key-missing", file=str(settings.account_key_file))


async def _open(
    operator: Operator, settings: Settings, database: Database, signer: Signer, vault: Vault
) -> Founded:
    ledger = Ledger(database.writer, make_registry(), signer)
    keys = open_account_keys(settings)
    credentials, register = Credentials(database.writer, keys), RegisterKeys(keys.register)
    try:
        opening = await open_ledger(ledger, credentials, vault, signer.verifier.vkey, operator, register)
    finally:
        await ledger.close()
    return Founded(signer.name, operator.login, opening.password)


def _operator(settings: Settings) -> Operator:
    """Who runs this platform. Raises Problem ``settings.operator-missing`` or ``identifier.…``."""
    if settings.operator is not None:
        uscc, region, name = settings.operator
        return Operator(parse_uscc(uscc), name, parse_region(region))
    if settings.sample_data:
        return Operator(SAMPLE_USCC, SAMPLE_NAME, SAMPLE_REGION)
    raise Problem("settings.operator-missing")
