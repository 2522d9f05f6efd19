-- name: load
SELECT id, rule, subject, evidence, organisations, regions, version
  FROM incidents.suspicion WHERE id = ANY($1::bigint[])

-- name: save
INSERT INTO incidents.suspicion (id, rule, subject, evidence, organisations, regions, version)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::jsonb[], $5::jsonb[], $6::jsonb[], $7::bigint[])
ON CONFLICT (id) DO UPDATE SET evidence = excluded.evidence, organisations = excluded.organisations,
       regions = excluded.regions, version = excluded.version

-- name: all
SELECT id, rule, subject, evidence, organisations, regions, version FROM incidents.suspicion ORDER BY id

-- name: clear
TRUNCATE incidents.suspicion
