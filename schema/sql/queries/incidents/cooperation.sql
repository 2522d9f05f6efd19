-- name: load
SELECT id, direction, organisation, case_file, region, origin, reference, package, number, hazard,
       drill, asks, lots, state, made_at, due_at, acknowledged_at, answered_at, answered_in, version,
       answer, grams, answered_by, reply_origin, reply_package, note, answer_note
  FROM incidents.cooperation WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO incidents.cooperation (id, direction, organisation, case_file, region, origin, reference, package, number, hazard,
       drill, asks, lots, state, made_at, due_at, acknowledged_at, answered_at, answered_in, version,
       answer, grams, answered_by, reply_origin, reply_package, note, answer_note)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[],
       $8::text[], $9::text[], $10::text[], $11::boolean[], $12::jsonb[], $13::jsonb[], $14::text[],
       $15::text[], $16::text[], $17::text[], $18::text[], $19::bigint[], $20::bigint[], $21::text[],
       $22::bigint[], $23::bigint[], $24::text[], $25::text[], $26::jsonb[], $27::jsonb[])
ON CONFLICT (id) DO UPDATE SET state = excluded.state, acknowledged_at = excluded.acknowledged_at,
       answered_at = excluded.answered_at, answered_in = excluded.answered_in,
       version = excluded.version, answer = excluded.answer, grams = excluded.grams,
       answered_by = excluded.answered_by, reply_origin = excluded.reply_origin,
       reply_package = excluded.reply_package, answer_note = excluded.answer_note

-- name: all
SELECT id, direction, organisation, case_file, region, origin, reference, package, number, hazard,
       drill, asks, lots, state, made_at, due_at, acknowledged_at, answered_at, answered_in, version,
       answer, grams, answered_by, reply_origin, reply_package, note, answer_note
  FROM incidents.cooperation ORDER BY id

-- name: clear
TRUNCATE incidents.cooperation
