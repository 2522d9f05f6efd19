-- name: load
SELECT id, consignor, consignee, origin, destination, units, vehicle, waybill, departed_at, received_at,
       version
  FROM goods.shipment WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO goods.shipment (id, consignor, consignee, origin, destination, units, vehicle, waybill,
                            departed_at, received_at, version)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::jsonb[],
                     $7::bigint[], $8::jsonb[], $9::text[], $10::text[], $11::bigint[])
ON CONFLICT (id) DO UPDATE SET received_at = excluded.received_at, version = excluded.version

-- name: all
SELECT id, consignor, consignee, origin, destination, units, vehicle, waybill, departed_at, received_at,
       version
  FROM goods.shipment ORDER BY id

-- name: clear
TRUNCATE goods.shipment
