-- How goods were reached, one step back from each: candidates for it, of which service/tracing/exposure/steps.py
-- takes the one that agrees with the answer. $1 position, $2 the case's, $3 whether disinfections count, $4 to $6
-- all that was reached: units, hops and times; $7 the units whose last step is asked for. (What a query does not
-- need of these it only names, for all take the same first arguments.)

-- name: met
-- $8 the end of what goes on, $9 excluded, $10 and $11 the window, $12 seconds of lingering, $13 to $15 the place
-- that the question begins with: facility and zone, vehicle; $16 whether two sealed ones do not meet, $17 kinds of
-- zone or null. `later` is a source that an answer names for an earlier part of its life only.
WITH hit AS MATERIALIZED (
    SELECT * FROM unnest($4::bigint[], $5::integer[], $6::bigint[]) AS h(unit, hop, tau)),
own AS MATERIALIZED (
    SELECT w.unit, w.hop, s.facility, coalesce(s.zone, 0) AS zone, s.vehicle, s.shipment, s.sealed, s.since, s.until,
           s.placed
      FROM hit w CROSS JOIN LATERAL exposure.stays(w.unit, $1, $2, $8, $9) s
     WHERE w.unit = ANY($7::bigint[])),
near AS (
    SELECT o.*, n.unit AS source, n.lot AS source_lot, n.sealed AS closed, n.since AS came, n.until AS went
      FROM own o
     CROSS JOIN LATERAL exposure.stays_in(o.facility, o.zone, o.since - $12::bigint, o.until, $1, $2, $8, $9) n
     WHERE o.facility IS NOT NULL
    UNION ALL
    SELECT o.*, n.unit, n.lot, n.sealed, n.since, n.until
      FROM own o
     CROSS JOIN LATERAL exposure.stays_on(o.vehicle, o.since - $12, o.until, $1, $2, $8, $9) n
     WHERE o.vehicle IS NOT NULL
    UNION ALL
    SELECT o.*, n.unit, n.lot, n.sealed, n.since, n.until
      FROM own o
     CROSS JOIN LATERAL exposure.stays_with(o.shipment, o.since - $12, o.until, $1, $2, $8, $9) n
     WHERE o.facility IS NULL AND o.vehicle IS NULL),
pieces AS (
    SELECT n.*, h.tau < e.begins AS later, least(n.went, e.ends) AS ended,
           greatest(h.tau, e.begins, n.came, n.since, $10::bigint) AS a
      FROM near n JOIN hit h ON h.unit = n.source AND h.hop < n.hop
     CROSS JOIN LATERAL exposure.episodes(n.source, n.source_lot, $1, $2, $3) e
     WHERE h.tau < e.ends AND greatest(h.tau, e.begins, n.came, $10) < least(n.went, e.ends)
       AND NOT ($16::boolean AND n.sealed AND n.closed)),
spans AS (
    SELECT p.unit, p.facility, p.zone, p.vehicle, p.shipment, p.since, p.placed, p.source, p.later, p.a,
           least(p.ended + $12, p.until, $11::bigint, c.at) AS b
      FROM pieces p
     CROSS JOIN LATERAL (SELECT min(c.at) AS at FROM exposure.cuts($1, $2, $3) c
                          WHERE c.subject = 'zone' AND c.facility = p.facility AND c.target = p.zone
                            AND c.at > p.a AND (c.terminal OR c.at >= p.ended)
                             OR c.subject = 'vehicle' AND c.target = p.vehicle AND c.at >= p.ended) c
    UNION ALL
    SELECT o.unit, o.facility, o.zone, o.vehicle, o.shipment, o.since, o.placed, NULL, false,
           greatest(o.since, $10), least(o.until, $11)
      FROM own o
     WHERE o.facility = $13::bigint AND o.zone = $14::integer OR o.vehicle = $15::bigint)
SELECT g.unit, CASE WHEN g.facility IS NULL THEN 'vehicle' ELSE 'zone' END AS relation, g.source, g.facility, g.zone,
       g.vehicle, g.shipment, g.a AS since, g.b AS until, t.seconds, g.placed AS position, g.later
  FROM (SELECT s.unit, s.facility, s.zone, s.vehicle, s.shipment, s.placed, s.later, min(s.a) AS a, max(s.b) AS b,
               (array_agg(s.source ORDER BY s.a, s.source))[1] AS source, range_agg(int8range(s.a, s.b)) AS spans
          FROM spans s WHERE s.a < s.b
         GROUP BY s.unit, s.facility, s.zone, s.vehicle, s.shipment, s.since, s.placed, s.later) g
 CROSS JOIN LATERAL (SELECT sum(upper(r) - lower(r))::bigint AS seconds FROM unnest(g.spans) r) t
 WHERE g.facility IS NULL OR $17::text[] IS NULL OR EXISTS (
       SELECT FROM parties.facility f CROSS JOIN jsonb_array_elements(f.zones) z
        WHERE f.id = g.facility AND (z ->> 'no')::integer = g.zone AND z ->> 'kind' = ANY($17))

