-- name: organisations_sees
-- $4 organisation. A business may also look up the authority that holds its goods or answers it: a public body.
SELECT EXISTS (SELECT FROM parties.organisations_seen($1, $2, $3) s WHERE s.organisation = $4)
    OR $1 = 'organisation'
       AND EXISTS (SELECT FROM parties.organisation o WHERE o.id = $4 AND o.roles ? 'regulator')

-- name: organisations_page
-- $4 after which id, $5 how many, $6 social credit code, $7 part of the name. The register is open to who knows
-- the exact code, so that goods can be sent to somebody new; it cannot be listed.
SELECT o.id, o.uscc, o.uscc LIKE '92%' AS sole_trader, o.name, o.name_en, o.roles, o.region, o.active,
       o.version AS position
  FROM parties.organisation o
 WHERE o.id > coalesce($4::bigint, -1) AND ($6::text IS NULL OR o.uscc = $6)
   AND ($7::text IS NULL OR strpos(lower(o.name), lower($7)) > 0 OR strpos(lower(o.name_en), lower($7)) > 0)
   AND (o.uscc = $6 AND $1 <> 'public'
        OR o.id IN (SELECT s.organisation FROM parties.organisations_seen($1, $2, $3) s))
 ORDER BY o.id LIMIT $5

-- name: organisations_row
SELECT o.id, o.uscc, o.uscc LIKE '92%' AS sole_trader, o.name, o.name_en, o.roles, o.region, o.active,
       o.version AS position
  FROM parties.organisation o WHERE o.id = $1

-- name: facilities_sees
SELECT EXISTS (SELECT FROM parties.facilities_seen($1, $2, $3) s WHERE s.facility = $4)

-- name: facilities_page
-- $4 after which id, $5 how many, $6 social credit code, $7 organisation, $8 kind.
SELECT f.id, parties.named(f.organisation) AS organisation, f.kind, f.name, f.name_en, f.region, f.address,
       f.filing, f.zones, f.active, f.closed, f.suspended, f.reason, f.began_on,
       ledger.recorded_at(f.id / 1000) AS filed_at, f.version AS position
  FROM parties.facility f JOIN parties.organisation o ON o.id = f.organisation
 WHERE f.id > coalesce($4::bigint, -1) AND ($6::text IS NULL OR o.uscc = $6)
   AND ($7::bigint IS NULL OR f.organisation = $7) AND ($8::text IS NULL OR f.kind = $8)
   AND (o.uscc = $6 AND $1 <> 'public' AND f.active
        OR f.id IN (SELECT s.facility FROM parties.facilities_seen($1, $2, $3) s))
 ORDER BY f.id LIMIT $5

-- name: facilities_row
SELECT f.id, parties.named(f.organisation) AS organisation, f.kind, f.name, f.name_en, f.region, f.address,
       f.filing, f.zones, f.active, f.closed, f.suspended, f.reason, f.began_on,
       ledger.recorded_at(f.id / 1000) AS filed_at, f.version AS position
  FROM parties.facility f WHERE f.id = $1

-- name: vehicles_page
-- $3 after which id, $4 how many. Own ones; the platform operator sees everyone's.
SELECT v.id, v.organisation, v.kind, v.plate, v.active, v.version AS position FROM parties.vehicle v
 WHERE ($1 = 'platform' OR v.organisation = $2) AND v.id > coalesce($3::bigint, -1)
 ORDER BY v.id LIMIT $4
