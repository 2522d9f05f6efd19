-- name: load
SELECT lot, holds, version
  FROM incidents.held_lot WHERE lot = ANY($1::bigint[])

-- name: save
INSERT INTO incidents.held_lot (lot, holds, version)
SELECT * FROM unnest($1::bigint[], $2::jsonb[], $3::bigint[])
ON CONFLICT (lot) DO UPDATE SET holds = excluded.holds, version = excluded.version

-- name: all
SELECT lot, holds, version
  FROM incidents.held_lot ORDER BY lot

-- name: clear
TRUNCATE incidents.held_lot
