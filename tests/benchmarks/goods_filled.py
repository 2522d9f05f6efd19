"""Goods that were made (``goods_made``) written into the tables of a ledger, past every rule and trigger.

By binary COPY into tables of plain numbers, and from there; indices are made afterwards. 10^6 edges take
about half a minute, 10^7 several.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Any

import numpy as np

from service.tracing.index.columns import Array
from tests.benchmarks.goods_made import PLACES, VEHICLES, Columns, Made
from tests.tampering import arm, disarm

BLOCK = 200_000
"""Rows a time."""
_UNIT = ("id", "lot", "facility", "zone", "vehicle", "shipment", "version", "since", "until", "state",
         "pieces_in", "pieces", "lost")  # fmt: skip
_EDGE = ("id", "parent", "child", "version", "earliest", "latest", "mixes", "pieces")
_STAY = ("unit", "lot", "facility", "zone", "vehicle", "shipment", "since", "until", "placed", "version")
_WORDS = "(ARRAY['released', 'sold', 'in_transit', 'quarantined'])[m.state + 1]"
_PLACES = f"""
INSERT INTO parties.organisation (id, uscc, name, roles, region, active, version) SELECT {PLACES} + n, 'made '
|| n, '门店' || n, '["retailer"]', CASE n % 3 WHEN 0 THEN '420100' WHEN 1 THEN '370200'
       ELSE '210200' END, true, 0 FROM generate_series(0, $1::integer - 1) AS n"""
_FACILITIES = f"""
INSERT INTO parties.facility (id, organisation, kind, name, region, address, zones, active, version)
SELECT o.id, o.id, 'own_use_store', o.name, o.region, '路', '[]', true, 0 FROM parties.organisation o
 WHERE o.id >= {PLACES}"""
_LOTS = """
INSERT INTO goods.lot (id, family, code, organisation, facility, parents, product, category, specification,
       hs, temperature_class, received_at, pieces, grams, released_pieces, released_grams, certificates,
       details, version)
SELECT u.lot, u.lot, lpad(u.lot::text, 20, '0'), min(u.custodian), min(u.custodian), '[]', '冻虾', 'seafood',
'箱',
       '030617', 'frozen', '2020-01-01', NULL, sum(u.in_grams), 0, 0, '[]', '{}', min(u.version)
  FROM goods.unit u WHERE u.custodian >= $1 GROUP BY u.lot"""
_UNITS = f"""
INSERT INTO goods.unit (id, lot, family, owner, custodian, facility, zone, region, state, shipment, pack,
packaging,
       in_pieces, in_grams, pieces, grams, out_pieces, out_grams, loss_pieces, loss_grams, sample_pieces,
       sample_grams, destroyed_pieces, destroyed_grams, holds, made_at, version, since, placed, until,
       vacated)
SELECT m.id, m.lot, m.lot, {PLACES} + m.facility, {PLACES} + m.facility,
       CASE WHEN m.state <> 2 THEN {PLACES} + m.facility END, CASE WHEN m.state <> 2 THEN m.zone END,
       (ARRAY['420100', '370200', '210200'])[m.facility % 3 + 1], {_WORDS}, CASE WHEN m.state = 2 THEN
       m.shipment END, 'carton', 'sealed', m.pieces_in, m.pieces_in * 10000, m.pieces, m.pieces * 10000,
       m.pieces_in - m.pieces - m.lost, (m.pieces_in - m.pieces - m.lost) * 10000, m.lost, m.lost * 10000, 0,
       0, 0, 0, '[]', '2020-01-01', m.version, m.since, m.version, nullif(m.until, -1), CASE WHEN m.until >= 0
       THEN m.version END
  FROM made.unit m"""
_EDGES = """
INSERT INTO goods.edge (id, parent, child, family, kind, pieces, grams, happened_at, version, earliest,
latest) SELECT m.id, m.parent, m.child, 0, CASE m.mixes WHEN 1 THEN 'process' ELSE 'split' END, m.pieces,
m.pieces * 10000,
       '2020-01-01T08:00+08:00', m.version, m.earliest, m.latest FROM made.edge m"""
_STAYS = f"""
INSERT INTO goods.stay (id, unit, lot, facility, zone, shipment, vehicle, sealed, since, until, placed,
version) SELECT {PLACES} + row_number() OVER (), m.unit, m.lot, CASE WHEN m.facility >= 0 THEN {PLACES} +
m.facility END,
       nullif(m.zone, -1), nullif(m.shipment, -1), CASE WHEN m.vehicle >= 0 THEN {VEHICLES} + m.vehicle END,
       true, m.since, m.until, m.placed, m.version FROM made.stay m"""
_SHIPMENTS = f"""
INSERT INTO goods.shipment (id, consignor, consignee, origin, destination, units, vehicle, waybill,
departed_at,
       purpose, passes, withdrawn, version)
