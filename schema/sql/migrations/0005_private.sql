-- Truths outside the ledger: personal values behind commitments, credentials, sessions. Erasable.
CREATE TABLE private.personal (
    sha256   text   PRIMARY KEY CHECK (length(sha256) = 64),
    position bigint NOT NULL,
    pointer  text   NOT NULL,
    salt     bytea  NOT NULL CHECK (octet_length(salt) = 32),
    value    text   NOT NULL
)
-- step
CREATE INDEX personal_position ON private.personal (position)
-- step
CREATE TABLE private.credential (
    user_id  bigint PRIMARY KEY,
    login    text   NOT NULL UNIQUE,
    password text   NOT NULL
)
-- step
COMMENT ON COLUMN private.credential.password IS 'Argon2id, in PHC string form'
-- step
CREATE TABLE private.token_secret (
    token  bigint PRIMARY KEY,
    sha256 bytea  NOT NULL UNIQUE CHECK (octet_length(sha256) = 32)
)
-- step
CREATE TABLE private.session (
    sha256     bytea  PRIMARY KEY CHECK (octet_length(sha256) = 32),
    user_id    bigint NOT NULL,
    csrf       text   NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
)
-- step
CREATE INDEX session_user_id ON private.session (user_id)
-- step
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA private TO coldledger_writer
