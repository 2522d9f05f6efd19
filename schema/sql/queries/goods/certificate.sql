-- name: load
SELECT key, id, kind, issuer, number, organisation, issued_on, valid_until, happened_at, result,
       inner_sample, sampled_where, pieces, grams, released_pieces, released_grams, lots, named_grams, file,
       covers, details, version, withdrawn
  FROM goods.certificate WHERE key = ANY($1::text[])

-- name: save
-- Its balance moves; a correction may change what it says, or free its number for another paper.
INSERT INTO goods.certificate
      (key, id, kind, issuer, number, organisation, issued_on, valid_until, happened_at, result,
       inner_sample, sampled_where, pieces, grams, released_pieces, released_grams, lots, named_grams, file,
       covers, details, version, withdrawn)
SELECT * FROM unnest(
       $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[],
       $8::text[], $9::text[], $10::text[], $11::boolean[], $12::text[], $13::bigint[],
       $14::bigint[], $15::bigint[], $16::bigint[], $17::jsonb[], $18::bigint[], $19::text[],
       $20::jsonb[], $21::jsonb[], $22::bigint[], $23::boolean[])
    ON CONFLICT (key) DO UPDATE SET
       id = excluded.id, kind = excluded.kind, issuer = excluded.issuer, number = excluded.number,
       organisation = excluded.organisation, issued_on = excluded.issued_on,
       valid_until = excluded.valid_until, happened_at = excluded.happened_at, result = excluded.result,
       inner_sample = excluded.inner_sample, sampled_where = excluded.sampled_where,
       pieces = excluded.pieces, grams = excluded.grams, released_pieces = excluded.released_pieces,
       released_grams = excluded.released_grams, lots = excluded.lots, named_grams = excluded.named_grams,
       file = excluded.file, covers = excluded.covers, details = excluded.details,
       version = excluded.version, withdrawn = excluded.withdrawn

-- name: all
SELECT key, id, kind, issuer, number, organisation, issued_on, valid_until, happened_at, result,
       inner_sample, sampled_where, pieces, grams, released_pieces, released_grams, lots, named_grams, file,
       covers, details, version, withdrawn
  FROM goods.certificate ORDER BY key

-- name: clear
TRUNCATE goods.certificate
