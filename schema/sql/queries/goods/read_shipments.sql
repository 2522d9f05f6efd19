-- name: sees
SELECT goods.sees_shipment($1, $2, $3, $4)

-- name: page
-- $4 below which id, $5 how many, $6 direction (in, out) as the reader's organisation has it, $7 only open ones.
SELECT s.id FROM goods.shipment s
 WHERE s.id IN (SELECT seen.shipment FROM goods.shipments_seen($1, $2, $3) seen)
   AND s.id < coalesce($4::bigint, 9223372036854775807)
   AND ($6::text IS NULL OR $6 = 'in' AND s.consignee = $2 OR $6 = 'out' AND s.consignor = $2)
   AND (NOT $7::boolean OR s.received_at IS NULL AND NOT s.withdrawn)
 ORDER BY s.id DESC LIMIT $5

-- name: rows
-- $4 ids of shipments that the reader may see; of the goods aboard, those that it may see.
SELECT s.id, parties.named(s.consignor) AS consignor, parties.named(s.consignee) AS consignee,
       parties.placed(s.origin) AS origin, parties.placed(s.destination) AS destination, s.vehicle, s.waybill,
       s.departed_at, s.received_at, s.admitted_at, s.purpose, s.withdrawn,
       (SELECT jsonb_agg(jsonb_build_object(
                   'unit', u.id, 'lot', jsonb_build_object('id', l.id, 'code', l.code, 'product', l.product,
                                                           'product_en', l.product_en),
                   'pieces', u.in_pieces, 'grams', u.in_grams, 'on_road_pieces', u.pieces,
                   'on_road_grams', u.grams, 'lost_pieces', u.loss_pieces, 'lost_grams', u.loss_grams,
                   'holds', incidents.holds_shown(u.holds, u.lot))
                   ORDER BY u.id)
          FROM goods.unit u JOIN goods.lot l ON l.id = u.lot
         WHERE u.shipment = s.id AND u.state = 'in_transit' AND goods.sees_unit($1, $2, $3, u.id)) AS items,
       s.id / 1000 AS position
  FROM goods.shipment s
 WHERE s.id = ANY($4::bigint[])
 ORDER BY s.id DESC
