-- name: load
SELECT id, organisation, role, facility, tests, vaccinated_on, left_on, version
  FROM parties.staff WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO parties.staff (id, organisation, role, facility, tests, vaccinated_on, left_on, version)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::jsonb[], $6::text[], $7::text[],
                          $8::bigint[])
ON CONFLICT (id) DO UPDATE SET tests = excluded.tests, vaccinated_on = excluded.vaccinated_on,
                               left_on = excluded.left_on, version = excluded.version

-- name: all
SELECT id, organisation, role, facility, tests, vaccinated_on, left_on, version
  FROM parties.staff ORDER BY id

-- name: clear
TRUNCATE parties.staff
