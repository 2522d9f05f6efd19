-- name: sees
-- $4 position, $5 the arrival that its statement names, $6 its holds, recalls and findings: whether what it was about
-- is shown to an authority. A hold, a recall or a finding names more than the goods that the reader sees: whoever has
-- some, a case, lots of other regions. So its statements are for its author and authorities of its region.
SELECT $1 = 'auditor' OR $1 = 'regulator' AND (
       EXISTS (SELECT FROM goods.event e
                WHERE e.id BETWEEN $4 * 1000 AND $4 * 1000 + 999 AND e.kind !~ '^(hold|recall|finding)-'
                  AND goods.sees_lot($1, $2, $3, e.lot))
    OR EXISTS (SELECT FROM incidents.hold h
                WHERE h.id = ANY($6::bigint[]) AND (h.organisation = $2 OR parties.covers($3, h.region)))
    OR EXISTS (SELECT FROM incidents.recall r
                WHERE r.id = ANY($6) AND (r.organisation = $2 OR parties.covers($3, r.region)))
    OR EXISTS (SELECT FROM incidents.finding f
                WHERE f.id = ANY($6) AND ($2 IN (f.organisation, f.owner) OR parties.covers($3, f.region)))
    OR EXISTS (SELECT FROM goods.arrival a
                WHERE (a.id = $5 OR a.id BETWEEN $4 * 1000 AND $4 * 1000 + 999)
                  AND goods.sees_arrival($1, $2, $3, a.id))
    OR EXISTS (SELECT FROM goods.unit u
                WHERE u.id BETWEEN $4 * 1000 AND $4 * 1000 + 999 AND goods.sees_unit($1, $2, $3, u.id))
    OR EXISTS (SELECT FROM incidents.case_step s
                WHERE s.id = $4 AND incidents.leads_case($1, $2, $3, s.case_file)))
