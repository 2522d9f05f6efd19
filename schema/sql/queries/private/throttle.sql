-- name: admit
-- $1 buckets in ascending order, $2 failures that cost nothing, $3 the longest delay in seconds. An attempt is
-- counted before it is judged, so that a thousand at once are a thousand. Answers the buckets that let it pass.
INSERT INTO private.throttle AS t (bucket, free, slowest, failures, blocked_until, updated_at)
SELECT bucket, free, slowest, 1, clock_timestamp(), clock_timestamp()
  FROM unnest($1::bigint[], $2::integer[], $3::integer[]) AS wanted (bucket, free, slowest) ORDER BY bucket
ON CONFLICT (bucket) DO UPDATE SET
    failures = CASE WHEN t.updated_at < clock_timestamp() - interval '1 day' THEN 1 ELSE t.failures + 1 END,
    blocked_until = clock_timestamp() + CASE
        WHEN t.updated_at < clock_timestamp() - interval '1 day' OR t.failures < t.free THEN interval '0'
        ELSE least(t.slowest, 2 ^ least(t.failures - t.free, 20)) * interval '1 second' END,
    updated_at = clock_timestamp()
 WHERE t.blocked_until <= clock_timestamp()
RETURNING bucket

-- name: wait
SELECT extract(epoch FROM max(blocked_until) - clock_timestamp())::float8 FROM private.throttle
 WHERE bucket = ANY($1::bigint[])

-- name: take_back
UPDATE private.throttle SET failures = greatest(failures - 1, 0), blocked_until = clock_timestamp()
 WHERE bucket = ANY($1::bigint[])

-- name: forget
DELETE FROM private.throttle WHERE bucket = ANY($1::bigint[])

-- name: sweep
DELETE FROM private.throttle WHERE bucket IN (
    SELECT bucket FROM private.throttle WHERE updated_at < now() - interval '1 day' LIMIT 1000 FOR UPDATE SKIP LOCKED)
