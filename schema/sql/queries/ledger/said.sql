-- name: load
SELECT position, statement, position AS version FROM ledger.entry WHERE position = ANY($1::bigint[])
