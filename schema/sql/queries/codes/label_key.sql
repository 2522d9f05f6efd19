-- name: load
SELECT id, public_key, host, valid_from, valid_until, revoked_since, reason, registered, version
  FROM codes.label_key WHERE id = ANY($1::text[])

-- name: save
-- Being revoked is all that happens to a key later.
INSERT INTO codes.label_key
      (id, public_key, host, valid_from, valid_until, revoked_since, reason, registered, version)
SELECT * FROM unnest(
       $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::bigint[], $9::bigint[])
    ON CONFLICT (id) DO UPDATE
   SET revoked_since = excluded.revoked_since, reason = excluded.reason, version = excluded.version

-- name: all
SELECT id, public_key, host, valid_from, valid_until, revoked_since, reason, registered, version
  FROM codes.label_key ORDER BY id

-- name: clear
TRUNCATE codes.label_key
