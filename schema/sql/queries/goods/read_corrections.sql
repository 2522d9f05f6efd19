-- name: chain
-- $1 root: what corrected what, in order.
SELECT c.position, c.correction, c.root, c.kind, parties.named(c.organisation) AS organisation, c.reason,
       c.withdrawn, c.corrected_at, parties.named(c.excluded_by) AS excluded_by, c.excluded_at
  FROM goods.correction c WHERE c.root = $1 ORDER BY c.correction

-- name: named
SELECT parties.named($1)
