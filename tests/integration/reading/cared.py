"""What else was said in the bazaar: disinfections, and what a store says that it holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from service.goods.disinfection import RECORD_DISINFECTION
from service.goods.stock import DECLARE_STOCK
from service.http.keys import FILES, LEDGER
from service.ledger import Kind, Proposal
from tests.integration.reading.conftest import Served


async def cared_for(served: Served) -> dict[str, str | int]:
    """Disinfections by the station, and what the wholesaler says it holds."""
    story, app = served.story, served.client.app
    assert app is not None

    async def say(kind: Kind, who: str, **data: object) -> Any:
        proposal = Proposal(kind, story.parties[who].staff, data)
        return (await app[LEDGER].append(proposal)).statement.outcome

    evidence = (await app[FILES].store(once(b"%PDF-1.4 evidence"))).digest
    done = {"agent": "chlorine", "happened_at": "2020-08-10"}
    goods = {"lot": story.ids["lot"], "pieces": 100, "file": evidence}
    lot = await say(RECORD_DISINFECTION, "station", **goods, **done)
    zone = await say(RECORD_DISINFECTION, "station", facility=story.places["station"], zone=1, **done)
    lines = [{"lot": story.ids["lot"], "pieces": 1, "grams": 1}, {"lot": story.ids["waiting"], "grams": 1}]
    place = {"facility": story.places["wholesaler"], "as_of": "2020-08-19"}
    counted = await say(DECLARE_STOCK, "wholesaler", **place, lines=lines)
    return {
        "disinfected lot": lot["disinfection"],
        "disinfected zone": zone["disinfection"],
        "evidence": evidence,
        "counted": counted["declaration"],
    }


async def once(chunk: bytes) -> AsyncIterator[bytes]:
    yield chunk
