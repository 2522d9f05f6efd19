-- Exposure level by level: service/tracing/exposure/sql.py keeps what was reached, and each of these queries takes
-- one step from it. A node is a unit in one part of its life, from `begins` to `ends` (disinfections part them),
-- exposed since `tau`; the node of a transformation has one part. Wherever they stand, $1 is the position asked
-- at, $2 the one at which the case opened, and $3 whether disinfections count.

-- name: excluded
-- $1 position: what authorities had excluded.
SELECT coalesce(array_agg(c.position), '{}') AS gone
  FROM goods.correction c WHERE c.excluded_by IS NOT NULL AND c.version < $1

-- name: last_known
-- $1 position, or null for the present: it, and when the last statement before it was recorded.
SELECT p.position, ledger.recorded_at(p.position - 1) AS at
  FROM ledger.head h CROSS JOIN LATERAL (SELECT coalesce($1::bigint, h.size) AS position) p

-- name: seeds
-- $4 since when, $5 units, $6 lots, $7 arrivals, $8 whether lots of one batch and paper are seeds as well.
WITH named AS MATERIALIZED (
    SELECT u.id AS unit, u.lot FROM exposure.units($1) u WHERE u.id = ANY($5::bigint[])
    UNION ALL
    SELECT NULL, l.id FROM exposure.lots($1) l WHERE l.id = ANY($6::bigint[])
    UNION ALL
    SELECT NULL, l.id FROM exposure.lots($1) l WHERE l.arrival = ANY($7::bigint[])),
alike AS (
    SELECT o.id AS lot FROM (SELECT DISTINCT n.lot FROM named n) s
      JOIN exposure.lots($1) l ON l.id = s.lot
      JOIN exposure.lots($1) o ON o.establishment = l.establishment AND o.production_batch = l.production_batch
     WHERE $8 AND o.id <> l.id
       AND EXISTS (SELECT FROM jsonb_array_elements_text(l.certificates) shared
                    WHERE jsonb_exists(o.certificates, shared))),
whole AS (SELECT n.lot FROM named n WHERE n.unit IS NULL UNION SELECT a.lot FROM alike a)
SELECT u.id AS unit, u.lot, e.begins, e.ends, $4::bigint AS tau, 0 AS tier
  FROM exposure.units($1) u CROSS JOIN LATERAL exposure.episodes(u.id, u.lot, $1, $2, $3) e
 WHERE (u.lot IN (SELECT w.lot FROM whole w) OR u.id = ANY($5::bigint[]))
   AND e.begins <= $4 AND $4 < e.ends

-- name: derived
-- $4 units, $5 ends, $6 since when, $7 excluded, $8 the end of the window: what was made of them after that. The
-- goods went at some second from `tau` up to `until`: every part of the child's life that meets these is reached, so
-- that what is found does not depend on the order in which times improve.
SELECT c.child AS unit, e.begins, e.ends, min(greatest(c.tau, e.begins)) AS tau, c.tier
  FROM (SELECT g.child, greatest(n.tau, g.earliest) AS tau, n.tier,
               least(greatest(g.latest, g.earliest + 1), n.ends, $8) AS until
          FROM unnest($4::bigint[], $5::bigint[], $6::bigint[], $9::integer[]) AS n(unit, ends, tau, tier)
          JOIN goods.edge g ON g.parent = n.unit
         WHERE g.version < $1 AND g.version <> ALL($7::bigint[])) c
  LEFT JOIN goods.unit u ON u.id = c.child
 CROSS JOIN LATERAL exposure.episodes(c.child, u.lot, $1, $2, $3) e
 WHERE c.tau < c.until AND e.begins < c.until AND e.ends > c.tau
 GROUP BY c.child, e.begins, e.ends, c.tier

