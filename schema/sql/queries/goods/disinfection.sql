-- name: load
SELECT id, organisation, facility, region, subject, target, label, agent, agent_name, milligrams_per_litre,
       contact_minutes, pieces, of_pieces, square_metres, terminal, crew, happened_at, file, broken,
       accepted_by, accepted_in, grounds, version, withdrawn
  FROM goods.disinfection WHERE id = ANY($1::bigint[])

-- name: save
-- A regulator's acceptance is added; a correction may change what was said.
INSERT INTO goods.disinfection
      (id, organisation, facility, region, subject, target, label, agent, agent_name, milligrams_per_litre,
       contact_minutes, pieces, of_pieces, square_metres, terminal, crew, happened_at, file, broken,
       accepted_by, accepted_in, grounds, version, withdrawn)
SELECT * FROM unnest(
       $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::text[],
       $8::text[], $9::text[], $10::integer[], $11::integer[], $12::bigint[], $13::bigint[],
       $14::integer[], $15::boolean[], $16::jsonb[], $17::text[], $18::text[], $19::jsonb[],
       $20::bigint[], $21::bigint[], $22::text[], $23::bigint[], $24::boolean[])
    ON CONFLICT (id) DO UPDATE SET
       facility = excluded.facility, region = excluded.region, subject = excluded.subject,
       target = excluded.target, label = excluded.label, agent = excluded.agent,
       agent_name = excluded.agent_name, milligrams_per_litre = excluded.milligrams_per_litre,
       contact_minutes = excluded.contact_minutes, pieces = excluded.pieces,
       of_pieces = excluded.of_pieces, square_metres = excluded.square_metres,
       terminal = excluded.terminal, crew = excluded.crew, happened_at = excluded.happened_at,
       file = excluded.file, broken = excluded.broken, accepted_by = excluded.accepted_by,
       accepted_in = excluded.accepted_in, grounds = excluded.grounds, version = excluded.version,
       withdrawn = excluded.withdrawn

-- name: all
SELECT id, organisation, facility, region, subject, target, label, agent, agent_name, milligrams_per_litre,
       contact_minutes, pieces, of_pieces, square_metres, terminal, crew, happened_at, file, broken,
       accepted_by, accepted_in, grounds, version, withdrawn
  FROM goods.disinfection ORDER BY id

-- name: clear
TRUNCATE goods.disinfection
