-- name: save
-- The last one of a batch counts; an earlier one of the same user is of no use any more.
INSERT INTO private.invitation (user_id, sha256, expires_at)
SELECT DISTINCT ON (user_id) user_id, sha256, now() + interval '7 days'
  FROM unnest($1::bigint[], $2::bytea[]) WITH ORDINALITY AS said (user_id, sha256, place)
 ORDER BY user_id, place DESC
ON CONFLICT (user_id) DO UPDATE SET sha256 = excluded.sha256, expires_at = excluded.expires_at

-- name: withdraw
DELETE FROM private.invitation WHERE user_id = ANY($1::bigint[])

-- name: find
SELECT i.user_id, c.login, o.name AS organisation, o.name_en AS organisation_en
  FROM private.invitation i
  JOIN parties.user u ON u.id = i.user_id AND u.active
  JOIN parties.organisation o ON o.id = u.organisation
  JOIN private.credential c ON c.user_id = i.user_id
 WHERE i.sha256 = $1 AND i.expires_at > now()

-- name: take
-- Whoever deletes it may use it: of two at once, one.
DELETE FROM private.invitation i USING parties.user u
 WHERE i.sha256 = $1 AND i.expires_at > now() AND u.id = i.user_id AND u.active
RETURNING i.user_id
