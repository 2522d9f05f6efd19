-- name: load
SELECT id, organisation, region, facility, subject, purpose, count, period, from_day, until_day,
       ended_on, version
  FROM incidents.sampling_plan WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO incidents.sampling_plan
      (id, organisation, region, facility, subject, purpose, count, period, from_day, until_day,
       ended_on, version)
SELECT * FROM unnest(
       $1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::integer[],
       $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[])
    ON CONFLICT (id) DO UPDATE SET
       ended_on = excluded.ended_on, version = excluded.version

-- name: all
SELECT id, organisation, region, facility, subject, purpose, count, period, from_day, until_day,
       ended_on, version
  FROM incidents.sampling_plan ORDER BY id

-- name: clear
TRUNCATE incidents.sampling_plan
