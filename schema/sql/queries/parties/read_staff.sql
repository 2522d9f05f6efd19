-- name: page
-- $1–$3 the reader's sight, $4 after which id, $5 how many, $6 working or left (null: both).
SELECT s.id, s.organisation, s.role, s.facility, s.tests, s.vaccinated_on, s.left_on, s.version,
       parties.named(s.organisation) AS employer, parties.placed(s.facility) AS place,
       coalesce(f.region, o.region) AS region, e.erased IS NOT NULL AS erased
  FROM parties.staff s JOIN parties.organisation o ON o.id = s.organisation
  LEFT JOIN parties.facility f ON f.id = s.facility
  LEFT JOIN parties.person e ON e.kind = 'staff' AND e.subject = s.id
 WHERE s.id > coalesce($4::bigint, -1) AND ($1 <> 'organisation' OR s.organisation = $2)
   AND parties.sees_staff($1, $2, $3, s.organisation, s.facility)
   AND ($6::text IS NULL OR ($6 = 'left') = (s.left_on IS NOT NULL))
 ORDER BY s.id LIMIT $5

-- name: one
-- $1–$3 the reader's sight, $4 id.
SELECT s.id, s.organisation, s.role, s.facility, s.tests, s.vaccinated_on, s.left_on, s.version,
       parties.named(s.organisation) AS employer, parties.placed(s.facility) AS place,
       coalesce(f.region, o.region) AS region, e.erased IS NOT NULL AS erased
  FROM parties.staff s JOIN parties.organisation o ON o.id = s.organisation
  LEFT JOIN parties.facility f ON f.id = s.facility
  LEFT JOIN parties.person e ON e.kind = 'staff' AND e.subject = s.id
 WHERE s.id = $4 AND parties.sees_staff($1, $2, $3, s.organisation, s.facility)

-- name: shifts_page
-- $1–$3 the reader's sight, $4 below which id, $5 how many.
SELECT t.id, parties.named(t.organisation) AS organisation, parties.placed(t.facility) AS facility, t.zone, t.bay,
       t.crew, t.begins_at, t.ends_at, t.version AS position
  FROM parties.shift t
 WHERE t.id < coalesce($4::bigint, 9223372036854775807) AND ($1 <> 'organisation' OR t.organisation = $2)
   AND parties.sees_staff($1, $2, $3, t.organisation, t.facility)
 ORDER BY t.id DESC LIMIT $5

-- name: shift
SELECT t.id, parties.named(t.organisation) AS organisation, parties.placed(t.facility) AS facility, t.zone, t.bay,
       t.crew, t.begins_at, t.ends_at, t.version AS position
  FROM parties.shift t
 WHERE t.id = $4 AND parties.sees_staff($1, $2, $3, t.organisation, t.facility)
