-- Accounts: invitations, second factors, where sessions are used, what tokens are bound to, counters of attempts.
ALTER TABLE private.credential ALTER COLUMN password DROP NOT NULL
-- step
COMMENT ON COLUMN private.credential.password IS
    'Argon2id, in PHC string form; null until an invitation is taken up'
-- step
-- A login that is being registered: taken before the statement is said, so that two never say it at once.
CREATE TABLE private.login_claim (
    login      text PRIMARY KEY,
    claim      text NOT NULL,
    expires_at timestamptz NOT NULL
)
-- step
CREATE TABLE private.invitation (
    user_id    bigint PRIMARY KEY,
    sha256     bytea  NOT NULL UNIQUE CHECK (octet_length(sha256) = 32),
    expires_at timestamptz NOT NULL
)
-- step
CREATE TABLE private.second_factor (
    user_id      bigint PRIMARY KEY,
    secret       bytea,
    pending      bytea,
    begun_at     timestamptz NOT NULL DEFAULT now(),
    last_step    bigint NOT NULL DEFAULT 0,
    confirmed_at timestamptz,
    CHECK ((secret IS NULL) = (confirmed_at IS NULL))
)
-- step
COMMENT ON TABLE private.second_factor IS
    'Sealed under the key file in the trust folder; last_step is the newest 30-second step that was used'
-- step
CREATE TABLE private.recovery_code (
    user_id bigint NOT NULL,
    sha256  bytea  NOT NULL CHECK (octet_length(sha256) = 32),
    PRIMARY KEY (user_id, sha256)
)
-- step
ALTER TABLE private.session
    ADD COLUMN address   text NOT NULL DEFAULT '',
    ADD COLUMN agent     text NOT NULL DEFAULT '',
    ADD COLUMN last_used timestamptz NOT NULL DEFAULT now()
-- step
ALTER TABLE private.token_secret ADD COLUMN last_used timestamptz
-- step
-- What was attempted and failed. A bucket is a keyed digest of who tries for whom, cut to a bounded range.
CREATE TABLE private.throttle (
    bucket        bigint  PRIMARY KEY,
    free          integer NOT NULL,
    slowest       integer NOT NULL,
    failures      integer NOT NULL,
    blocked_until timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
)
-- step
CREATE INDEX throttle_updated_at ON private.throttle (updated_at)
-- step
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA private TO coldledger_writer
-- step
ALTER TABLE parties.token
    ADD COLUMN networks   jsonb  NOT NULL DEFAULT '[]',
    ADD COLUMN expires_at text   NOT NULL DEFAULT '',
    ADD COLUMN issued_by  bigint
