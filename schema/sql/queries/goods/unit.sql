-- name: load
SELECT id, lot, family, owner, custodian, facility, zone, region, state, shipment, pack, packaging,
       in_pieces, in_grams, pieces, grams, out_pieces, out_grams, loss_pieces, loss_grams,
       sample_pieces, sample_grams, destroyed_pieces, destroyed_grams, holds, made_at, version,
       since, placed, until, vacated
  FROM goods.unit WHERE id = ANY($1::bigint[])

-- name: save
-- A unit stays of its lot; movements and corrections may change all the rest.
INSERT INTO goods.unit (id, lot, family, owner, custodian, facility, zone, region, state, shipment,
                       pack, packaging, in_pieces, in_grams, pieces, grams, out_pieces, out_grams,
                       loss_pieces, loss_grams, sample_pieces, sample_grams, destroyed_pieces,
                       destroyed_grams, holds, made_at, version, since, placed, until, vacated)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                     $7::integer[], $8::text[], $9::text[], $10::bigint[], $11::text[], $12::text[],
                     $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[],
                     $18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[],
                     $23::bigint[], $24::bigint[], $25::jsonb[], $26::text[], $27::bigint[],
                     $28::bigint[], $29::bigint[], $30::bigint[], $31::bigint[])
ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, custodian = excluded.custodian, facility =
       excluded.facility, zone = excluded.zone, region = excluded.region, state = excluded.state,
       shipment = excluded.shipment, pack = excluded.pack, packaging = excluded.packaging, in_pieces =
       excluded.in_pieces, in_grams = excluded.in_grams, pieces = excluded.pieces, grams =
       excluded.grams, out_pieces = excluded.out_pieces, out_grams = excluded.out_grams, loss_pieces =
       excluded.loss_pieces, loss_grams = excluded.loss_grams, sample_pieces = excluded.sample_pieces,
       sample_grams = excluded.sample_grams, destroyed_pieces = excluded.destroyed_pieces,
       destroyed_grams = excluded.destroyed_grams, holds = excluded.holds,
       made_at = excluded.made_at, version = excluded.version,
       since = excluded.since, placed = excluded.placed, until = excluded.until, vacated = excluded.vacated

-- name: all
SELECT id, lot, family, owner, custodian, facility, zone, region, state, shipment, pack, packaging,
       in_pieces, in_grams, pieces, grams, out_pieces, out_grams, loss_pieces, loss_grams,
       sample_pieces, sample_grams, destroyed_pieces, destroyed_grams, holds, made_at, version,
       since, placed, until, vacated
  FROM goods.unit ORDER BY id

-- name: clear
TRUNCATE goods.unit
