-- name: sees
SELECT EXISTS (SELECT FROM incidents.drills_seen($1, $2, $3) seen WHERE seen.drill = $4)

-- name: page
-- $4 below which id, $5 how many, $6 state.
SELECT d.id FROM incidents.drill d
 WHERE d.id IN (SELECT seen.drill FROM incidents.drills_seen($1, $2, $3) seen)
   AND d.id < coalesce($4::bigint, 9223372036854775807)
   AND ($6::text IS NULL OR d.state = $6)
 ORDER BY d.id DESC LIMIT $5

-- name: rows
-- $4 ids of drills that the reader may see. ($1 to $3 are not needed: all shelves take the same.)
SELECT d.id, parties.named(d.organisation) AS organisation, d.region, d.seed, d.hazard, d.scheduled_on, d.state,
       d.targets, d.case_file AS "case",
       (SELECT jsonb_build_object('id', l.id, 'code', l.code, 'product', l.product, 'product_en', l.product_en)
          FROM goods.lot l WHERE l.id = d.lot) AS lot,
       d.asked_at, d.candidates, d.digest, d.planned_at, d.started_at, d.ended_at, d.score, d.id / 1000 AS position
  FROM incidents.drill d
 WHERE d.id = ANY($4::bigint[]) AND ($1::text IS NOT NULL OR $2::bigint IS NOT NULL OR $3::text IS NOT NULL)
 ORDER BY d.id DESC

-- name: holders
-- $1 drill: how it went with each holder, in the order in which the score has them.
SELECT parties.named((holder ->> 'organisation')::bigint) AS organisation, (holder ->> 'here')::boolean AS here,
       (holder ->> 'grams')::bigint AS grams, (holder ->> 'located_grams')::bigint AS located_grams,
       (holder ->> 'acknowledged')::bigint AS acknowledged, (holder ->> 'answered')::bigint AS answered
  FROM incidents.drill d CROSS JOIN jsonb_array_elements(d.score -> 'holders') WITH ORDINALITY AS h(holder, place)
 WHERE d.id = $1 ORDER BY place

-- name: steps
-- $1 case of a drill, $2 when that started: every step, the oldest first.
SELECT s.kind, parties.named(s.organisation) AS organisation, s.at,
       floor(extract(epoch FROM s.at::timestamptz - $2::text::timestamptz))::bigint AS after, s.version AS position
  FROM incidents.case_step s WHERE s.case_file = $1 ORDER BY s.id LIMIT 1000

-- name: candidates
-- $1 region's prefix, $2 how many units at most: lots that have goods on hand in the region.
SELECT u.lot FROM goods.unit u
 WHERE u.grams > 0 AND u.state IN ('quarantined', 'released') AND parties.covers($1, u.region)
   AND (SELECT count(*) FROM goods.unit every WHERE every.lot = u.lot) <= $2
 GROUP BY u.lot ORDER BY u.lot

-- name: units
-- $1 lot: all its units.
SELECT u.id FROM goods.unit u WHERE u.lot = $1 ORDER BY u.id

-- name: last
-- When the last drill of the reader's own region was finished; for an auditor any.
SELECT max(d.ended_at) FROM incidents.drill d
 WHERE d.state = 'finished' AND d.id IN (SELECT seen.drill FROM incidents.drills_seen($1, $2, $3) seen)
