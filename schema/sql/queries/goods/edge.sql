-- name: save
INSERT INTO goods.edge (id, parent, child, family, kind, pieces, grams, happened_at, version, earliest, latest)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[],
                     $7::bigint[], $8::text[], $9::bigint[], $10::bigint[], $11::bigint[])

-- name: leaving
SELECT id, parent, child, family, kind, pieces, grams, happened_at, version, earliest, latest FROM goods.edge
 WHERE parent = ANY($1::bigint[]) ORDER BY id

-- name: all
SELECT id, parent, child, family, kind, pieces, grams, happened_at, version, earliest, latest FROM goods.edge ORDER BY id

-- name: clear
TRUNCATE goods.edge
