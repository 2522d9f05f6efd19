"""``coldledger password`` and ``erase``: who gets in, and what must not come back with a backup."""

from __future__ import annotations

import sys
from contextlib import closing

from service.commands.database import database_url
from service.parties.credentials import Credentials
from service.parties.persons.forgetting import forget_again
from service.parties.persons.vault import Vault
from service.settings import Settings
from service.storage import open_pool


async def new_password(settings: Settings, login: str, *, reset_factor: bool = False) -> int:
    """``coldledger password LOGIN``: a new random password, printed; the user's sessions end.

    ``reset_factor`` is for the last manager, whom nobody else could help: it leaves no statement, as it is
    done by who could change the database's rows anyhow.
    """
    async with database_url(settings) as url, await open_pool(url, "coldledger_writer", 1) as pool:
        credentials = Credentials(pool)
        password = await credentials.logins.reset_password(login)
        if reset_factor:
            entrant = await credentials.logins.authenticate(login, password)
            if entrant is not None:
                await credentials.factors.remove(entrant.user)
    sys.stdout.write(f"login {login}  password {password}\n")
    return 0


async def erase_again(settings: Settings) -> int:
    """``coldledger erase --again``: destroy what the ledger says was erased, where it came back."""
    async with database_url(settings) as url, await open_pool(url, "coldledger_writer", 1) as pool:
        with closing(Vault(settings.vault_file)) as vault:
            back = await forget_again(pool, vault)
    sys.stdout.write(f"good every erasure of the ledger done again; {back} keys had come back\n")
    return 0
