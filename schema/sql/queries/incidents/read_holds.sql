-- name: sees
SELECT incidents.sees_hold($1, $2, $3, $4)

-- name: page
-- $4 below which id, $5 how many, $6 in force, $7 kind, $8 lot.
SELECT h.id FROM incidents.hold h
 WHERE h.id IN (SELECT s.hold FROM incidents.holds_seen($1, $2, $3) s)
   AND h.id < coalesce($4::bigint, 9223372036854775807)
   AND ($6::boolean IS NULL OR (h.lifted_at IS NULL) = $6)
   AND ($7::text IS NULL OR h.kind = $7)
   AND ($8::bigint IS NULL OR EXISTS (
        SELECT FROM incidents.units_held(h.id) held JOIN goods.unit u ON u.id = held.unit
         WHERE u.lot = $8 AND u.id IN (SELECT s.unit FROM goods.units_seen($1, $2, $3) s)))
 ORDER BY h.id DESC LIMIT $5

-- name: rows
-- $4 ids of holds that the reader may see. What a hold covers is told in full to who placed it, the authorities
-- of its region and auditors; to others as far as the goods are theirs, or were in their region. Whose breach
-- or own hold goods inherited, two steps up, is not for a business; who keeps its own goods is.
SELECT h.id, h.kind, CASE WHEN known THEN parties.named(h.organisation) END AS organisation,
       CASE WHEN known THEN h.region END AS region, h.reason,
       CASE WHEN whole THEN h.question END AS question, CASE WHEN whole THEN h.case_number END AS case_number,
       CASE WHEN whole THEN h.case_file END AS "case", h.drill,
       CASE WHEN whole THEN h.note END AS note, h.asked_at, CASE WHEN whole THEN h.digest END AS digest,
       CASE WHEN EXISTS (SELECT FROM incidents.findings_seen($1, $2, $3) s WHERE s.finding = h.finding)
            THEN h.finding END AS finding,
       h.placed_at, h.lifted_at, parties.named(h.lifted_by) AS lifted_by, h.lifted_because,
       CASE WHEN whole THEN h.lifted_on_test END AS lifted_on_test,
       CASE WHEN whole THEN h.lifted_note END AS lifted_note, h.id / 1000 AS position,
       covers.lots, covers.units, covers.pieces, covers.grams
  FROM incidents.hold h
 CROSS JOIN LATERAL (SELECT $1 = 'auditor' OR h.organisation = $2 AND h.kind <> 'breach'
                            OR $1 = 'regulator' AND parties.covers($3, h.region) AS whole) mine
 CROSS JOIN LATERAL (SELECT whole OR h.kind IN ('order', 'recall') OR $1 = 'regulator' OR h.organisation IN (
                            SELECT s.organisation FROM parties.organisations_seen($1, $2, $3) s)
                            OR EXISTS (SELECT FROM incidents.units_held(h.id) held JOIN goods.unit u ON u.id = held.unit
                                        WHERE u.owner = $2 AND u.custodian = h.organisation) AS known) his
 CROSS JOIN LATERAL (
       SELECT count(DISTINCT u.lot) AS lots, count(*) AS units,
              coalesce(sum(u.grams) FILTER (WHERE there), 0)::bigint AS grams,
              CASE WHEN count(*) FILTER (WHERE there AND u.pieces IS NULL AND u.grams > 0) = 0
                   THEN coalesce(sum(u.pieces) FILTER (WHERE there), 0)::bigint END AS pieces
         FROM incidents.units_held(h.id) held JOIN goods.unit u ON u.id = held.unit
        CROSS JOIN LATERAL (SELECT u.state IN ('quarantined', 'released', 'in_transit') AS there) AS now
        WHERE CASE WHEN $1 = 'organisation' THEN $2 IN (u.owner, u.custodian)
                   ELSE whole OR u.lot IN (SELECT s.lot FROM goods.lots_seen($1, $2, $3) s) END) covers
 WHERE h.id = ANY($4::bigint[])
 ORDER BY h.id DESC

-- name: units
-- $4 hold: what it covers now, as far as the reader is told.
SELECT u.id, u.lot FROM incidents.hold h
 CROSS JOIN LATERAL incidents.units_held(h.id) held JOIN goods.unit u ON u.id = held.unit
 WHERE h.id = $4
   AND CASE WHEN $1 = 'organisation' THEN $2 IN (u.owner, u.custodian)
            ELSE $1 = 'auditor' OR h.organisation = $2 AND h.kind <> 'breach' OR parties.covers($3, h.region)
                 OR u.lot IN (SELECT s.lot FROM goods.lots_seen($1, $2, $3) s) END
 ORDER BY u.id
