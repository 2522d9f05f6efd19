-- name: save
INSERT INTO private.token_secret (token, sha256)
SELECT * FROM unnest($1::bigint[], $2::bytea[])

-- name: find
SELECT t.id, t.organisation, o.roles, o.region, t.scopes, o.uscc
  FROM private.token_secret s
  JOIN parties.token t ON t.id = s.token AND t.active
  JOIN parties.organisation o ON o.id = t.organisation
 WHERE s.token = $1 AND s.sha256 = $2
