-- name: save
-- Stays that ended are only added to.
INSERT INTO goods.stay (id, unit, lot, facility, zone, shipment, vehicle, sealed, since, until, placed, version)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::integer[], $6::bigint[],
                     $7::bigint[], $8::boolean[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])

-- name: all
SELECT id, unit, lot, facility, zone, shipment, vehicle, sealed, since, until, placed, version FROM goods.stay ORDER BY id

-- name: clear
TRUNCATE goods.stay
