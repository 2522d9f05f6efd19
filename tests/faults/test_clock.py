"""A clock that steps back: recorded times, checkpoints and a witness's word never do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from service.ledger.add_checkpoint import AddCheckpoint
from service.ledger.checkpoint import Checkpoint, sign_checkpoint
from service.ledger.cosignature import generate_cosigner, open_cosigned
from service.ledger.merkle import EMPTY_ROOT
from service.witness.cosigning import Witness
from service.witness.keeping import Keeper
from tests.faults.ground import Ground, outside_takes, places_in, publishing
from tests.retold import SIGNER, ledger_on

DAYS = (0, 1, -400, 2, -1)
"""What the clock shows, from one statement to the next, in days from now."""


async def test_recorded_times_and_notes_never_decrease(url: str, ground: Ground, tmp_path: Path) -> None:
    days = iter(DAYS)
    now = datetime.now(UTC)
    sizes, times = list[int](), list[str]()
    async with ledger_on(url, lambda: now + timedelta(days=next(days))) as ledger:
        for number, _ in enumerate(DAYS):
            said = await ledger.append(ground.split(f"{number}"))
            times.append(said.statement.at)
            async with publishing(url, places_in(tmp_path)):
                pass
            sizes.append(int(places_in(tmp_path).published.read_text().splitlines()[1]))
    assert times == sorted(times)
    assert len(set(times)) == 3
    assert sizes == [*range(ground.size + 1, ground.size + 1 + len(DAYS))]
    assert await outside_takes(url, tmp_path) == ground.size + len(DAYS)


def test_a_witness_never_dates_its_word_before_an_earlier_one(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    days = iter(DAYS)
    now, key = datetime.now(UTC), generate_cosigner("witness.test.invalid")
    witness = Witness(key, [SIGNER.verifier], Keeper(tmp_path), lambda: now + timedelta(days=next(days)))
    empty = sign_checkpoint(SIGNER, Checkpoint(SIGNER.name, 0, EMPTY_ROOT))
    body = AddCheckpoint(0, (), empty).format().encode()
    words = [empty + witness.add_checkpoint(body, "here") for _ in DAYS]
    dated = [open_cosigned(word, [SIGNER.verifier], [key.verifier], 1)[1][0].at for word in words]
    assert dated == sorted(dated)
    assert len(set(dated)) == 3
