-- name: is_due
SELECT EXISTS (SELECT FROM ledger.rebuild_due)

-- name: clear
TRUNCATE ledger.rebuild_due
