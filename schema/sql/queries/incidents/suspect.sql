-- name: load
SELECT key, finding, known, version FROM incidents.suspect WHERE key = ANY($1::text[])

-- name: save
INSERT INTO incidents.suspect (key, finding, known, version)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::jsonb[], $4::bigint[])
ON CONFLICT (key) DO UPDATE SET finding = excluded.finding, known = excluded.known, version = excluded.version

-- name: all
SELECT key, finding, known, version FROM incidents.suspect ORDER BY key

-- name: clear
TRUNCATE incidents.suspect
