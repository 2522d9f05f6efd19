-- Devices that sign what a token says: their public keys, and which tokens say nothing unsigned any more.
CREATE TABLE parties.device_key (
    id           bigint PRIMARY KEY,
    organisation bigint  NOT NULL,
    token        bigint  NOT NULL,
    public_key   text    NOT NULL CHECK (length(public_key) = 44),
    device       text    NOT NULL,
    number       integer CHECK (number > 0),
    origin       text    NOT NULL,
    active       boolean NOT NULL,
    version      bigint  NOT NULL
)
-- step
CREATE INDEX device_key_token ON parties.device_key (token, id)
-- step
CREATE INDEX device_key_organisation ON parties.device_key (organisation, id)
-- step
GRANT SELECT, INSERT, UPDATE ON parties.device_key TO coldledger_writer
-- step
GRANT SELECT ON parties.device_key TO coldledger_reader
-- step
ALTER TABLE parties.token ADD COLUMN signs boolean NOT NULL DEFAULT false
