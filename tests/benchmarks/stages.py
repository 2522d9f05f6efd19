"""Where the CPU time of one registration goes, outside HTTP and the database: each stage alone."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson

from schema.identifiers import Level, TraceCode
from service.goods import lots
from service.goods.routes import WRITES
from service.http.body import load
from service.ledger import Proposal, chain
from service.ledger.checkpoint import sign_promise
from service.ledger.judging import judge, needed
from service.parties.persons.personal import seal
from service.registry import make_registry
from tests.history import History
from tests.quay import Quay
from tests.retold import SIGNER

N = 3000
AT, POSITION = "2026-01-01T00:00:00.000000Z", 1000


def stages() -> dict[str, Callable[[], Any]]:
    """Each stage of a registration, in the order in which a request meets them."""
    quay, registry = Quay(History()), make_registry()
    registration = quay.registration(1006, 27_000_000)
    code = registration.pop("code")
    (write,) = (each for each in WRITES if each.kind is lots.REGISTER)
    raw, world = orjson.dumps(registration), quay.history.world
    loaded = load(write.loader, registration)
    proposal = Proposal(lots.REGISTER, quay.station.staff, {**loaded, "code": code})
    statement = judge(registry, proposal, world, POSITION, AT)
    encoded = statement.encode()

    def hashed() -> bytes:
        entry = chain.entry(statement.at, chain.commit(bytes(32), encoded))
        return chain.link(bytes(32), chain.leaf_hash(entry))

    return {
        "parse": lambda: orjson.loads(raw),
        "validate": lambda: load(write.loader, registration),
        "seal": lambda: seal(write.loader, loaded),
        "make_code": lambda: TraceCode.new(Level.BATCH, "370200").text,
        "name_streams": lambda: list(needed(registry, proposal, world)),
        "judge": lambda: judge(registry, proposal, world, POSITION, AT),
        "project": lambda: list(lots.REGISTER.project(statement, POSITION, world)),
        "encode": statement.encode,
        "hash": hashed,
        "promise": lambda: sign_promise(SIGNER, POSITION, bytes(32)),
    }


async def run() -> AsyncIterator[dict[str, Any]]:
    """One line a stage."""
    for name, stage in stages().items():
        stage()
        begun = time.process_time()
        for _ in range(N):
            stage()
        spent = (time.process_time() - begun) / N * 1e6
        yield {
            "name": f"registration_{name}",
            "cpu_us": round(spent, 1),
            "n": N,
            "settings": {"processes": 1},
        }
