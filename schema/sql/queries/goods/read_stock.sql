-- name: page
-- What lies where, by place, lot, zone, owner and state. $4–$8 after which of these, $9 how many rows; $10 place,
-- $11 zone, $12 owner, $13 lot, $14 state, $15 only what is to be moved.
-- Places come in order and each one's goods out of an index in order, so that a page stops when it is full.
SELECT g.*, parties.placed(g.facility) AS place, parties.named(g.owner) AS owned, parties.named(g.keeper) AS kept,
       (SELECT part ->> 'name' FROM jsonb_array_elements(g.zones) part WHERE (part ->> 'no')::int = g.zone)
           AS zone_name,
       l.code, l.product, l.product_en, l.produced_on, l.best_before
  FROM (SELECT f.id AS facility, f.organisation AS keeper, f.zones, s.*
          FROM (SELECT p.*, ARRAY(SELECT (part ->> 'no')::integer FROM jsonb_array_elements(p.zones) part
                                   WHERE (part ->> 'closed')::boolean) AS gone
                  FROM parties.facility p
                 WHERE p.id IN (SELECT s.facility FROM goods.stores_seen($1, $2, $3) s)
                   AND p.id >= coalesce($4::bigint, 0) AND ($10::bigint IS NULL OR p.id = $10)
                   AND (NOT $15::boolean OR p.closed OR p.zones @> '[{"closed": true}]')
                 ORDER BY p.id) f
         CROSS JOIN LATERAL (
               SELECT u.lot, coalesce(u.zone, 0) AS zone, u.owner, u.state, count(*) AS units,
                      CASE WHEN count(u.pieces) = count(*) THEN sum(u.pieces)::bigint END AS pieces,
                      sum(u.grams)::bigint AS grams, min(u.made_at) AS since,
                      f.closed OR coalesce(u.zone, 0) = ANY (f.gone) AS to_be_moved
                 FROM goods.unit u
                WHERE u.facility = f.id AND u.in_stock
                  AND goods.stock_is_told($1, $2, u.owner, u.custodian)
                  AND ($4::bigint IS NULL OR f.id > $4
                       OR (u.lot, coalesce(u.zone, 0), u.owner, u.state)
                          > ($5::bigint, $6::integer, $7::bigint, $8::text))
                  AND ($11::integer IS NULL OR coalesce(u.zone, 0) = $11)
                  AND ($12::bigint IS NULL OR u.owner = $12)
                  AND ($13::bigint IS NULL OR u.lot = $13)
                  AND ($14::text IS NULL OR u.state = $14)
                  AND (NOT $15::boolean OR f.closed OR coalesce(u.zone, 0) = ANY (f.gone))
                GROUP BY u.lot, coalesce(u.zone, 0), u.owner, u.state
                ORDER BY u.lot, coalesce(u.zone, 0), u.owner, u.state) s
         ORDER BY f.id, s.lot, s.zone, s.owner, s.state LIMIT $9) g
  JOIN goods.lot l ON l.id = g.lot
 ORDER BY g.facility, g.lot, g.zone, g.owner, g.state

-- name: totals
-- $4 by what: facility, zone, owner or lot. $5, $6 after which key, $7 how many rows.
WITH told AS (
    SELECT CASE $4 WHEN 'owner' THEN u.owner WHEN 'lot' THEN u.lot ELSE u.facility END AS key,
           CASE $4 WHEN 'zone' THEN coalesce(u.zone, 0) ELSE 0 END AS part,
           count(*) AS units, count(DISTINCT u.lot) AS lots,
           CASE WHEN count(u.pieces) = count(*) THEN sum(u.pieces)::bigint END AS pieces,
           sum(u.grams)::bigint AS grams,
           coalesce(sum(u.grams) FILTER (WHERE u.state = 'quarantined'), 0)::bigint AS quarantined_grams,
           min(u.made_at) AS since
      FROM goods.unit u
       -- An array, so that each page of the table is read once, whether there are few places or all.
     WHERE u.facility = ANY (ARRAY(SELECT s.facility FROM goods.stores_seen($1, $2, $3) s)) AND u.in_stock
       AND goods.stock_is_told($1, $2, u.owner, u.custodian)
     GROUP BY 1, 2
    HAVING (CASE $4 WHEN 'owner' THEN u.owner WHEN 'lot' THEN u.lot ELSE u.facility END,
            CASE $4 WHEN 'zone' THEN coalesce(u.zone, 0) ELSE 0 END)
           > (coalesce($5::bigint, -1), coalesce($6::integer, -1))
     ORDER BY 1, 2 LIMIT $7)
SELECT t.*, CASE WHEN $4 IN ('facility', 'zone') THEN parties.placed(t.key) END AS facility,
       CASE WHEN $4 = 'zone' THEN t.part END AS zone,
       CASE WHEN $4 = 'owner' THEN parties.named(t.key) END AS owner,
       (SELECT jsonb_build_object('id', l.id, 'code', l.code, 'product', l.product, 'product_en', l.product_en)
          FROM goods.lot l WHERE $4 = 'lot' AND l.id = t.key) AS lot
  FROM told t ORDER BY t.key, t.part

