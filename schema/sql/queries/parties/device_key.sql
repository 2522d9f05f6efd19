-- name: load
SELECT id, organisation, token, public_key, device, number, origin, active, version
  FROM parties.device_key WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO parties.device_key (id, organisation, token, public_key, device, number, origin, active, version)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::integer[], $7::text[],
                     $8::boolean[], $9::bigint[])
ON CONFLICT (id) DO UPDATE SET active = excluded.active, version = excluded.version

-- name: all
SELECT id, organisation, token, public_key, device, number, origin, active, version
  FROM parties.device_key ORDER BY id

-- name: clear
TRUNCATE parties.device_key
