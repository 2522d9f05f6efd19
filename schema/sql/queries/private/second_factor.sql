-- name: begin
INSERT INTO private.second_factor (user_id, pending) VALUES ($1, $2)
ON CONFLICT (user_id) DO UPDATE SET pending = excluded.pending, begun_at = now()

-- name: find
-- $2 how long a key waits for its first code.
SELECT f.secret, CASE WHEN f.begun_at > now() - $2::interval THEN f.pending END AS pending, f.last_step, f.confirmed_at,
       (SELECT count(*) FROM private.recovery_code r WHERE r.user_id = $1) AS recovery_codes
  FROM private.second_factor f WHERE f.user_id = $1

-- name: confirm
-- $2 what was pending when the code was checked, $3 the code's step.
UPDATE private.second_factor
   SET secret = pending, pending = NULL, last_step = $3, confirmed_at = now()
 WHERE user_id = $1 AND pending = $2
RETURNING user_id

-- name: use_step
-- A step is used once, also by two processes at the same moment.
UPDATE private.second_factor SET last_step = $2 WHERE user_id = $1 AND last_step < $2 RETURNING user_id

-- name: remove
DELETE FROM private.second_factor WHERE user_id = ANY($1::bigint[])

-- name: forget_recovery_codes
DELETE FROM private.recovery_code WHERE user_id = ANY($1::bigint[])

-- name: save_recovery_codes
INSERT INTO private.recovery_code (user_id, sha256) SELECT $1, unnest($2::bytea[])

-- name: use_recovery_code
DELETE FROM private.recovery_code WHERE user_id = $1 AND sha256 = $2 RETURNING user_id
