-- name: load
SELECT id, recall, case_file, position, kind, organisation, unit, lot, grams, happened_at, evidence, version
  FROM incidents.disposal WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO incidents.disposal (id, recall, case_file, position, kind, organisation, unit, lot, grams,
       happened_at, evidence, version)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[],
       $7::bigint[], $8::bigint[], $9::bigint[], $10::text[], $11::jsonb[], $12::bigint[])

-- name: all
SELECT id, recall, case_file, position, kind, organisation, unit, lot, grams, happened_at, evidence, version
  FROM incidents.disposal ORDER BY id

-- name: clear
TRUNCATE incidents.disposal