-- name: expiring
-- What is past its best-before or comes to it by the day $4; $5–$8 after which (day, lot, place, owner), $9 how
-- many rows, $10 place.
-- Which lots lie where comes out of the index alone; only of those that near their end are units looked at.
WITH lying AS MATERIALIZED (
    SELECT DISTINCT u.facility, u.lot FROM goods.unit u
     WHERE u.facility = ANY (ARRAY(SELECT s.facility FROM goods.stores_seen($1, $2, $3) s)) AND u.in_stock
       AND ($10::bigint IS NULL OR u.facility = $10))
SELECT l.best_before, l.id AS lot_id, s.facility AS facility_id, s.owner AS owner_id,
       jsonb_build_object('id', l.id, 'code', l.code, 'product', l.product, 'product_en', l.product_en) AS lot,
       parties.placed(s.facility) AS facility, parties.named(s.owner) AS owner,
       parties.named(s.custodian) AS custodian, s.units, s.pieces, s.grams
  FROM lying
  JOIN goods.lot l ON l.id = lying.lot AND l.best_before <= $4
 CROSS JOIN LATERAL (
       SELECT u.facility, u.owner, u.custodian, count(*) AS units,
              CASE WHEN count(u.pieces) = count(*) THEN sum(u.pieces)::bigint END AS pieces,
              sum(u.grams)::bigint AS grams
         FROM goods.unit u
        WHERE u.facility = lying.facility AND u.lot = lying.lot AND u.in_stock
          AND goods.stock_is_told($1, $2, u.owner, u.custodian)
        GROUP BY u.facility, u.owner, u.custodian) s
 WHERE $5::text IS NULL
    OR (l.best_before, l.id, s.facility, s.owner) > ($5::text, $6::bigint, $7::bigint, $8::bigint)
 ORDER BY l.best_before, l.id, s.facility, s.owner LIMIT $9

-- name: coverage
-- Filed places in service with when they last reported anything. $4 after which place, $5 how many rows, $6 reported
-- since which time, $7 only of this state, $8 region. A business sees its own places.
WITH listed AS (
    SELECT f.id, f.organisation, f.region,
           greatest((SELECT max(e.version) FROM goods.event e WHERE e.facility = f.id),
                    (SELECT max(d.version) FROM goods.stock_declaration d WHERE d.facility = f.id)) AS said
      FROM parties.facility f
     WHERE f.active AND f.filing IS NOT NULL AND f.id > coalesce($4::bigint, -1)
       AND ($8::text IS NULL OR parties.covers($8, f.region))
       AND CASE $1 WHEN 'organisation' THEN f.organisation = $2
                   WHEN 'regulator' THEN parties.covers($3, f.region) ELSE $1 = 'auditor' END
     ORDER BY f.id),
reported AS (
    SELECT l.*, ledger.recorded_at(l.said) AS last_at FROM listed l),
judged AS (
    SELECT r.*, CASE WHEN r.last_at IS NULL THEN 'never' WHEN r.last_at >= $6 THEN 'reporting' ELSE 'silent' END
           AS state
      FROM reported r)
SELECT j.id, parties.placed(j.id) AS facility, parties.named(j.organisation) AS organisation, j.region, j.state,
       j.last_at, ledger.recorded_at(j.id / 1000) AS filed_at,
       (SELECT count(*) FROM goods.unit u WHERE u.facility = j.id AND u.in_stock) AS units
  FROM judged j
 WHERE $7::text IS NULL OR j.state = $7
 ORDER BY j.id LIMIT $5

-- name: coverage_regions
-- The same by city: $4 reported since which time.
WITH listed AS (
    SELECT f.id, rpad(left(f.region, 4), 6, '0') AS region,
           greatest((SELECT max(e.version) FROM goods.event e WHERE e.facility = f.id),
                    (SELECT max(d.version) FROM goods.stock_declaration d WHERE d.facility = f.id)) AS said
      FROM parties.facility f
     WHERE f.active AND f.filing IS NOT NULL
       AND CASE $1 WHEN 'organisation' THEN f.organisation = $2
                   WHEN 'regulator' THEN parties.covers($3, f.region) ELSE $1 = 'auditor' END),
judged AS (
    SELECT l.region, ledger.recorded_at(l.said) AS last_at,
           EXISTS (SELECT FROM goods.unit u WHERE u.facility = l.id AND u.in_stock) AS holding
      FROM listed l)
SELECT region, count(*) AS filed, count(*) FILTER (WHERE last_at >= $4) AS reporting,
       count(*) FILTER (WHERE last_at < $4) AS silent, count(*) FILTER (WHERE last_at IS NULL) AS never,
       count(*) FILTER (WHERE holding) AS holding
  FROM judged GROUP BY region ORDER BY region
