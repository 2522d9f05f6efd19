-- name: load
SELECT id, organisation, region, case_file, exposure, question, asked_at, digest, hold, level, reason, measures,
       public, drill, state, grams, lots, policy, ordered_at, start_by, finish_on, calendar_until, started_at,
       ended_at, version, waiting, extensions, note
  FROM incidents.recall WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO incidents.recall (id, organisation, region, case_file, exposure, question, asked_at, digest, hold,
       level, reason, measures, public, drill, state, grams, lots, policy, ordered_at, start_by, finish_on,
       calendar_until, started_at, ended_at, version, waiting, extensions, note)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::jsonb[],
       $7::bigint[], $8::text[], $9::bigint[], $10::bigint[], $11::text[], $12::jsonb[], $13::boolean[],
       $14::boolean[], $15::text[], $16::bigint[], $17::jsonb[], $18::bigint[], $19::text[], $20::text[],
       $21::text[], $22::text[], $23::text[], $24::text[], $25::bigint[], $26::jsonb[], $27::jsonb[],
       $28::jsonb[])
ON CONFLICT (id) DO UPDATE SET state = excluded.state, finish_on = excluded.finish_on,
       calendar_until = excluded.calendar_until, started_at = excluded.started_at,
       ended_at = excluded.ended_at, version = excluded.version, waiting = excluded.waiting,
       extensions = excluded.extensions

-- name: all
SELECT id, organisation, region, case_file, exposure, question, asked_at, digest, hold, level, reason, measures,
       public, drill, state, grams, lots, policy, ordered_at, start_by, finish_on, calendar_until, started_at,
       ended_at, version, waiting, extensions, note
  FROM incidents.recall ORDER BY id

-- name: clear
TRUNCATE incidents.recall
