-- name: page
-- $1 whose, $2 after which one, $3 how many
SELECT d.id, d.name, d.region, d.regime, d.document, d.changed_at
  FROM private.policy_draft d
 WHERE d.organisation = $1 AND d.id < coalesce($2::bigint, 9223372036854775807)
 ORDER BY d.id DESC LIMIT $3

-- name: one
SELECT d.id, d.name, d.region, d.regime, d.document, d.changed_at
  FROM private.policy_draft d WHERE d.organisation = $1 AND d.id = $2

-- name: count
SELECT count(*) FROM private.policy_draft WHERE organisation = $1

-- name: add
INSERT INTO private.policy_draft (organisation, name, region, regime, document)
VALUES ($1, $2, $3, $4, $5) RETURNING id

-- name: change
UPDATE private.policy_draft SET name = $3, region = $4, regime = $5, document = $6, changed_at = now()
 WHERE organisation = $1 AND id = $2 RETURNING id

-- name: remove
DELETE FROM private.policy_draft WHERE organisation = $1 AND id = $2 RETURNING id
