-- name: save
-- Logins are claimed before their statement is said; one that is there all the same belongs to whoever has it.
INSERT INTO private.credential (user_id, login, password)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])
ON CONFLICT DO NOTHING

-- name: by_login
SELECT c.user_id, c.password, u.active
  FROM private.credential c JOIN parties.user u ON u.id = c.user_id
 WHERE c.login = $1

-- name: by_user
SELECT c.login, c.password, o.name, o.name_en
  FROM private.credential c
  LEFT JOIN parties.user u ON u.id = c.user_id
  LEFT JOIN parties.organisation o ON o.id = u.organisation
 WHERE c.user_id = $1

-- name: logins
SELECT user_id, login FROM private.credential WHERE user_id = ANY($1::bigint[])

-- name: taken
SELECT EXISTS (SELECT FROM private.credential WHERE login = $1)

-- name: change_password
UPDATE private.credential SET password = $2 WHERE user_id = $1

-- name: claim
-- $1 login, $2 whose claim. A claim outlives its statement, so that whoever asks between the two finds one of
-- them; the same submission may claim again, and what was given up long ago is free. No login stays here.
WITH swept AS (DELETE FROM private.login_claim WHERE expires_at < now() - interval '1 hour' AND login <> $1)
INSERT INTO private.login_claim AS c (login, claim, expires_at)
SELECT $1, $2, now() + interval '10 minutes'
 WHERE NOT EXISTS (SELECT FROM private.credential WHERE login = $1)
ON CONFLICT (login) DO UPDATE SET claim = excluded.claim, expires_at = excluded.expires_at
 WHERE c.claim = excluded.claim OR c.expires_at < now()
RETURNING login

-- name: give_up
DELETE FROM private.login_claim WHERE login = $1 AND claim = $2
