-- name: load
SELECT key, id, kind, issuer, number, organisation, issued_on, valid_until, happened_at, result,
       inner_sample, sampled_where, pieces, grams, released_pieces, released_grams, lots, named_grams,
       file, covers, details, version
  FROM goods.certificate WHERE key = ANY($1::text[])

-- name: save
-- What the paper says stays; only its balance moves.
INSERT INTO goods.certificate
      (key, id, kind, issuer, number, organisation, issued_on, valid_until, happened_at, result,
       inner_sample, sampled_where, pieces, grams, released_pieces, released_grams, lots, named_grams,
       file, covers, details, version)
SELECT * FROM unnest(
       $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
       $9::text[], $10::text[], $11::boolean[], $12::text[], $13::bigint[], $14::bigint[], $15::bigint[],
       $16::bigint[], $17::jsonb[], $18::bigint[], $19::text[], $20::jsonb[], $21::jsonb[], $22::bigint[])
    ON CONFLICT (key) DO UPDATE SET
       released_pieces = excluded.released_pieces,
       released_grams = excluded.released_grams,
       version = excluded.version

-- name: all
SELECT key, id, kind, issuer, number, organisation, issued_on, valid_until, happened_at, result,
       inner_sample, sampled_where, pieces, grams, released_pieces, released_grams, lots, named_grams,
       file, covers, details, version
  FROM goods.certificate ORDER BY key

-- name: clear
TRUNCATE goods.certificate
