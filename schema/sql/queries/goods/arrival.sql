-- name: load
SELECT id, organisation, facility, source, container, seal, voyage, importer, port, entry_on, expected_at,
       opened_at, seal_intact, details, version, regime, registered_grams
  FROM goods.arrival WHERE id = ANY($1::bigint[])

-- name: save
-- Later it is opened, and lots are registered out of it.
INSERT INTO goods.arrival
      (id, organisation, facility, source, container, seal, voyage, importer, port, entry_on, expected_at,
       opened_at, seal_intact, details, version, regime, registered_grams)
SELECT * FROM unnest(
       $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::boolean[], $14::jsonb[],
       $15::bigint[], $16::text[], $17::bigint[])
    ON CONFLICT (id) DO UPDATE SET
       opened_at = excluded.opened_at,
       seal_intact = excluded.seal_intact,
       registered_grams = excluded.registered_grams,
       version = excluded.version

-- name: all
SELECT id, organisation, facility, source, container, seal, voyage, importer, port, entry_on, expected_at,
       opened_at, seal_intact, details, version, regime, registered_grams
  FROM goods.arrival ORDER BY id

-- name: clear
TRUNCATE goods.arrival
