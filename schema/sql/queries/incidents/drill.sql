-- name: load
SELECT id, organisation, region, seed, hazard, scheduled_on, targets, state, planned_at, version,
       case_file, lot, asked_at, candidates, digest, expected, started_at, ended_at, score, note
  FROM incidents.drill WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO incidents.drill
      (id, organisation, region, seed, hazard, scheduled_on, targets, state, planned_at, version,
       case_file, lot, asked_at, candidates, digest, expected, started_at, ended_at, score, note)
SELECT * FROM unnest(
       $1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::jsonb[],
       $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[],
       $14::bigint[], $15::text[], $16::jsonb[], $17::text[], $18::text[], $19::jsonb[],
       $20::jsonb[])
    ON CONFLICT (id) DO UPDATE SET
       state = excluded.state, version = excluded.version, case_file = excluded.case_file,
       lot = excluded.lot, asked_at = excluded.asked_at, candidates = excluded.candidates,
       digest = excluded.digest, expected = excluded.expected, started_at = excluded.started_at,
       ended_at = excluded.ended_at, score = excluded.score

-- name: all
SELECT id, organisation, region, seed, hazard, scheduled_on, targets, state, planned_at, version,
       case_file, lot, asked_at, candidates, digest, expected, started_at, ended_at, score, note
  FROM incidents.drill ORDER BY id

-- name: clear
TRUNCATE incidents.drill
