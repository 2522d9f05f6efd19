-- name: load
SELECT id, family, code, organisation, facility, arrival, parents, product, product_en, category,
       specification, hs, gtin, temperature_class, country, establishment, production_batch, produced_on,
       best_before, received_at, pieces, grams, released_pieces, released_grams, certificates, details,
       version, regime, withdrawn
  FROM goods.lot WHERE id = ANY($1::bigint[])

-- name: save
-- Papers are added and releases counted; a correction may change what was said at registration.
INSERT INTO goods.lot
      (id, family, code, organisation, facility, arrival, parents, product, product_en, category,
       specification, hs, gtin, temperature_class, country, establishment, production_batch, produced_on,
       best_before, received_at, pieces, grams, released_pieces, released_grams, certificates, details,
       version, regime, withdrawn)
SELECT * FROM unnest(
       $1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
       $7::jsonb[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
       $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[],
       $21::bigint[], $22::bigint[], $23::bigint[], $24::bigint[], $25::jsonb[], $26::jsonb[],
       $27::bigint[], $28::text[], $29::boolean[])
    ON CONFLICT (id) DO UPDATE SET
       organisation = excluded.organisation, facility = excluded.facility, arrival = excluded.arrival,
       parents = excluded.parents, product = excluded.product, product_en = excluded.product_en,
       category = excluded.category, specification = excluded.specification, hs = excluded.hs,
       gtin = excluded.gtin, temperature_class = excluded.temperature_class, country = excluded.country,
       establishment = excluded.establishment, production_batch = excluded.production_batch,
       produced_on = excluded.produced_on, best_before = excluded.best_before,
       received_at = excluded.received_at, pieces = excluded.pieces, grams = excluded.grams,
       released_pieces = excluded.released_pieces, released_grams = excluded.released_grams,
       certificates = excluded.certificates, details = excluded.details, version = excluded.version,
       regime = excluded.regime, withdrawn = excluded.withdrawn

-- name: all
SELECT id, family, code, organisation, facility, arrival, parents, product, product_en, category,
       specification, hs, gtin, temperature_class, country, establishment, production_batch, produced_on,
       best_before, received_at, pieces, grams, released_pieces, released_grams, certificates, details,
       version, regime, withdrawn
  FROM goods.lot ORDER BY id

-- name: clear
TRUNCATE goods.lot
