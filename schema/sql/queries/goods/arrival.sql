-- name: load
SELECT id, organisation, facility, source, container, seal, voyage, importer, port, entry_on, expected_at,
       opened_at, seal_intact, details, version, regime, registered_grams, withdrawn, opened_in
  FROM goods.arrival WHERE id = ANY($1::bigint[])

-- name: save
-- Later it is opened and lots are registered out of it; a correction may change what was said.
INSERT INTO goods.arrival
      (id, organisation, facility, source, container, seal, voyage, importer, port, entry_on, expected_at,
       opened_at, seal_intact, details, version, regime, registered_grams, withdrawn, opened_in)
SELECT * FROM unnest(
       $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::boolean[], $14::jsonb[],
       $15::bigint[], $16::text[], $17::bigint[], $18::boolean[], $19::bigint[])
    ON CONFLICT (id) DO UPDATE SET
       organisation = excluded.organisation, facility = excluded.facility, source = excluded.source,
       container = excluded.container, seal = excluded.seal, voyage = excluded.voyage,
       importer = excluded.importer, port = excluded.port, entry_on = excluded.entry_on,
       expected_at = excluded.expected_at, opened_at = excluded.opened_at,
       seal_intact = excluded.seal_intact, details = excluded.details, version = excluded.version,
       regime = excluded.regime, registered_grams = excluded.registered_grams,
       withdrawn = excluded.withdrawn, opened_in = excluded.opened_in

-- name: all
SELECT id, organisation, facility, source, container, seal, voyage, importer, port, entry_on, expected_at,
       opened_at, seal_intact, details, version, regime, registered_grams, withdrawn, opened_in
  FROM goods.arrival ORDER BY id

-- name: clear
TRUNCATE goods.arrival
