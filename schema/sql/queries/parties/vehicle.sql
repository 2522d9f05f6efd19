-- name: load
SELECT id, organisation, kind, plate, active, version
  FROM parties.vehicle WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO parties.vehicle (id, organisation, kind, plate, active, version)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::jsonb[], $5::boolean[], $6::bigint[])
ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, plate = excluded.plate, active = excluded.active,
       version = excluded.version

-- name: all
SELECT id, organisation, kind, plate, active, version
  FROM parties.vehicle ORDER BY id

-- name: clear
TRUNCATE parties.vehicle
