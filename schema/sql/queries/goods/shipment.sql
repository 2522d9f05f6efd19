-- name: load
SELECT id, consignor, consignee, origin, destination, units, vehicle, waybill, departed_at, received_at,
       purpose, passes, withdrawn, version, admitted_at
  FROM goods.shipment WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO goods.shipment
      (id, consignor, consignee, origin, destination, units, vehicle, waybill, departed_at, received_at,
       purpose, passes, withdrawn, version, admitted_at)
SELECT * FROM unnest(
       $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::jsonb[],
       $7::bigint[], $8::jsonb[], $9::text[], $10::text[], $11::text[], $12::boolean[],
       $13::boolean[], $14::bigint[], $15::text[])
    ON CONFLICT (id) DO UPDATE SET
       consignor = excluded.consignor, consignee = excluded.consignee, origin = excluded.origin,
       destination = excluded.destination, units = excluded.units, vehicle = excluded.vehicle,
       waybill = excluded.waybill, departed_at = excluded.departed_at, received_at = excluded.received_at,
       purpose = excluded.purpose, passes = excluded.passes, withdrawn = excluded.withdrawn,
       version = excluded.version, admitted_at = excluded.admitted_at

-- name: all
SELECT id, consignor, consignee, origin, destination, units, vehicle, waybill, departed_at, received_at,
       purpose, passes, withdrawn, version, admitted_at
  FROM goods.shipment ORDER BY id

-- name: clear
TRUNCATE goods.shipment
