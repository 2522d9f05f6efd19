-- name: load
SELECT key, request, version FROM ledger.idempotency WHERE key = ANY($1::text[])

-- name: save
INSERT INTO ledger.idempotency (key, request, version)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])

-- name: all
SELECT key, request, version FROM ledger.idempotency ORDER BY key

-- name: clear
TRUNCATE ledger.idempotency
