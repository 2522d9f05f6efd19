-- name: lock
-- The key is the word "cold" in ASCII: any number that all starters share.
SELECT pg_advisory_lock(1668246628)

-- name: unlock
SELECT pg_advisory_unlock(1668246628)

-- name: find_table
SELECT to_regclass('public.migration') IS NOT NULL

-- name: make_table
CREATE TABLE public.migration (
    number     integer PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    sha256     text NOT NULL CHECK (length(sha256) = 64),
    applied_at timestamptz NOT NULL DEFAULT now()
)

-- name: applied
SELECT number, name, sha256 FROM public.migration ORDER BY number

-- name: record
INSERT INTO public.migration (number, name, sha256) VALUES ($1, $2, $3)

-- name: as_owner
SET LOCAL ROLE coldledger_owner
