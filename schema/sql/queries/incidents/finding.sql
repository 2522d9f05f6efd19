-- name: load
SELECT id, statement, rules, organisation, facility, region, owner, lots, hold, state, raised_at,
       due_at, answer, evidence, closed_at, closed_by, conclusion, version, answered_at, answered_in, note
  FROM incidents.finding WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO incidents.finding (id, statement, rules, organisation, facility, region, owner, lots,
       hold, state, raised_at, due_at, answer, evidence, closed_at, closed_by, conclusion, version,
       answered_at, answered_in, note)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::jsonb[], $4::bigint[], $5::bigint[],
       $6::text[], $7::bigint[], $8::jsonb[], $9::bigint[], $10::text[], $11::text[], $12::text[],
       $13::text[], $14::jsonb[], $15::text[], $16::bigint[], $17::text[], $18::bigint[],
       $19::text[], $20::bigint[], $21::jsonb[])
ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, state = excluded.state,
       due_at = excluded.due_at, answer = excluded.answer, evidence = excluded.evidence,
       closed_at = excluded.closed_at, closed_by = excluded.closed_by,
       conclusion = excluded.conclusion, hold = excluded.hold, version = excluded.version,
       answered_at = excluded.answered_at, answered_in = excluded.answered_in,
       note = excluded.note

-- name: all
SELECT id, statement, rules, organisation, facility, region, owner, lots, hold, state, raised_at,
       due_at, answer, evidence, closed_at, closed_by, conclusion, version, answered_at, answered_in, note
  FROM incidents.finding ORDER BY id

-- name: clear
TRUNCATE incidents.finding
