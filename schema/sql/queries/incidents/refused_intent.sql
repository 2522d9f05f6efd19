-- name: save
-- $1 organisation, $2 digest of the request, $3 kind, $4 account, $5 token, $6 rules, $7 facilities, $8 units and
-- $9 lots that the request names: noted as far as they are the organisation's own, so that nobody writes
-- somebody else's into a list. The same request in the same minute is counted; beyond $10 lines a minute all
-- others are counted in one line. $11 is the request as it would stand in the ledger, for trials of policies.
WITH moment AS (
    SELECT clock_timestamp() AS now, date_trunc('minute', clock_timestamp()) AS minute
), line AS (
    SELECT count(*) < $10::integer AS is_free FROM incidents.refused_intent x, moment m
     WHERE x.organisation = $1 AND x.minute = m.minute
), own AS (
    SELECT u.id, u.lot, u.facility FROM goods.unit u
     WHERE u.id = ANY($8::bigint[]) AND $1 IN (u.custodian, u.owner)
), place AS (
    SELECT f.id, f.region FROM parties.facility f
     WHERE f.organisation = $1 AND f.id IN (SELECT unnest($7::bigint[]) UNION SELECT facility FROM own)
     ORDER BY f.id LIMIT 1
)
INSERT INTO incidents.refused_intent AS r (organisation, minute, digest, first_at, last_at, times, kind, account,
                                           token, facility, region, rules, units, lots, position, said)
SELECT o.id, m.minute,
       CASE WHEN line.is_free THEN $2 ELSE repeat('0', 64) END,
       m.now, m.now, 1, $3, $4, $5, p.id, coalesce(p.region, o.region), $6,
       coalesce((SELECT jsonb_agg(own.id ORDER BY own.id) FROM own), '[]'),
       coalesce((SELECT jsonb_agg(named.lot ORDER BY named.lot) FROM (
                 SELECT own.lot FROM own
                 UNION SELECT l.id FROM goods.lot l WHERE l.id = ANY($9::bigint[]) AND l.organisation = $1
                 ) named), '[]'),
       (SELECT h.size FROM ledger.head h), CASE WHEN line.is_free THEN $11::jsonb END
  FROM moment m CROSS JOIN line CROSS JOIN parties.organisation o LEFT JOIN place p ON true
 WHERE o.id = $1
ON CONFLICT (organisation, minute, digest) DO UPDATE SET times = r.times + 1, last_at = excluded.last_at

-- name: tried
-- $1 since when, $2 how many: the latest requests of known content, in the order in which they were refused.
SELECT * FROM (
    SELECT r.id, r.position, r.first_at, r.kind, r.organisation, r.account, r.token, r.rules, r.said
      FROM incidents.refused_intent r
     WHERE r.first_at >= $1::timestamptz AND r.said IS NOT NULL
     ORDER BY r.first_at DESC, r.id DESC LIMIT $2) latest
 ORDER BY position, id

-- name: page
-- $1 kind of reader, $2 organisation, $3 reach, $4 below which id, $5 how many, $6 kind, $7 organisation, $8 rule.
SELECT r.id, r.first_at, r.last_at, r.times, r.kind, parties.named(r.organisation) AS organisation,
       r.account, r.token, parties.placed(r.facility) AS facility, r.region, r.rules, r.units,
       (SELECT jsonb_agg(jsonb_build_object('id', l.id, 'code', l.code, 'product', l.product,
                                            'product_en', l.product_en) ORDER BY l.id)
          FROM jsonb_array_elements_text(r.lots) named JOIN goods.lot l ON l.id = named::bigint) AS lots
  FROM incidents.refused_intent r
 WHERE ($1 = 'auditor' OR $1 = 'regulator' AND parties.covers($3, r.region)
        OR $1 IN ('organisation', 'regulator') AND r.organisation = $2)
   AND r.id < coalesce($4::bigint, 9223372036854775807)
   AND ($6::text IS NULL OR r.kind = $6)
   AND ($7::bigint IS NULL OR r.organisation = $7)
   AND ($8::text IS NULL OR r.rules @> jsonb_build_array(jsonb_build_object('rule', $8)))
 ORDER BY r.id DESC LIMIT $5
