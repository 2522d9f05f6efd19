-- name: load
SELECT id, lot, family, owner, custodian, facility, zone, region, state, shipment, in_pieces, in_grams,
       pieces, grams, out_pieces, out_grams, loss_pieces, loss_grams, made_at, version
  FROM goods.unit WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO goods.unit (id, lot, family, owner, custodian, facility, zone, region, state, shipment, in_pieces,
                        in_grams, pieces, grams, out_pieces, out_grams, loss_pieces, loss_grams, made_at,
                        version)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                     $7::integer[], $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[],
                     $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[],
                     $18::bigint[], $19::text[], $20::bigint[])
ON CONFLICT (id) DO UPDATE SET zone = excluded.zone, pieces = excluded.pieces, grams = excluded.grams,
       out_pieces = excluded.out_pieces, out_grams = excluded.out_grams,
       loss_pieces = excluded.loss_pieces, loss_grams = excluded.loss_grams, version = excluded.version

-- name: all
SELECT id, lot, family, owner, custodian, facility, zone, region, state, shipment, in_pieces, in_grams,
       pieces, grams, out_pieces, out_grams, loss_pieces, loss_grams, made_at, version
  FROM goods.unit ORDER BY id

-- name: clear
TRUNCATE goods.unit
