-- name: begin
-- Takes the place of an earlier one; one that somebody works at, and has told of lately, is left alone.
-- $1 draft, $2 run, $3 document, $4 since when, $5 entries to read, $6 seconds of silence until it is given up
INSERT INTO private.policy_preview (draft, run, state, document, since, size)
VALUES ($1, $2, 'running', $3, $4, $5)
    ON CONFLICT (draft) DO UPDATE SET
       run = excluded.run, state = 'running', document = excluded.document, since = excluded.since,
       size = excluded.size, read = 0, judged = 0, refused = 0, changed = 0, allowed = 0, asked_at = now(), told_at = now()
 WHERE policy_preview.state <> 'running' OR policy_preview.told_at < now() - make_interval(secs => $6)
RETURNING run

-- name: empty
DELETE FROM private.policy_difference WHERE draft = $1

-- name: tell
-- $1 draft, $2 run, $3 state, $4 entries read, $5 judged, $6 refused, $7 changed, $8 allowed
UPDATE private.policy_preview
   SET state = $3, read = $4, judged = $5, refused = $6, changed = $7, allowed = $8, told_at = now()
 WHERE draft = $1 AND run = $2 RETURNING run

-- name: add
-- $1 draft, $2 positions, $3 ids of refused intents, 0 for statements, $4 what was found
INSERT INTO private.policy_difference (draft, position, intent, found)
SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::jsonb[])

-- name: one
-- $1 draft, $2 seconds of silence until it is given up
SELECT CASE WHEN p.state = 'running' AND p.told_at < now() - make_interval(secs => $2) THEN 'stopped'
            ELSE p.state END AS state,
       p.since, p.read, p.size, p.judged, p.refused, p.changed, p.allowed, p.asked_at, p.document = d.document AS of_this
  FROM private.policy_preview p JOIN private.policy_draft d ON d.id = p.draft
 WHERE p.draft = $1

-- name: differences
-- $1 draft, $2 after which position and $3 refused intent there, $4 how many. What was refused comes before the
-- statement that was recorded next, at the same position.
SELECT x.position, x.intent, x.found, parties.named((x.found ->> 'organisation')::bigint) AS organisation
  FROM private.policy_difference x
 WHERE x.draft = $1
   AND (x.position, (x.intent = 0)::integer, x.intent)
       > (coalesce($2::bigint, -1), (coalesce($3::bigint, 0) = 0)::integer, coalesce($3::bigint, 0))
 ORDER BY x.position, (x.intent = 0)::integer, x.intent LIMIT $4
