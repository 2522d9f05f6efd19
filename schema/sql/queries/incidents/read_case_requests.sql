-- name: sees
SELECT EXISTS (SELECT FROM incidents.requests_seen($1, $2, $3) s WHERE s.request = $4)

-- name: page
-- $4 below which id, $5 how many, $6 now (an instant), $7 state, $8 overdue, $9 case.
SELECT r.id FROM incidents.case_request r
 WHERE r.id IN (SELECT s.request FROM incidents.requests_seen($1, $2, $3) s)
   AND r.id < coalesce($4::bigint, 9223372036854775807)
   AND ($7::text IS NULL OR r.state = $7)
   AND ($8::boolean IS NULL OR (r.state IN ('open', 'acknowledged') AND r.due_at < $6::text) = $8)
   AND ($9::bigint IS NULL OR r.case_file = $9 AND $1 <> 'organisation')
 ORDER BY r.id DESC LIMIT $5

-- name: rows
-- $4 ids of requests that the reader may see. Of a case its addressee learns the number and the hazard; of the
-- goods named, those that it sees anyway. `stock` is what the addressee has of them.
SELECT r.id, CASE WHEN $1 <> 'organisation' THEN r.case_file END AS "case", c.number AS case_number, c.hazard, r.drill,
       parties.named(r.organisation) AS organisation, parties.named(r.addressee) AS addressee,
       parties.placed(r.facility) AS facility, r.asks,
       (SELECT jsonb_agg(jsonb_build_object('id', l.id, 'code', l.code, 'product', l.product,
                                            'product_en', l.product_en) ORDER BY l.id)
          FROM jsonb_array_elements_text(r.lots) named JOIN goods.lot l ON l.id = named::bigint
         WHERE goods.sees_lot($1, $2, $3, l.id)) AS lots,
       (SELECT jsonb_agg(jsonb_build_object('id', u.id, 'lot', jsonb_build_object('id', l.id, 'code', l.code,
                                            'product', l.product, 'product_en', l.product_en),
                                            'facility', parties.placed(u.facility), 'zone', u.zone,
                                            'pieces', u.pieces, 'grams', u.grams) ORDER BY u.id)
          FROM (SELECT u.* FROM goods.unit u
                 WHERE (u.id IN (SELECT named::bigint FROM jsonb_array_elements_text(r.units) named)
                        OR u.lot IN (SELECT named::bigint FROM jsonb_array_elements_text(r.lots) named))
                   AND u.custodian = r.addressee AND u.grams > 0 AND u.state IN ('quarantined', 'released')
                   AND (r.facility IS NULL OR u.facility = r.facility)
                 ORDER BY u.id LIMIT 500) u
          JOIN goods.lot l ON l.id = u.lot) AS stock,
       r.state, r.made_at, r.due_at, r.acknowledged_at, r.answered_at, r.answered_in, r.answer, r.counted,
       r.evidence, r.note, r.answer_note, r.withdrawn_because, r.id / 1000 AS position
  FROM incidents.case_request r JOIN incidents.case_file c ON c.id = r.case_file
 WHERE r.id = ANY($4::bigint[])
 ORDER BY r.id DESC