-- name: met
-- Who stood or travelled with them, all dangerous times of a place put together first. $4 to $6 the nodes' units,
-- ends and times, $7 the end of what goes on, $8 excluded, $9 and $10 the window, $11 seconds of lingering, $12 of
-- the least overlap, $13 whether two sealed ones do not meet, $14 kinds of zone or null, $15 whether zones and
-- $16 whether vehicles count, $17 to $19 the place that is asked about at the first hop: facility and zone, vehicle.
WITH piece AS MATERIALIZED (
    SELECT s.facility, coalesce(s.zone, 0) AS zone, s.vehicle, s.shipment, s.sealed,
           greatest(n.tau, s.since, $9::bigint) AS a, least(s.until, n.ends) AS until
      FROM unnest($4::bigint[], $5::bigint[], $6::bigint[]) AS n(unit, ends, tau)
     CROSS JOIN LATERAL exposure.stays(n.unit, $1, $2, $7, $8) s
     WHERE greatest(n.tau, s.since, $9) < least(s.until, n.ends, $10::bigint)
       AND CASE WHEN s.facility IS NULL THEN $16::boolean ELSE $15::boolean END),
danger AS (
    SELECT p.facility, p.zone, NULL::bigint AS vehicle, NULL::bigint AS shipment, p.sealed, p.a,
           least(p.until + $11::bigint, $10, c.at) AS b
      FROM piece p
     CROSS JOIN LATERAL (SELECT min(c.at) AS at FROM exposure.cuts($1, $2, $3) c
                          WHERE c.subject = 'zone' AND c.facility = p.facility AND c.target = p.zone
                            AND c.at > p.a AND (c.terminal OR c.at >= p.until)) c
     WHERE p.facility IS NOT NULL
    UNION ALL
    SELECT NULL, NULL, p.vehicle, CASE WHEN p.vehicle IS NULL THEN p.shipment END, p.sealed, p.a,
           least(p.until + $11, $10, c.at)
      FROM piece p
     CROSS JOIN LATERAL (SELECT min(c.at) AS at FROM exposure.cuts($1, $2, $3) c
                          WHERE c.subject = 'vehicle' AND c.target = p.vehicle AND c.at >= p.until) c
     WHERE p.facility IS NULL
    UNION ALL
    SELECT $17, $18::integer, NULL, NULL, false, $9,
           least($10, (SELECT min(c.at) FROM exposure.cuts($1, $2, $3) c
                        WHERE c.subject = 'zone' AND c.facility = $17 AND c.target = $18 AND c.terminal
                          AND c.at > $9))
     WHERE $17::bigint IS NOT NULL AND $15
    UNION ALL
    SELECT NULL, NULL, $19, NULL, false, $9,
           least($10, (SELECT min(c.at) FROM exposure.cuts($1, $2, $3) c
                        WHERE c.subject = 'vehicle' AND c.target = $19 AND c.at > $9))
     WHERE $19::bigint IS NOT NULL AND $16),
merged AS MATERIALIZED (
    SELECT d.facility, d.zone, d.vehicle, d.shipment, m.meets, unnest(range_agg(int8range(d.a, d.b))) AS span
      FROM danger d
     CROSS JOIN LATERAL (SELECT NULL::boolean AS meets WHERE NOT $13::boolean
                         UNION ALL SELECT false WHERE $13
                         UNION ALL SELECT true WHERE $13 AND NOT d.sealed) m
     WHERE d.a < d.b
     GROUP BY d.facility, d.zone, d.vehicle, d.shipment, m.meets),
meeting AS (
    SELECT s.unit, s.lot, s.since, s.until, lower(m.span) AS a, upper(m.span) AS b, 3 AS tier
      FROM merged m
     CROSS JOIN LATERAL exposure.stays_in(m.facility, m.zone, lower(m.span), upper(m.span), $1, $2, $7, $8) s
     WHERE m.facility IS NOT NULL AND (m.meets IS NULL OR s.sealed = m.meets)
       AND ($14::text[] IS NULL OR EXISTS (
            SELECT FROM parties.facility f CROSS JOIN jsonb_array_elements(f.zones) z
             WHERE f.id = m.facility AND (z ->> 'no')::integer = m.zone AND z ->> 'kind' = ANY($14)))
    UNION ALL
    SELECT s.unit, s.lot, s.since, s.until, lower(m.span), upper(m.span), 2
      FROM merged m
     CROSS JOIN LATERAL exposure.stays_on(m.vehicle, lower(m.span), upper(m.span), $1, $2, $7, $8) s
     WHERE m.vehicle IS NOT NULL AND (m.meets IS NULL OR s.sealed = m.meets)
    UNION ALL
    SELECT s.unit, s.lot, s.since, s.until, lower(m.span), upper(m.span), 2
      FROM merged m
     CROSS JOIN LATERAL exposure.stays_with(m.shipment, lower(m.span), upper(m.span), $1, $2, $7, $8) s
     WHERE m.shipment IS NOT NULL AND (m.meets IS NULL OR s.sealed = m.meets))
