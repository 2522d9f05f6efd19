-- name: sees
SELECT goods.sees_lot($1, $2, $3, $4)

-- name: page
-- $4 below which id, $5 how many, $6 code, $7 part of the product's name, $8 state, $9 container,
-- $10 production batch, $11 held: as a whole, or units of it that the reader may see.
-- To a business that did not register or import a lot, all of it is released: it never got other goods.
SELECT l.id FROM goods.lot l
 WHERE l.id IN (SELECT s.lot FROM goods.lots_seen($1, $2, $3) s)
   AND l.id < coalesce($4::bigint, 9223372036854775807)
   AND ($6::text IS NULL OR l.code = $6)
   AND ($7::text IS NULL OR strpos(lower(l.product), lower($7)) > 0
        OR strpos(lower(l.product_en), lower($7)) > 0)
   AND ($8::text IS NULL OR $8 = CASE
            WHEN l.released_grams = l.grams OR NOT (
                 l.organisation = $2 OR goods.sees_import($1, $2, l.arrival)) THEN 'released'
            WHEN l.released_grams > 0 THEN 'partly_released' ELSE 'quarantined' END)
   AND ($9::text IS NULL OR l.arrival IN (SELECT a.id FROM goods.arrival a WHERE a.container = $9))
   AND ($10::text IS NULL OR l.production_batch = $10)
   AND ($11::boolean IS NULL OR $11 = (
        EXISTS (SELECT FROM incidents.in_force('[]', l.id))
        OR EXISTS (SELECT FROM goods.unit u CROSS JOIN LATERAL incidents.in_force(u.holds, u.lot)
                    WHERE u.lot = l.id AND u.holds <> '[]'
                      AND ($1 <> 'organisation' OR $2 IN (u.owner, u.custodian)))))
 ORDER BY l.id DESC LIMIT $5

-- name: rows
-- $4 ids of lots that the reader may see. How much there is of a lot is known to who registered or imported
-- it and to authorities; a holder sees what it holds itself.
SELECT l.id, l.code, l.product, l.product_en, l.category, l.specification, l.hs, l.gtin, l.temperature_class,
       l.country, l.establishment, l.production_batch, l.produced_on, l.best_before, l.received_at, l.regime, l.withdrawn,
       CASE WHEN whole THEN l.pieces END AS pieces, CASE WHEN whole THEN l.grams END AS grams,
       CASE WHEN whole AND l.pieces IS NOT NULL THEN l.released_pieces END AS released_pieces,
       CASE WHEN whole THEN l.released_grams END AS released_grams,
       CASE WHEN l.released_grams = l.grams OR NOT whole THEN 'released'
            WHEN l.released_grams > 0 THEN 'partly_released' ELSE 'quarantined' END AS state,
       parties.named(l.organisation) AS organisation, parties.placed(l.facility) AS facility, l.arrival,
       CASE WHEN whole THEN l.details ELSE l.details - '{exporter,importer,bill_of_lading,vessel}'::text[] END
           AS details,
       (SELECT jsonb_agg(jsonb_build_object('id', p.id, 'code', p.code, 'product', p.product,
                                            'product_en', p.product_en) ORDER BY p.id)
          FROM jsonb_array_elements_text(l.parents) parent JOIN goods.lot p ON p.id = parent::bigint
         WHERE goods.sees_lot($1, $2, $3, p.id)) AS parents,
       (SELECT jsonb_agg(jsonb_build_object(
                   'id', c.id, 'kind', c.kind, 'issuer', c.issuer, 'number', c.number,
                   'issued_on', c.issued_on, 'valid_until', c.valid_until, 'result', c.result, 'file', c.file)
                   ORDER BY c.id)
          FROM jsonb_array_elements_text(l.certificates) carried JOIN goods.certificate c ON c.key = carried
         WHERE c.kind <> 'customs_declaration' OR whole) AS certificates,
       (SELECT jsonb_build_object('units', count(*), 'grams', coalesce(sum(u.grams), 0)::bigint, 'pieces',
                   CASE WHEN count(u.pieces) = count(*) THEN coalesce(sum(u.pieces), 0)::bigint END)
          FROM goods.unit u
         WHERE u.lot = l.id AND u.grams > 0 AND $2 IN (u.owner, u.custodian) AND u.state <> 'sold') AS held,
       incidents.holds_shown('[]', l.id) AS holds, l.id / 1000 AS position
  FROM goods.lot l
 CROSS JOIN LATERAL (SELECT $1 IN ('regulator', 'auditor') OR l.organisation = $2
                            OR coalesce(goods.sees_import($1, $2, l.arrival), false) AS whole) AS mine
 WHERE l.id = ANY($4::bigint[])
 ORDER BY l.id DESC

-- name: events
-- $3 lot, $4 after which id, $5 how many. A business sees what it did itself, and the sending and receiving
-- of what went to or from it, also as they were first said; an authority sees all.
WITH passing AS (
    SELECT u.id AS unit, s.id / 1000 AS sent, s.version AS last
      FROM goods.unit u JOIN goods.shipment s ON s.id = u.shipment
     WHERE u.lot = $3 AND u.state = 'in_transit' AND $2 IN (s.consignor, s.consignee, u.owner)
), told AS (
    SELECT sent AS position FROM passing
    UNION SELECT last FROM passing
    UNION SELECT x.version FROM passing p JOIN goods.edge x ON x.parent = p.unit
    UNION SELECT c.root FROM passing p JOIN goods.correction c ON c.correction = p.last
)
SELECT e.id, e.kind, parties.named(e.organisation) AS organisation, parties.placed(e.facility) AS facility,
       e.happened_at, e.version AS position
  FROM goods.event e
 WHERE e.lot = $3 AND e.id > coalesce($4::bigint, -1)
   AND ($1 IN ('regulator', 'auditor')
        OR $1 = 'organisation' AND (e.organisation = $2 OR e.version IN (SELECT position FROM told)))
 ORDER BY e.id LIMIT $5
