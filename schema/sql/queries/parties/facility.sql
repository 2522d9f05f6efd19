-- name: load
SELECT id, organisation, kind, name, name_en, region, address, filing, zones, active, version
  FROM parties.facility WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO parties.facility (id, organisation, kind, name, name_en, region, address, filing, zones, active,
                          version)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                          $8::text[], $9::jsonb[], $10::boolean[], $11::bigint[])
ON CONFLICT (id) DO UPDATE SET active = excluded.active, version = excluded.version

-- name: all
SELECT id, organisation, kind, name, name_en, region, address, filing, zones, active, version
  FROM parties.facility ORDER BY id

-- name: clear
TRUNCATE parties.facility
