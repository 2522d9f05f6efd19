-- Who takes part. Rows are projections of the ledger: written with their statement, never edited otherwise.
CREATE TABLE parties.organisation (
    id      bigint PRIMARY KEY,
    uscc    text   NOT NULL UNIQUE,
    name    text   NOT NULL,
    name_en text,
    roles   jsonb  NOT NULL,
    region  text   NOT NULL CHECK (region ~ '^[0-9]{6}$'),
    active  boolean NOT NULL,
    version bigint NOT NULL
)
-- step
CREATE TABLE parties.uscc (
    uscc         text   PRIMARY KEY,
    organisation bigint NOT NULL,
    version      bigint NOT NULL
)
-- step
CREATE TABLE parties.facility (
    id           bigint PRIMARY KEY,
    organisation bigint NOT NULL,
    kind         text   NOT NULL,
    name         text   NOT NULL,
    name_en      text,
    region       text   NOT NULL CHECK (region ~ '^[0-9]{6}$'),
    address      text   NOT NULL,
    filing       text,
    zones        jsonb  NOT NULL,
    active       boolean NOT NULL,
    version      bigint NOT NULL
)
-- step
CREATE INDEX facility_organisation ON parties.facility (organisation, id)
-- step
CREATE INDEX facility_region ON parties.facility (region text_pattern_ops, id)
-- step
CREATE TABLE parties.vehicle (
    id           bigint PRIMARY KEY,
    organisation bigint NOT NULL,
    kind         text   NOT NULL,
    plate        jsonb  NOT NULL,
    active       boolean NOT NULL,
    version      bigint NOT NULL
)
-- step
CREATE INDEX vehicle_organisation ON parties.vehicle (organisation, id)
-- step
CREATE TABLE parties.user (
    id           bigint PRIMARY KEY,
    organisation bigint NOT NULL,
    role         text   NOT NULL,
    active       boolean NOT NULL,
    version      bigint NOT NULL
)
-- step
CREATE INDEX user_organisation ON parties.user (organisation, id)
-- step
CREATE TABLE parties.token (
    id           bigint PRIMARY KEY,
    organisation bigint NOT NULL,
    scopes       jsonb  NOT NULL,
    active       boolean NOT NULL,
    version      bigint NOT NULL
)
-- step
CREATE INDEX token_organisation ON parties.token (organisation, id)
-- step
CREATE TABLE parties.policy (
    region   text   PRIMARY KEY CHECK (region ~ '^([0-9]{2}){0,3}$'),
    document jsonb  NOT NULL,
    version  bigint NOT NULL
)
-- step
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA parties TO coldledger_writer
-- step
GRANT SELECT ON ALL TABLES IN SCHEMA parties TO coldledger_reader
