-- What of an answer a reader sees: goods of a lot that is, was or is coming into the region; of the rest, the city
-- where they are. $1 to $3 are the reader's sight; units are asked of as of position $4.

-- name: may_begin
-- $4 facility, $5 vehicle, of which one is null: a regulator begins from places of its region.
SELECT EXISTS (SELECT FROM parties.facility f WHERE f.id = $4::bigint
                  AND ($1 = 'auditor' OR $1 = 'regulator' AND parties.covers($3, f.region)))
    OR $1 IN ('auditor', 'regulator') AND $2::bigint IS NOT NULL
   AND EXISTS (SELECT FROM parties.vehicle v WHERE v.id = $5::bigint)

-- name: within
-- $5 units, in their order: those in reach after unit $6, $7 of them at most.
SELECT u.id FROM exposure.units($4) u
 WHERE u.id = ANY($5::bigint[]) AND u.id > coalesce($6::bigint, -1)
   AND u.lot IN (SELECT s.lot FROM goods.lots_seen($1, $2, $3) s)
 ORDER BY u.id LIMIT $7

-- name: counts
-- $5 units, $6 tiers, $7 hops: what is in reach, by each of these, by state and by region, in one pass.
SELECT h.tier, h.hop, u.state, u.region,
       CASE GROUPING(h.tier, h.hop, u.state, u.region) WHEN 7 THEN 'tiers' WHEN 11 THEN 'hops' WHEN 13 THEN 'states'
            WHEN 14 THEN 'regions' ELSE 'all' END AS part,
       count(*) AS units, count(DISTINCT u.lot) AS lots,
       CASE WHEN bool_and(u.pieces IS NOT NULL) THEN sum(u.pieces)::bigint END AS pieces,
       coalesce(sum(u.grams), 0)::bigint AS grams
  FROM unnest($5::bigint[], $6::integer[], $7::integer[]) AS h(unit, tier, hop)
  JOIN exposure.units($4) u ON u.id = h.unit
 WHERE u.lot IN (SELECT s.lot FROM goods.lots_seen($1, $2, $3) s)
 GROUP BY GROUPING SETS ((), (h.tier), (h.hop), (u.state), (u.region))
 ORDER BY part, h.tier, h.hop, u.state, u.region

-- name: held
-- $5 units: how much of what is in reach is under a hold that is in force.
SELECT count(*) AS units, count(DISTINCT u.lot) AS lots,
       CASE WHEN bool_and(u.pieces IS NOT NULL) THEN sum(u.pieces)::bigint END AS pieces,
       coalesce(sum(u.grams), 0)::bigint AS grams
  FROM exposure.units($4) u
 WHERE u.id = ANY($5::bigint[]) AND u.lot IN (SELECT s.lot FROM goods.lots_seen($1, $2, $3) s)
   AND EXISTS (SELECT FROM incidents.in_force(u.holds, u.lot))

-- name: holders
-- $5 units: who has how much of what is in reach, the greatest first.
SELECT parties.named(h.custodian) AS organisation, parties.placed(h.facility) AS facility, h.units, h.lots,
       h.pieces, h.grams
  FROM (SELECT u.custodian, u.facility, count(*) AS units, count(DISTINCT u.lot) AS lots,
               CASE WHEN bool_and(u.pieces IS NOT NULL) THEN sum(u.pieces)::bigint END AS pieces,
               sum(u.grams)::bigint AS grams
          FROM exposure.units($4) u
         WHERE u.id = ANY($5::bigint[]) AND u.grams > 0
           AND u.lot IN (SELECT s.lot FROM goods.lots_seen($1, $2, $3) s)
         GROUP BY u.custodian, u.facility
         ORDER BY sum(u.grams) DESC, u.custodian, u.facility LIMIT 50) h
 ORDER BY h.grams DESC, h.units DESC, h.custodian, h.facility

-- name: lots
-- All lots in reach, as one value of eight bytes each.
SELECT string_agg(int8send(s.lot), '') AS lots FROM (SELECT DISTINCT s.lot FROM goods.lots_seen($1, $2, $3) s) s

-- name: columns
-- $1 position, $2 units, $3 names of states: of each unit nine values of eight bytes, all in one.
SELECT coalesce(string_agg(int8send(u.id) || int8send(u.lot) || int8send(u.region::bigint)
                           || int8send(coalesce(u.pieces, -1)::bigint) || int8send(u.grams::bigint)
                           || int8send(u.custodian) || int8send(coalesce(u.facility, -1))
                           || int8send(array_position($3::text[], u.state)::bigint - 1)
                           || int8send(EXISTS (SELECT FROM incidents.in_force(u.holds, u.lot))::integer::bigint),
                           ''), '') AS units
  FROM exposure.units($1) u WHERE u.id = ANY($2::bigint[])

-- name: elsewhere
-- $5 units: in which cities there are how many that are not in reach.
SELECT left(u.region, 4) || '00' AS region, count(*) AS units
  FROM exposure.units($4) u
 WHERE u.id = ANY($5::bigint[]) AND u.lot NOT IN (SELECT s.lot FROM goods.lots_seen($1, $2, $3) s)
 GROUP BY left(u.region, 4) ORDER BY 1

-- name: placed
-- $5 units: the lot and city of each, and whether it is in reach.
SELECT u.id, u.lot, left(u.region, 4) || '00' AS region,
       u.lot IN (SELECT s.lot FROM goods.lots_seen($1, $2, $3) s) AS seen
  FROM exposure.units($4) u WHERE u.id = ANY($5::bigint[])

-- name: facilities
-- $1 places: each as it is named.
SELECT f.id, parties.placed(f.id) AS place FROM parties.facility f WHERE f.id = ANY($1::bigint[])