-- name: next_trip
-- $8 the end of what goes on, $9 excluded, $10 whether two sealed ones do not meet.
WITH hit AS MATERIALIZED (
    SELECT * FROM unnest($4::bigint[], $5::integer[], $6::bigint[]) AS h(unit, hop, tau))
SELECT DISTINCT ON (w.unit, s.since) w.unit, 'next_trip' AS relation, n.unit AS source, s.vehicle, s.shipment,
       s.since, s.placed AS position
  FROM hit w
 CROSS JOIN LATERAL exposure.stays(w.unit, $1, $2, $8, $9) s
 CROSS JOIN LATERAL exposure.stays_on(s.vehicle, -1, s.since, $1, $2, $8, $9) n
  JOIN hit h ON h.unit = n.unit AND h.hop < w.hop AND h.tau < n.until
 WHERE w.unit = ANY($7::bigint[]) AND $3::boolean IS NOT NULL AND s.vehicle IS NOT NULL AND s.since >= w.tau
   AND n.until <= s.since AND NOT ($10::boolean AND s.sealed AND n.sealed)
 ORDER BY w.unit, s.since, n.until DESC, n.unit

-- name: handled
-- $8 excluded, $9 seconds for which handling endangers.
WITH hit AS MATERIALIZED (
    SELECT * FROM unnest($4::bigint[], $5::integer[], $6::bigint[]) AS h(unit, hop, tau)),
pairs AS (
    SELECT w.unit, h.unit AS source, s.facility, s.version AS position,
           CASE WHEN s.facility = f.facility AND s.bay = f.bay AND NOT EXISTS (
                     SELECT FROM exposure.cuts($1, $2, $3) c
                      WHERE c.subject = 'bay' AND c.facility = f.facility AND c.label = f.bay
                        AND c.at BETWEEN f.until AND s.since) THEN s.bay END AS bay,
           CASE WHEN s.organisation = f.organisation AND s.equipment = f.equipment AND NOT EXISTS (
                     SELECT FROM exposure.cuts($1, $2, $3) c
                      WHERE c.subject = 'equipment' AND c.organisation = f.organisation AND c.label = f.equipment
                        AND c.at BETWEEN f.until AND s.since) THEN s.equipment END AS equipment,
           (SELECT count(*) FROM jsonb_array_elements(s.crew) who WHERE f.crew @> who) AS people,
           greatest(h.tau, f.since, s.since) AS since, s.until
      FROM hit w
      JOIN goods.handling s ON s.units @> to_jsonb(w.unit) AND s.version < $1 AND s.version <> ALL($8::bigint[])
      JOIN goods.handling f ON f.since < s.until AND f.until >= s.since - $9::bigint
       AND f.version < $1 AND f.version <> ALL($8)
       AND (f.facility = s.facility AND f.bay = s.bay OR f.organisation = s.organisation AND f.equipment = s.equipment
            OR EXISTS (SELECT FROM jsonb_array_elements(s.crew) who WHERE f.crew @> who))
     CROSS JOIN jsonb_array_elements_text(f.units) touched
      JOIN hit h ON h.unit = touched::bigint AND h.hop < w.hop AND h.tau < f.until AND h.tau < s.until
     WHERE w.unit = ANY($7::bigint[]))
SELECT DISTINCT ON (p.unit) p.unit, 'handling' AS relation, p.source, p.facility, p.bay, p.equipment, p.people,
       p.since, p.until, p.position
  FROM pairs p WHERE p.bay IS NOT NULL OR p.equipment IS NOT NULL OR p.people > 0
 ORDER BY p.unit, p.since, p.source

-- name: parents
-- $1 units: what they were made of, at once or through a node.
SELECT coalesce(array_agg(DISTINCT p.parent), '{}') AS parents
  FROM (SELECT g.parent FROM goods.edge g WHERE g.child = ANY($1::bigint[])
        UNION ALL
        SELECT i.parent FROM goods.edge g JOIN goods.edge i ON i.child = g.parent
         WHERE g.child = ANY($1)) p

-- name: derived
-- $8 excluded. What was made through a node has what went into that as its source.
WITH hit AS MATERIALIZED (
    SELECT * FROM unnest($4::bigint[], $5::integer[], $6::bigint[]) AS h(unit, hop, tau)),
