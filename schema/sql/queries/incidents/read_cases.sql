-- name: sees
SELECT EXISTS (SELECT FROM incidents.cases_seen($1, $2, $3) s WHERE s.case_file = $4)

-- name: page
-- $4 below which id, $5 how many, $6 state, $7 hazard, $8 drill, $9 what its number contains.
SELECT c.id FROM incidents.case_file c
 WHERE c.id IN (SELECT s.case_file FROM incidents.cases_seen($1, $2, $3) s)
   AND c.id < coalesce($4::bigint, 9223372036854775807)
   AND ($6::text IS NULL OR c.state = $6) AND ($7::text IS NULL OR c.hazard = $7)
   AND ($8::boolean IS NULL OR c.drill = $8)
   AND ($9::text IS NULL OR position(lower($9) IN lower(c.number)) > 0)
 ORDER BY c.id DESC LIMIT $5

-- name: rows
-- $4 ids of cases that the reader may see, $5 now (an instant). What a case is about, what it found and how it
-- stands in all is told to who leads it; to authorities that were asked for something, that there is one.
SELECT c.id, parties.named(c.organisation) AS organisation, c.region, c.number, c.hazard, c.drill, c.state,
       leads, CASE WHEN leads THEN c.subject END AS subject, c.opened_at, c.opened_in, c.sampled_at,
       c.confirmed_in, c.cleared_in, c.closed_in, c.conclusion,
       CASE WHEN leads THEN c.tests ELSE '[]' END AS tests, CASE WHEN leads THEN c.note END AS note,
       CASE WHEN leads THEN jsonb_array_length(c.holds) END AS holds,
       CASE WHEN leads THEN (SELECT count(*) FROM incidents.hold h
                              WHERE h.case_file = c.id AND h.lifted_at IS NULL) END AS holds_in_force,
       asked.requests, asked.waiting, asked.overdue, c.version AS position
  FROM incidents.case_file c
 CROSS JOIN LATERAL (SELECT incidents.leads_case($1, $2, $3, c.id) AS leads) led
 CROSS JOIN LATERAL (
       SELECT count(*) AS requests, count(*) FILTER (WHERE r.state IN ('open', 'acknowledged')) AS waiting,
              count(*) FILTER (WHERE r.state IN ('open', 'acknowledged') AND r.due_at < $5) AS overdue
         FROM incidents.case_request r
        WHERE r.case_file = c.id AND r.id IN (SELECT s.request FROM incidents.requests_seen($1, $2, $3) s)) asked
 WHERE c.id = ANY($4::bigint[])
 ORDER BY c.id DESC

-- name: exposures
-- $1 case.
SELECT x.id, x.question, x.asked_at, x.digest, x.counts, x.recorded_at, x.version AS position
  FROM incidents.case_exposure x WHERE x.case_file = $1 ORDER BY x.id

-- name: led
-- $4 case: it, for who leads it and may write.
SELECT c.id, c.region, c.subject, c.sampled_at, c.opened_at, c.opened_in, c.drill, c.number
  FROM incidents.case_file c WHERE c.id = $4 AND $1 = 'regulator' AND incidents.leads_case($1, $2, $3, c.id)

-- name: lots_of
-- $1 units: how many lots they are of.
SELECT count(DISTINCT u.lot) FROM goods.unit u WHERE u.id = ANY($1::bigint[])

-- name: exposure
-- $1 case, $2 exposure.
SELECT x.id, x.question, x.asked_at, x.digest, x.counts FROM incidents.case_exposure x
 WHERE x.case_file = $1 AND x.id = $2

-- name: steps
-- $1 case, $2 after which position, $3 how many: its history, the oldest first.
SELECT s.version AS position, s.kind, parties.named(s.organisation) AS organisation, s.at, s.about
  FROM incidents.case_step s WHERE s.case_file = $1 AND s.id > $2 ORDER BY s.id LIMIT $3

-- name: holds
-- $1 case: its holds, the newest first.
SELECT h.id, h.exposure, h.reason, h.placed_at, h.lifted_at, h.lifted_because, h.drill,
       CASE WHEN h.question ? 'lots' THEN jsonb_array_length(h.question -> 'lots')
            WHEN h.question ? 'arrivals' THEN jsonb_array_length(h.question -> 'arrivals')
            ELSE jsonb_array_length(h.question -> 'units') END AS named,
       (SELECT key FROM jsonb_object_keys(h.question) key LIMIT 1) AS names
  FROM incidents.hold h WHERE h.case_file = $1 ORDER BY h.id DESC

