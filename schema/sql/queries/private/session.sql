-- name: open
WITH swept AS (DELETE FROM private.session WHERE expires_at <= now())
INSERT INTO private.session (sha256, user_id, csrf, expires_at)
VALUES ($1, $2, $3, now() + $4)
RETURNING expires_at

-- name: find
SELECT u.id, u.organisation, u.role, o.roles, o.region, s.csrf, s.expires_at, o.uscc
  FROM private.session s
  JOIN parties.user u ON u.id = s.user_id AND u.active
  JOIN parties.organisation o ON o.id = u.organisation
 WHERE s.sha256 = $1 AND s.expires_at > now()

-- name: of_user
SELECT sha256, created_at, expires_at FROM private.session
 WHERE user_id = $1 AND expires_at > now() ORDER BY created_at, sha256

-- name: end
DELETE FROM private.session WHERE sha256 = $1

-- name: end_all
DELETE FROM private.session WHERE user_id = $1
