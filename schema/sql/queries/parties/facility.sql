-- name: load
SELECT id, organisation, kind, name, name_en, region, address, filing, zones, active, version, closed,
       suspended, reason, began_on
  FROM parties.facility WHERE id = ANY($1::bigint[])

-- name: save
-- What it is and where stays; the rest may change.
INSERT INTO parties.facility (id, organisation, kind, name, name_en, region, address, filing, zones, active,
                              version, closed, suspended, reason, began_on)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                     $8::text[], $9::jsonb[], $10::boolean[], $11::bigint[], $12::boolean[], $13::jsonb[],
                     $14::text[], $15::text[])
ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_en = excluded.name_en, address = excluded.address,
       filing = excluded.filing, zones = excluded.zones, active = excluded.active, closed = excluded.closed,
       suspended = excluded.suspended, reason = excluded.reason, version = excluded.version

-- name: all
SELECT id, organisation, kind, name, name_en, region, address, filing, zones, active, version, closed,
       suspended, reason, began_on
  FROM parties.facility ORDER BY id

-- name: clear
TRUNCATE parties.facility