SELECT u.shipment, min(u.owner), min(u.owner), min(u.owner), min(u.owner), '[]', {VEHICLES} + min(m.vehicle),
'{{}}',
       '2020-01-01T08:00+08:00', 'trade', true, false, min(u.version)
  FROM goods.unit u JOIN made.unit m ON m.id = u.id WHERE u.state = 'in_transit' AND u.custodian >= $1
 GROUP BY u.shipment"""
_INDICES = """
SELECT i.schemaname || '.' || i.indexname AS name, i.indexdef FROM pg_indexes i JOIN pg_class c ON c.relname =
i.indexname
  JOIN pg_index x ON x.indexrelid = c.oid
 WHERE i.schemaname = 'goods' AND i.tablename IN ('unit', 'edge', 'stay') AND NOT x.indisprimary"""


async def fill(conn: Any, made: Made) -> None:
    """Write it, for the connection of a superuser; the ledger then has ``made.end`` statements, of which
    those from ``made.first`` on, but the last, are not there."""
    await conn.execute("CREATE SCHEMA made")
    indices = await conn.fetch(_INDICES)
    for index in indices:
        await conn.execute(f"DROP INDEX {index['name']}")
    await conn.execute(_PLACES, made.places)
    await conn.execute(_FACILITIES)
    for table, names, columns, insert in (
        ("unit", _UNIT, made.units, _UNITS),
        ("edge", _EDGE, made.edges, _EDGES),
        ("stay", _STAY, made.stays, _STAYS),
    ):
        await _copy(conn, table, {name: columns[name] for name in names})
        await conn.execute(insert)
    await conn.execute(_LOTS, PLACES)
    await conn.execute(_SHIPMENTS, PLACES)
    await conn.execute("DROP SCHEMA made CASCADE")
    for index in indices:
        await conn.execute(index["indexdef"])
    await _grow(conn, made)
    for table in ("unit", "edge", "stay", "lot", "shipment"):
        await conn.execute(f"VACUUM ANALYZE goods.{table}")
    await conn.execute("CHECKPOINT")


async def _copy(conn: Any, table: str, columns: Columns) -> None:
    listed = ", ".join(f"{name} bigint" for name in columns)
    await conn.execute(f"CREATE UNLOGGED TABLE made.{table} ({listed})")
    await conn.copy_to_table(table, schema_name="made", source=_blocks(columns), format="binary")


async def _blocks(columns: Columns) -> AsyncIterator[bytes]:
    yield b"PGCOPY\n\xff\r\n\0" + bytes(8)
    for block in _rows(columns):
        yield block
    yield b"\xff\xff"


def _rows(columns: Columns) -> Iterator[bytes]:
    fields = [("fields", ">i2")]
    for name in columns:
        fields += [(f"size {name}", ">i4"), (name, ">i8")]
    count = len(next(iter(columns.values())))
    for begin in range(0, count, BLOCK):
        rows: Array = np.zeros(min(BLOCK, count - begin), np.dtype(fields))
        rows["fields"] = len(columns)
        for name, column in columns.items():
            rows[f"size {name}"] = 8
            rows[name] = column[begin : begin + BLOCK]
        yield rows.tobytes()


async def _grow(conn: Any, made: Made) -> None:
    """A head as if all of it had been said; the hashes are of nothing."""
    await disarm(conn)
    chain = secrets.token_bytes(32)
    edge = secrets.token_bytes(32 * made.end.bit_count())
    await conn.execute(
        "INSERT INTO ledger.entry (position, kind, nonce, statement, entry, leaf, chain)"
        " SELECT $1, kind, nonce, statement, entry, leaf, $2 FROM ledger.entry WHERE position = 0",
        made.end - 1,
        chain,
    )
    await conn.execute("UPDATE ledger.head SET size = $1, chain = $2, edge = $3", made.end, chain, edge)
    await arm(conn)
