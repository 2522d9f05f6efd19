-- name: load
SELECT position, correction, root, kind, organisation, author, reason, withdrawn, corrected_at, excluded_by,
       excluded_at, version
  FROM goods.correction WHERE position = ANY($1::bigint[])

-- name: save
-- A correction stays as it was said; an authority may exclude what was withdrawn from traces.
INSERT INTO goods.correction
      (position, correction, root, kind, organisation, author, reason, withdrawn, corrected_at, excluded_by,
       excluded_at, version)
SELECT * FROM unnest(
       $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::text[],
       $8::boolean[], $9::text[], $10::bigint[], $11::text[], $12::bigint[])
    ON CONFLICT (position) DO UPDATE SET
       excluded_by = excluded.excluded_by, excluded_at = excluded.excluded_at, version = excluded.version

-- name: all
SELECT position, correction, root, kind, organisation, author, reason, withdrawn, corrected_at, excluded_by,
       excluded_at, version
  FROM goods.correction ORDER BY position

-- name: clear
TRUNCATE goods.correction
