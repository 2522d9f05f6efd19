-- name: save
INSERT INTO goods.parentage (id, parent, child, version)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])

-- name: made_of
SELECT id, parent, child, version FROM goods.parentage WHERE parent = ANY($1::bigint[]) ORDER BY id

-- name: all
SELECT id, parent, child, version FROM goods.parentage ORDER BY id

-- name: clear
TRUNCATE goods.parentage
