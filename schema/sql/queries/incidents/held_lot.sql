-- name: load
SELECT lot, holds, version
  FROM goods.held_lot WHERE lot = ANY($1::bigint[])

-- name: save
INSERT INTO goods.held_lot (lot, holds, version)
SELECT * FROM unnest($1::bigint[], $2::jsonb[], $3::bigint[])
ON CONFLICT (lot) DO UPDATE SET holds = excluded.holds, version = excluded.version

-- name: all
SELECT lot, holds, version
  FROM goods.held_lot ORDER BY lot

-- name: clear
TRUNCATE goods.held_lot
