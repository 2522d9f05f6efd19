-- name: names
SELECT present, name FROM known.name

-- name: as_of
SELECT set_config('coldledger.as_of', $1, true)
