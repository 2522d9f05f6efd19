-- name: queue
-- $1 notices: to the contacts whose turn it is. Whose user is disabled gets nothing.
INSERT INTO private.sending (notice, contact)
SELECT n.id, c.id FROM private.notice n JOIN private.contact c ON c.organisation = n.organisation AND c.turn = n.turn
  LEFT JOIN parties."user" u ON u.id = c.user_id
 WHERE n.id = ANY($1::bigint[]) AND coalesce(u.active, true)
ON CONFLICT DO NOTHING

-- name: due
-- $1 how many: what is to be sent now.
SELECT s.id, s.notice, s.contact, s.attempts, n.organisation, n.kind, n.about, n.position, n.drill, n.due_at,
       n.made_at, c.channel, c.language, c.person, c.box
  FROM private.sending s JOIN private.notice n ON n.id = s.notice JOIN private.contact c ON c.id = s.contact
 WHERE s.state = 'waiting' AND s.next_at <= now()
 ORDER BY s.next_at, s.id LIMIT $1

-- name: attempted
-- $1 sending, $2 its state from now on, $3 seconds until it is tried again.
UPDATE private.sending SET state = $2, attempts = attempts + 1, next_at = now() + make_interval(secs => $3)
 WHERE id = $1

-- name: prove
INSERT INTO private.delivery (sending, channel, attempt, delivered, response, message_id, digest)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: trial
-- $1 contact: a message that tells of nothing, to see that it arrives.
INSERT INTO private.sending (contact, state) VALUES ($1, 'failed') RETURNING id
