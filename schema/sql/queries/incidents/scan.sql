-- name: codes
-- $1 codes: those that were issued.
SELECT code, lot, level FROM codes.issued_code WHERE code = ANY($1::text[])

-- name: places
-- $1 facilities, $2 organisation, $3 reach of a regulator (else null): where that reader reads labels.
SELECT id, region FROM parties.facility
 WHERE id = ANY($1::bigint[]) AND (organisation = $2 OR parties.covers($3::text, region))

-- name: today
-- $1 organisation: how many it handed in within a day.
SELECT count(*) FROM incidents.scan WHERE organisation = $1 AND noted_at > now() - interval '1 day'

-- name: note
-- One row each: code, lot, level, organisation, facility, region, when, hours to settle, days to keep.
INSERT INTO incidents.scan (code, lot, level, organisation, facility, region, minute, scanned_at, noted_at,
                            settles_at, kept_until)
SELECT s.code, s.lot, s.level, s.organisation, s.facility, s.region, date_trunc('minute', s.at), s.at, now(),
       greatest(s.at, now()) + s.settle * interval '1 hour', s.at + s.keep * interval '1 day'
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::timestamptz[],
              $8::integer[], $9::integer[])
       AS s (code, lot, level, organisation, facility, region, at, settle, keep)
ON CONFLICT (code, facility, minute) DO NOTHING
RETURNING id

-- name: uncompared
-- $1 how many: cases whose scans were not looked at together yet.
SELECT id, code FROM incidents.scan WHERE NOT compared AND level <> 'B' ORDER BY id LIMIT $1

-- name: of_codes
-- $1 codes: all that is kept of them.
SELECT id, code, organisation, facility, region, scanned_at
  FROM incidents.scan WHERE code = ANY($1::text[]) ORDER BY code, scanned_at, id

-- name: compared
UPDATE incidents.scan SET compared = true WHERE id = ANY($1::bigint[])

-- name: unsettled
-- $1 how many: scans that are due to be held against where the goods are known to have been. `known` are the
-- regions to which goods of the lot came or are on the way; a unit that was withdrawn never was.
SELECT s.id, s.code, s.level, s.lot, s.organisation, s.facility, s.region, s.scanned_at,
       ARRAY(SELECT u.region FROM goods.unit u WHERE u.lot = s.lot AND u.state <> 'withdrawn'
             UNION SELECT f.region FROM goods.unit u JOIN goods.shipment d ON d.id = u.shipment
                    JOIN parties.facility f ON f.id = d.destination
                    WHERE u.lot = s.lot AND u.state <> 'withdrawn') AS known
  FROM incidents.scan s WHERE NOT s.settled AND s.settles_at <= $2::timestamptz ORDER BY s.id LIMIT $1

-- name: unled
-- $1 a scan of a case: the last earlier one at another holder's place from which no goods of the lot are known to
-- have come to this place.
SELECT e.id, e.code, e.organisation, e.facility, e.region, e.scanned_at
  FROM incidents.scan s JOIN parties.facility here ON here.id = s.facility
  JOIN incidents.scan e ON e.code = s.code AND e.scanned_at < s.scanned_at
  JOIN parties.facility there ON there.id = e.facility AND there.organisation <> here.organisation
 WHERE s.id = $1 AND NOT EXISTS (
       SELECT FROM goods.upstream(ARRAY(
              SELECT u.id FROM goods.unit u LEFT JOIN goods.shipment d ON d.id = u.shipment
               WHERE u.lot = s.lot AND u.state <> 'withdrawn' AND s.facility IN (u.facility, d.destination)), NULL) w
         JOIN goods.unit u ON u.id = w.node AND u.facility = e.facility)
 ORDER BY e.scanned_at DESC LIMIT 1

-- name: settled
UPDATE incidents.scan SET settled = true WHERE id = ANY($1::bigint[])

-- name: forget
DELETE FROM incidents.scan WHERE kept_until < $1::timestamptz
