-- name: save
INSERT INTO goods.evidence (id, unit, lot, kind, file, happened_at, version)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[])

-- name: all
SELECT id, unit, lot, kind, file, happened_at, version FROM goods.evidence ORDER BY id

-- name: clear
TRUNCATE goods.evidence
