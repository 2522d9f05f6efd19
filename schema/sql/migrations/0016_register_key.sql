-- A sole trader's social credit code is personal: statements and rows hold its register key
-- (service/parties/persons/register.py). Here it leads from the trader to codes that were sealed before anybody was
-- registered under them, so that an erasure reaches them.
ALTER TABLE private.person ADD COLUMN register_key text CHECK (register_key LIKE '92:%')
-- step
CREATE INDEX person_register_key ON private.person (register_key) WHERE register_key IS NOT NULL
