-- name: page
-- $1 after which position of registration, $2 how many, $3 now, as recorded times are written.
SELECT id, public_key, host, valid_from, valid_until, revoked_since, reason, registered, version AS position,
       revoked_since IS NULL AND valid_from <= $3 AND valid_until > $3 AS signs
  FROM codes.label_key WHERE registered > coalesce($1::bigint, -1) ORDER BY registered LIMIT $2

-- name: signing
-- The keys that may sign labels of host $1 at $2, the newest first. The ledger's time never goes back, and this
-- machine's may: a key registered a moment ago signs all the same.
SELECT k.public_key FROM codes.label_key k, ledger.head h
 WHERE k.host = $1 AND k.revoked_since IS NULL
   AND k.valid_from <= greatest($2, h.at) AND k.valid_until > greatest($2, h.at)
 ORDER BY k.valid_from DESC, k.registered DESC
