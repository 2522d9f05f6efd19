-- name: head
SELECT size, chain, edge, at, reference FROM ledger.head

-- name: take_head
-- The lock is for liveness only; the fence is the comparison in advance_head.
SELECT size, chain, edge, at, reference FROM ledger.head FOR UPDATE

-- name: advance_head
UPDATE ledger.head
   SET size = $3, chain = $4, edge = $5, at = $6, reference = $7
 WHERE size = $1 AND chain = $2
RETURNING size

-- name: insert_entries
INSERT INTO ledger.entry (position, kind, nonce, statement, entry, leaf, chain)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[])

-- name: entry
SELECT position, kind, nonce, statement, entry, leaf, chain FROM ledger.entry WHERE position = $1

-- name: leaf
SELECT leaf FROM ledger.entry WHERE position = $1

-- name: entries
SELECT position, kind, nonce, statement, entry, leaf, chain
  FROM ledger.entry WHERE position >= $1 AND position < $3 ORDER BY position LIMIT $2

-- name: leaves
SELECT position, leaf FROM ledger.entry WHERE position >= $1 AND position < $2 ORDER BY position

-- name: public_entries
SELECT position, entry FROM ledger.entry WHERE position >= $1 AND position < $2 ORDER BY position

-- name: leaf_digests
-- One digest for each $2 leaves up to $1, to be compared with those of sealed segments without reading them.
SELECT position / $2 AS segment, count(*) AS entries, sha256(string_agg(leaf, ''::bytea ORDER BY position)) AS leaves
  FROM ledger.entry WHERE position < $1 GROUP BY 1 ORDER BY 1

-- name: publisher_lock
-- Held until the transaction ends: one publisher at a time, whichever process it is.
SELECT pg_try_advisory_xact_lock(hashtext('coldledger publisher'))
