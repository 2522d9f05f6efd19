-- name: load
SELECT sha256, cooperation, version FROM incidents.cooperation_package WHERE sha256 = ANY($1::text[])

-- name: save
INSERT INTO incidents.cooperation_package (sha256, cooperation, version)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])

-- name: all
SELECT sha256, cooperation, version FROM incidents.cooperation_package ORDER BY sha256

-- name: clear
TRUNCATE incidents.cooperation_package
