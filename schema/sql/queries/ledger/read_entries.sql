-- name: sees
-- $4 position, $5 the arrival that its statement names: whether what it was about is shown to an authority.
SELECT $1 = 'auditor' OR $1 = 'regulator' AND (
       EXISTS (SELECT FROM goods.event e
                WHERE e.id BETWEEN $4 * 1000 AND $4 * 1000 + 999 AND goods.sees_lot($1, $2, $3, e.lot))
    OR EXISTS (SELECT FROM goods.arrival a
                WHERE (a.id = $5 OR a.id BETWEEN $4 * 1000 AND $4 * 1000 + 999)
                  AND goods.sees_arrival($1, $2, $3, a.id))
    OR EXISTS (SELECT FROM goods.unit u
                WHERE u.id BETWEEN $4 * 1000 AND $4 * 1000 + 999 AND goods.sees_unit($1, $2, $3, u.id))
    OR EXISTS (SELECT FROM incidents.case_step s
                WHERE s.id = $4 AND incidents.leads_case($1, $2, $3, s.case_file)))
