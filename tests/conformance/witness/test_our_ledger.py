"""Our ledger before a witness: its growth is cosigned; what its superuser does to it is not.

Whoever edits the database here also holds the signing key and puts notes in place that agree with it, so that
nothing on this machine could tell. Only what the witness saw does.
"""

from __future__ import annotations

from contextlib import aclosing
from shutil import copytree, rmtree
from typing import Any

import pytest

from schema.problems import Problem
from service.ledger import audit
from service.ledger.chain import link
from service.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from service.ledger.cosignature import open_cosigned
from service.ledger.merkle import RightEdge
from service.publishing.notes import read_note, write_note
from service.publishing.witnesses import Quorum
from service.registry import make_registry
from tests.conformance.witness.conftest import Watched
from tests.retold import SIGNER
from tests.witnessing import Running

KEYS = [SIGNER.verifier]
HEAD = "SELECT size, chain, edge, at FROM ledger.head"


def published(ledger: Watched, witness: Running) -> Checkpoint:
    """The published checkpoint, which this witness has cosigned."""
    return open_cosigned(ledger.places.published.read_text(), KEYS, [witness.key], 1)[0]


async def publish(ledger: Watched, witness: Running) -> Problem | None:
    """Publish what is recorded as a new process would; why it is fenced, if it is."""
    async with aclosing(Quorum(KEYS, [witness.named])) as quorum, ledger.publisher(quorum) as publisher:
        await publisher.close()
    return publisher.fenced


async def start(ledger: Watched, witness: Running) -> None:
    """What a start asks. Raises Problem ``ledger.fenced``."""
    note = read_note(ledger.places.checkpoint, KEYS)
    assert note is not None
    async with aclosing(Quorum(KEYS, [witness.named])) as quorum:
        await quorum.check_start(note.text, note.checkpoint)


async def rewrite(conn: Any, since: int) -> Checkpoint:
    """Another history from a position on, in which everything fits: leaves, chain, tree and head."""
    chain = await conn.fetchval("SELECT chain FROM ledger.entry WHERE position = $1", since - 1)
    rows = await conn.fetch("SELECT position, leaf FROM ledger.entry ORDER BY position")
    leaves = [row["leaf"] for row in rows]
    for position in range(since, len(leaves)):
        leaves[position] = leaves[position][::-1]
        chain = link(chain, leaves[position])
        await conn.execute(
            "UPDATE ledger.entry SET leaf = $2, chain = $3 WHERE position = $1",
            position,
            leaves[position],
            chain,
        )
    edge = RightEdge().extend(leaves)
    await conn.execute("UPDATE ledger.head SET chain = $1, edge = $2", chain, edge.to_bytes())
    return Checkpoint(SIGNER.name, edge.size, edge.root())


async def roll_back(conn: Any, older: Any) -> None:
    """Entries and head as they were when the head row was ``older``."""
    await conn.execute("DELETE FROM ledger.entry WHERE position >= $1", older["size"])
    await conn.execute("UPDATE ledger.head SET size = $1, chain = $2, edge = $3, at = $4", *older)


def sign_for(ledger: Watched, checkpoint: Checkpoint) -> None:
    """The note outside the database, as whoever holds the key can write it."""
    write_note(ledger.places.checkpoint, sign_checkpoint(SIGNER, checkpoint))


async def test_honest_growth_is_cosigned(ledger: Watched, witness: Running) -> None:
    for count in (0, 1, 300, 7):
        await ledger.say(count)
        assert await publish(ledger, witness) is None
        note = read_note(ledger.places.checkpoint, KEYS)
        assert note is not None
        assert published(ledger, witness) == note.checkpoint
        await start(ledger, witness)


async def test_a_ledger_that_does_not_grow_is_cosigned_anew(
    ledger: Watched, witness: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that whoever reads it learns from others that it is the newest, and one that was away is heard."""
    async with aclosing(Quorum(KEYS, [witness.named], 0)) as quorum, ledger.publisher(quorum) as publisher:
        await publisher.close()  # from here on it does nothing by itself
        bare = ledger.places.checkpoint.read_text()
        write_note(ledger.places.published, bare)
        await publisher.publish()
        assert ledger.places.published.read_text() == bare
        monkeypatch.setattr("service.publishing.publisher.REFRESH", -1.0)
        await publisher.publish()
        assert published(ledger, witness).size == open_checkpoint(bare, *KEYS).size


async def test_a_rewritten_history_is_refused(ledger: Watched, witness: Running) -> None:
    await publish(ledger, witness)
    honest = published(ledger, witness)
    async with ledger.superuser() as conn:
        await rewrite(conn, honest.size - 4)
    ledger.places.checkpoint.unlink()
    await ledger.say(20)
    fenced = await publish(ledger, witness)
    assert fenced is not None
    assert fenced.code == "ledger.fenced"
    assert f"the witness {witness.key.name} knows another history" in str(fenced.facts["reason"])
    assert published(ledger, witness) == honest
    signed = open_checkpoint(ledger.places.checkpoint.read_text(), *KEYS)
    assert signed.size == honest.size + 20


async def test_another_root_of_the_same_size_is_refused(ledger: Watched, witness: Running) -> None:
    await publish(ledger, witness)
    honest = published(ledger, witness)
    async with ledger.superuser() as conn:
        sign_for(ledger, await rewrite(conn, honest.size - 4))
    with pytest.raises(Problem) as caught:
        await start(ledger, witness)
    reason = f"the witness {witness.key.name} knows another history of {honest.size} entries"
    assert caught.value.facts["reason"] == reason
    fenced = await publish(ledger, witness)
    assert fenced is not None
    assert reason in str(fenced.facts["reason"])
    assert published(ledger, witness) == honest


async def test_a_rollback_is_refused(ledger: Watched, witness: Running) -> None:
    await publish(ledger, witness)
    kept = ledger.places.checkpoint.parent
    copytree(kept, kept.with_name("older"))
    async with ledger.superuser() as conn:
        older = await conn.fetchrow(HEAD)
    await ledger.say(9)
    await publish(ledger, witness)
    assert published(ledger, witness).size == older["size"] + 9
    async with ledger.superuser() as conn:
        await roll_back(conn, older)
    rmtree(kept)
    copytree(kept.with_name("older"), kept)
    with pytest.raises(Problem) as caught:
        await start(ledger, witness)
    reason = f"the witness {witness.key.name} has cosigned {older['size'] + 9} entries"
    assert str(caught.value.facts["reason"]).startswith(reason)


async def test_a_rollback_that_grew_again_is_refused(ledger: Watched, witness: Running) -> None:
    """The start finds nothing, since the witness has seen less than there is now; publishing does."""
    await publish(ledger, witness)
    async with ledger.superuser() as conn:
        older = await conn.fetchrow(HEAD)
    await ledger.say(5)
    await publish(ledger, witness)
    honest = published(ledger, witness)
    async with ledger.superuser() as conn:
        await roll_back(conn, older)
        # Without rows that fit the service would trip over what it says anew.
        assert not (await audit.rebuild(conn, make_registry())).findings
    ledger.places.checkpoint.unlink()
    await ledger.say(30)
    fenced = await publish(ledger, witness)
    assert fenced is not None
    assert "knows another history" in str(fenced.facts["reason"])
    assert published(ledger, witness) == honest
