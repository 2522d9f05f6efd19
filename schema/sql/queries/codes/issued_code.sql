-- name: load
SELECT code, lot, level, serial, version
  FROM codes.issued_code WHERE code = ANY($1::text[])

-- name: save
-- A code names the same thing for ever.
INSERT INTO codes.issued_code
      (code, lot, level, serial, version)
SELECT * FROM unnest(
       $1::text[], $2::bigint[], $3::text[], $4::integer[], $5::bigint[])

-- name: all
SELECT code, lot, level, serial, version
  FROM codes.issued_code ORDER BY code

-- name: clear
TRUNCATE codes.issued_code
