-- name: load
SELECT id, case_file, organisation, addressee, facility, region, drill, asks, lots, units, state,
       made_at, due_at, acknowledged_at, answered_at, answered_in, version, answer, counted, evidence,
       note, answer_note, withdrawn_because
  FROM incidents.case_request WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO incidents.case_request (id, case_file, organisation, addressee, facility, region, drill,
       asks, lots, units, state, made_at, due_at, acknowledged_at, answered_at, answered_in, version,
       answer, counted, evidence, note, answer_note, withdrawn_because)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[],
       $7::boolean[], $8::jsonb[], $9::jsonb[], $10::jsonb[], $11::text[], $12::text[], $13::text[],
       $14::text[], $15::text[], $16::bigint[], $17::bigint[], $18::text[], $19::jsonb[], $20::jsonb[],
       $21::jsonb[], $22::jsonb[], $23::text[])
ON CONFLICT (id) DO UPDATE SET state = excluded.state, due_at = excluded.due_at, acknowledged_at =
       excluded.acknowledged_at, answered_at = excluded.answered_at, answered_in = excluded.answered_in,
       version = excluded.version, answer = excluded.answer, counted = excluded.counted, evidence =
       excluded.evidence, answer_note = excluded.answer_note, withdrawn_because =
       excluded.withdrawn_because

-- name: all
SELECT id, case_file, organisation, addressee, facility, region, drill, asks, lots, units, state,
       made_at, due_at, acknowledged_at, answered_at, answered_in, version, answer, counted, evidence,
       note, answer_note, withdrawn_because
  FROM incidents.case_request ORDER BY id

-- name: clear
TRUNCATE incidents.case_request
