-- name: load
SELECT id, code, lot, unit, organisation, facility, pieces, grams, certificates, happened_at, version
  FROM goods.release WHERE id = ANY($1::bigint[])

-- name: save
-- A release is never changed.
INSERT INTO goods.release
      (id, code, lot, unit, organisation, facility, pieces, grams, certificates, happened_at, version)
SELECT * FROM unnest(
       $1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
       $8::bigint[], $9::jsonb[], $10::text[], $11::bigint[])

-- name: all
SELECT id, code, lot, unit, organisation, facility, pieces, grams, certificates, happened_at, version
  FROM goods.release ORDER BY id

-- name: clear
TRUNCATE goods.release
