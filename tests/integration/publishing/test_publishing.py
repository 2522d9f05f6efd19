"""What is published: a checkpoint of what was committed, and tiles that lead to its root, sealed or not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing
from os import truncate
from shutil import rmtree

import pytest

from schema.problems import Problem
from service.ledger import Ledger
from service.ledger.chain import leaf_hash
from service.ledger.checkpoint import open_checkpoint
from service.ledger.merkle import EMPTY_ROOT, RightEdge, verify_consistency, verify_inclusion
from service.ledger.segments import SEGMENT, segment_path
from service.ledger.tiles import ENTRIES, WIDTH, Tile, split_entries, split_hashes, tile_at, tiles_of
from service.publishing.log import PublishedLog
from service.registry import make_registry
from service.storage import open_pool
from tests.integration.publishing.conftest import SIZE, Long
from tests.retold import SIGNER

VERIFIERS = [SIGNER.verifier]


@pytest.fixture
async def log(long: Long) -> AsyncIterator[PublishedLog]:
    async with await open_pool(long.url, "coldledger_reader", 2) as pool:
        log = PublishedLog(pool, long.places, VERIFIERS)
        yield log
        log.close()


async def all_tiles(log: PublishedLog, size: int) -> dict[Tile, bytes]:
    bundles = [tile_at(ENTRIES, index, size) for index in range(-(-size // WIDTH))]
    return {tile: await log.tile(tile) for tile in (*tiles_of(size), *bundles)}


async def test_the_note_outside_and_the_published_one_tell_the_same_size_and_root(long: Long) -> None:
    outside, published = (path.read_text() for path in (long.places.checkpoint, long.places.published))
    assert outside == published
    checkpoint = open_checkpoint(published, SIGNER.verifier)
    async with long.reading() as conn:
        edge = await conn.fetchval("SELECT edge FROM ledger.head")
    assert (checkpoint.size, checkpoint.root) == (SIZE, RightEdge.from_bytes(SIZE, edge).root())


async def test_entries_in_bundles_lead_to_the_root_by_the_tiles_of_every_level(log: PublishedLog) -> None:
    found = await all_tiles(log, SIZE)
    entries = [
        entry for tile, bundle in found.items() if tile.level == ENTRIES for entry in split_entries(bundle)
    ]
    leaves = [leaf_hash(entry) for entry in entries]
    assert RightEdge().extend(leaves).root() == log.published().checkpoint.root
    level = {0: leaves}
    level[1] = [
        RightEdge().extend(leaves[start : start + WIDTH]).root()
        for start in range(0, len(leaves) // WIDTH * WIDTH, WIDTH)
    ]
    for tile in tiles_of(SIZE):
        start = tile.index * WIDTH
        assert split_hashes(found[tile]) == tuple(level[tile.level][start : start + tile.width]), tile.path


async def test_tiles_from_segments_are_those_from_rows(long: Long, log: PublishedLog) -> None:
    sealed = await all_tiles(log, SIZE)
    assert len([*long.places.segments.iterdir()]) == SIZE // SEGMENT
    log.close()
    rmtree(long.places.segments)
    assert await all_tiles(log, SIZE) == sealed


@pytest.mark.parametrize("size", [0, 200_000, None])
async def test_a_segment_that_is_cut_off_or_taken_away_under_a_running_service_costs_nothing(
    long: Long, log: PublishedLog, size: int | None
) -> None:
    tiles, told = await all_tiles(log, SIZE), await log.statements(SEGMENT, 100)
    async with await open_pool(long.url, "coldledger_reader", 2) as pool:
        with (
            closing(PublishedLog(pool, long.places, VERIFIERS)) as asked_for_tiles,
            closing(PublishedLog(pool, long.places, VERIFIERS)) as asked_for_statements,
        ):
            for each in (asked_for_tiles, asked_for_statements):
                await each.statements(SEGMENT, 1)
            path = segment_path(long.places.segments, SEGMENT)
            path.unlink() if size is None else truncate(path, size)
            assert await all_tiles(asked_for_tiles, SIZE) == tiles
            assert await asked_for_statements.statements(SEGMENT, 100) == told


async def test_segments_that_were_lost_are_sealed_again_byte_for_byte(long: Long) -> None:
    before = {path.name: path.read_bytes() for path in long.places.segments.iterdir()}
    rmtree(long.places.segments)
    await long.say(1)
    async with long.publisher():
        pass
    assert {path.name: path.read_bytes() for path in long.places.segments.iterdir()} == before


@pytest.mark.parametrize("position", [0, 255, 256, SEGMENT - 1, SEGMENT, 2 * SEGMENT, SIZE - 1])
async def test_every_position_has_a_proof(log: PublishedLog, position: int) -> None:
    tile = tile_at(0, position // WIDTH, SIZE)
    leaf = split_hashes(await log.tile(tile))[position % WIDTH]
    proof, note = await log.inclusion(position)
    verify_inclusion(leaf, position, note.size, proof, note.checkpoint.root)


@pytest.mark.parametrize("old", [0, 1, 255, 256, 300, SEGMENT, SEGMENT + 1, SIZE - 1, SIZE])
async def test_the_published_tree_extends_every_older_one(log: PublishedLog, old: int) -> None:
    root = EMPTY_ROOT
    if old:
        leaves = [
            leaf
            for index in range(-(-old // WIDTH))
            for leaf in split_hashes(await log.tile(tile_at(0, index, old)))
        ]
        root = RightEdge().extend(leaves).root()
    proof = await log.consistency(old, SIZE)
    verify_consistency(old, SIZE, proof, root, log.published().checkpoint.root)


@pytest.mark.parametrize(
    "tile", [Tile(0, SIZE // WIDTH), Tile(1, 0), Tile(2, 0, 1), Tile(ENTRIES, SIZE // WIDTH + 1, 1)]
)
async def test_a_tile_beyond_the_published_tree_is_not_served(log: PublishedLog, tile: Tile) -> None:
    with pytest.raises(Problem, match=r"log\.no-such-tile"):
        await log.tile(tile)


async def test_what_is_not_published_yet_has_no_proof_but_soon(long: Long, log: PublishedLog) -> None:
    await long.say(1)
    with pytest.raises(Problem, match=r"log\.not-covered"):
        await log.inclusion(SIZE)
    async with long.publisher():
        pass
    _, note = await log.inclusion(SIZE)
    assert note.size == SIZE + 1


async def test_a_ledger_that_was_never_published_says_so(long: Long, log: PublishedLog) -> None:
    long.places.published.unlink()
    with pytest.raises(Problem, match=r"log\.nothing-published"):
        log.published()


async def test_a_database_that_goes_back_under_a_running_service_is_not_written_any_more(long: Long) -> None:
    async with long.publisher() as publisher:
        await publisher.close()  # from here on it does nothing by itself, which would hold the lock
        signed = long.places.checkpoint.read_bytes()
        await long.roll_back(SIZE - 1)
        with pytest.raises(Problem, match=r"ledger\.fenced"):
            await publisher.publish()
    with pytest.raises(Problem, match=r"ledger\.fenced"):
        publisher.demand_unfenced()
    assert long.places.checkpoint.read_bytes() == signed


async def test_the_ledger_gives_its_word_again_only_for_what_it_published(long: Long) -> None:
    """Whoever rewrites a row and asks again under the submission's key gets no promise of the new one."""
    position = SEGMENT + 5
    async with long.publisher() as publisher, await open_pool(long.url, "coldledger_writer", 1) as pool:
        ledger = Ledger(pool, make_registry(), SIGNER, publisher=publisher)
        assert (await ledger.acknowledgement(position)).position == position
        await long.tamper(f"UPDATE ledger.entry SET leaf = sha256(leaf) WHERE position = {position}")
        with pytest.raises(Problem, match=r"ledger\.changed"):
            await ledger.acknowledgement(position)
        await ledger.close()


async def test_rewritten_entries_are_not_signed_though_the_head_fits_them(long: Long) -> None:
    """Who holds the database can make another history; who holds the key does not sign it unseen."""
    async with long.publisher() as publisher:
        await publisher.close()
        await long.say(2)
        await long.tamper(
            f"UPDATE ledger.entry SET leaf = sha256(leaf) WHERE position = {SIZE}",
        )
        with pytest.raises(Problem, match=r"ledger\.fenced"):
            await publisher.publish()
    assert open_checkpoint(long.places.published.read_text(), SIGNER.verifier).size == SIZE
