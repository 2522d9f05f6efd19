-- Three roles, of the whole cluster, that nobody signs in as: the owner changes the schema, the writer appends,
-- the reader reads. Whoever migrates may take each of them on. Another database of this cluster may be migrated
-- at this very moment: whoever comes second finds the role there (duplicate_object, unique_violation), or its
-- grant being written (internal_error, "tuple concurrently updated") and tries again.
DO $$
DECLARE
    wanted text;
    option text := CASE WHEN current_setting('server_version_num')::integer >= 160000
                        THEN ' WITH SET TRUE, INHERIT TRUE' ELSE '' END;
    may    text := CASE WHEN current_setting('server_version_num')::integer >= 160000
                        THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['coldledger_owner', 'coldledger_writer', 'coldledger_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
        FOR attempt IN 1..20 LOOP
            EXIT WHEN pg_has_role(current_user, wanted, may);
            BEGIN
                EXECUTE format('GRANT %I TO CURRENT_USER', wanted) || option;
            EXCEPTION WHEN unique_violation OR internal_error THEN
                PERFORM pg_sleep(0.05);
            END;
        END LOOP;
    END LOOP;
END
$$
-- step
CREATE SCHEMA ledger AUTHORIZATION coldledger_owner
-- step
CREATE SCHEMA parties AUTHORIZATION coldledger_owner
-- step
CREATE SCHEMA goods AUTHORIZATION coldledger_owner
-- step
CREATE SCHEMA codes AUTHORIZATION coldledger_owner
-- step
-- What must never be in a statement: personal values, credentials, nonces of what was erased.
CREATE SCHEMA private AUTHORIZATION coldledger_owner
-- step
SET LOCAL ROLE coldledger_owner
-- step
GRANT USAGE ON SCHEMA ledger, parties, goods, codes TO coldledger_writer, coldledger_reader
-- step
GRANT USAGE ON SCHEMA private TO coldledger_writer
-- step
RESET ROLE
-- step
GRANT SELECT ON public.migration TO coldledger_owner, coldledger_writer, coldledger_reader
