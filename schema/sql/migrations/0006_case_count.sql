-- How many cases of a lot have a code: the serial that the next ones go on from.
CREATE TABLE codes.case_count (
    lot     bigint  PRIMARY KEY,
    cases   integer NOT NULL CHECK (cases > 0),
    version bigint  NOT NULL
)
-- step
GRANT SELECT, INSERT, UPDATE ON codes.case_count TO coldledger_writer
-- step
GRANT SELECT ON codes.case_count TO coldledger_reader
