-- name: load
SELECT id, code, lot, unit, organisation, facility, pieces, grams, certificates, happened_at, version,
       withdrawn
  FROM goods.release WHERE id = ANY($1::bigint[])

-- name: save
-- Only a correction changes a release.
INSERT INTO goods.release
      (id, code, lot, unit, organisation, facility, pieces, grams, certificates, happened_at, version,
       withdrawn)
SELECT * FROM unnest(
       $1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
       $7::bigint[], $8::bigint[], $9::jsonb[], $10::text[], $11::bigint[], $12::boolean[])
    ON CONFLICT (id) DO UPDATE SET
       lot = excluded.lot, unit = excluded.unit, organisation = excluded.organisation,
       facility = excluded.facility, pieces = excluded.pieces, grams = excluded.grams,
       certificates = excluded.certificates, happened_at = excluded.happened_at,
       version = excluded.version, withdrawn = excluded.withdrawn

-- name: all
SELECT id, code, lot, unit, organisation, facility, pieces, grams, certificates, happened_at, version,
       withdrawn
  FROM goods.release ORDER BY id

-- name: clear
TRUNCATE goods.release
