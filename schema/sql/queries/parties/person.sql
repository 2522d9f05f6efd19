-- name: load
SELECT key, kind, subject, organisation, kept_for, erased, reason, version
  FROM parties.person WHERE key = ANY($1::text[])

-- name: save
INSERT INTO parties.person (key, kind, subject, organisation, kept_for, erased, reason, version)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::jsonb[], $6::bigint[], $7::text[],
                          $8::bigint[])
ON CONFLICT (key) DO UPDATE SET kept_for = excluded.kept_for, erased = excluded.erased,
                                reason = excluded.reason, version = excluded.version

-- name: all
SELECT key, kind, subject, organisation, kept_for, erased, reason, version
  FROM parties.person ORDER BY key COLLATE "C"

-- name: clear
TRUNCATE parties.person
