-- name: load
SELECT id, names, version FROM parties.ledger_identity WHERE id = ANY($1::integer[])

-- name: save
INSERT INTO parties.ledger_identity (id, names, version)
SELECT * FROM unnest($1::integer[], $2::jsonb[], $3::bigint[])
    ON CONFLICT (id) DO UPDATE SET names = excluded.names, version = excluded.version

-- name: all
SELECT id, names, version FROM parties.ledger_identity ORDER BY id

-- name: clear
TRUNCATE parties.ledger_identity
