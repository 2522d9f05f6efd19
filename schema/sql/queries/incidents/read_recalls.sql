-- name: sees
SELECT EXISTS (SELECT FROM incidents.recalls_seen($1, $2, $3) s WHERE s.recall = $4)

-- name: page
-- $4 below which id, $5 how many, $6 state, $7 not over, $8 case, $9 lot.
SELECT r.id FROM incidents.recall r
 WHERE r.id IN (SELECT s.recall FROM incidents.recalls_seen($1, $2, $3) s)
   AND r.id < coalesce($4::bigint, 9223372036854775807)
   AND ($6::text IS NULL OR r.state = $6)
   AND ($7::boolean IS NULL OR (r.ended_at IS NULL) = $7)
   AND ($8::bigint IS NULL OR $1 <> 'organisation' AND r.case_file = $8)
   AND ($9::bigint IS NULL OR r.lots @> to_jsonb($9::bigint) AND goods.sees_lot($1, $2, $3, $9))
 ORDER BY r.id DESC LIMIT $5

-- name: rows
-- $4 ids of recalls that the reader may see. Its case, note and whole sums are for who ordered it, authorities of its
-- region and auditors; other authorities are told of businesses in their region, a business of itself alone.
SELECT r.id, parties.named(r.organisation) AS organisation, CASE WHEN whole THEN r.case_file END AS "case",
       r.level, r.reason, r.measures, r.public, r.drill, r.state, r.hold, r.ordered_at, r.start_by, r.finish_on,
       r.calendar_until, r.started_at, r.ended_at, CASE WHEN whole THEN r.note END AS note, r.extensions,
       r.id / 1000 AS position, whole,
       (SELECT jsonb_agg(jsonb_build_object('id', l.id, 'code', l.code, 'product', l.product,
                                            'product_en', l.product_en) ORDER BY l.id)
          FROM (SELECT named::bigint AS id FROM jsonb_array_elements_text(r.lots) named LIMIT 200) named
          JOIN goods.lot l ON l.id = named.id
         WHERE goods.sees_lot($1, $2, $3, l.id)) AS lots,
       told.grams, told.located_grams, told.addressed, told.reported
  FROM incidents.recall r
 CROSS JOIN LATERAL (SELECT $1 = 'auditor' OR r.organisation = $2
                            OR $1 = 'regulator' AND parties.covers($3, r.region) AS whole) mine
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(p.grams), 0)::bigint AS grams, count(*) AS addressed, count(p.reported_at) AS reported,
              coalesce(sum((p.report ->> 'found')::bigint + (p.report ->> 'returned')::bigint
                           + (p.report ->> 'destroyed')::bigint), 0)::bigint AS located_grams
         FROM incidents.recall_part p JOIN parties.organisation o ON o.id = p.organisation
        WHERE p.recall = r.id
          AND (whole OR p.organisation = $2 OR $1 = 'regulator' AND parties.covers($3, o.region))) told
 WHERE r.id = ANY($4::bigint[])
 ORDER BY r.id DESC

-- name: parts
-- $4 recall: the businesses that the reader is told of, those with most first; $5 with what the ledger accounts for
-- now, which is not asked of the past. Who got some of the goods since has a part without having been addressed.
SELECT parties.named(o.id) AS organisation, o.id AS key, coalesce(p.grams, 0) AS grams, p.started_at, p.reported_at,
       p.report, p.evidence, p.note, coalesce(p.version, r.version) AS position, $5::boolean AS is_now,
       jsonb_build_object('held', coalesce(a.held, 0), 'sold', coalesce(a.sold, 0),
                          'destroyed', coalesce(a.destroyed, 0), 'returned', coalesce(a.returned, 0)) AS accounted
  FROM incidents.recall r
 CROSS JOIN LATERAL (SELECT $1 = 'auditor' OR r.organisation = $2
                            OR $1 = 'regulator' AND parties.covers($3, r.region) AS whole) mine
 CROSS JOIN LATERAL (
       (SELECT q.organisation FROM incidents.recall_part q WHERE q.recall = r.id)
        UNION (SELECT c.organisation FROM incidents.recall_accounts(r.id) c
                WHERE $5 AND c.held + c.sold + c.destroyed + c.returned > 0)) has
  JOIN parties.organisation o ON o.id = has.organisation
  LEFT JOIN incidents.recall_part p ON p.recall = r.id AND p.organisation = o.id
  LEFT JOIN incidents.recall_accounts(r.id) a ON $5 AND a.organisation = o.id
 WHERE r.id = $4 AND (whole OR o.id = $2 OR $1 = 'regulator' AND parties.covers($3, o.region))
 ORDER BY grams DESC, o.id LIMIT 1000

