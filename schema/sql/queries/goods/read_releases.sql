-- name: by_code
-- What an exit certificate says, for anyone who holds its code.
SELECT r.code, l.code AS lot, l.product, l.product_en, l.specification, l.country, l.establishment,
       l.production_batch, l.produced_on, l.best_before, o.name AS organisation, o.uscc,
       f.name AS facility, f.region, f.filing, r.pieces, r.grams, r.happened_at,
       r.withdrawn, r.version <> r.id / 1000 AS corrected, codes.is_held(l.id) AS held,
       (SELECT jsonb_agg(jsonb_build_object('kind', c.kind, 'issuer', c.issuer, 'number', c.number,
                   'issued_on', c.issued_on, 'result', c.result) ORDER BY c.id)
          FROM jsonb_array_elements_text(r.certificates) carried JOIN goods.certificate c ON c.key = carried
         WHERE c.kind <> 'customs_declaration') AS certificates,
       r.id / 1000 AS position, encode(e.leaf, 'hex') AS leaf
  FROM goods.release r JOIN goods.lot l ON l.id = r.lot
  JOIN parties.organisation o ON o.id = r.organisation
  JOIN parties.facility f ON f.id = r.facility
  LEFT JOIN ledger.entry e ON e.position = r.id / 1000
 WHERE r.code = $1

-- name: position
SELECT id / 1000 FROM goods.release WHERE code = $1

-- name: any_declaration
-- $1 keys of papers: whether one of them is a customs declaration.
SELECT EXISTS (SELECT FROM goods.certificate WHERE key = ANY($1::text[]) AND kind = 'customs_declaration')
