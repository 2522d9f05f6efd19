-- What the trace index does not hold, of the few rows that its figures name (service/tracing/indexed.py).

-- name: position
-- As of which position this snapshot is.
SELECT h.size FROM ledger.head h

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
-- $1 units: what they came in with, of those that no movement made.
SELECT sum(u.in_pieces)::bigint AS pieces, sum(u.in_grams)::bigint AS grams
  FROM goods.unit u WHERE u.id = ANY($1::bigint[])
