-- name: facts
-- What the public may know of a code. Nothing here names a business that had the goods, a
-- container or a quantity.
SELECT c.code, c.level, c.serial, l.id AS lot, l.code AS batch, l.product, l.product_en, l.category,
       l.specification, l.temperature_class, l.gtin, l.country, l.establishment, l.production_batch,
       l.produced_on, l.best_before, a.port, a.entry_on,
       l.released_grams > 0 AS released, codes.is_held(l.id) AS held
  FROM codes.issued_code c JOIN goods.lot l ON l.id = c.lot
  LEFT JOIN goods.arrival a ON a.id = l.arrival
 WHERE c.code = $1

-- name: certificates
SELECT c.kind, c.issuer, c.number, c.issued_on, c.result
  FROM goods.lot l CROSS JOIN jsonb_array_elements_text(l.certificates) carried
  JOIN goods.certificate c ON c.key = carried
 WHERE l.id = $1 AND c.kind <> 'customs_declaration'
 ORDER BY c.id

-- name: route
-- $1 lot: cities and kinds of place, each once, in the order in which goods first came there.
SELECT left(f.region, 4) || '00' AS region, f.kind, min(u.id) AS first
  FROM goods.upstream(ARRAY(SELECT id FROM goods.unit WHERE lot = $1), NULL) walked
  JOIN goods.unit u ON u.id = walked.node
  JOIN parties.facility f ON f.id = u.facility
 GROUP BY left(f.region, 4), f.kind
 ORDER BY first

-- name: recall
-- $1 lot: the gravest recall of it that the public is told of.
SELECT level, reason, ordered_on FROM codes.recalled($1)
