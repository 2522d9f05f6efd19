-- name: load
SELECT region, editions, version
  FROM parties.policy WHERE region = ANY($1::text[])

-- name: save
INSERT INTO parties.policy (region, editions, version)
SELECT * FROM unnest($1::text[], $2::jsonb[], $3::bigint[])
ON CONFLICT (region) DO UPDATE SET editions = excluded.editions, version = excluded.version

-- name: all
SELECT region, editions, version
  FROM parties.policy ORDER BY region

-- name: clear
TRUNCATE parties.policy