made AS (
    SELECT w.unit, w.hop, w.tau, g.parent AS source, g.earliest AS at, g.latest, g.version
      FROM hit w JOIN goods.edge g ON g.child = w.unit
     WHERE w.unit = ANY($7::bigint[]) AND g.version < $1 AND g.version <> ALL($8::bigint[])
       AND $2::bigint IS NOT NULL AND $3::boolean IS NOT NULL
    UNION ALL
    SELECT w.unit, w.hop, w.tau, i.parent, greatest(i.earliest, g.earliest), i.latest, g.version
      FROM hit w JOIN goods.edge g ON g.child = w.unit JOIN goods.edge i ON i.child = g.parent
     WHERE w.unit = ANY($7) AND g.version < $1 AND g.version <> ALL($8) AND i.version < $1 AND i.version <> ALL($8))
SELECT DISTINCT ON (m.unit) m.unit, 'derived' AS relation, m.source, greatest(h.tau, m.at) AS since,
       m.version AS position
  FROM made m JOIN hit h ON h.unit = m.source AND h.hop <= m.hop AND h.tau < greatest(m.latest, m.at + 1)
 ORDER BY m.unit, greatest(h.tau, m.at), m.source

-- name: related
-- What came with the first goods, or from where they came. $8 units, $9 lots and $10 arrivals that are asked about, $11
-- days between productions.
WITH hit AS MATERIALIZED (
    SELECT h.unit = ANY($8::bigint[]) OR u.lot = ANY($9::bigint[]) OR coalesce(l.arrival = ANY($10::bigint[]), false)
           AS named, h.unit, h.hop, h.tau, u.lot, l.arrival, l.establishment, l.production_batch, l.certificates, l.produced_on,
           a.container, a.voyage, a.entry_on
      FROM unnest($4::bigint[], $5::integer[], $6::bigint[]) AS h(unit, hop, tau)
      JOIN exposure.units($1) u ON u.id = h.unit
      JOIN exposure.lots($1) l ON l.id = u.lot
      LEFT JOIN exposure.arrivals($1) a ON a.id = l.arrival
     WHERE h.hop = 0 OR h.unit = ANY($7::bigint[]))
SELECT DISTINCT ON (w.unit, k.relation) w.unit, k.relation, s.unit AS source, w.tau AS since,
       w.lot / 1000 AS position
  FROM hit w JOIN hit s ON s.hop = 0 AND s.unit <> w.unit AND (s.named OR w.hop > 0)
 CROSS JOIN LATERAL (
       SELECT 'container' AS relation WHERE w.arrival = s.arrival OR w.container = s.container AND (w.voyage = s.voyage OR w.entry_on = s.entry_on)
       UNION ALL SELECT 'voyage' WHERE w.voyage = s.voyage
       UNION ALL SELECT 'production' WHERE w.establishment = s.establishment 
                    AND abs(w.produced_on::date - s.produced_on::date) <= $11::integer
       UNION ALL SELECT 'batch' WHERE w.lot <> s.lot AND NOT w.named AND w.establishment = s.establishment AND w.production_batch = s.production_batch
                    AND EXISTS (SELECT FROM jsonb_array_elements_text(w.certificates) shared
                                 WHERE jsonb_exists(s.certificates, shared))) k
 WHERE w.unit = ANY($7) AND $2::bigint IS NOT NULL AND $3::boolean IS NOT NULL
 ORDER BY w.unit, k.relation, s.unit

-- name: corrected
-- $1 positions: by which statement each was corrected, if it was.
SELECT c.position, c.correction FROM goods.correction c WHERE c.position = ANY($1::bigint[])

-- name: cleared_by
-- $4 units, $5 lots, $6 facilities and $7 zones beside each other, $8 vehicles, $9 facilities and $10 bays, $11
-- machines, $12 and $13 from when to when: the disinfections that lie on a way.
SELECT DISTINCT c.id
  FROM exposure.cuts($1, $2, $3) c
 WHERE c.at BETWEEN $12 AND $13
   AND (c.subject = 'unit' AND c.target = ANY($4::bigint[]) OR c.subject = 'lot' AND c.target = ANY($5::bigint[])
        OR c.subject = 'vehicle' AND c.target = ANY($8::bigint[])
        OR c.subject = 'equipment' AND c.label = ANY($11::text[])
        OR c.subject = 'zone' AND EXISTS (SELECT FROM unnest($6::bigint[], $7::integer[]) AS z(facility, zone)
                                           WHERE z.facility = c.facility AND z.zone = c.target)
        OR c.subject = 'bay' AND EXISTS (SELECT FROM unnest($9::bigint[], $10::text[]) AS b(facility, bay)
                                          WHERE b.facility = c.facility AND b.bay = c.label))
 ORDER BY c.id
