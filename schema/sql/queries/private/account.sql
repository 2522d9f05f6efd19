-- name: of_users
-- What a manager is told of a user's ways in.
SELECT c.login, c.password IS NOT NULL AS has_password,
       (SELECT i.expires_at FROM private.invitation i WHERE i.user_id = u.id AND i.expires_at > now()) AS invited_until,
       EXISTS (SELECT FROM private.second_factor f WHERE f.user_id = u.id AND f.secret IS NOT NULL) AS second_factor,
       (SELECT count(*) FROM private.session s WHERE s.user_id = u.id AND s.expires_at > now()) AS sessions,
       u.id, u.organisation, u.role, u.active
  FROM parties.user u LEFT JOIN private.credential c ON c.user_id = u.id
 WHERE u.id = ANY($1::bigint[])
 ORDER BY u.id
