-- name: load
SELECT key, families, version FROM goods.zone_use WHERE key = ANY($1::text[])

-- name: save
INSERT INTO goods.zone_use (key, families, version)
SELECT * FROM unnest($1::text[], $2::jsonb[], $3::bigint[])
ON CONFLICT (key) DO UPDATE SET families = excluded.families, version = excluded.version

-- name: all
SELECT key, families, version FROM goods.zone_use ORDER BY key

-- name: clear
TRUNCATE goods.zone_use
