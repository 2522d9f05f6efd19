-- name: load
SELECT sha256, certificates, version
  FROM goods.paper_file WHERE sha256 = ANY($1::text[])

-- name: save
-- The same scan may show further certificates of the same lots.
INSERT INTO goods.paper_file
      (sha256, certificates, version)
SELECT * FROM unnest(
       $1::text[], $2::jsonb[], $3::bigint[])
    ON CONFLICT (sha256) DO UPDATE SET
       certificates = excluded.certificates,
       version = excluded.version

-- name: all
SELECT sha256, certificates, version
  FROM goods.paper_file ORDER BY sha256

-- name: clear
TRUNCATE goods.paper_file
