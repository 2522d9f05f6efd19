-- What the trace index does not hold, of the few rows that its figures name (service/tracing/indexed.py).

-- name: position
-- As of which position this snapshot is.
SELECT h.size FROM ledger.head h

-- name: beginning
-- $4 lot, $5 unit or $6 code: where all that a trace from it reaches is in the reader's reach, as of which position
-- this is, and the lot. Who has a lot in reach sees it and its units (goods.sees_lot, goods.sees_unit); a business
-- does not ask.
SELECT h.size AS position, l.id, l.code, l.product, l.product_en FROM ledger.head h CROSS JOIN goods.lot l
 WHERE l.id = coalesce($4::bigint, (SELECT u.lot FROM goods.unit u WHERE u.id = $5::bigint),
                       (SELECT c.lot FROM codes.issued_code c WHERE c.code = $6::text))
   AND EXISTS (SELECT FROM goods.lots_seen($1, $2, $3) s WHERE s.lot = l.id)

-- name: names
-- $1 organisations, $2 facilities: how each is told, by its id.
SELECT (SELECT jsonb_object_agg(o.id, parties.named(o.id)) FROM unnest($1::bigint[]) AS o(id)) AS organisations,
       (SELECT jsonb_object_agg(f.id, parties.placed(f.id)) FROM unnest($2::bigint[]) AS f(id)) AS facilities

-- name: shipments
-- $1 shipments: whose they are.
SELECT s.id AS shipment, parties.named(s.consignor) AS consignor, parties.named(s.consignee) AS consignee,
       parties.placed(s.origin) AS origin, parties.placed(s.destination) AS destination, s.departed_at
  FROM goods.shipment s WHERE s.id = ANY($1::bigint[])

-- name: found
-- $1 units: what they came in with, of those that no movement made; nothing where one was written from $2 on.
SELECT sum(u.in_pieces)::bigint AS pieces, sum(u.in_grams)::bigint AS grams
  FROM goods.unit u WHERE u.id = ANY($1::bigint[]) HAVING bool_and(u.version < $2::bigint)
