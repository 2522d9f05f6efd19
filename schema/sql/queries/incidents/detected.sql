-- name: lock
-- Held until the transaction ends: one process detects at a time, whichever it is.
SELECT pg_try_advisory_xact_lock(hashtext('coldledger detectors'))

-- name: size
-- Up to where the detectors have read, and how far there is to read.
SELECT d.size AS read, h.size FROM incidents.detected d CROSS JOIN ledger.head h

-- name: read
UPDATE incidents.detected SET size = $1

-- name: told
-- $1 from and $2 up to which position: statements of businesses that tell of an earlier day. What counts, and how
-- late it is, is for the detectors to say; days are compared here only so that few rows are read.
SELECT e.position, (s.said -> 'actor' ->> 'organisation')::bigint AS organisation, e.kind,
       (s.said ->> 'at')::timestamptz AS at, s.said -> 'data' AS data
  FROM ledger.entry e
 CROSS JOIN LATERAL (SELECT convert_from(e.statement, 'UTF8')::jsonb AS said) s
 WHERE e.position >= $1 AND e.position < $2 AND (s.said -> 'actor' ->> 'organisation')::bigint > 0
   AND left(coalesce(s.said -> 'data' ->> 'happened_at', s.said -> 'data' ->> 'departed_at',
                     s.said -> 'data' ->> 'received_at'), 10) < left(s.said ->> 'at', 10)
 ORDER BY e.position

-- name: keep_late
INSERT INTO incidents.late_fact (position, organisation, recorded_at, happened_at)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::text[])
ON CONFLICT (position) DO NOTHING

-- name: late_of
-- $1 organisations: their late facts that are in no burst yet.
SELECT l.position, l.organisation, l.recorded_at, l.happened_at
  FROM incidents.late_fact l WHERE l.organisation = ANY($1::bigint[]) ORDER BY l.position

-- name: spend_late
DELETE FROM incidents.late_fact WHERE position = ANY($1::bigint[])

-- name: forget_late
-- $1 before when: no window of a policy reaches further back than a day.
DELETE FROM incidents.late_fact WHERE recorded_at < $1::timestamptz

-- name: surplus_lots
-- $1 from and $2 up to which position: lots of which pieces turned up.
SELECT DISTINCT u.lot FROM goods.edge e JOIN goods.unit u ON u.id = e.child
 WHERE e.kind = 'difference' AND e.grams = 0 AND e.version >= $1 AND e.version < $2 AND u.in_pieces > 0

-- name: surpluses
-- $1 a lot: what turned up of it, statement by statement, and where.
SELECT e.version AS position, sum(u.in_pieces)::bigint AS pieces, min(f.region) AS region
  FROM goods.unit u JOIN goods.edge e ON e.child = u.id AND e.kind = 'difference' AND e.grams = 0
  JOIN incidents.finding f ON f.id = e.version * 1000 + 998
 WHERE u.lot = $1 AND u.state <> 'withdrawn' AND u.in_pieces > 0
 GROUP BY e.version ORDER BY e.version

-- name: lost
-- $1 a lot: the pieces of it that were lost.
SELECT coalesce(sum(loss_pieces), 0)::bigint FROM goods.unit WHERE lot = $1 AND state <> 'withdrawn'

-- name: attempts
-- $1 since when: papers that were refused because they serve other lots, oldest first.
SELECT r.id AS line, r.first_at AS at, r.organisation, r.rules, r.said
  FROM incidents.refused_intent r
 WHERE r.kind = 'certificate-recorded' AND r.last_at >= $1::timestamptz AND r.said IS NOT NULL
   AND (r.rules @> '[{"rule": "certificate.number-used"}]' OR r.rules @> '[{"rule": "certificate.file-used"}]')
 ORDER BY r.id

-- name: taken_back
-- $1 since when (an instant): certificates that were corrected or withdrawn, as they were first recorded.
SELECT DISTINCT c.root AS position, convert_from(e.statement, 'UTF8')::jsonb -> 'data' AS data
  FROM goods.correction c JOIN ledger.entry e ON e.position = c.root
 WHERE c.kind = 'certificate-recorded' AND c.corrected_at >= $1
 ORDER BY c.root
