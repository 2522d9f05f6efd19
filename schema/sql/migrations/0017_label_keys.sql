-- Keys that sign labels: the public halves. Private ones are in the trust folder and never here.
CREATE TABLE codes.label_key (
    id            text   PRIMARY KEY CHECK (length(id) = 2),
    public_key    text   NOT NULL CHECK (length(public_key) = 44),
    host          text   NOT NULL,
    valid_from    text   NOT NULL,
    valid_until   text   NOT NULL CHECK (valid_until > valid_from),
    revoked_since text,
    reason        text   CHECK (reason IN ('stolen', 'exposed', 'misused')),
    registered    bigint NOT NULL,
    version       bigint NOT NULL,
    CHECK ((revoked_since IS NULL) = (reason IS NULL))
)
-- step
GRANT SELECT, INSERT, UPDATE ON codes.label_key TO coldledger_writer
-- step
GRANT SELECT ON codes.label_key TO coldledger_reader
