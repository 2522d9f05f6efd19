-- Where goods in question were, and who handled them or worked there. $1 to $3 are the reader's sight, $4 the
-- position asked at, $5 the one at which the case opened, $6 the end of what goes on, $7 what was excluded, $8 and
-- $9 the window, $10 and $11 the units that were reached and since when. Of a region are its own places and people.

-- name: places
-- $12 after how many, $13 how many: zones and trips, each for as long as such goods were there without a break.
WITH hit AS MATERIALIZED (
    SELECT h.unit, h.tau FROM unnest($10::bigint[], $11::bigint[]) AS h(unit, tau)
      JOIN exposure.units($4) u ON u.id = h.unit
     WHERE u.lot IN (SELECT s.lot FROM goods.lots_seen($1, $2, $3) s)),
span AS MATERIALIZED (
    SELECT h.unit, s.facility, s.zone, s.vehicle, CASE WHEN s.vehicle IS NULL THEN s.shipment END AS shipment,
           greatest(h.tau, s.since, $8::bigint) AS a, least(s.until, $9::bigint) AS b
      FROM hit h CROSS JOIN LATERAL exposure.stays(h.unit, $4, $5, $6, $7) s
      LEFT JOIN parties.facility f ON f.id = s.facility
     WHERE greatest(h.tau, s.since, $8) < least(s.until, $9)
       AND (f.id IS NULL OR $1 = 'auditor' OR parties.covers($3, f.region))),
merged AS (
    SELECT s.facility, s.zone, s.vehicle, s.shipment, unnest(range_agg(int8range(s.a, s.b))) AS span
      FROM span s GROUP BY s.facility, s.zone, s.vehicle, s.shipment)
SELECT parties.placed(m.facility) AS facility, m.zone, m.vehicle, m.shipment, lower(m.span) AS since,
       upper(m.span) AS until,
       (SELECT count(DISTINCT s.unit) FROM span s
         WHERE s.facility IS NOT DISTINCT FROM m.facility AND s.zone IS NOT DISTINCT FROM m.zone
           AND s.vehicle IS NOT DISTINCT FROM m.vehicle AND s.shipment IS NOT DISTINCT FROM m.shipment
           AND int8range(s.a, s.b) && m.span) AS units
  FROM merged m
 ORDER BY m.facility NULLS LAST, m.zone, m.vehicle, m.shipment, lower(m.span) OFFSET $12 LIMIT $13

-- name: people
-- $12 after how many, $13 how many: who handled them (direct), and who worked a shift where they lay (indirect).
WITH hit AS MATERIALIZED (
    SELECT h.unit, h.tau FROM unnest($10::bigint[], $11::bigint[]) AS h(unit, tau)
      JOIN exposure.units($4) u ON u.id = h.unit
     WHERE u.lot IN (SELECT s.lot FROM goods.lots_seen($1, $2, $3) s)),
direct AS MATERIALIZED (
    SELECT who::bigint AS staff, min(greatest(h.tau, g.since)) AS since, max(g.until) AS until,
           count(DISTINCT g.id) AS times
      FROM hit h JOIN goods.handling g ON g.units @> to_jsonb(h.unit)
     CROSS JOIN jsonb_array_elements_text(g.crew) who
     WHERE g.version < $4 AND g.version <> ALL($7::bigint[]) AND g.until > h.tau AND g.since < $9::bigint
     GROUP BY who),
indirect AS (
    SELECT who::bigint AS staff, min(exposure.first_second(w.begins_at)) AS since,
           max(exposure.last_second(w.ends_at)) AS until, count(DISTINCT w.id) AS times
      FROM (SELECT s.facility, s.zone, range_agg(int8range(greatest(h.tau, s.since, $8::bigint),
                                                           least(s.until, $9))) AS spans
              FROM hit h CROSS JOIN LATERAL exposure.stays(h.unit, $4, $5, $6, $7) s
             WHERE s.facility IS NOT NULL AND greatest(h.tau, s.since, $8) < least(s.until, $9)
             GROUP BY s.facility, s.zone) d
      JOIN parties.shift w ON w.facility = d.facility AND (w.zone IS NULL OR w.zone = d.zone) AND w.version < $4
     CROSS JOIN jsonb_array_elements_text(w.crew) who
     WHERE d.spans && int8range(exposure.first_second(w.begins_at), exposure.last_second(w.ends_at))
       AND NOT EXISTS (SELECT FROM direct t WHERE t.staff = who::bigint)
     GROUP BY who)
SELECT t.staff, parties.named(p.organisation) AS organisation, p.role, t.contact, t.since, t.until, t.times
  FROM (SELECT d.*, 'direct' AS contact FROM direct d UNION ALL SELECT i.*, 'indirect' FROM indirect i) t
  JOIN parties.staff p ON p.id = t.staff JOIN parties.organisation o ON o.id = p.organisation
  LEFT JOIN parties.facility f ON f.id = p.facility
 WHERE $1 = 'auditor' OR parties.covers($3, coalesce(f.region, o.region))
 ORDER BY t.contact, t.staff OFFSET $12 LIMIT $13
