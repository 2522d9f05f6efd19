-- What exposure in the trace index rests on beside lineage (service/tracing/index/grounds.py), and where it begins.

-- name: zones
-- The kind of each zone; it never changes.
SELECT f.id AS facility, (z ->> 'no')::bigint AS zone, z ->> 'kind' AS kind
  FROM parties.facility f CROSS JOIN jsonb_array_elements(f.zones) z WHERE f.version >= $1

-- name: disinfections
-- Each form of a disinfection that was written from position $1 up to, and without, $2, in this order.
SELECT d.id, d.organisation, d.facility, d.subject, d.target, d.label, d.pieces, d.of_pieces, d.terminal,
       d.happened_at, d.broken, d.accepted_in, d.withdrawn, d.version
  FROM goods.disinfection d WHERE d.version >= $1 AND d.version < $2
UNION ALL
SELECT d.id, d.organisation, d.facility, d.subject, d.target, d.label, d.pieces, d.of_pieces, d.terminal,
       d.happened_at, d.broken, d.accepted_in, d.withdrawn, d.version
  FROM ledger.superseded s CROSS JOIN LATERAL jsonb_populate_record(null::goods.disinfection, s.row) d
 WHERE s.stream = 'disinfection' AND s.since >= $1 AND s.since < $2
 ORDER BY version

-- name: seed_lots
-- $1 position, $2 units, $3 lots, $4 arrivals, $5 whether lots of one batch and paper are seeds as well: lots of
-- which all units are in question.
WITH named AS MATERIALIZED (
    SELECT u.lot, false AS whole FROM goods.unit u WHERE u.id = ANY($2::bigint[]) AND u.id / 1000 < $1
    UNION
    SELECT l.id, true FROM exposure.lots($1) l WHERE l.id = ANY($3::bigint[])
    UNION
    SELECT l.id, true FROM exposure.lots($1) l WHERE l.arrival = ANY($4::bigint[]))
SELECT n.lot FROM named n WHERE n.whole
UNION
SELECT o.id FROM (SELECT DISTINCT n.lot FROM named n) s
  JOIN exposure.lots($1) l ON l.id = s.lot
  JOIN exposure.lots($1) o ON o.establishment = l.establishment AND o.production_batch = l.production_batch
 WHERE $5 AND o.id <> l.id
   AND EXISTS (SELECT FROM jsonb_array_elements_text(l.certificates) shared
                WHERE jsonb_exists(o.certificates, shared))

-- name: kin
-- $1 position, $2 lots of the seeds, $3 whether their containers and $4 whether where they came from count, $5 days
-- between productions: lots of one container (tier 1), of one voyage, of one establishment and time (tier 5).
WITH seed AS MATERIALIZED (
    SELECT l.arrival, l.establishment, l.produced_on, a.container, a.voyage, a.entry_on
      FROM exposure.lots($1) l LEFT JOIN exposure.arrivals($1) a ON a.id = l.arrival
     WHERE l.id = ANY($2::bigint[]))
SELECT l.id AS lot, 1 AS tier FROM seed s JOIN exposure.lots($1) l ON l.arrival = s.arrival WHERE $3::boolean
UNION
SELECT l.id, 1
  FROM (SELECT DISTINCT s.container, s.voyage, s.entry_on FROM seed s) s
  JOIN exposure.arrivals($1) a ON a.container = s.container AND (a.voyage = s.voyage OR a.entry_on = s.entry_on)
  JOIN exposure.lots($1) l ON l.arrival = a.id
 WHERE $3
UNION
SELECT l.id, 5
  FROM (SELECT DISTINCT s.voyage FROM seed s) s
  JOIN exposure.arrivals($1) a ON a.voyage = s.voyage
  JOIN exposure.lots($1) l ON l.arrival = a.id
 WHERE $4::boolean
UNION
SELECT l.id, 5
  FROM (SELECT DISTINCT s.establishment, s.produced_on FROM seed s) s
  JOIN exposure.lots($1) l ON l.establishment = s.establishment
 WHERE $4 AND abs(l.produced_on::date - s.produced_on::date) <= $5::integer
