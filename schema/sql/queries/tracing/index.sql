-- What the trace index holds (service/tracing/index). Each block gives whole numbers only, of the sizes that the
-- index reads them in (index/rows.py), of statements from $1 up to, and without, $2; NULL is -1.

-- name: head
-- How far the ledger is, under which name, and the chain value there and at $1: what the index must have come from.
SELECT h.size, encode(h.chain, 'hex') AS chain, (SELECT i.names -> -1 ->> 'origin' FROM parties.ledger_identity i)
       AS origin, (SELECT encode(e.chain, 'hex') FROM ledger.entry e WHERE e.position = $1::bigint - 1) AS chain_before,
       (SELECT max(m.number) FROM public.migration m) AS migration
  FROM ledger.head h

-- name: plan_once
-- For whoever asks the same again and again of a few new rows: planning them costs three times the asking.
SET plan_cache_mode = force_generic_plan

-- name: share_snapshot
-- What another connection executes to see what this one sees; it takes no parameters.
SELECT format('SET TRANSACTION SNAPSHOT %L', pg_export_snapshot())

-- name: sizes
-- How many rows the large tables have, as the planner last counted them.
SELECT c.relname::text || 's' AS name, greatest(c.reltuples, 0)::bigint AS rows
  FROM pg_class c WHERE c.oid IN ('goods.edge'::regclass, 'goods.stay'::regclass)

-- name: node_ids
-- Units, and the nodes of transformations, which have no row of their own.
SELECT u.id FROM goods.unit u
UNION ALL
SELECT e.child FROM goods.edge e WHERE e.kind IN ('process', 'repack')

-- name: lot_ids
SELECT l.id FROM goods.lot l

-- name: shipments
SELECT s.id, coalesce(s.vehicle, -1) AS vehicle
  FROM goods.shipment s WHERE s.version >= $1::bigint AND s.version < $2::bigint

-- name: units
SELECT u.id, u.lot, u.custodian, coalesce(u.facility, -1) AS facility, coalesce(u.zone, -1) AS zone,
       coalesce(u.shipment, -1) AS shipment, coalesce(u.pieces, -1)::integer AS pieces, u.grams, u.since, u.placed::integer, u.version::integer,
       (array_position(ARRAY['quarantined', 'released', 'in_transit', 'sold', 'surrendered', 'withdrawn'],
                       u.state) - 1)::smallint AS state,
       (u.packaging = 'sealed')::integer::smallint AS sealed, (u.until IS NULL)::integer::smallint AS there
  FROM goods.unit u WHERE u.version >= $1::bigint AND u.version < $2::bigint

-- name: waste
-- What was lost of units, sampled or destroyed; those of which nothing was are left out. A stock difference may
-- be of pieces alone.
SELECT u.id, coalesce(u.loss_pieces, -1)::integer AS lost_pieces, u.loss_grams AS lost_grams,
       coalesce(u.sample_pieces, -1)::integer AS sampled_pieces, u.sample_grams AS sampled_grams,
       coalesce(u.destroyed_pieces, -1)::integer AS destroyed_pieces, u.destroyed_grams
  FROM goods.unit u
 WHERE u.version >= $1::bigint AND u.version < $2::bigint
   AND (u.loss_grams + u.sample_grams + u.destroyed_grams > 0
        OR coalesce(u.loss_pieces + u.sample_pieces + u.destroyed_pieces, 0) > 0)

-- name: edges
-- `mixes` is 1 for what went into the node of a transformation or came out of it, 2 where it was repacked.
SELECT e.parent, e.child, e.version::integer, e.earliest, e.latest,
       (CASE e.kind WHEN 'process' THEN 1 WHEN 'repack' THEN 2 ELSE 0 END)::smallint AS mixes,
       coalesce(e.pieces, -1)::integer AS pieces, e.grams
  FROM goods.edge e WHERE e.version >= $1::bigint AND e.version < $2::bigint

-- name: corrections
-- `excluded_in` is the position from which on traces leave out what was recorded there.
SELECT c.position::integer, c.correction::integer,
       CASE WHEN c.excluded_by IS NULL THEN -1 ELSE c.version END::integer AS excluded_in
  FROM goods.correction c WHERE c.version >= $1::bigint AND c.version < $2::bigint

-- name: stays
SELECT s.unit, coalesce(s.facility, -1) AS facility, coalesce(s.zone, -1) AS zone,
       coalesce(s.shipment, -1) AS shipment, coalesce(s.vehicle, -1) AS vehicle, s.since, s.until,
       s.placed::integer, s.version::integer, s.sealed::integer::smallint AS sealed
  FROM goods.stay s WHERE s.version >= $1::bigint AND s.version < $2::bigint

-- name: handlings
SELECT h.id, h.organisation, h.facility, h.bay, h.equipment, h.crew, h.units, h.since, h.until, h.version
  FROM goods.handling h WHERE h.version >= $1::bigint AND h.version < $2::bigint ORDER BY h.id
