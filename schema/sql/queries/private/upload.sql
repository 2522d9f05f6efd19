-- name: save
INSERT INTO private.upload (sha256, organisation) VALUES ($1, $2) ON CONFLICT DO NOTHING

-- name: known
SELECT EXISTS (SELECT FROM private.upload WHERE sha256 = $1 AND organisation = $2)
