-- name: open
-- $5 address, $6 agent, $7 how long it may lie unused.
WITH swept AS (DELETE FROM private.session WHERE expires_at <= now() OR last_used <= now() - $7::interval)
INSERT INTO private.session (sha256, user_id, csrf, expires_at, address, agent)
VALUES ($1, $2, $3, now() + $4::interval, $5, $6)
RETURNING expires_at

-- name: find
-- $2 how long it may lie unused. Its last use is noted once a minute.
WITH used AS (
    UPDATE private.session SET last_used = now()
     WHERE sha256 = $1 AND last_used < now() - interval '1 minute' AND last_used > now() - $2::interval
)
SELECT u.id, u.organisation, u.role, o.roles, o.region, s.csrf, s.expires_at, o.uscc,
       EXISTS (SELECT FROM private.second_factor f WHERE f.user_id = u.id AND f.secret IS NOT NULL) AS factor
  FROM private.session s
  JOIN parties.user u ON u.id = s.user_id AND u.active
  JOIN parties.organisation o ON o.id = u.organisation
 WHERE s.sha256 = $1 AND s.expires_at > now() AND s.last_used > now() - $2::interval

-- name: of_user
SELECT sha256, created_at, expires_at, last_used, address, agent FROM private.session
 WHERE user_id = $1 AND expires_at > now() AND last_used > now() - $2::interval
 ORDER BY created_at, sha256

-- name: end
DELETE FROM private.session WHERE sha256 = $1

-- name: end_own
DELETE FROM private.session WHERE sha256 = $1 AND user_id = $2 RETURNING user_id

-- name: end_all
DELETE FROM private.session WHERE user_id = ANY($1::bigint[])

-- name: end_others
DELETE FROM private.session WHERE user_id = $1 AND sha256 <> $2
