-- name: sees
SELECT EXISTS (SELECT FROM incidents.sample s
                WHERE s.id = $4 AND incidents.sees_sample($1, $2, $3, s.organisation, s.authority, s.keeper, s.owner, s.region))

-- name: page
-- $4 below which id, $5 how many, $6 state, $7 result, $8 failure, $9 subject, $10 purpose, $11 facility, $12 lot,
-- $13 region's prefix, $14 and $15 from and until which day, $16 the recorded time now. A sample that was taken
-- back is shown on its own page only.
SELECT s.id FROM incidents.sample s
  LEFT JOIN incidents.finding f ON f.id = s.finding
 WHERE incidents.sees_sample($1, $2, $3, s.organisation, s.authority, s.keeper, s.owner, s.region)
   AND s.id < coalesce($4::bigint, 9223372036854775807) AND NOT s.withdrawn
   AND ($6::text IS NULL OR s.state = $6)
   AND ($7::text IS NULL OR s.result = $7)
   AND ($8::text IS NULL OR incidents.failure(f.state, f.due_at, $16) = $8)
   AND ($9::text IS NULL OR s.subject = $9)
   AND ($10::text IS NULL OR s.purpose = $10)
   AND ($11::bigint IS NULL OR s.facility = $11)
   AND ($12::bigint IS NULL OR s.lot = $12)
   AND ($13::text IS NULL OR parties.covers($13, s.region))
   AND ($14::text IS NULL OR s.day >= $14)
   AND ($15::text IS NULL OR s.day <= $15)
 ORDER BY s.id DESC LIMIT $5

-- name: rows
-- $4 ids of samples that the reader may see, $5 the recorded time now. A finding is told to whoever sees it.
SELECT s.id, s.number, parties.named(s.organisation) AS organisation, parties.named(s.authority) AS authority,
       parties.placed(s.facility) AS facility, s.region, s.subject, s.target, s.label,
       (SELECT jsonb_build_object('id', l.id, 'code', l.code, 'product', l.product, 'product_en', l.product_en)
          FROM goods.lot l WHERE l.id = s.lot) AS lot,
       s.purpose, s.taken_at, s.state, s.laboratory, s.sent_at, s.result, s.hazard, s.test, s.tested_at,
       CASE WHEN f.id IN (SELECT seen.finding FROM incidents.findings_seen($1, $2, $3) seen) THEN f.id END AS finding,
       incidents.failure(f.state, f.due_at, $5) AS failure, f.due_at, s.withdrawn, s.id / 1000 AS position
  FROM incidents.sample s
  LEFT JOIN incidents.finding f ON f.id = s.finding
 WHERE s.id = ANY($4::bigint[])
 ORDER BY s.id DESC

-- name: tests
-- $1 sample: all its tests, in order.
SELECT parties.named(t.organisation) AS organisation, t.result, t.hazard, t.test, t.method, t.tested_at, t.file,
       t.id / 1000 AS position
  FROM incidents.sample_result t WHERE t.sample = $1 ORDER BY t.id

-- name: papers
-- $4 sample: certificates that name its lot and have the number of one of its tests.
SELECT c.id FROM incidents.sample s JOIN goods.certificate c ON c.lots @> to_jsonb(s.lot)
 WHERE s.id = $4 AND NOT c.withdrawn AND goods.sees_certificate($1, $2, $3, c.key)
   AND c.number IN (SELECT t.test FROM incidents.sample_result t WHERE t.sample = s.id)
 ORDER BY c.id

-- name: counts
-- $4 period, $5 by what it is told apart (none: null), $6 from and $7 until which day, $8 region's prefix,
-- $9 facility, $10 category, $11 subject, $12 purpose, $13 the recorded time now, $14 and $15 after which period
-- and key, $16 how many. Newest periods first. Only what the reader sees is counted, so that no count tells more.
WITH counted AS (
    SELECT date_trunc($4, s.day::date)::date::text AS begins,
           CASE $5::text WHEN 'region' THEN left(s.region, 4) WHEN 'facility' THEN s.facility::text
                         WHEN 'category' THEN coalesce(l.category, '') WHEN 'subject' THEN s.subject
                         WHEN 'purpose' THEN s.purpose ELSE '' END AS key,
           s.result, incidents.failure(f.state, f.due_at, $13) AS failure
      FROM incidents.sample s LEFT JOIN goods.lot l ON l.id = s.lot
      LEFT JOIN incidents.finding f ON f.id = s.finding
     WHERE incidents.sees_sample($1, $2, $3, s.organisation, s.authority, s.keeper, s.owner, s.region)
       AND NOT s.withdrawn
       AND ($6::text IS NULL OR s.day >= $6) AND ($7::text IS NULL OR s.day <= $7)
       AND ($8::text IS NULL OR parties.covers($8, s.region))
       AND ($9::bigint IS NULL OR s.facility = $9)
       AND ($10::text IS NULL OR l.category = $10)
       AND ($11::text IS NULL OR s.subject = $11)
       AND ($12::text IS NULL OR s.purpose = $12)
)
SELECT begins, key, CASE WHEN $5 = 'facility' THEN parties.placed(key::bigint) END AS facility, count(*) AS taken,
       count(*) FILTER (WHERE result IS NULL OR result IN ('inconclusive', 'invalid')) AS waiting,
       count(*) FILTER (WHERE result = 'negative') AS negative,
       count(*) FILTER (WHERE result = 'positive') AS positive,
       count(*) FILTER (WHERE result = 'negative') * 1000
           / nullif(count(*) FILTER (WHERE result IN ('negative', 'positive')), 0) AS pass_permille,
       count(*) FILTER (WHERE failure IN ('open', 'overdue')) AS open,
       count(*) FILTER (WHERE failure = 'overdue') AS overdue,
       count(*) FILTER (WHERE failure = 'answered') AS answered,
       count(*) FILTER (WHERE failure = 'closed') AS closed
  FROM counted
 WHERE $14::text IS NULL OR begins < $14 OR begins = $14 AND key > $15
 GROUP BY begins, key ORDER BY begins DESC, key LIMIT $16