SELECT v.unit, e.begins, e.ends, min(greatest(v.since, e.begins, v.a)) AS tau, v.tier
  FROM meeting v CROSS JOIN LATERAL exposure.episodes(v.unit, v.lot, $1, $2, $3) e
 WHERE least(v.until, e.ends, v.b) - greatest(v.since, e.begins, v.a) >= $12::bigint
 GROUP BY v.unit, e.begins, e.ends, v.tier

-- name: next_trip
-- Who travelled next in a vehicle that nobody disinfected in between. $4 to $6 the nodes, $7 the end of what goes
-- on, $8 excluded, $9 and $10 the window, $11 whether two sealed ones do not meet.
WITH trip AS MATERIALIZED (
    SELECT s.vehicle, s.until AS e, bool_or(NOT s.sealed) AS opened
      FROM unnest($4::bigint[], $5::bigint[], $6::bigint[]) AS n(unit, ends, tau)
     CROSS JOIN LATERAL exposure.stays(n.unit, $1, $2, $7, $8) s
     WHERE s.vehicle IS NOT NULL AND s.ended AND s.until <= n.ends
       AND greatest(n.tau, s.since, $9::bigint) < s.until AND s.until <= $10::bigint
     GROUP BY s.vehicle, s.until),
following AS (
    SELECT t.vehicle, t.e, t.opened, min(s.since) AS m
      FROM trip t
     CROSS JOIN LATERAL exposure.stays_on(t.vehicle, t.e - 1, $10, $1, $2, $7, $8) s
     WHERE s.since >= t.e
     GROUP BY t.vehicle, t.e, t.opened)
SELECT v.unit, e.begins, e.ends, f.m AS tau, 2 AS tier
  FROM (SELECT f.vehicle, f.m, bool_or(f.opened) AS opened FROM following f
         WHERE NOT EXISTS (SELECT FROM exposure.cuts($1, $2, $3) c
                            WHERE c.subject = 'vehicle' AND c.target = f.vehicle AND c.at BETWEEN f.e AND f.m)
         GROUP BY f.vehicle, f.m) f
 CROSS JOIN LATERAL exposure.stays_on(f.vehicle, f.m - 1, f.m + 1, $1, $2, $7, $8) v
 CROSS JOIN LATERAL exposure.episodes(v.unit, v.lot, $1, $2, $3) e
 WHERE v.since = f.m AND e.begins <= f.m AND f.m < e.ends AND (NOT $11::boolean OR f.opened OR NOT v.sealed)
 GROUP BY v.unit, e.begins, e.ends, f.m

-- name: units_of
-- $1 nodes: those that are units.
SELECT u.id FROM goods.unit u WHERE u.id = ANY($1::bigint[]) ORDER BY u.id

-- name: handled
-- Who was handled after them at the same bay, by the same machine or people. $4 to $6 the nodes, $7 excluded, $8
-- the end of the window, $9 seconds for which a bay, a machine and people stay dangerous unless disinfected.
WITH first AS MATERIALIZED (
    SELECT h.id, h.organisation, h.facility, h.bay, h.equipment, h.crew, h.until, min(greatest(n.tau, h.since)) AS a
      FROM unnest($4::bigint[], $5::bigint[], $6::bigint[]) AS n(unit, ends, tau)
      JOIN goods.handling h ON h.units @> to_jsonb(n.unit)
     WHERE h.version < $1 AND h.version <> ALL($7::bigint[])
       AND h.until > n.tau AND h.since < n.ends AND h.since < $8::bigint
     GROUP BY h.id),
