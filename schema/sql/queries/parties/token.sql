-- name: load
SELECT id, organisation, scopes, networks, expires_at, issued_by, active, version, signs
  FROM parties.token WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO parties.token (id, organisation, scopes, networks, expires_at, issued_by, active, version, signs)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::jsonb[], $4::jsonb[], $5::text[], $6::bigint[], $7::boolean[],
                     $8::bigint[], $9::boolean[])
ON CONFLICT (id) DO UPDATE SET active = excluded.active, version = excluded.version, signs = excluded.signs

-- name: all
SELECT id, organisation, scopes, networks, expires_at, issued_by, active, version, signs
  FROM parties.token ORDER BY id

-- name: clear
TRUNCATE parties.token
