-- name: sees
SELECT EXISTS (SELECT FROM incidents.findings_seen($1, $2, $3) s WHERE s.finding = $4)

-- name: page
-- $4 below which id, $5 how many, $6 now (an instant), $7 state, $8 overdue, $9 region, $10 owner, $11 rule.
SELECT f.id FROM incidents.finding f
 WHERE f.id IN (SELECT s.finding FROM incidents.findings_seen($1, $2, $3) s)
   AND f.id < coalesce($4::bigint, 9223372036854775807)
   AND ($7::text IS NULL OR f.state = $7)
   AND ($8::boolean IS NULL OR (f.state = 'open' AND f.due_at < $6::text) = $8)
   AND ($9::text IS NULL OR parties.covers(regexp_replace($9, '(00){1,2}$', ''), f.region))
   AND ($10::bigint IS NULL OR f.owner = $10)
   AND ($11::text IS NULL OR f.rules @> jsonb_build_array(jsonb_build_object('rule', $11)))
 ORDER BY f.id DESC LIMIT $5

-- name: rows
-- $4 ids of findings that the reader may see.
SELECT f.id, f.statement, e.kind, f.rules, parties.named(f.organisation) AS organisation,
       parties.placed(f.facility) AS facility, f.region, parties.named(f.owner) AS owner,
       (SELECT jsonb_agg(jsonb_build_object('id', l.id, 'code', l.code, 'product', l.product,
                                            'product_en', l.product_en) ORDER BY l.id)
          FROM jsonb_array_elements_text(f.lots) named JOIN goods.lot l ON l.id = named::bigint
         WHERE goods.sees_lot($1, $2, $3, l.id)) AS lots,
       CASE WHEN incidents.sees_hold($1, $2, $3, f.hold) THEN f.hold END AS hold,
       (SELECT h.lifted_at IS NULL FROM incidents.hold h WHERE h.id = f.hold) AS hold_in_force,
       f.state, f.raised_at, f.due_at, f.answer, f.answered_at, f.answered_in, f.note, f.evidence, f.closed_at,
       parties.named(f.closed_by) AS closed_by, f.conclusion, f.id / 1000 AS position,
       incidents.grounds($1, $2, f.id) AS grounds
  FROM incidents.finding f JOIN ledger.entry e ON e.position = f.statement
 WHERE f.id = ANY($4::bigint[])
 ORDER BY f.id DESC
