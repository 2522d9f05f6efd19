-- What was known when: each row that a statement replaced, with the positions between which it stood.
CREATE TABLE ledger.superseded (
    id      text   PRIMARY KEY,
    stream  text   NOT NULL,
    key     bigint NOT NULL,
    since   bigint NOT NULL,
    version bigint NOT NULL CHECK (version > since),
    row     jsonb  NOT NULL,
    UNIQUE (stream, key, since)
)
-- step
GRANT SELECT, INSERT ON ledger.superseded TO coldledger_writer
-- step
GRANT SELECT ON ledger.superseded TO coldledger_reader
