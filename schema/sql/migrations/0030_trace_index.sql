-- The trace index follows the tables: it asks each for what was written since a position, and is told of commits.
CREATE INDEX shipment_version ON goods.shipment (version)
-- step
CREATE INDEX correction_version ON goods.correction (version)
-- step
CREATE INDEX handling_version ON goods.handling (version)
-- step
-- Sent with the commit, to whoever listens, from whichever process.
CREATE FUNCTION ledger.tell_growth() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('coldledger_grown', NEW.size::text);
    RETURN NULL;
END
$$
-- step
CREATE TRIGGER head_told AFTER UPDATE ON ledger.head FOR EACH ROW EXECUTE FUNCTION ledger.tell_growth()
