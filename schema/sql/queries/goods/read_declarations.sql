-- name: sees
SELECT EXISTS (SELECT FROM goods.declarations_seen($1, $2, $3) s WHERE s.declaration = $4)

-- name: page
-- $4 below which id, $5 how many, $6 place.
SELECT d.id FROM goods.stock_declaration d
 WHERE d.id IN (SELECT s.declaration FROM goods.declarations_seen($1, $2, $3) s)
   AND d.id < coalesce($4::bigint, 9223372036854775807)
   AND ($6::bigint IS NULL OR d.facility = $6)
 ORDER BY d.id DESC LIMIT $5

-- name: rows
-- $4 ids of declarations that the reader may see. (The others are not needed: all shelves take the same arguments.)
SELECT d.id, parties.named(d.organisation) AS organisation, parties.placed(d.facility) AS facility, d.zone,
       d.as_of, ledger.recorded_at(d.version) AS recorded_at, jsonb_array_length(d.lines) AS lines, d.version AS position
  FROM goods.stock_declaration d
 WHERE d.id = ANY($4::bigint[]) AND ($1::text, $3::text) IS NOT NULL AND coalesce($2::bigint, 0) IS NOT NULL
 ORDER BY d.id DESC

-- name: differences
-- $4 declaration, which the reader sees; $5, $6 after which (lot, code), $7 how many rows, $8 also what agrees.
-- What the ledger says is what it says now; `moved` where something of the lot moved there since it was declared.
-- Whoever sees a declaration sees the goods at its place; of a lot that was merely named, nothing is told.
WITH said AS (SELECT * FROM goods.stock_declaration WHERE id = $4 AND $1::text IS NOT NULL AND $3::text IS NOT NULL),
declared AS (
    SELECT coalesce(line.lot, issued.lot, 0) AS lot,
           CASE WHEN coalesce(line.lot, issued.lot) IS NULL THEN line.code ELSE '' END AS code,
           CASE WHEN count(line.pieces) = count(*) THEN sum(line.pieces)::bigint END AS pieces,
           sum(line.grams)::bigint AS grams
      FROM said CROSS JOIN jsonb_to_recordset(said.lines) AS line(lot bigint, code text, pieces bigint, grams bigint)
      LEFT JOIN codes.issued_code issued ON issued.code = line.code
     GROUP BY 1, 2),
ledger AS (
    SELECT u.lot, '' AS code, count(*) FILTER (WHERE u.in_stock) AS units,
           CASE WHEN count(u.pieces) FILTER (WHERE u.in_stock) = count(*) FILTER (WHERE u.in_stock)
                THEN coalesce(sum(u.pieces) FILTER (WHERE u.in_stock), 0)::bigint END AS pieces,
           coalesce(sum(u.grams) FILTER (WHERE u.in_stock), 0)::bigint AS grams,
           bool_or(u.version > said.version) AS moved
      FROM said JOIN goods.unit u ON u.facility = said.facility AND (said.zone IS NULL OR u.zone = said.zone)
                                 AND (u.in_stock OR u.version > said.version)
     GROUP BY u.lot),
compared AS (
    SELECT coalesce(d.lot, l.lot) AS key, coalesce(d.code, l.code) AS code, d.pieces AS declared_pieces,
           d.grams AS declared_grams, l.pieces AS ledger_pieces, coalesce(l.grams, 0) AS ledger_grams,
           coalesce(l.units, 0) AS units, coalesce(l.moved, false) AS moved, l.lot IS NOT NULL AS here,
           CASE WHEN d.lot IS NULL THEN 'only_ledger'
                WHEN coalesce(l.units, 0) = 0 THEN 'only_declared'
                WHEN d.grams <> l.grams OR d.pieces <> l.pieces THEN 'differs' ELSE 'agrees' END AS finding
      FROM declared d FULL JOIN ledger l ON l.lot = d.lot AND l.code = d.code
     WHERE d.lot IS NOT NULL OR l.units > 0)
SELECT c.key, c.code, c.declared_pieces, c.declared_grams, c.ledger_pieces, c.ledger_grams, c.units, c.moved,
       c.finding, coalesce(c.declared_grams, 0) - c.ledger_grams AS difference_grams,
       c.declared_pieces - c.ledger_pieces AS difference_pieces,
       (SELECT jsonb_build_object('id', l.id, 'code', l.code, 'product', l.product, 'product_en', l.product_en)
          FROM goods.lot l
         WHERE l.id = c.key AND (c.here OR goods.sees_lot($1, $2, $3, l.id))) AS lot
  FROM compared c
 WHERE (c.key, c.code) > (coalesce($5::bigint, -1), coalesce($6::text, '')) AND ($8::boolean OR c.finding <> 'agrees')
 ORDER BY c.key, c.code LIMIT $7
