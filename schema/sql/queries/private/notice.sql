-- name: lock
-- One process tells at a time, whichever it is. Released with the connection.
SELECT pg_try_advisory_lock(hashtext('coldledger notices'))

-- name: read_to
-- Up to where the ledger was looked at, and how far there is to look.
SELECT m.position AS read, h.size FROM private.notice_mark m CROSS JOIN ledger.head h

-- name: mark
UPDATE private.notice_mark SET position = $1

-- name: gather
-- $1 to $2: positions of statements; $3 hours to read by kind. What they tell whom, each once.
WITH told AS (
    SELECT p.organisation, 'recall-ordered' AS kind, r.id AS about, p.id / 1000 AS position, r.drill,
           r.start_by AS due_at
      FROM incidents.recall_part p JOIN incidents.recall r ON r.id = p.recall
     WHERE p.id >= $1::bigint * 1000 AND p.id < $2::bigint * 1000 AND p.id / 1000 = r.id / 1000
       AND p.organisation <> r.organisation
    UNION ALL
    SELECT p.organisation, e.kind, r.id, e.position, r.drill,
           CASE WHEN e.kind = 'recall-extended' THEN r.finish_on END
      FROM ledger.entry e
      JOIN incidents.recall r
           ON r.id = (convert_from(e.statement, 'UTF8')::jsonb #>> '{data,recall}')::bigint
      JOIN incidents.recall_part p ON p.recall = r.id
     WHERE e.position >= $1 AND e.position < $2
       AND e.kind IN ('recall-extended', 'recall-finished', 'recall-withdrawn') AND p.organisation <> r.organisation
    UNION ALL
    SELECT q.addressee, 'request-made', q.id, q.id / 1000, q.drill, q.due_at FROM incidents.case_request q
     WHERE q.id >= $1::bigint * 1000 AND q.id < $2::bigint * 1000
    UNION ALL
    SELECT q.addressee, 'request-withdrawn', q.id, q.version, q.drill, NULL FROM incidents.case_request q
     WHERE q.version >= $1 AND q.version < $2 AND q.state = 'withdrawn'
    UNION ALL
    SELECT q.organisation, 'request-answered', q.id, q.answered_in, q.drill, NULL FROM incidents.case_request q
     WHERE q.answered_in >= $1 AND q.answered_in < $2
    UNION ALL
    SELECT whose.organisation, CASE WHEN h.lifted_at IS NULL THEN 'hold-placed' ELSE 'hold-lifted' END, h.id,
           h.version, false, NULL
      FROM incidents.hold h CROSS JOIN LATERAL incidents.units_held(h.id) held
      JOIN goods.unit u ON u.id = held.unit
     CROSS JOIN LATERAL (VALUES (u.custodian), (u.owner)) whose(organisation)
     WHERE h.version >= $1 AND h.version < $2 AND h.kind IN ('order', 'breach') AND NOT h.drill
       AND u.grams > 0 AND u.state IN ('quarantined', 'released', 'in_transit')
       AND (whose.organisation <> h.organisation OR h.kind = 'breach')
    UNION ALL
    SELECT f.owner, 'finding-raised', f.id, f.id / 1000, false, f.due_at FROM incidents.finding f
     WHERE f.id >= $1::bigint * 1000 AND f.id < $2::bigint * 1000
    UNION ALL
    SELECT f.organisation, 'finding-answered', f.id, f.answered_in, false, NULL FROM incidents.finding f
     WHERE f.answered_in >= $1 AND f.answered_in < $2 AND f.organisation <> f.owner
)
INSERT INTO private.notice (organisation, kind, about, position, drill, due_at, read_by_time)
SELECT DISTINCT t.organisation, t.kind, t.about, t.position, t.drill, t.due_at,
       now() + make_interval(hours => ($3::jsonb ->> t.kind)::integer)
  FROM told t JOIN parties.organisation o ON o.id = t.organisation
ON CONFLICT DO NOTHING
RETURNING id

-- name: overdue
-- $1 now (an instant), $2 today in China, $3 hours to read by kind. Clocks that ran out: told once each, to who has to
-- do something and to who waits for it; of a finding, to the nearest authority of its region.
WITH told AS (
    SELECT whose.organisation, 'recall-start-overdue' AS kind, r.id AS about, r.drill, r.start_by AS due_at
      FROM incidents.recall r JOIN incidents.recall_part p ON p.recall = r.id
     CROSS JOIN LATERAL (VALUES (p.organisation), (r.organisation)) whose(organisation)
     WHERE r.ended_at IS NULL AND r.start_by < $1 AND p.started_at IS NULL AND p.grams > 0
    UNION ALL
    SELECT whose.organisation, 'recall-report-overdue', r.id, r.drill, r.finish_on
      FROM incidents.recall r JOIN incidents.recall_part p ON p.recall = r.id
     CROSS JOIN LATERAL (VALUES (p.organisation), (r.organisation)) whose(organisation)
     WHERE r.ended_at IS NULL AND r.finish_on < $2 AND p.reported_at IS NULL AND p.grams > 0
    UNION ALL
    SELECT whose.organisation, 'request-overdue', q.id, q.drill, q.due_at FROM incidents.case_request q
     CROSS JOIN LATERAL (VALUES (q.addressee), (q.organisation)) whose(organisation)
     WHERE q.state IN ('open', 'acknowledged') AND q.due_at < $1
    UNION ALL
    SELECT whose.organisation, 'finding-overdue', f.id, false, f.due_at FROM incidents.finding f
     CROSS JOIN LATERAL (
           SELECT f.owner AS organisation
           UNION ALL
           (SELECT o.id FROM parties.organisation o
             WHERE o.roles ? 'regulator' AND o.active
               AND parties.covers(regexp_replace(o.region, '(00){1,2}$', ''), f.region)
             ORDER BY length(regexp_replace(o.region, '(00){1,2}$', '')) DESC, o.id LIMIT 1)) whose
     WHERE f.state = 'open' AND f.due_at < $1
)
INSERT INTO private.notice (organisation, kind, about, position, drill, due_at, read_by_time)
SELECT DISTINCT t.organisation, t.kind, t.about, t.about / 1000, t.drill, t.due_at,
       now() + make_interval(hours => ($3::jsonb ->> t.kind)::integer)
  FROM told t JOIN parties.organisation o ON o.id = t.organisation
ON CONFLICT DO NOTHING
RETURNING id

-- name: unread
-- Notices that nobody read, or acknowledged where that is demanded, by their time: $1 how many.
SELECT n.id, n.organisation, n.kind, n.turn, (
           SELECT min(c.turn) FROM private.contact c WHERE c.organisation = n.organisation AND c.turn > n.turn) AS next
  FROM private.notice n
 WHERE n.acknowledged_at IS NULL AND n.handed_on_at IS NULL AND n.read_by_time < now()
 ORDER BY n.read_by_time LIMIT $1

-- name: next_turn
-- $1 notice, $2 the turn that is tried now, $3 hours to read it.
UPDATE private.notice SET turn = $2, read_by_time = now() + make_interval(hours => $3) WHERE id = $1

-- name: hand_on
-- $1 notice, $2 hours: nobody is left to be tried. Told to who said it where that is an authority, else to the nearest
-- authority of who does not read; to nobody where that is an authority itself.
WITH handed AS (UPDATE private.notice SET handed_on_at = now() WHERE id = $1 RETURNING *)
INSERT INTO private.notice (organisation, kind, about, position, drill, read_by_time)
SELECT a.id, 'unread', n.id, n.position, n.drill, now() + make_interval(hours => $2)
  FROM handed n JOIN parties.organisation addressee ON addressee.id = n.organisation
  JOIN ledger.entry e ON e.position = n.position
 CROSS JOIN LATERAL (
       SELECT o.id FROM parties.organisation o
        WHERE o.roles ? 'regulator' AND o.active
          AND (o.id = (convert_from(e.statement, 'UTF8')::jsonb #>> '{actor,organisation}')::bigint
               OR parties.covers(regexp_replace(o.region, '(00){1,2}$', ''), addressee.region))
        ORDER BY o.id = (convert_from(e.statement, 'UTF8')::jsonb #>> '{actor,organisation}')::bigint DESC,
                 length(regexp_replace(o.region, '(00){1,2}$', '')) DESC, o.id
        LIMIT 1) a
 WHERE n.kind <> 'unread' AND NOT addressee.roles ? 'regulator'
ON CONFLICT DO NOTHING
RETURNING id

-- name: page
-- $1 organisation, $2 below which id, $3 how many, $4 only unread.
SELECT n.id, n.kind, n.about, n.position, n.drill, n.due_at, n.made_at, n.read_at, n.acknowledged_at,
       n.handed_on_at, parties.named(of.organisation) AS of_organisation, of.kind AS of_kind, of.about AS of_about
  FROM private.notice n LEFT JOIN private.notice of ON n.kind = 'unread' AND of.id = n.about
 WHERE n.organisation = $1 AND n.id < coalesce($2::bigint, 9223372036854775807)
   AND ($4::boolean IS NULL OR (n.read_at IS NULL) = $4)
 ORDER BY n.id DESC LIMIT $3

-- name: one
-- $1 organisation, $2 notice.
SELECT n.id, n.kind, n.about, n.position, n.drill, n.due_at, n.made_at, n.read_at, n.acknowledged_at,
       n.handed_on_at, parties.named(of.organisation) AS of_organisation, of.kind AS of_kind, of.about AS of_about
  FROM private.notice n LEFT JOIN private.notice of ON n.kind = 'unread' AND of.id = n.about
 WHERE n.organisation = $1 AND n.id = $2

-- name: count_unread
SELECT count(*) FROM private.notice WHERE organisation = $1 AND read_at IS NULL

-- name: read
-- $1 organisation, $2 notice, $3 user, $4 whether that is enough.
UPDATE private.notice
   SET read_at = coalesce(read_at, now()), read_by = coalesce(read_by, $3),
       acknowledged_at = CASE WHEN $4 THEN coalesce(acknowledged_at, now()) ELSE acknowledged_at END,
       acknowledged_by = CASE WHEN $4 THEN coalesce(acknowledged_by, $3) ELSE acknowledged_by END
 WHERE organisation = $1 AND id = $2
RETURNING id

-- name: deliveries
-- $1 notice: every attempt to reach somebody about it.
SELECT d.id, d.channel, d.attempt, d.at, d.delivered, d.response, d.message_id, d.digest
  FROM private.sending s JOIN private.delivery d ON d.sending = s.id
 WHERE s.notice = $1 ORDER BY d.id

-- name: told
-- $1 kinds, $2 what it is about, $3 organisations or null for all: who was told, when it reached them, when it was read.
SELECT n.id, parties.named(n.organisation) AS organisation, n.kind, n.made_at, n.read_at, n.acknowledged_at,
       n.handed_on_at,
       (SELECT min(d.at) FROM private.sending s JOIN private.delivery d ON d.sending = s.id
         WHERE s.notice = n.id AND d.delivered) AS delivered_at
  FROM private.notice n
 WHERE n.about = $2 AND n.kind = ANY($1::text[]) AND ($3::bigint[] IS NULL OR n.organisation = ANY($3))
 ORDER BY n.organisation, n.id LIMIT 1000
