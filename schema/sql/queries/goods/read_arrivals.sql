-- name: sees
SELECT goods.sees_arrival($1, $2, $3, $4)

-- name: page
-- $4 below which id, $5 how many, $6 container, $7 only those not opened yet.
SELECT a.id FROM goods.arrival a
 WHERE a.id IN (SELECT s.arrival FROM goods.arrivals_seen($1, $2, $3) s)
   AND a.id < coalesce($4::bigint, 9223372036854775807)
   AND ($6::text IS NULL OR a.container = $6)
   AND (NOT $7::boolean OR a.opened_at IS NULL AND NOT a.withdrawn)
 ORDER BY a.id DESC LIMIT $5

-- name: rows
-- $4 ids of arrivals that the reader may see; import details are for the first station, the importer and
-- authorities.
SELECT a.id, parties.named(a.organisation) AS organisation, parties.placed(a.facility) AS facility, a.regime, a.source,
       a.container, a.port, a.entry_on, a.opened_at, a.seal_intact,
       CASE WHEN whole THEN a.expected_at END AS expected_at,
       CASE WHEN whole THEN a.seal END AS seal, CASE WHEN whole THEN a.voyage END AS voyage,
       CASE WHEN whole THEN a.importer END AS importer,
       CASE WHEN whole THEN a.details -> 'importer_code' END AS importer_code,
       CASE WHEN whole THEN a.details - 'importer_code' END AS details,
       (SELECT jsonb_agg(jsonb_build_object('id', l.id, 'code', l.code, 'product', l.product,
                                            'product_en', l.product_en) ORDER BY l.id)
          FROM goods.lot l WHERE l.arrival = a.id AND goods.sees_lot($1, $2, $3, l.id)) AS lots,
       incidents.holds_shown('[]', a.id) AS holds, a.id / 1000 AS position, a.withdrawn,
       CASE WHEN a.opened_at IS NOT NULL THEN a.opened_in END AS opened_in
  FROM goods.arrival a CROSS JOIN LATERAL (SELECT goods.sees_import($1, $2, a.id) AS whole) AS mine
 WHERE a.id = ANY($4::bigint[])
 ORDER BY a.id DESC
