-- name: lots
-- $1 lots or arrivals, $2 position: lots that a hold on them covers as a whole.
SELECT l.id FROM incidents.lots_made($1, $2) made JOIN goods.lot l ON l.id = made.lot ORDER BY l.id

-- name: units_of
-- $1 lots, $2 position. An id is its statement's position times a thousand, and a place.
SELECT u.id FROM goods.unit u WHERE u.lot = ANY($1::bigint[]) AND u.id < $2::bigint * 1000 ORDER BY u.id

-- name: units
-- $1 units, $2 position, $3 the keeper at whose door it ends, or null.
SELECT unit AS id FROM incidents.units_made($1, $2, $3) ORDER BY unit

-- name: in_hand
-- $1 units, $2 the keeper: those in its store.
SELECT id FROM goods.unit
 WHERE id = ANY($1::bigint[]) AND custodian = $2 AND state IN ('quarantined', 'released')

-- name: places
-- $1 units: where what there is of them is.
SELECT parties.placed(u.facility) AS facility, u.region, parties.named(u.custodian) AS custodian,
       count(*) AS units, sum(u.grams)::bigint AS grams,
       CASE WHEN count(u.pieces) = count(*) THEN sum(u.pieces)::bigint END AS pieces
  FROM goods.unit u
 WHERE u.id = ANY($1::bigint[]) AND u.grams > 0 AND u.state IN ('quarantined', 'released', 'in_transit')
 GROUP BY u.facility, u.region, u.custodian
 ORDER BY grams DESC, u.facility

-- name: owners
SELECT parties.named(u.owner) AS owner, count(*) AS units, sum(u.grams)::bigint AS grams
  FROM goods.unit u
 WHERE u.id = ANY($1::bigint[]) AND u.grams > 0 AND u.state IN ('quarantined', 'released', 'in_transit')
 GROUP BY u.owner
 ORDER BY grams DESC, u.owner

-- name: gone
SELECT coalesce(sum(u.grams), 0)::bigint FROM goods.unit u
 WHERE u.id = ANY($1::bigint[]) AND u.state IN ('sold', 'surrendered')

-- name: lot_refs
SELECT id, code, product, product_en FROM goods.lot WHERE id = ANY($1::bigint[]) ORDER BY id

-- name: lot_witnesses
-- $1 lots or arrivals, $2 reach: for each a unit of it, or made of it, that is or was in the region or is on
-- the road to it.
SELECT DISTINCT found.unit
  FROM unnest($1::bigint[]) named
 CROSS JOIN LATERAL (
       SELECT u.id AS unit FROM incidents.lots_made(ARRAY[named], 9007199254740991) made
         JOIN goods.unit u ON u.lot = made.lot
         LEFT JOIN goods.shipment s ON s.id = u.shipment AND u.state = 'in_transit'
         LEFT JOIN parties.facility f ON f.id = s.destination
        WHERE parties.covers($2, u.region) OR parties.covers($2, f.region)
        ORDER BY u.id LIMIT 1) found
 ORDER BY found.unit

-- name: unit_witnesses
SELECT DISTINCT found.unit
  FROM unnest($1::bigint[]) named
 CROSS JOIN LATERAL (
       SELECT u.id AS unit FROM incidents.units_made(ARRAY[named], 9007199254740991, NULL) made
         JOIN goods.unit u ON u.id = made.unit
         LEFT JOIN goods.shipment s ON s.id = u.shipment AND u.state = 'in_transit'
         LEFT JOIN parties.facility f ON f.id = s.destination
        WHERE parties.covers($2, u.region) OR parties.covers($2, f.region)
        ORDER BY u.id LIMIT 1) found
 ORDER BY found.unit

-- name: position
SELECT size FROM ledger.head
