-- name: others
-- Who else is connected to this database. The server's own workers have no user; what they do is no business of ours.
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND usename IS NOT NULL AND pid <> pg_backend_pid()
