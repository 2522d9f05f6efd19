"""``coldledger detect``: the detectors without a service, or beside one."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack

from service.commands.database import database_url
from service.founding import found
from service.incidents.detecting.runner import Detectors
from service.ledger import Ledger, Registry
from service.ledger.appender import Appender
from service.publishing.publisher import Places, Publisher
from service.publishing.witnesses import Quorum
from service.settings import Settings
from service.storage import open_database
from service.trust import open_signers


async def detect(settings: Settings, registry: Registry, *, once: bool) -> int:
    """Look for copies. ``once`` looks at all that waits and ends; otherwise it goes on until Ctrl-C.

    What is recorded goes through the same fence as the service's, and is published. Raises Problem as a start
    of the service does.
    """
    async with database_url(settings) as url, AsyncExitStack() as stack:
        await found(settings, url)
        signers = open_signers(settings, settings.public_host)
        database = await stack.enter_async_context(open_database(url, writers=4, readers=2))
        quorum = Quorum.of(settings, [signer.verifier for signer in signers])
        stack.push_async_callback(quorum.aclose)
        publisher = Publisher(database.writer, signers, Places.of(settings), quorum)
        stack.push_async_callback(publisher.close)
        ledger = Ledger(database.writer, registry, signers[0], Appender, publisher)
        stack.push_async_callback(ledger.close)
        detectors = Detectors(ledger)
        if not once:
            await detectors.run()
        recorded = await detectors.all()
    sys.stdout.write(f"good {recorded} suspicions recorded\n")
    return 0
