-- The names and keys under which the ledger signs and signed: one row, from its first statement on.
CREATE TABLE parties.ledger_identity (
    id      integer PRIMARY KEY CHECK (id = 0),
    names   jsonb   NOT NULL CHECK (jsonb_typeof(names) = 'array'),
    version bigint  NOT NULL
)
-- step
GRANT SELECT, INSERT, UPDATE ON parties.ledger_identity TO coldledger_writer
-- step
GRANT SELECT ON parties.ledger_identity TO coldledger_reader
-- step
-- A ledger that was opened before: what its first statement says.
INSERT INTO parties.ledger_identity (id, names, version)
SELECT 0, jsonb_build_array(jsonb_build_object(
           'origin', s.said #> '{data,origin}', 'position', 0, 'held', NULL, 'size', NULL, 'shown', NULL,
           'keys', jsonb_build_array(jsonb_build_object(
               'vkey', s.said #> '{data,vkey}', 'since', s.said -> 'at', 'until', NULL, 'reason', NULL)))), 0
  FROM (SELECT convert_from(e.statement, 'UTF8')::jsonb AS said FROM ledger.entry e WHERE e.position = 0) s
