-- name: load
SELECT id, region, regime, begins, ends, document, organisation, enacted_at, withdrawn_at, version
  FROM parties.edition WHERE id = ANY($1::bigint[])

-- name: save
-- Being withdrawn before it begins is all that happens to an edition later.
INSERT INTO parties.edition
      (id, region, regime, begins, ends, document, organisation, enacted_at, withdrawn_at, version)
SELECT * FROM unnest(
       $1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::bigint[],
       $8::text[], $9::text[], $10::bigint[])
    ON CONFLICT (id) DO UPDATE SET withdrawn_at = excluded.withdrawn_at, version = excluded.version

-- name: all
SELECT id, region, regime, begins, ends, document, organisation, enacted_at, withdrawn_at, version
  FROM parties.edition ORDER BY id

-- name: clear
TRUNCATE parties.edition
