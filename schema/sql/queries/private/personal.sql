-- name: save
INSERT INTO private.personal (sha256, position, pointer, salt, value)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bytea[], $5::text[])

-- name: reveal
SELECT sha256, value FROM private.personal WHERE sha256 = ANY($1::text[])

-- name: reveal_at
SELECT position, pointer, value FROM private.personal WHERE position = ANY($1::bigint[]) ORDER BY position, pointer