-- name: disposals
-- $4 recall or null, $5 case or null; the newest 200 that the reader is told of.
SELECT d.id, d.position AS statement, d.kind, parties.named(d.organisation) AS organisation, d.unit,
       jsonb_build_object('id', l.id, 'code', l.code, 'product', l.product, 'product_en', l.product_en) AS lot,
       d.grams, d.happened_at, d.evidence
  FROM incidents.disposal d JOIN goods.lot l ON l.id = d.lot JOIN parties.organisation o ON o.id = d.organisation
  LEFT JOIN incidents.recall r ON r.id = d.recall
 WHERE ($4::bigint IS NULL OR d.recall = $4) AND ($5::bigint IS NULL OR d.case_file = $5)
   AND ($1 = 'auditor' OR d.organisation = $2 OR r.organisation = $2
        OR $1 = 'regulator' AND (parties.covers($3, o.region) OR parties.covers($3, r.region)))
 ORDER BY d.id DESC LIMIT 200

-- name: accounted
-- $1 recall, $2 business.
SELECT held, returned, sold, destroyed FROM incidents.recall_accounts($1) WHERE organisation = $2

-- name: holders
-- $1 units: who has such goods, is being sent them, sold them, or owns what another keeps.
SELECT o.id AS organisation, coalesce(sum(h.grams), 0)::bigint AS grams
  FROM (SELECT CASE WHEN u.state = 'in_transit' THEN s.consignee ELSE u.custodian END AS organisation, u.grams
          FROM goods.unit u LEFT JOIN goods.shipment s ON s.id = u.shipment
         WHERE u.id = ANY($1::bigint[]) AND u.grams > 0
           AND u.state IN ('quarantined', 'released', 'in_transit', 'sold')
        UNION ALL
        SELECT u.owner, 0 FROM goods.unit u
         WHERE u.id = ANY($1::bigint[]) AND u.grams > 0 AND u.owner <> u.custodian
           AND u.state IN ('quarantined', 'released')) h
  JOIN parties.organisation o ON o.id = h.organisation
 GROUP BY o.id
 ORDER BY grams DESC, o.id

-- name: named
SELECT o.id AS key, parties.named(o.id) AS organisation FROM unnest($1::bigint[]) o(id)

-- name: ways_out
-- $1 recall, $2 business: what it destroyed, handed over or sent away of these goods, and has not tied to the recall.
SELECT e.version AS statement, min(e.kind) AS kind, min(e.happened_at) AS happened_at
  FROM incidents.recall r CROSS JOIN LATERAL incidents.units_asked(r.question) asked
  JOIN goods.unit u ON u.id = asked.unit
  JOIN goods.event e ON e.lot = u.lot AND e.version > r.id / 1000
  JOIN ledger.entry said ON said.position = e.version
 WHERE r.id = $1 AND e.organisation = $2 AND u.custodian = $2
   AND e.kind IN ('goods-destroyed', 'goods-surrendered', 'goods-shipped')
   AND (e.kind <> 'goods-shipped' OR convert_from(said.statement, 'UTF8')::jsonb #>> '{data,purpose}'
                                     IN ('return', 'disposal', 'quarantine'))
   AND NOT EXISTS (SELECT FROM incidents.disposal d WHERE d.position = e.version)
   AND NOT EXISTS (SELECT FROM goods.correction c WHERE c.position = e.version)
 GROUP BY e.version
 ORDER BY e.version DESC LIMIT 50

-- name: own_lots
-- $1 lots, $2 business: how many of them it registered.
SELECT count(*) FROM goods.lot WHERE id = ANY($1::bigint[]) AND organisation = $2

-- name: own_arrivals
SELECT count(*) FROM goods.arrival WHERE id = ANY($1::bigint[]) AND organisation = $2

-- name: own_units
SELECT count(*) FROM goods.unit
 WHERE id = ANY($1::bigint[]) AND custodian = $2 AND state IN ('quarantined', 'released')
