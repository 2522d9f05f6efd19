-- name: load
SELECT position, convert_from(statement, 'UTF8') AS statement, position AS version
  FROM ledger.entry WHERE position = ANY($1::bigint[])
