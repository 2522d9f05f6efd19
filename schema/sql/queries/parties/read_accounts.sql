-- name: users_page
-- $1 kind of reader, $2 organisation, $3 after which id, $4 how many, $5 of which organisation. One's own; the
-- platform operator sees all.
SELECT u.id, u.organisation, u.role, u.active, u.version AS position FROM parties.user u
 WHERE ($1 = 'platform' OR u.organisation = $2) AND u.id > coalesce($3::bigint, -1)
   AND ($5::bigint IS NULL OR u.organisation = $5)
 ORDER BY u.id LIMIT $4

-- name: users_sees
SELECT EXISTS (SELECT FROM parties.user u WHERE u.id = $3 AND ($1 = 'platform' OR u.organisation = $2))

-- name: tokens_page
-- $5 the user who issued them, $6 one id, $7 whether only such as hold, $8 of which organisation.
SELECT t.id, t.organisation, t.scopes, t.networks, t.expires_at, t.issued_by, t.active, t.signs,
       t.version AS position
  FROM parties.token t
 WHERE ($1 = 'platform' OR t.organisation = $2) AND t.id > coalesce($3::bigint, -1)
   AND ($5::bigint IS NULL OR t.issued_by = $5) AND ($6::bigint IS NULL OR t.id = $6)
   AND ($7::boolean IS NOT TRUE OR t.active AND t.expires_at::timestamptz > now())
   AND ($8::bigint IS NULL OR t.organisation = $8)
 ORDER BY t.id LIMIT $4

-- name: position_of
SELECT u.role, o.roles FROM parties.user u JOIN parties.organisation o ON o.id = u.organisation WHERE u.id = $1

-- name: device_keys_page
-- $5 of which token, $6 one id, $7 whether only such as hold, $8 of which organisation.
SELECT k.id, k.organisation, k.token, k.public_key, k.device, k.number, k.origin, k.active, k.version AS position
  FROM parties.device_key k
 WHERE ($1 = 'platform' OR k.organisation = $2) AND k.id > coalesce($3::bigint, -1)
   AND ($5::bigint IS NULL OR k.token = $5) AND ($6::bigint IS NULL OR k.id = $6)
   AND ($7::boolean IS NOT TRUE OR k.active) AND ($8::bigint IS NULL OR k.organisation = $8)
 ORDER BY k.id LIMIT $4
