-- name: load
SELECT lot, cases, version FROM codes.case_count WHERE lot = ANY($1::bigint[])

-- name: save
INSERT INTO codes.case_count (lot, cases, version)
SELECT * FROM unnest($1::bigint[], $2::integer[], $3::bigint[])
ON CONFLICT (lot) DO UPDATE SET cases = excluded.cases, version = excluded.version

-- name: all
SELECT lot, cases, version FROM codes.case_count ORDER BY lot

-- name: clear
TRUNCATE codes.case_count
