-- name: save
INSERT INTO goods.handling (id, organisation, facility, bay, equipment, crew, units, since, until, version)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::jsonb[],
                     $7::jsonb[], $8::bigint[], $9::bigint[], $10::bigint[])

-- name: all
SELECT id, organisation, facility, bay, equipment, crew, units, since, until, version FROM goods.handling ORDER BY id

-- name: clear
TRUNCATE goods.handling
