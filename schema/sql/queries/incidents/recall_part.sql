-- name: load
SELECT key, id, recall, organisation, grams, started_at, reported_at, report, accounted, evidence, version, note
  FROM incidents.recall_part WHERE key = ANY($1::text[])

-- name: save
INSERT INTO incidents.recall_part (key, id, recall, organisation, grams, started_at, reported_at, report,
       accounted, evidence, version, note)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[],
       $7::text[], $8::jsonb[], $9::jsonb[], $10::jsonb[], $11::bigint[], $12::jsonb[])
ON CONFLICT (key) DO UPDATE SET started_at = excluded.started_at, reported_at = excluded.reported_at,
       report = excluded.report, accounted = excluded.accounted, evidence = excluded.evidence,
       version = excluded.version, note = excluded.note

-- name: all
SELECT key, id, recall, organisation, grams, started_at, reported_at, report, accounted, evidence, version, note
  FROM incidents.recall_part ORDER BY key COLLATE "C"

-- name: clear
TRUNCATE incidents.recall_part
