-- name: save
-- History is only added to.
INSERT INTO goods.event
      (id, lot, kind, organisation, facility, happened_at, version)
SELECT * FROM unnest(
       $1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[])

-- name: all
SELECT id, lot, kind, organisation, facility, happened_at, version
  FROM goods.event ORDER BY id

-- name: clear
TRUNCATE goods.event
