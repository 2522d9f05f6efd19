-- name: of_lot
SELECT id, release, lot, certificate, version
  FROM goods.reliance WHERE lot = ANY($1::bigint[]) ORDER BY id

-- name: on_certificate
SELECT id, release, lot, certificate, version
  FROM goods.reliance WHERE certificate = ANY($1::text[]) ORDER BY id

-- name: save
INSERT INTO goods.reliance
      (id, release, lot, certificate, version)
SELECT * FROM unnest(
       $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[])

-- name: all
SELECT id, release, lot, certificate, version
  FROM goods.reliance ORDER BY id

-- name: clear
TRUNCATE goods.reliance
