-- name: save
INSERT INTO private.token_secret (token, sha256)
SELECT * FROM unnest($1::bigint[], $2::bytea[])

-- name: find
-- Its last use is noted once a minute.
WITH used AS (
    UPDATE private.token_secret SET last_used = now()
     WHERE token = $1 AND sha256 = $2 AND coalesce(last_used < now() - interval '1 minute', true)
)
SELECT t.id, t.organisation, o.roles, o.region, t.scopes, o.uscc, t.networks, t.expires_at
  FROM private.token_secret s
  JOIN parties.token t ON t.id = s.token AND t.active
  JOIN parties.organisation o ON o.id = t.organisation
 WHERE s.token = $1 AND s.sha256 = $2

-- name: last_used
SELECT token, last_used FROM private.token_secret WHERE token = ANY($1::bigint[])
