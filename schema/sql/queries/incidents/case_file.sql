-- name: load
SELECT id, organisation, region, number, hazard, drill, state, subject, opened_at, opened_in, sampled_at,
       confirmed_in, cleared_in, closed_in, version, holds, requests, tests, conclusion, note
  FROM incidents.case_file WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO incidents.case_file (id, organisation, region, number, hazard, drill, state, subject,
       opened_at, opened_in, sampled_at, confirmed_in, cleared_in, closed_in, version, holds, requests,
       tests, conclusion, note)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::boolean[],
       $7::text[], $8::jsonb[], $9::text[], $10::bigint[], $11::text[], $12::bigint[], $13::bigint[],
       $14::bigint[], $15::bigint[], $16::jsonb[], $17::jsonb[], $18::jsonb[], $19::text[], $20::jsonb[])
ON CONFLICT (id) DO UPDATE SET state = excluded.state, sampled_at = excluded.sampled_at, confirmed_in =
       excluded.confirmed_in, cleared_in = excluded.cleared_in, closed_in = excluded.closed_in, version =
       excluded.version, holds = excluded.holds, requests = excluded.requests, tests = excluded.tests,
       conclusion = excluded.conclusion, note = excluded.note

-- name: all
SELECT id, organisation, region, number, hazard, drill, state, subject, opened_at, opened_in, sampled_at,
       confirmed_in, cleared_in, closed_in, version, holds, requests, tests, conclusion, note
  FROM incidents.case_file ORDER BY id

-- name: clear
TRUNCATE incidents.case_file
