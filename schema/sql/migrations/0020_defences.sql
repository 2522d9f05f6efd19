-- The database defends itself: nobody but three roles and a follower may do anything, each only what its queries do,
-- and the ledger's tables are only added to, whichever role asks (docs/insiders.md, decision record 0017).
RESET ROLE
-- step
-- Whoever mirrors or witnesses the ledger from the database: the public part of it and nothing else. As in 0001,
-- another database of this cluster may be making the role at this very moment.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coldledger_follower') THEN
        CREATE ROLE coldledger_follower NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$
-- step
-- A database that belongs to somebody else keeps what PUBLIC has there: PostgreSQL warns and goes on.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO coldledger_owner, coldledger_writer, coldledger_reader,'
                   ' coldledger_follower', current_database());
END
$$
-- step
REVOKE ALL ON SCHEMA public FROM PUBLIC
-- step
GRANT USAGE ON SCHEMA public TO coldledger_owner, coldledger_writer, coldledger_reader
-- step
SET LOCAL ROLE coldledger_owner
-- step
GRANT USAGE ON SCHEMA ledger TO coldledger_follower
-- step
-- No statement, no nonce, no kind: what a tile bundle tells anybody.
GRANT SELECT (position, entry, leaf, chain) ON ledger.entry TO coldledger_follower
-- step
GRANT SELECT ON ledger.head TO coldledger_follower
-- step
-- PostgreSQL lets everybody execute a new function. What follows is for those that are and for those to come.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ledger, parties, goods, codes, incidents, private FROM PUBLIC
-- step
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ledger, parties, goods, codes, incidents
   TO coldledger_writer, coldledger_reader
-- step
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA private TO coldledger_writer
-- step
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC
-- step
ALTER DEFAULT PRIVILEGES IN SCHEMA ledger, parties, goods, codes, incidents
    GRANT EXECUTE ON FUNCTIONS TO coldledger_writer, coldledger_reader
-- step
ALTER DEFAULT PRIVILEGES IN SCHEMA private GRANT EXECUTE ON FUNCTIONS TO coldledger_writer
-- step
-- The writer keeps what its queries do (tests/integration/storage/test_grants.py compares): rows that are only added …
REVOKE UPDATE
    ON codes.issued_code, goods.edge, goods.event, goods.parentage, goods.reliance, goods.stock_declaration,
       parties.shift
  FROM coldledger_writer
-- step
-- … and what stands beside the ledger. Whoever deletes a draft deletes its trial by the foreign key.
REVOKE DELETE ON private.upload, private.token_secret, private.policy_preview FROM coldledger_writer
-- step
REVOKE UPDATE ON private.upload, private.recovery_code, private.policy_difference FROM coldledger_writer
-- step
CREATE FUNCTION ledger.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%.% is only added to by the ledger: % is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation',
              HINT = 'What was said stays. It is corrected by a statement that says so.';
END
$$
-- step
CREATE TRIGGER entry_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change()
-- step
CREATE TRIGGER head_kept BEFORE INSERT OR DELETE OR TRUNCATE ON ledger.head
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change()
-- step
-- An entry that the head does not count would stand where the next batch belongs. The service writes both in one
-- statement; this runs at its end.
CREATE FUNCTION ledger.entries_are_counted() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stray bigint;
BEGIN
    SELECT e.position INTO stray FROM ledger.entry e
     WHERE e.position >= (SELECT h.size FROM ledger.head h) ORDER BY e.position LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'an entry at position % is beyond the head: both are written in one statement', stray
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$
-- step
CREATE TRIGGER entry_counted AFTER INSERT ON ledger.entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.entries_are_counted()
-- step
-- At commit: every position that the head now counts is there, each entry hashes to its leaf and is chained to the
-- one before, times never decrease, and the head stands at the last. The tree is not made here: a start and
-- `coldledger verify` do that.
CREATE FUNCTION ledger.head_fits_entries() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    next  bigint := OLD.size;
    chain bytea  := OLD.chain;
    at    text   := OLD.at;
    added record;
BEGIN
    IF NEW.size <= OLD.size OR NEW.reference < OLD.reference THEN
        RAISE EXCEPTION 'the head only grows: it has % entries and was to have %', OLD.size, NEW.size
            USING ERRCODE = 'restrict_violation';
    END IF;
    FOR added IN
        SELECT e.position, e.leaf, e.chain, e.leaf = sha256('\x00'::bytea || e.entry) AS hashes,
               convert_from(e.entry, 'UTF8')::jsonb ->> 'at' AS at
          FROM ledger.entry e WHERE e.position >= OLD.size AND e.position < NEW.size ORDER BY e.position
    LOOP
        EXIT WHEN added.position <> next;
        IF NOT added.hashes OR added.chain <> sha256(chain || added.leaf)
           OR added.at IS NULL OR added.at < at COLLATE "C" THEN
            RAISE EXCEPTION 'the entry at position % does not follow from the one before', next
                USING ERRCODE = 'restrict_violation';
        END IF;
        next := next + 1;
        chain := added.chain;
        at := added.at;
    END LOOP;
    IF next <> NEW.size THEN
        RAISE EXCEPTION 'the head counts % entries, but position % is missing', NEW.size, next
            USING ERRCODE = 'restrict_violation';
    ELSIF (chain, at) IS DISTINCT FROM (NEW.chain, NEW.at) THEN
        RAISE EXCEPTION 'the head does not stand at the last entry, position %', NEW.size - 1
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$
-- step
CREATE CONSTRAINT TRIGGER head_fits AFTER UPDATE ON ledger.head DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ledger.head_fits_entries()
-- step
-- ALWAYS: also in a session that says it is a replica (session_replication_role), which switches others off.
ALTER TABLE ledger.entry ENABLE ALWAYS TRIGGER entry_kept, ENABLE ALWAYS TRIGGER entry_counted
-- step
ALTER TABLE ledger.head ENABLE ALWAYS TRIGGER head_kept, ENABLE ALWAYS TRIGGER head_fits
