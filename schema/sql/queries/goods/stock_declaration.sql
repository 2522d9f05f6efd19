-- name: load
SELECT id, organisation, facility, zone, region, as_of, lines, version
  FROM goods.stock_declaration WHERE id = ANY($1::bigint[])

-- name: save
-- What was said at a time is never said otherwise; another count is another declaration.
INSERT INTO goods.stock_declaration
      (id, organisation, facility, zone, region, as_of, lines, version)
SELECT * FROM unnest(
       $1::bigint[], $2::bigint[], $3::bigint[], $4::integer[], $5::text[], $6::text[], $7::jsonb[],
       $8::bigint[])

-- name: all
SELECT id, organisation, facility, zone, region, as_of, lines, version
  FROM goods.stock_declaration ORDER BY id

-- name: clear
TRUNCATE goods.stock_declaration