second AS (
    SELECT h.units, greatest(f.a, h.since) AS tau
      FROM first f JOIN goods.handling h ON h.facility = f.facility AND h.bay = f.bay
     WHERE h.version < $1 AND h.version <> ALL($7)
       AND h.until > f.a AND h.since <= f.until + $9::bigint AND h.since < $8
       AND NOT EXISTS (SELECT FROM exposure.cuts($1, $2, $3) c
                        WHERE c.subject = 'bay' AND c.facility = f.facility AND c.label = f.bay
                          AND c.at BETWEEN f.until AND h.since)
    UNION ALL
    SELECT h.units, greatest(f.a, h.since)
      FROM first f JOIN goods.handling h ON h.organisation = f.organisation AND h.equipment = f.equipment
     WHERE h.version < $1 AND h.version <> ALL($7)
       AND h.until > f.a AND h.since <= f.until + $9 AND h.since < $8
       AND NOT EXISTS (SELECT FROM exposure.cuts($1, $2, $3) c
                        WHERE c.subject = 'equipment' AND c.organisation = f.organisation AND c.label = f.equipment
                          AND c.at BETWEEN f.until AND h.since)
    UNION ALL
    SELECT h.units, greatest(f.a, h.since)
      FROM first f CROSS JOIN jsonb_array_elements(f.crew) who JOIN goods.handling h ON h.crew @> who
     WHERE h.version < $1 AND h.version <> ALL($7)
       AND h.until > f.a AND h.since <= f.until + $9 AND h.since < $8),
touched AS (
    SELECT unit::bigint AS unit, min(s.tau) AS tau
      FROM second s CROSS JOIN jsonb_array_elements_text(s.units) unit
     GROUP BY unit, s.tau)
SELECT t.unit, e.begins, e.ends, min(t.tau) AS tau, 4 AS tier
  FROM touched t LEFT JOIN goods.unit u ON u.id = t.unit
 CROSS JOIN LATERAL exposure.episodes(t.unit, u.lot, $1, $2, $3) e
 WHERE e.begins <= t.tau AND t.tau < e.ends
 GROUP BY t.unit, e.begins, e.ends

-- name: related
-- $4 since when, $5 lots, $6 whether their containers and $7 whether where they came from count, $8 days between
-- productions: goods of one container, of one voyage, of one establishment and time.
WITH seed AS MATERIALIZED (
    SELECT l.arrival, l.establishment, l.produced_on, a.container, a.voyage, a.entry_on
      FROM exposure.lots($1) l LEFT JOIN exposure.arrivals($1) a ON a.id = l.arrival
     WHERE l.id = ANY($5::bigint[])),
kin AS (
    SELECT l.id AS lot, 1 AS tier FROM seed s JOIN exposure.lots($1) l ON l.arrival = s.arrival WHERE $6::boolean
    UNION
    SELECT l.id, 1
      FROM (SELECT DISTINCT s.container, s.voyage, s.entry_on FROM seed s) s
      JOIN exposure.arrivals($1) a ON a.container = s.container AND (a.voyage = s.voyage OR a.entry_on = s.entry_on)
      JOIN exposure.lots($1) l ON l.arrival = a.id
     WHERE $6
    UNION
    SELECT l.id, 5
      FROM (SELECT DISTINCT s.voyage FROM seed s) s
      JOIN exposure.arrivals($1) a ON a.voyage = s.voyage
      JOIN exposure.lots($1) l ON l.arrival = a.id
     WHERE $7::boolean
    UNION
    SELECT l.id, 5
      FROM (SELECT DISTINCT s.establishment, s.produced_on FROM seed s) s
      JOIN exposure.lots($1) l ON l.establishment = s.establishment
     WHERE $7 AND abs(l.produced_on::date - s.produced_on::date) <= $8::integer)
SELECT u.id AS unit, e.begins, e.ends, $4::bigint AS tau, k.tier
  FROM kin k JOIN exposure.units($1) u ON u.lot = k.lot
 CROSS JOIN LATERAL exposure.episodes(u.id, u.lot, $1, $2, $3) e
 WHERE e.begins <= $4 AND $4 < e.ends
