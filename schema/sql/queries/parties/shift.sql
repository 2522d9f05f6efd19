-- name: load
SELECT id, organisation, facility, zone, bay, crew, begins_at, ends_at, version
  FROM parties.shift WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO parties.shift (id, organisation, facility, zone, bay, crew, begins_at, ends_at, version)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::integer[], $5::text[], $6::jsonb[], $7::text[],
                          $8::text[], $9::bigint[])

-- name: all
SELECT id, organisation, facility, zone, bay, crew, begins_at, ends_at, version
  FROM parties.shift ORDER BY id

-- name: clear
TRUNCATE parties.shift
