-- name: list
-- $1 organisation: its contacts in the order of their turns, each with what came of it last.
SELECT c.id, c.organisation, c.user_id, c.channel, c.turn, c.language, c.person, c.box, c.made_at,
       last.at AS last_at, last.delivered AS last_delivered, last.response AS last_response
  FROM private.contact c
  LEFT JOIN LATERAL (SELECT d.at, d.delivered, d.response
                       FROM private.sending s JOIN private.delivery d ON d.sending = s.id
                      WHERE s.contact = c.id ORDER BY d.id DESC LIMIT 1) last ON true
 WHERE c.organisation = $1 ORDER BY c.turn, c.id

-- name: one
SELECT c.id, c.organisation, c.user_id, c.channel, c.turn, c.language, c.person, c.box
  FROM private.contact c WHERE c.organisation = $1 AND c.id = $2

-- name: add
INSERT INTO private.contact (organisation, user_id, channel, turn, language, person, box)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id

-- name: remove
DELETE FROM private.contact WHERE organisation = $1 AND id = $2 RETURNING user_id, person

-- name: user_of
-- Whether a user is one of an organisation that may sign in: $1 organisation, $2 user.
SELECT EXISTS (SELECT FROM parties."user" u WHERE u.organisation = $1 AND u.id = $2 AND u.active)
