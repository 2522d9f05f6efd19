-- name: load
SELECT id, organisation, facility, region, subject, target, label, agent, agent_name, milligrams_per_litre,
       contact_minutes, pieces, of_pieces, square_metres, terminal, crew, happened_at, file, broken,
       accepted_by, accepted_in, grounds, version
  FROM goods.disinfection WHERE id = ANY($1::bigint[])

-- name: save
-- What was done stays as it was said; only a regulator's acceptance is added.
INSERT INTO goods.disinfection
      (id, organisation, facility, region, subject, target, label, agent, agent_name, milligrams_per_litre,
       contact_minutes, pieces, of_pieces, square_metres, terminal, crew, happened_at, file, broken,
       accepted_by, accepted_in, grounds, version)
SELECT * FROM unnest(
       $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
       $9::text[], $10::integer[], $11::integer[], $12::bigint[], $13::bigint[], $14::integer[],
       $15::boolean[], $16::jsonb[], $17::text[], $18::text[], $19::jsonb[], $20::bigint[], $21::bigint[],
       $22::text[], $23::bigint[])
    ON CONFLICT (id) DO UPDATE SET accepted_by = excluded.accepted_by, accepted_in = excluded.accepted_in,
       grounds = excluded.grounds, version = excluded.version

-- name: all
SELECT id, organisation, facility, region, subject, target, label, agent, agent_name, milligrams_per_litre,
       contact_minutes, pieces, of_pieces, square_metres, terminal, crew, happened_at, file, broken,
       accepted_by, accepted_in, grounds, version
  FROM goods.disinfection ORDER BY id

-- name: clear
TRUNCATE goods.disinfection
