-- The rules that one is judged by are open to all who are judged.

-- name: in_force
-- $1 at which instant, $2 $3 after which region and regime, $4 how many
SELECT e.id AS position, e.region, e.regime, e.begins, e.until, e.ends, e.enacted_at, e.withdrawn_at,
       'in_force' AS state, e.document, parties.named(e.organisation) AS organisation
  FROM parties.edition_held e
 WHERE e.withdrawn_at IS NULL AND e.enacted_at <= $1::text AND e.begins <= $1 AND (e.until IS NULL OR e.until > $1)
   AND ($2::text IS NULL OR (e.region, e.regime) > ($2, $3::text))
 ORDER BY e.region, e.regime LIMIT $4

-- name: editions
-- $1 now, $2 after which one, $3 how many, $4 region, $5 regime, $6 state
SELECT told.* FROM (
    SELECT e.id AS position, e.region, e.regime, e.begins, e.until, e.ends, e.enacted_at, e.withdrawn_at,
           CASE WHEN e.withdrawn_at IS NOT NULL THEN 'withdrawn' WHEN e.begins > $1::text THEN 'scheduled'
                WHEN e.until <= $1 THEN 'past' ELSE 'in_force' END AS state,
           e.document, parties.named(e.organisation) AS organisation
      FROM parties.edition_held e
     WHERE e.id < coalesce($2::bigint, 9223372036854775807)
       AND ($4::text IS NULL OR e.region = $4) AND ($5::text IS NULL OR e.regime = $5)) told
 WHERE $6::text IS NULL OR told.state = $6
 ORDER BY told.position DESC LIMIT $3

-- name: edition
-- $1 now, $2 which one
SELECT e.id AS position, e.region, e.regime, e.begins, e.until, e.ends, e.enacted_at, e.withdrawn_at,
       CASE WHEN e.withdrawn_at IS NOT NULL THEN 'withdrawn' WHEN e.begins > $1::text THEN 'scheduled'
            WHEN e.until <= $1 THEN 'past' ELSE 'in_force' END AS state,
       e.document, parties.named(e.organisation) AS organisation
  FROM parties.edition_held e WHERE e.id = $2

-- name: held_before
-- What held for the same region and regime when an edition began, if something did: $1 which one
SELECT p.id AS position, p.document
  FROM parties.edition e
  JOIN parties.edition p ON p.region = e.region AND p.regime = e.regime AND p.withdrawn_at IS NULL
   AND (p.begins, p.id) < (e.begins, e.id)
 WHERE e.id = $1 ORDER BY p.begins DESC, p.id DESC LIMIT 1

-- name: held_at
-- The edition that judges a region and regime at an instant, its own or a wider one's: $1 when, $2 prefixes
-- from the narrowest, $3 regime
SELECT e.id AS position, e.region, e.regime, e.document
  FROM parties.edition_held e
 WHERE e.region = ANY($2::text[]) AND e.regime = $3 AND e.withdrawn_at IS NULL
   AND e.begins <= $1::text AND (e.until IS NULL OR e.until > $1)
 ORDER BY length(e.region) DESC LIMIT 1
