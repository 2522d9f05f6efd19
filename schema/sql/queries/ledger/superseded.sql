-- name: save
-- What rows said before is only added to.
INSERT INTO ledger.superseded (id, stream, key, since, version, row)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::jsonb[])

-- name: all
SELECT id, stream, key, since, version, row FROM ledger.superseded ORDER BY id

-- name: clear
TRUNCATE ledger.superseded
