-- name: sees
SELECT $4 IN (SELECT s.cooperation FROM incidents.cooperations_seen($1, $2, $3) s)

-- name: page
-- $4 below which id, $5 how many, $6 state, $7 direction, $8 case.
SELECT c.id FROM incidents.cooperation c
 WHERE c.id IN (SELECT s.cooperation FROM incidents.cooperations_seen($1, $2, $3) s)
   AND c.id < coalesce($4::bigint, 9223372036854775807)
   AND ($6::text IS NULL OR c.state = $6) AND ($7::text IS NULL OR c.direction = $7)
   AND ($8::bigint IS NULL OR c.case_file = $8 AND incidents.leads_case($1, $2, $3, c.case_file))
 ORDER BY c.id DESC LIMIT $5

-- name: rows
-- $4 ids of what the reader may see. Which case it was asked under is for who leads that.
SELECT c.id, c.direction, parties.named(c.organisation) AS organisation,
       CASE WHEN leads THEN c.case_file END AS case, c.region, c.origin, c.reference, c.package, c.number, c.hazard,
       c.drill, c.asks, c.lots, c.state, c.made_at, c.due_at, c.acknowledged_at, c.answered_at, c.answer, c.grams,
       parties.named(c.answered_by) AS answered_by, c.reply_origin, c.reply_package, c.note, c.answer_note,
       $1 = 'regulator' AND c.state <> 'answered' AND parties.covers($3, c.region) AS may_answer,
       c.version AS position
  FROM incidents.cooperation c
 CROSS JOIN LATERAL (SELECT coalesce(incidents.leads_case($1, $2, $3, c.case_file), false) AS leads) led
 WHERE c.id = ANY($4::bigint[])
 ORDER BY c.id DESC

-- name: goods
-- $1 lots, $2 region (without its trailing zeros): what went there of the lots and of what was made of them, by
-- shipment, with where to look. Names of sole traders are blank here as everywhere.
SELECT l.code, l.product, l.product_en, l.establishment, l.production_batch, l.produced_on,
       o.name AS consignee, f.name AS place, f.region, s.waybill ->> 'number' AS waybill, s.departed_at, s.received_at,
       sum(u.in_pieces)::bigint AS pieces, sum(u.in_grams)::bigint AS grams, min(s.id) / 1000 AS position
  FROM goods.shipment s JOIN parties.facility f ON f.id = s.destination AND parties.covers($2, f.region)
  JOIN parties.organisation o ON o.id = s.consignee
  JOIN goods.unit u ON u.shipment = s.id AND u.state = 'in_transit' JOIN goods.lot l ON l.id = u.lot
 WHERE NOT s.withdrawn AND l.id IN (SELECT b.lot FROM goods.lots_below($1) b)
 GROUP BY s.id, l.id, o.id, f.id ORDER BY s.id, l.id LIMIT 500
