-- The ledger: one head row, the entries, the keys of submissions. Formats: docs/formats.md.
CREATE TABLE ledger.head (
    single    boolean PRIMARY KEY DEFAULT true CHECK (single),
    size      bigint  NOT NULL CHECK (size >= 0),
    chain     bytea   NOT NULL CHECK (octet_length(chain) = 32),
    edge      bytea   NOT NULL CHECK (octet_length(edge) % 32 = 0),
    at        text    NOT NULL,
    reference bigint  NOT NULL CHECK (reference BETWEEN 0 AND size)
)
-- step
COMMENT ON TABLE ledger.head IS
    'The only row that is ever updated: size, chain value, right edge of the tree, recorded time of the last
     entry, and the size after the last entry that wrote a reference row.'
-- step
INSERT INTO ledger.head (size, chain, edge, at, reference)
VALUES (0, decode(repeat('00', 32), 'hex'), '', '1970-01-01T00:00:00.000000Z', 0)
-- step
CREATE TABLE ledger.entry (
    position  bigint PRIMARY KEY CHECK (position >= 0),
    kind      text   NOT NULL,
    nonce     bytea  NOT NULL CHECK (octet_length(nonce) = 32),
    statement bytea  NOT NULL CHECK (octet_length(statement) <= 1048576),
    entry     bytea  NOT NULL,
    leaf      bytea  NOT NULL CHECK (octet_length(leaf) = 32),
    chain     bytea  NOT NULL CHECK (octet_length(chain) = 32)
)
-- step
CREATE TABLE ledger.idempotency (
    key     text   PRIMARY KEY CHECK (length(key) = 64),
    request text   NOT NULL CHECK (length(request) = 64),
    version bigint NOT NULL
)
-- step
GRANT SELECT, UPDATE ON ledger.head TO coldledger_writer
-- step
GRANT SELECT, INSERT ON ledger.entry, ledger.idempotency TO coldledger_writer
-- step
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO coldledger_reader
