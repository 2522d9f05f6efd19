-- name: load
SELECT uscc, organisation, version
  FROM parties.uscc WHERE uscc = ANY($1::text[])

-- name: save
INSERT INTO parties.uscc (uscc, organisation, version)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
ON CONFLICT (uscc) DO UPDATE SET organisation = excluded.organisation, version = excluded.version

-- name: all
SELECT uscc, organisation, version
  FROM parties.uscc ORDER BY uscc

-- name: clear
TRUNCATE parties.uscc
