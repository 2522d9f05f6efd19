-- name: resolve
-- $4 code: what it names, where the reader may see that lot.
SELECT c.code, c.level, c.serial, l.id AS lot
  FROM codes.issued_code c JOIN goods.lot l ON l.id = c.lot
 WHERE c.code = $4 AND goods.sees_lot($1, $2, $3, l.id)

-- name: fits
-- $3 lot: the units that whoever scans may have in hand: what it keeps, and what is on the road to it. A code
-- names a lot or a case, never a unit, so several may fit.
SELECT u.id AS unit, u.state, CASE WHEN s.consignee = $2 AND s.received_at IS NULL THEN 'arriving'
                                   WHEN u.state = 'in_transit' THEN 'sent' ELSE 'held' END AS role,
       parties.placed(u.facility) AS facility, u.zone, u.shipment, parties.named(s.consignor) AS consignor,
       u.pieces, u.grams
  FROM goods.unit u LEFT JOIN goods.shipment s ON s.id = u.shipment AND u.state = 'in_transit'
 WHERE u.lot = $3 AND u.grams > 0 AND u.state <> 'sold'
   AND ($1 = 'organisation' AND ($2 = u.custodian OR s.consignee = $2)
        OR $1 IN ('regulator', 'auditor'))
 ORDER BY (s.consignee = $2) DESC NULLS LAST, u.id
 LIMIT 200

-- name: of_lot
-- $2 codes of lot $1 to print, $3 how many at most; all its case codes where $2 is null.
SELECT c.code, c.level FROM codes.issued_code c
 WHERE c.lot = $1 AND (c.code = ANY($2::text[]) OR $2 IS NULL AND c.level = 'C')
 ORDER BY c.level, c.serial LIMIT $3
