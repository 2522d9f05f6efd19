-- name: save
-- A login that was taken between the question and this row stays with whoever has it: the statement stands, and
-- the new user has no sign-in until a manager gives another login.
INSERT INTO private.credential (user_id, login, password)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])
ON CONFLICT DO NOTHING

-- name: by_login
SELECT c.user_id, c.password, u.active
  FROM private.credential c JOIN parties.user u ON u.id = c.user_id
 WHERE c.login = $1

-- name: by_user
SELECT login, password FROM private.credential WHERE user_id = $1

-- name: logins
SELECT user_id, login FROM private.credential WHERE user_id = ANY($1::bigint[])

-- name: taken
SELECT EXISTS (SELECT FROM private.credential WHERE login = $1)

-- name: change_password
UPDATE private.credential SET password = $2 WHERE user_id = $1
