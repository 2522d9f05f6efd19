-- name: load
SELECT id, uscc, name, name_en, roles, region, active, version
  FROM parties.organisation WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO parties.organisation (id, uscc, name, name_en, roles, region, active, version)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[],
                          $7::boolean[], $8::bigint[])
ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_en = excluded.name_en, roles = excluded.roles,
       active = excluded.active, version = excluded.version

-- name: all
SELECT id, uscc, name, name_en, roles, region, active, version
  FROM parties.organisation ORDER BY id

-- name: clear
TRUNCATE parties.organisation
