-- name: load
SELECT id, kind, organisation, region, reason, question, policy, asked_at, digest, finding,
       placed_at, lifted_at, lifted_by, lifted_because, version, lots, case_number, note,
       lifted_on_test, lifted_note, case_file, exposure, drill
  FROM incidents.hold WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO incidents.hold (id, kind, organisation, region, reason, question, policy, asked_at,
       digest, finding, placed_at, lifted_at, lifted_by, lifted_because, version, lots, case_number,
       note, lifted_on_test, lifted_note, case_file, exposure, drill)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::jsonb[],
       $7::bigint[], $8::bigint[], $9::text[], $10::bigint[], $11::text[], $12::text[],
       $13::bigint[], $14::text[], $15::bigint[], $16::jsonb[], $17::text[], $18::jsonb[],
       $19::text[], $20::jsonb[], $21::bigint[], $22::bigint[], $23::boolean[])
ON CONFLICT (id) DO UPDATE SET question = excluded.question, lifted_at = excluded.lifted_at,
       lifted_by = excluded.lifted_by, lifted_because = excluded.lifted_because, version = excluded.version,
       lifted_on_test = excluded.lifted_on_test, lifted_note = excluded.lifted_note

-- name: all
SELECT id, kind, organisation, region, reason, question, policy, asked_at, digest, finding,
       placed_at, lifted_at, lifted_by, lifted_because, version, lots, case_number, note,
       lifted_on_test, lifted_note, case_file, exposure, drill
  FROM incidents.hold ORDER BY id

-- name: clear
TRUNCATE incidents.hold