-- name: holders
-- $4 case: who has goods that it is about or holds, at places of the reader's region, the most first.
WITH about AS (
    SELECT held.unit FROM incidents.hold h CROSS JOIN LATERAL incidents.units_held(h.id) held
     WHERE h.case_file = $4 AND h.lifted_at IS NULL
    UNION
    SELECT named::bigint FROM incidents.case_file c
     CROSS JOIN LATERAL jsonb_array_elements_text(c.subject -> 'units') named WHERE c.id = $4
    UNION
    SELECT u.id FROM incidents.case_file c
     CROSS JOIN LATERAL jsonb_array_elements_text(c.subject -> 'lots') named
      JOIN goods.unit u ON u.lot = named::bigint WHERE c.id = $4
    UNION
    SELECT u.id FROM incidents.case_file c
     CROSS JOIN LATERAL jsonb_array_elements_text(c.subject -> 'arrivals') named
      JOIN goods.lot l ON l.arrival = named::bigint JOIN goods.unit u ON u.lot = l.id WHERE c.id = $4
    UNION
    SELECT u.id FROM incidents.case_file c
      JOIN goods.unit u ON u.facility = (c.subject -> 'zone' ->> 'facility')::bigint
                       AND u.zone = (c.subject -> 'zone' ->> 'zone')::integer
     WHERE c.id = $4
)
SELECT parties.named(u.custodian) AS organisation, parties.placed(u.facility) AS facility, count(*) AS units,
       sum(u.grams)::bigint AS grams,
       (SELECT count(*) FROM incidents.case_request r
         WHERE r.case_file = $4 AND r.addressee = u.custodian AND r.state <> 'withdrawn') AS requests
  FROM about a JOIN goods.unit u ON u.id = a.unit
 WHERE u.grams > 0 AND u.state IN ('quarantined', 'released')
   AND incidents.leads_case($1, $2, $3, $4) AND ($1 = 'auditor' OR parties.covers($3, u.region))
 GROUP BY u.custodian, u.facility
 ORDER BY grams DESC, u.facility
 LIMIT 200

-- name: in_force
-- $1 case: ids of its holds that are in force.
SELECT h.id FROM incidents.hold h WHERE h.case_file = $1 AND h.lifted_at IS NULL ORDER BY h.id

-- name: drilled
-- $1 exposure: whether its goods are under a drill's hold.
SELECT EXISTS (SELECT FROM incidents.hold h WHERE h.exposure = $1 AND h.drill AND h.lifted_at IS NULL)

-- name: holdable
-- $1 units, $2 reach, $3 case, $4 how many lots one hold covers, $5 the answer's position: of the units those that
-- are under no hold of the case. `here`: it concerns the region (registered, lying or once lying there, or on the
-- road to it). `whole`: its lot is held as a whole, and named where `named`: of a lot that concerns the region, and
-- of all that was made of it, every unit that there was at the position is among $1, so what was made since is of
-- these. `own`: the lot was registered in the region.
WITH RECURSIVE hit AS MATERIALIZED (
    SELECT u.id AS unit, u.lot, parties.covers($2, place.region) AS own,
           parties.covers($2, place.region) OR parties.covers($2, u.region)
           OR coalesce(parties.covers($2, bound.region), false) AS here
      FROM unnest($1::bigint[]) named JOIN goods.unit u ON u.id = named JOIN goods.lot l ON l.id = u.lot
      JOIN parties.facility place ON place.id = l.facility
      LEFT JOIN goods.shipment s ON s.id = u.shipment AND u.state = 'in_transit'
      LEFT JOIN parties.facility bound ON bound.id = s.destination
),
reached AS MATERIALIZED (
    SELECT h.lot, bool_or(h.here) AS here FROM hit h
     GROUP BY h.lot HAVING count(*) = (SELECT count(*) FROM goods.unit u
                                       WHERE u.lot = h.lot AND u.id < $5::bigint * 1000)
),
closed AS MATERIALIZED (
    SELECT r.lot FROM reached r
     CROSS JOIN LATERAL (
           SELECT count(*) AS lots, count(*) FILTER (WHERE all_of.lot IS NULL) AS missing
             FROM incidents.lots_made(ARRAY[r.lot], $5) made
             LEFT JOIN reached all_of ON all_of.lot = made.lot) below
     WHERE r.here AND below.missing = 0 AND below.lots <= $4
),
covered(lot) AS (
    SELECT lot FROM closed
    UNION
    SELECT p.child FROM covered c JOIN goods.parentage p ON p.parent = c.lot
)
SELECT h.unit, h.lot, h.here, h.own, h.lot IN (SELECT lot FROM covered) AS whole,
       h.lot IN (SELECT lot FROM closed) AND NOT EXISTS (
           SELECT FROM goods.parentage p WHERE p.child = h.lot AND p.parent IN (SELECT lot FROM closed)) AS named
  FROM hit h JOIN goods.unit u ON u.id = h.unit
 WHERE NOT EXISTS (SELECT FROM incidents.in_force(u.holds, u.lot) f JOIN incidents.hold held ON held.id = f.hold
                    WHERE held.case_file = $3)
 ORDER BY h.lot, h.unit

-- name: vehicle_witnesses
-- $1 vehicle, $2 reach: a shipment of it from or to the region.
SELECT s.id AS shipment FROM goods.shipment s
  JOIN parties.facility f ON f.id IN (s.origin, s.destination) AND parties.covers($2, f.region)
 WHERE s.vehicle = $1 ORDER BY s.id LIMIT 1
