"""``python -m tests.faults.kills --times 200 --seed N``: kill -9 under load, each time judged from outside.

A service on an embedded database, a client that keeps every acknowledgement, and chance: while statements are
under way, something of the service or of its database is killed. Then the client goes on until all it said is
acknowledged, and the published ledger is judged from outside (``outside.py``). One line a kill, a summary in
the end; the exit status is 1 where anything that was promised is not so.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from service.ledger import Ledger, Proposal
from service.parties import ISSUE_TOKEN
from service.parties.credentials import new_token
from service.storage import EmbeddedPostgres, prepare
from tests.acceptance.running import run as command
from tests.faults.outside import Client, LostError, Saying
from tests.faults.standing import Standing, kill
from tests.history import History
from tests.quay import Quay
from tests.retold import SIGNER, retold

LATEST_SECONDS = 0.6
"""How long statements are said before something is killed, at most …"""
AFTER_SECONDS = 0.15
"""… and for how long more others are begun."""
PIECES, GRAMS = 900_000, 40


@dataclass
class Told:
    """What the kills showed."""

    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    entries: int = 0
    starts: int = 0

    def __str__(self) -> str:
        killed = ", ".join(f"{name} {times}" for name, times in self.kills.most_common())
        return (
            f"{self.kills.total()} kills ({killed}), {self.starts} starts: {self.acknowledged} acknowledged,"
            f" none lost; {self.entries} entries, no gap; the outside verifier took the ledger each time,"
            f" and verify --rules and rebuild --check find nothing"
        )


async def run(folder: Path, times: int, seed: int) -> Told:
    """Kill so often. Raises LostError where anything that was promised is not so."""
    standing = Standing(folder / "data")
    token, sayings = await begun(standing.data)
    client = Client(standing.url, token, SIGNER.verifier.vkey, sayings, folder, Random(seed))
    told = Told()
    async with standing.kept():
        await served(client)
        for number in range(1, times + 1):
            since = time.monotonic()
            # Chance of its own, so that a seed kills the same whatever was said in between.
            victim, verdict = await _cycle(standing, client, Random(f"{seed} {number}"))
            told.kills[victim] += 1
            took = time.monotonic() - since
            print(f"{number:3} {took:5.1f} s  {victim:26} {len(client.kept):6} kept  {verdict}", flush=True)
    await asyncio.to_thread(_audit, standing.data)
    told.acknowledged, told.entries, told.starts = len(client.kept), client.size, standing.starts
    return told


async def _cycle(standing: Standing, client: Client, chance: Random) -> tuple[str, str]:
    """Who was killed, and what the verifier told afterwards."""
    enough = asyncio.Event()
    speaking = asyncio.create_task(client.speak(enough))
    await asyncio.sleep(chance.uniform(0, LATEST_SECONDS))
    victim = kill(standing, chance)
    await asyncio.sleep(AFTER_SECONDS)
    enough.set()
    await speaking
    return victim, await client.check()


def _audit(data: Path) -> None:
    """Every hash, rule and derived row, by the operator's own commands. Raises LostError."""
    for words in (("verify", "--rules"), ("rebuild", "--check")):
        done = command(*words, "--data", str(data))
        if done.returncode:
            raise LostError(f"{' '.join(words)}: {done.stdout}{done.stderr}")


async def served(client: Client) -> None:
    """Wait until it serves: one statement of each connection is acknowledged."""
    enough = asyncio.Event()
    enough.set()
    await client.speak(enough)


async def begun(data: Path) -> tuple[str, list[Saying]]:
    """A ledger on an embedded database, with a released unit and a token of its station; what can be said."""
    quay = Quay(History())
    goods = quay.lot(PIECES, PIECES * GRAMS)
    quay.papers(goods)
    unit = quay.release(goods)
    trust = data.with_suffix(".trust")
    trust.mkdir(mode=0o700)
    (trust / "signing.key").write_text(SIGNER.skey, encoding="ascii")
    async with EmbeddedPostgres(data) as server:
        await prepare(server.url())
        async with retold(server.url(), quay.history) as ledger:
            token = await _issue(ledger, quay)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    lot = quay.registration(10, 10_000, received_at=today)
    del lot["code"]
    split = {"parts": [{"pieces": 1, "grams": GRAMS}], "happened_at": today}
    return token, [Saying("/api/v1/lots", lot)] * 3 + [Saying(f"/api/v1/units/{unit}/splits", split)]


async def _issue(ledger: Ledger, quay: Quay) -> str:
    asides, once = new_token()
    scopes = {"scopes": ["goods:write"]}
    await ledger.append(Proposal(ISSUE_TOKEN, quay.station.manager, scopes, asides=asides))
    return once["secret"]


def main(words: list[str]) -> int:
    """Kill as often as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.kills", description=__doc__)
    parser.add_argument("--times", type=int, default=200, help="how many kills (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="of all chance (default 1)")
    options = parser.parse_args(words)
    folder = Path(tempfile.mkdtemp(prefix="coldledger-kills-"))
    try:
        told = asyncio.run(run(folder, options.times, options.seed))
    except (LostError, TimeoutError) as lost:
        print(f"seed {options.seed}: NOT AS PROMISED: {lost!r}; everything is left in {folder}")
        return 1
    shutil.rmtree(folder)
    print(f"seed {options.seed}: {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
