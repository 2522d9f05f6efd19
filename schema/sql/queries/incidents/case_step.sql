-- name: save
INSERT INTO incidents.case_step (id, case_file, kind, organisation, at, about, version)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bigint[],
       $7::bigint[])

-- name: of_case
SELECT id, case_file, kind, organisation, at, about, version
  FROM incidents.case_step WHERE case_file = ANY($1::bigint[]) ORDER BY id

-- name: all
SELECT id, case_file, kind, organisation, at, about, version
  FROM incidents.case_step ORDER BY id

-- name: clear
TRUNCATE incidents.case_step
