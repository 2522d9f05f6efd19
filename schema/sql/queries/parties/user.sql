-- name: load
SELECT id, organisation, role, active, version
  FROM parties.user WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO parties.user (id, organisation, role, active, version)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::boolean[], $5::bigint[])
ON CONFLICT (id) DO UPDATE SET active = excluded.active, version = excluded.version

-- name: all
SELECT id, organisation, role, active, version
  FROM parties.user ORDER BY id

-- name: clear
TRUNCATE parties.user
