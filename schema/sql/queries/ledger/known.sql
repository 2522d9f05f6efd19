-- name: recorded_before
-- $1 an instant as entries have it: how many statements were recorded before it. Recorded times never decrease.
WITH RECURSIVE search(low, high) AS (
    SELECT 0::bigint, size FROM ledger.head
    UNION ALL
    SELECT CASE WHEN early THEN middle + 1 ELSE low END, CASE WHEN early THEN high ELSE middle END
      FROM search
     CROSS JOIN LATERAL (SELECT (low + high) / 2 AS middle) m
     CROSS JOIN LATERAL (SELECT ledger.recorded_at(middle) COLLATE "C" < $1::text AS early) t
     WHERE low < high)
SELECT low FROM search WHERE low = high

-- name: last_before
-- $1 position: how long the ledger is, and when the last statement before that position was recorded.
SELECT size, ledger.recorded_at($1::bigint - 1) AS recorded_at FROM ledger.head
