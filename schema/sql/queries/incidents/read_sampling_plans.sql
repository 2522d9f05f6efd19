-- name: sees
SELECT EXISTS (SELECT FROM incidents.sampling_plans_seen($1, $2, $3) seen WHERE seen.plan = $4)

-- name: page
-- $4 below which id, $5 how many, $6 running, $7 today.
SELECT p.id FROM incidents.sampling_plan p
 WHERE p.id IN (SELECT seen.plan FROM incidents.sampling_plans_seen($1, $2, $3) seen)
   AND p.id < coalesce($4::bigint, 9223372036854775807)
   AND ($6::boolean IS NULL OR (p.ended_on IS NULL AND $7 BETWEEN p.from_day AND p.until_day) = $6)
 ORDER BY p.id DESC LIMIT $5

-- name: rows
-- $4 ids of plans that the reader may see, $5 today. ($1 to $3 are not needed: all shelves take the same.)
SELECT p.id, parties.named(p.organisation) AS organisation, p.region, parties.placed(p.facility) AS facility,
       p.subject, p.purpose, p.count, p.period, p.from_day, p.until_day, p.ended_on,
       p.ended_on IS NULL AND $5 BETWEEN p.from_day AND p.until_day AS is_running,
       (SELECT count(*) FROM incidents.sampled_for(p) s
         WHERE date_trunc(p.period, s.day::date) = date_trunc(p.period, $5::date)) AS taken, p.id / 1000 AS position
  FROM incidents.sampling_plan p
 WHERE p.id = ANY($4::bigint[]) AND ($1::text IS NOT NULL OR $2::bigint IS NOT NULL OR $3::text IS NOT NULL)
 ORDER BY p.id DESC

-- name: periods
-- $1 plan, $2 today: its last twelve periods that have begun, newest first.
SELECT begins::date::text AS begins, count(s.sample) AS taken, greatest(p.count - count(s.sample), 0) AS missing
  FROM incidents.sampling_plan p
 CROSS JOIN generate_series(date_trunc(p.period, p.from_day::date),
                            least(p.until_day, p.ended_on, $2)::date, ('1 ' || p.period)::interval) begins
  LEFT JOIN incidents.sampled_for(p) s ON date_trunc(p.period, s.day::date) = begins
 WHERE p.id = $1
 GROUP BY begins, p.count ORDER BY begins DESC LIMIT 12
