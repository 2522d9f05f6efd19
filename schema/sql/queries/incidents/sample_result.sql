-- name: save
INSERT INTO incidents.sample_result
      (id, sample, organisation, result, hazard, test, method, tested_at, file, version)
SELECT * FROM unnest(
       $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::text[], $10::bigint[])

-- name: all
SELECT id, sample, organisation, result, hazard, test, method, tested_at, file, version
  FROM incidents.sample_result ORDER BY id

-- name: clear
TRUNCATE incidents.sample_result
