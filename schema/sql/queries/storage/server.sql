-- name: promises
-- What a server promises about a commit that it has answered.
SELECT current_setting('server_version_num')::integer AS version,
       current_setting('fsync')                       AS fsync,
       current_setting('full_page_writes')            AS full_page_writes,
       current_setting('synchronous_commit')          AS synchronous_commit
