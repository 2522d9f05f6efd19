-- name: load
SELECT id, case_file, question, asked_at, digest, counts, recorded_at, version
  FROM incidents.case_exposure WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO incidents.case_exposure (id, case_file, question, asked_at, digest, counts, recorded_at,
       version)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::jsonb[], $4::bigint[], $5::text[], $6::jsonb[],
       $7::text[], $8::bigint[])

-- name: all
SELECT id, case_file, question, asked_at, digest, counts, recorded_at, version
  FROM incidents.case_exposure ORDER BY id

-- name: clear
TRUNCATE incidents.case_exposure
