-- name: sees
SELECT goods.sees_unit($1, $2, $3, $4)

-- name: page
-- $4 below which id, $5 how many, $6 lot, $7 state, $8 facility, $9 only where something is on hand, $10 held.
SELECT u.id FROM goods.unit u
 WHERE CASE WHEN $6::bigint IS NULL OR $1 = 'organisation'
            THEN u.id IN (SELECT s.unit FROM goods.units_seen($1, $2, $3) s)
            ELSE goods.sees_lot($1, $2, $3, u.lot) END
   AND u.id < coalesce($4::bigint, 9223372036854775807)
   AND ($6::bigint IS NULL OR u.lot = $6)
   AND ($7::text IS NULL OR u.state = $7)
   AND ($8::bigint IS NULL OR u.facility = $8)
   AND (NOT $9::boolean OR u.grams > 0)
   AND ($10::boolean IS NULL OR EXISTS (SELECT FROM incidents.in_force(u.holds, u.lot)) = $10)
 ORDER BY u.id DESC LIMIT $5

-- name: rows
-- $4 ids of units that the reader may see. Whom goods on the road belong to may be their importer, which is
-- not for the consignee. ($3 is not needed: all shelves take the same arguments.)
SELECT u.id, jsonb_build_object('id', l.id, 'code', l.code, 'product', l.product, 'product_en', l.product_en) AS lot,
       CASE WHEN $1 <> 'organisation' OR $2 IN (u.owner, u.custodian) THEN parties.named(u.owner) END AS owner,
       parties.named(u.custodian) AS custodian, parties.placed(u.facility) AS facility, u.zone, u.region,
       u.state, u.shipment, u.in_pieces, u.in_grams, u.pieces, u.grams, u.out_pieces, u.out_grams,
       u.loss_pieces, u.loss_grams, u.sample_pieces, u.sample_grams, u.destroyed_pieces, u.destroyed_grams,
       u.pack, u.packaging, u.made_at,
       (SELECT jsonb_agg(e.file ORDER BY e.id) FROM goods.evidence e WHERE e.unit = u.id) AS evidence,
       incidents.holds_shown(u.holds, u.lot) AS holds, u.id / 1000 AS position
  FROM goods.unit u JOIN goods.lot l ON l.id = u.lot
 WHERE u.id = ANY($4::bigint[]) AND $3::text IS NOT NULL
 ORDER BY u.id DESC
